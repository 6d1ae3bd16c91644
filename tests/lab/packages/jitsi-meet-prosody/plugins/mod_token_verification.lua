-- Stand-in of Jitsi's mod_token_verification (test fixture): binds a token to its room.
-- Left out: the check after a token was refreshed on stream resumption.

local st = require "util.stanza";
local jid = require "util.jid";
local is_admin = module:require "util".is_admin;

local parent = module.host:match("^%w+%.(%w.+)$");
if not parent then
	module:log("error", "Failed to start - unable to get parent hostname");
	return;
end
local token_util = module:require "token/util".new(module:context(parent));
if not token_util then return; end

local allowlist, moderation_needs_token;
local function load_config()
	allowlist = module:get_option_set("token_verification_allowlist", {});
	moderation_needs_token = module:get_option_boolean("token_verification_require_token_for_moderation");
end
load_config();
module:hook_global("config-reloaded", load_config);

local function verify(event)
	local session, stanza = event.origin, event.stanza;
	local from = stanza.attr.from;
	if is_admin(from) or allowlist:contains(jid.host(from)) or allowlist:contains(jid.bare(from))
		or session.type == "s2sin" then
		return;
	end
	if token_util:verify_room(session, stanza.attr.to) then return; end
	module:log("error", "Token %s does not fit %s", session.auth_token, stanza.attr.to);
	session.send(st.error_reply(stanza, "cancel", "not-allowed", "Room and token mismatched"));
	return true;
end

module:hook("muc-room-pre-create", verify, 99);
module:hook("muc-occupant-pre-join", verify, 99);

local function refuse_config_of_guests(event)
	local session, stanza = event.origin, event.stanza;
	if not moderation_needs_token or is_admin(stanza.attr.from) then return; end
	if session.auth_token and session.jitsi_meet_room then return; end
	session.send(st.error_reply(stanza, "cancel", "not-allowed", "Room modification disabled for guests"));
	return true;
end

module:hook("iq-set/bare/http://jabber.org/protocol/muc#owner:query", refuse_config_of_guests, -1);
module:hook("iq-set/host/http://jabber.org/protocol/muc#owner:query", refuse_config_of_guests, -1);
