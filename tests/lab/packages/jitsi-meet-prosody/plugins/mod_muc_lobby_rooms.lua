-- Stand-in of Jitsi's mod_muc_lobby_rooms (test fixture): a lobby room beside a members-only room.
-- Left out: several admin items or invitations in one stanza.

module:depends("jitsi_session");

local filters = require "util.filters";
local jid = require "util.jid";
local json = require "cjson.safe";
local st = require "util.stanza";
local util = module:require "util";

local MUC, MUC_USER = "http://jabber.org/protocol/muc", "http://jabber.org/protocol/muc#user";
local JITMEET, NICK = "http://jitsi.org/jitmeet", "http://jabber.org/protocol/nick";
local NAME_NEEDED = "http://jitsi.org/protocol/lobbyrooms#displayname_required";

local main_name, lobby_name = module:get_option_string("main_muc"), module:get_option_string("lobby_muc");
if not main_name or not lobby_name then
	module:log("error", "lobby not enabled missing main_muc or lobby_muc config");
	return;
end

local whitelist, check_name;
local function load_config()
	whitelist = module:get_option_set("muc_lobby_whitelist", {});
	check_name = module:get_option_boolean("muc_lobby_check_display_name_required", true);
end
load_config();
module:hook_global("config-reloaded", load_config);

local main_muc, lobby_muc;

-- Messages to the people in the main room ------------------------------------------------------------

local function notify(room, actor, message)
	local occupant = actor and room:get_occupant_by_real_jid(actor);
	if not occupant then return; end
	message.type = "lobby-notify";
	room:broadcast_message(st.message({ type = "groupchat", from = occupant.nick })
		:tag("json-message", { xmlns = JITMEET }):text(json.encode(message)):up());
end

local function notify_config_changed(room)
	room:broadcast_message(st.message({ type = "groupchat", from = room.jid })
		:tag("x", { xmlns = MUC_USER }):tag("status", { code = "104" }));
end

local function set_metadata(room, enabled)
	room.jitsiMetadata = room.jitsiMetadata or {};
	room.jitsiMetadata.lobbyEnabled = enabled;
end

-- The pair of rooms ------------------------------------------------------------------------------------

local function attach_lobby_room(room)
	local lobby_jid = jid.node(room.jid) .. "@" .. lobby_name;
	if not lobby_muc or lobby_muc.get_room_from_jid(lobby_jid) then return false; end
	local lobby = lobby_muc.create_room(lobby_jid);
	lobby:set_persistent(true);
	lobby.main_room_jid = room.jid;
	room._data.lobbyroom = lobby.jid;
	room:save(true);
	return true;
end

local function destroy_lobby_room(room, newjid, message)
	local lobby = room._data.lobbyroom and lobby_muc and lobby_muc.get_room_from_jid(room._data.lobbyroom);
	if lobby then
		lobby:set_persistent(false);
		lobby:destroy(newjid, message or "Lobby room closed.");
		set_metadata(room, false);
	end
	room._data.lobbyroom = nil;
	room._data.lobby_extra_reason = nil;
	room._data.lobby_skip_display_name_check = nil;
end

module:hook_global("create-lobby-room", function (event)
	local room = event.room;
	for _, occupant in room:each_occupant() do
		if (room:get_affiliation(occupant.bare_jid) or "none") == "none" then
			room:set_affiliation(true, occupant.bare_jid, "member");
		end
	end
	room:set_members_only(true);
	room._data.lobby_extra_reason = event.reason;
	room._data.lobby_skip_display_name_check = event.skip_display_name_check;
	set_metadata(room, true);
	notify_config_changed(room);
	attach_lobby_room(room);
end);

module:hook_global("destroy-lobby-room", function (event)
	destroy_lobby_room(event.room, event.newjid, event.message);
	notify_config_changed(event.room);
end);

-- The main room's door ---------------------------------------------------------------------------------

local function refuse_without_name(event)
	local reply = st.error_reply(event.stanza, "modify", "not-acceptable");
	reply.tags[1].attr.code = "406";
	reply:tag("displayname-required", { xmlns = JITMEET, lobby = "true" }):up():up();
	event.origin.send(reply:tag("x", { xmlns = MUC }));
	return true;
end

local function send_to_lobby(event)
	local data = event.room._data;
	local reply = st.error_reply(event.stanza, "auth", "registration-required");
	reply.tags[1].attr.code = "407";
	if data.lobby_extra_reason then
		reply:tag(data.lobby_extra_reason, { xmlns = JITMEET }):up();
	end
	reply:tag("lobbyroom", { xmlns = JITMEET }):text(data.lobbyroom):up():up();
	reply:tag("lobbyroom"):text(data.lobbyroom):up();
	event.origin.send(reply:tag("x", { xmlns = MUC }));
	return true;
end

local function may_skip_lobby(room, from, password)
	if whitelist:contains(jid.host(from)) or whitelist:contains(jid.bare(from)) then return true; end
	return password ~= nil and password == room:get_password();
end

