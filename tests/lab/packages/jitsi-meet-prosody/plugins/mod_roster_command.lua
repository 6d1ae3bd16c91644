-- Stand-in of mod_roster_command (test fixture):
-- `prosodyctl mod_roster_command subscribe focus.HOST focus@auth.HOST` lets the first see the second.
-- Left out: unsubscribe, rename, both directions at once.

if module.host ~= "*" then
	module:log("error", "mod_roster_command is a command of prosodyctl");
	return;
end

local jid = require "util.jid";
local rostermanager = require "core.rostermanager";
local storagemanager = require "core.storagemanager";
local usermanager = require "core.usermanager";

local function prepare(host)
	prosody.bare_sessions = prosody.bare_sessions or {};
	rawset(_G, "bare_sessions", rawget(_G, "bare_sessions") or prosody.bare_sessions);
	if prosody.hosts[host].users.name == "null" then
		storagemanager.initialize_host(host);
		usermanager.initialize_host(host);
	end
end

function module.command(arg)
	local command, watcher, contact = arg[1], arg[2], arg[3];
	local user, host = jid.split(contact or "");
	if command ~= "subscribe" or not watcher or not user then
		io.stderr:write("usage: prosodyctl mod_roster_command subscribe WATCHER USER@HOST\n");
		return 1;
	end
	if not prosody.hosts[host] then
		io.stderr:write("The host of the second address is not configured for this server\n");
		return 1;
	end
	prepare(host);
	rostermanager.set_contact_pending_in(user, host, watcher);
	rostermanager.subscribed(user, host, watcher);
	return 0;
end
