-- Stand-in of Jitsi's mod_rate_limit (test fixture): too many log-ins from one address are slowed down.
-- Left out: the rates of presence, iq and message stanzas, and CIDR ranges in the whitelist.

local new_cache = require "util.cache".new;
local new_throttle = require "util.throttle".create;
local get_ip = module:require "util".get_ip;

local login_rate = module:get_option_number("rate_limit_login_rate", 3);
local ip_rate = module:get_option_number("rate_limit_ip_rate", 2000);
local whitelist = module:get_option_set("rate_limit_whitelist", { "127.0.0.1", "::1" });
local whitelist_hosts = module:get_option_set("rate_limit_whitelist_hosts", {});
local throttles = new_cache(module:get_option_number("rate_limit_cache_size", 10000));
for name, default in pairs({
	rate_limit_session_rate = 1000, rate_limit_timeout = 60, rate_limit_presence_rate = 4,
	rate_limit_iq_rate = 15, rate_limit_message_rate = 3, rate_limit_max_violations = 10,
}) do
	module:get_option_number(name, default); -- read, so that a wrong type shows
end

module:hook_global("resource-bind", function (event)
	local session = event.session;
	local ip = get_ip(session);
	if not ip or whitelist:contains(ip) or whitelist_hosts:contains(session.host) then return; end
	local throttle = throttles:get(ip) or new_throttle(login_rate, 1);
	throttles:set(ip, throttle);
	if not throttle:poll(1) and session.conn and session.conn.setlimit then
		session.conn:setlimit(ip_rate);
	end
end);