local function at_the_door(event)
	local room, stanza, occupant = event.room, event.stanza, event.occupant;
	local join = stanza:get_child("x", MUC);
	if util.is_healthcheck_room(room.jid) or not room:get_members_only()
		or util.ends_with(occupant.nick, "/focus") or not join then
		return;
	end
	local from, password = stanza.attr.from, join:get_child_text("password", MUC);
	local affiliation = room:get_affiliation(from) or "none";
	if may_skip_lobby(room, from, password) then
		if affiliation == "none" or affiliation == "member" then
			occupant.role = "participant";
			room:set_affiliation(true, jid.bare(from), "member");
			room:save_occupant(occupant);
			return;
		end
	elseif room:get_password() and affiliation == "member" and not password then
		join:tag("password", { xmlns = MUC }):text(room:get_password()):up();
	end
	local name = stanza:get_child_text("nick", NICK);
	if (not name or name == "") and not room._data.lobby_skip_display_name_check then
		return refuse_without_name(event);
	end
	if affiliation == "none" then return send_to_lobby(event); end
end

local function config_submitted(event, context)
	local room, actor = event.room, event.actor;
	if jid.node(actor) == "focus" then return; end
	if event.fields["muc#roomconfig_membersonly"] then
		if room._data.disable_lobby or not attach_lobby_room(room) then return; end
		event.status_codes["104"] = true;
		notify(room, actor, { event = "LOBBY-ENABLED", value = true });
		set_metadata(room, true);
		context:fire_event("room-metadata-changed", { room = room });
	elseif room._data.lobbyroom then
		destroy_lobby_room(room, util.internal_room_jid_match_rewrite(room.jid));
		notify(room, actor, { event = "LOBBY-ENABLED", value = false });
	end
end

local function notify_access(room, actor, occupant, granted)
	local presence = occupant:get_presence();
	notify(room, actor, {
		event = granted and "LOBBY-ACCESS-GRANTED" or "LOBBY-ACCESS-DENIED",
		value = occupant.nick, name = presence and presence:get_child_text("nick", NICK),
	});
end

-- An admitted guest gets no password with the invitation.
local function invited(event)
	local room, stanza = event.room, event.stanza;
	local lobby = room._data.lobbyroom and lobby_muc and lobby_muc.get_room_from_jid(room._data.lobbyroom);
	local occupant = lobby and lobby:get_occupant_by_real_jid(stanza.attr.to);
	local x = stanza:get_child("x", MUC_USER);
	if occupant then notify_access(room, x:get_child("invite").attr.from, occupant, true); end
	x:maptags(function (tag) return tag.name ~= "password" and tag or nil; end);
end

util.process_muc(main_name, function (muc, context)
	main_muc = muc;
	context:hook("muc-config-submitted", function (event) config_submitted(event, context); end);
	context:hook("muc-room-destroyed", function (event) destroy_lobby_room(event.room); end, 1);
	context:hook("muc-occupant-pre-join", at_the_door, -4);
	context:hook("muc-invite", invited, -10);
	context:hook("muc-disco#info", function (event)
		local room = event.room;
		if room._data.lobbyroom and room:get_members_only() then
			table.insert(event.form, { name = "muc#roominfo_lobbyroom", label = "Lobby room jid", value = "" });
			event.formdata["muc#roominfo_lobbyroom"] = room._data.lobbyroom;
		end
	end);
end);

-- The lobby room: those who wait see the moderators only, and nobody but moderators sees them ----------

local function is_owner(main_room, address)
	return main_room ~= nil and address ~= nil and main_room:get_affiliation(address) == "owner";
end

local function filter_stanza(stanza)
	local from = stanza.attr and stanza.attr.from;
	if not from or not lobby_muc or jid.host(from) ~= lobby_name then return stanza; end
	local lobby = lobby_muc.get_room_from_jid(jid.bare(from));
	local main_room = lobby and lobby.main_room_jid and main_muc.get_room_from_jid(lobby.main_room_jid);
	if stanza.name == "presence" then
		local x = stanza:get_child("x", MUC_USER);
		if not x or stanza.attr.type or util.presence_check_status(x, "110") or not lobby then return stanza; end
		return is_owner(main_room, stanza.attr.to) and stanza or nil;
	elseif stanza.name == "message" then
		if not lobby or is_owner(main_room, stanza.attr.to) then return lobby and stanza or nil; end
		local sender = lobby:get_occupant_by_nick(from);
		return sender and is_owner(main_room, sender.bare_jid) and stanza or nil;
	end
	-- Of all iqs, also of results, only disco#info comes through.
	return stanza:get_child("query", "http://jabber.org/protocol/disco#info") and stanza or nil;
end

util.process_muc(lobby_name, function (muc, context)
	lobby_muc = muc;
	filters.add_filter_hook(function (session)
		filters.add_filter(session, "stanzas/out", filter_stanza, -1);
	end);
	module:add_identity("component", "lobbyrooms", lobby_name);
	context:hook("host-disco-info-node", function (event)
		local session, room = event.origin, nil;
		if event.node == "lobbyrooms" and session.jitsi_web_query_room then
			room = util.get_room_by_name_and_subdomain(session.jitsi_web_query_room, session.jitsi_web_query_prefix);
		end
		if check_name and room and room._data.lobbyroom then
			event.reply:tag("feature", { var = NAME_NEEDED }):up();
		end
		event.exists = true;
	end);
	muc.room_mt.get_affiliation = function (room, address)
		local main_room = room.main_room_jid and util.get_room_from_jid(room.main_room_jid);
		return main_room and main_room:get_affiliation(address) or "none";
	end;
	context:hook("muc-broadcast-presence", function (event)
		local main_room = event.room.main_room_jid and util.get_room_from_jid(event.room.main_room_jid);
		if main_room and util.presence_check_status(event.x, "307") then
			notify_access(main_room, event.actor, event.occupant, false);
		end
	end);
end);
