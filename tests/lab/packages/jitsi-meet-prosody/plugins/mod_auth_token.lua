-- Stand-in of Jitsi's mod_auth_token (test fixture): ANONYMOUS login with a token in the URL.
-- Left out: bans, refreshing a token on stream resumption.

local formdecode = require "util.http".formdecode;
local new_uuid = require "util.uuid".generate;
local sasl = require "util.sasl";
local token_util = module:require "token/util".new(module);

if not token_util then return; end
module:depends("jitsi_session");

-- Runs for every session of the server, also for those of the guest domain, before any check.
local function keep_token(event)
	local query = event.request.url.query;
	local params = query and formdecode(query) or {};
	event.session.auth_token = params.token;
end

module:hook_global("bosh-session", keep_token);
module:hook_global("websocket-session", keep_token);

local function no_passwords()
	return nil, "Passwords are not used here";
end

local provider = {
	test_password = no_passwords, set_password = no_passwords, get_password = no_passwords,
	user_exists = no_passwords, create_user = no_passwords, delete_user = no_passwords,
};

function provider.get_sasl_handler(session)
	return sasl.new(module.host, { anonymous = function (self, fresh_name)
		local ok, condition, reason = token_util:process_and_verify_token(session);
		if ok ~= true then
			module:log("warn", "Error verifying token err:%s, reason:%s", condition, reason);
			session.auth_token = nil;
			return false, condition, reason;
		end
		self.username = fresh_name;
		for _, other in pairs(session.previd and prosody.full_sessions or {}) do
			if other.resumption_token == session.previd then self.username = other.username; end
		end
		return true;
	end });
end

module:provides("auth", provider);

sasl.registerMechanism("ANONYMOUS", { "anonymous" }, function (self)
	local ok, condition, reason = self.profile.anonymous(self, new_uuid(), self.realm);
	if ok then return "success"; end
	return "failure", condition, reason;
end);
