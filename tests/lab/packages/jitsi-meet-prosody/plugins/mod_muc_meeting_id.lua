-- Stand-in of Jitsi's mod_muc_meeting_id (test fixture): a meeting's id, and nobody before jicofo.
-- Left out: regions, transcription results, endpoint messages.

module:depends("jitsi_permissions");
module:depends("jitsi_session");

local new_uuid = require "util.uuid".generate;
local util = module:require "util";

local QUEUE_MAX = 500;

module:hook("muc-room-created", function (event)
	if not util.is_healthcheck_room(event.room.jid) then event.room._data.meetingId = new_uuid(); end
end);

local function add_meeting_id(event)
	table.insert(event.form, {
		name = "muc#roominfo_meetingId", type = "text-single", label = "The meeting unique id.",
		value = event.room._data.meetingId or "",
	});
end
module:hook("muc-disco#info", add_meeting_id);
module:hook("muc-config-form", add_meeting_id, 90 - 3);

for _, field in ipairs({ "muc#roomconfig_moderatedroom", "muc#roomconfig_presencebroadcast" }) do
	module:hook("muc-config-submitted/" .. field, function () return true; end, 99);
end
module:hook("muc-config-submitted/muc#roominfo_meetingId", function (event)
	if util.is_admin(event.actor) then event.room._data.meetingId = event.value; end
	return true;
end, 99);

-- A kick takes away what an admission had given.
module:hook("muc-broadcast-presence", function (event)
	if util.presence_check_status(event.x, "307") then
		event.room:set_affiliation(event.actor, event.occupant.bare_jid, "none");
	end
end);

-- Joins wait until jicofo's focus is in the room.
module:hook("muc-occupant-pre-join", function (event)
	local room, occupant = event.room, event.occupant;
	if room._data.jicofo_lock == false or util.is_healthcheck_room(room.jid) then return; end
	if util.ends_with(occupant.nick, "/focus") then
		module:fire_event("jicofo-unlock-room", { room = room });
		return;
	end
	room._data.jicofo_lock = true;
	room.pre_join_queue = room.pre_join_queue or {};
	if #room.pre_join_queue < QUEUE_MAX then table.insert(room.pre_join_queue, event); end
	return true;
end, 8);

module:hook("jicofo-unlock-room", function (event)
	local room = event.room;
	local waiting = room.pre_join_queue or {};
	room._data.jicofo_lock, room.pre_join_queue = false, nil;
	for _, join in ipairs(waiting) do
		if join.origin.conn then room:handle_normal_presence(join.origin, join.stanza); end
	end
end);

module:hook("muc-occupant-groupchat", function (event)
	event.stanza:remove_children("nick", "http://jabber.org/protocol/nick");
end, 45);
