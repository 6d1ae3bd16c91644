-- Stand-in of Jitsi's mod_muc_password_whitelist (test fixture): listed JIDs and domains need no password.

local jid = require "util.jid";
local MUC = "http://jabber.org/protocol/muc";

local whitelist = module:get_option_set("muc_password_whitelist");
module:hook_global("config-reloaded", function ()
	whitelist = module:get_option_set("muc_password_whitelist");
end);

module:hook("muc-occupant-pre-join", function (event)
	local room, stanza = event.room, event.stanza;
	local from = stanza.attr.from;
	if not whitelist or not (whitelist:contains(jid.host(from)) or whitelist:contains(jid.bare(from))) then return; end
	local join = stanza:get_child("x", MUC);
	if not join then
		stanza:tag("x", { xmlns = MUC }):up();
		join = stanza:get_child("x", MUC);
	end
	join:maptags(function (tag) return tag.name ~= "password" and tag or nil; end);
	if room:get_password() then
		join:tag("password", { xmlns = MUC }):text(room:get_password()):up();
	end
end, -7);
