-- Stand-in of Jitsi's mod_muc_breakout_rooms (test fixture): rooms beside the main room.
-- Left out: renaming, the message that moves one participant, the checks for a nickname that is in use
-- in a sibling room.

module:depends("room_destroy");
module:depends("jitsi_session");

local json = require "cjson.safe";
local new_uuid = require "util.uuid".generate;
local st = require "util.stanza";
local util = module:require "util";

local main_name = module:get_option_string("main_muc");
local breakout_name = module:get_option_string("breakout_rooms_muc", "breakout." .. module.host);
if not main_name then
	module:log("error", "breakout rooms not enabled missing main_muc config");
	return;
end

local main_muc, breakout_muc;
local main_of = {}; -- breakout JID → main JID

local function main_room_of(room_jid)
	return main_of[room_jid] and main_muc.get_room_from_jid(main_of[room_jid]);
end

local function broadcast(main)
	local rooms = {};
	for room_jid, subject in pairs(main._data.breakout_rooms or {}) do
		rooms[room_jid] = { jid = room_jid, name = subject };
	end
	local text = json.encode({ type = "breakout_rooms", event = "features/breakout-rooms/update", rooms = rooms });
	for _, occupant in main:each_occupant() do
		module:send(st.message({ from = breakout_name, to = occupant.jid })
			:tag("json-message", { xmlns = "http://jitsi.org/jitmeet" }):text(text):up());
	end
end

local function add(main, subject)
	local room_jid = new_uuid() .. "@" .. breakout_name;
	main._data.breakout_rooms = main._data.breakout_rooms or {};
	main._data.breakout_rooms[room_jid] = subject or "";
	main._data.breakout_rooms_active = true;
	main_of[room_jid] = main.jid;
	main:set_persistent(true);
	main:save(true);
	broadcast(main);
end

local function remove(main, room_jid)
	if main_of[room_jid] ~= main.jid then return; end
	local room = breakout_muc.get_room_from_jid(room_jid);
	if room then room:destroy(main.jid, "Breakout room removed."); end
	main._data.breakout_rooms[room_jid] = nil;
	main_of[room_jid] = nil;
	main:save(true);
	broadcast(main);
end

local function on_message(event)
	local command = event.stanza:get_child("breakout_rooms");
	if event.stanza.attr.type == "error" or not command then return; end
	local main = util.room_of_moderator(event.origin, event.stanza.attr.from);
	if not main then
		module:log("warn", "A breakout command came from somebody who is not a moderator");
		return true;
	end
	if command.attr.type == "features/breakout-rooms/add" then
		add(main, command.attr.subject);
	elseif command.attr.type == "features/breakout-rooms/remove" then
		remove(main, command.attr.breakoutRoomJid);
	end
	return true;
end

local function nobody_is_in(main)
	for _, occupant in main:each_occupant() do
		if not util.is_admin(occupant.bare_jid) then return false; end
	end
	for room_jid in pairs(main._data.breakout_rooms or {}) do
		local room = breakout_muc and breakout_muc.get_room_from_jid(room_jid);
		if room and room:has_occupant() then return false; end
	end
	return true;
end

local function occupant_left(event)
	local main = main_of[event.room.jid] and main_room_of(event.room.jid) or event.room;
	if not main._data.breakout_rooms_active or main.destroying then return; end
	module:add_timer(5, function ()
		local now = main_muc.get_room_from_jid(main.jid);
		if now == main and nobody_is_in(main) then
			prosody.events.fire_event("maybe-destroy-room", {
				room = main, reason = "All occupants left.", caller = module:get_name(),
			});
		end
	end);
end

util.process_muc(main_name, function (muc, context)
	main_muc = muc;
	context:hook("muc-occupant-left", occupant_left);
	context:hook("muc-room-destroyed", function (event)
		for room_jid in pairs(event.room._data.breakout_rooms or {}) do remove(event.room, room_jid); end
	end, 1);
end);

util.process_muc(breakout_name, function (muc, context)
	breakout_muc = muc;
	module:add_identity("component", "breakout_rooms", breakout_name);
	context:hook("message/host", on_message);
	context:hook("muc-occupant-left", occupant_left);
	-- Who knows the random name of a room that the moderator made, may start it.
	context:hook("muc-room-pre-create", function (event)
		local main = main_room_of(event.room.jid);
		if not main or not main._data.breakout_rooms[event.room.jid] then
			event.origin.send(st.error_reply(event.stanza, "cancel", "not-allowed"));
			return true;
		end
	end);
	muc.room_mt.get_members_only = function (room)
		local main = main_room_of(room.jid);
		return main ~= nil and main:get_members_only();
	end;
	muc.room_mt.get_affiliation = function (room, address)
		local main = main_room_of(room.jid);
		return main and main:get_affiliation(address) or "none";
	end;
end);
