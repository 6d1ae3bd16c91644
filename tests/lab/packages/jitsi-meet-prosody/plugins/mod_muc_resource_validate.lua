-- Stand-in of Jitsi's mod_muc_resource_validate (test fixture): no invented nicknames, no changed ones.

local jid = require "util.jid";
local st = require "util.stanza";
local is_healthcheck_room = module:require "util".is_healthcheck_room;

local strict, anonymous_methods;
local function load_config()
	strict = module:get_option_boolean("anonymous_strict", false);
	anonymous_methods = module:get_option_set("anonymous_auth_methods", { "anonymous", "jitsi-anonymous", "token" });
end
load_config();
module:hook_global("config-reloaded", load_config);

local function refuse(event, text)
	event.origin.send(st.error_reply(event.stanza, "cancel", "not-allowed", text));
	return true;
end

module:hook("muc-occupant-pre-join", function (event)
	local user, domain = jid.split(event.stanza.attr.from);
	local nick = jid.resource(event.stanza.attr.to);
	if is_healthcheck_room(event.room.jid) or not user then return; end
	if not nick or not nick:match("^[a-zA-Z0-9][a-zA-Z0-9_]*$") then return refuse(event, "Invalid resource"); end
	local host = prosody.hosts[domain];
	local anonymous = host and host.users and anonymous_methods:contains(host.users.name);
	if strict and anonymous and nick ~= user:sub(1, 8) then return refuse(event, "Invalid anonymous user ID"); end
end, 11);

module:hook("muc-occupant-pre-change", function (event)
	if is_healthcheck_room(event.room.jid) or not event.orig_occupant then return; end
	if jid.resource(event.orig_occupant.nick) ~= jid.resource(event.stanza.attr.to) then
		return refuse(event, "Nick changes are not allowed");
	end
end, 11);
