-- Stand-in of Jitsi's mod_muc_filter_access (test fixture): only listed domains reach this component.

local jid = require "util.jid";

local whitelist = module:get_option_set("muc_filter_whitelist");
if not whitelist then
	module:log("warn", "No 'muc_filter_whitelist' option set, disabling muc_filter_access, plugin inactive");
	return;
end

for _, target in ipairs({ "host", "bare", "full" }) do
	module:hook("presence/" .. target, function (event)
		if not whitelist:contains(jid.host(event.stanza.attr.from) or "") then
			module:log("error", "Filtering unauthorized presence");
			return true;
		end
	end, 2000);
end
