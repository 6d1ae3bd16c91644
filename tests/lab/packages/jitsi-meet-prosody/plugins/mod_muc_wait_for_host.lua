-- Stand-in of Jitsi's mod_muc_wait_for_host (test fixture): upstream's gate, whose lobby ends when a
-- host arrives. Our own deployment does not load it; a test shows why.
-- Left out: the audit log and the room_host_arrived event.

local jid = require "util.jid";
local util = module:require "util";

local base = module:get_option_string("muc_mapper_domain_base");
if not base then
	module:log("warn", "No 'muc_mapper_domain_base' option set, disabling module");
	return;
end

local function is_host(session, occupant)
	return session.auth_token or (session.username and jid.host(occupant.bare_jid) == base);
end

if not module:get_option_boolean("wait_for_host_disable_auto_owners", false) then
	module:hook("muc-occupant-joined", function (event)
		if not util.is_moderated(event.room.jid) and is_host(event.origin, event.occupant) then
			event.room:set_affiliation(true, event.occupant.bare_jid, "owner");
		end
	end, 2);
end

module:hook("muc-occupant-pre-join", function (event)
	local room, occupant = event.room, event.occupant;
	if util.is_admin(occupant.bare_jid) or util.is_healthcheck_room(room.jid) or room.has_host then return; end
	if is_host(event.origin, occupant) then
		room.has_host = true;
		room:set_members_only(false);
		room:set_persistent(false);
		occupant.role = room:get_default_role(room:get_affiliation(occupant.bare_jid)) or "participant";
		prosody.events.fire_event("destroy-lobby-room", {
			room = room, newjid = util.internal_room_jid_match_rewrite(room.jid), message = "Host arrived.",
		});
	elseif not room:get_members_only() then
		prosody.events.fire_event("create-persistent-lobby-room", {
			room = room, reason = "waiting-for-host", skip_display_name_check = true,
		});
	end
end);
