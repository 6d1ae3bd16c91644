-- Stand-in of Jitsi's mod_persistent_lobby (test fixture): a room lives while somebody waits for it.

module:depends("room_destroy");

local util = module:require "util";

local main_name, lobby_name = module:get_option_string("main_muc"), module:get_option_string("lobby_muc");
if not main_name or not lobby_name then
	module:log("error", "persistent lobby not enabled missing main_muc or lobby_muc config");
	return;
end

local lobby_muc;

local function lobby_is_occupied(room)
	local lobby = room._data.lobbyroom and lobby_muc and lobby_muc.get_room_from_jid(room._data.lobbyroom);
	return lobby ~= nil and lobby:has_occupant();
end

local function destroy_if_forgotten(room)
	if room and room._data.persist_lobby and not room.destroying and not util.is_healthcheck_room(room.jid)
		and not room:has_occupant() and not lobby_is_occupied(room) then
		prosody.events.fire_event("maybe-destroy-room", {
			room = room, reason = "main room and lobby now empty", caller = module:get_name(),
		});
	end
end

util.process_muc(main_name, function (_, context)
	context:hook("muc-occupant-left", function (event) destroy_if_forgotten(event.room); end);
end);

util.process_muc(lobby_name, function (muc, context)
	lobby_muc = muc;
	context:hook("muc-occupant-left", function (event)
		local main_jid = event.room.main_room_jid;
		destroy_if_forgotten(main_jid and util.get_room_from_jid(main_jid));
	end);
end);

module:hook_global("create-persistent-lobby-room", function (event)
	prosody.events.fire_event("create-lobby-room", event);
	event.room._data.persist_lobby = true;
	event.room:set_persistent(true);
end);

module:hook_global("maybe-destroy-room", function (event)
	if event.caller ~= module:get_name() and event.room._data.persist_lobby and lobby_is_occupied(event.room) then
		return true;
	end
end);
