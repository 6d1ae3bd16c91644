-- Stand-in of Jitsi's mod_auth_jitsi-anonymous (test fixture): ANONYMOUS login under a random name,
-- or under the earlier one when `?previd=` is the token of a resumable stream.

local new_uuid = require "util.uuid".generate;
local sasl = require "util.sasl";

local function no_passwords()
	return nil, "Passwords are not used here";
end

local provider = {
	test_password = no_passwords, set_password = no_passwords, get_password = no_passwords,
	user_exists = no_passwords, create_user = no_passwords, delete_user = no_passwords,
};

function provider.get_sasl_handler(session)
	return sasl.new(module.host, { anonymous = function (self, fresh_name)
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

module:hook("pre-resource-unbind", function (event)
	prosody.events.fire_event("jitsi-pre-session-unbind", {
		jid = event.session.full_jid, session = event.session, error = event.error,
	});
end, 11);
