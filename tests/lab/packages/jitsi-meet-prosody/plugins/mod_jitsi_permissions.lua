-- Stand-in of Jitsi's mod_jitsi_permissions (test fixture): tells moderators what they may do.
-- Left out: permissions that a token's features grant or that one moderator hands to another.

local filters = require "util.filters";
local jid = require "util.jid";
local util = module:require "util";

local base = module:get_option_string("muc_mapper_domain_base");
if not base or module.host ~= module:get_option_string("muc_mapper_domain_prefix", "conference") .. "." .. base then
	return;
end
local permissions = module:get_option("jitsi_default_permissions", {
	livestreaming = true, recording = true, transcription = true, ["outbound-call"] = true,
	["create-polls"] = true, ["send-groupchat"] = true, flip = true,
});

local function is_own_moderator_presence(stanza)
	if stanza.name ~= "presence" or not stanza.attr.to or stanza.attr.type then return false; end
	local x = stanza:get_child("x", "http://jabber.org/protocol/muc#user");
	local item = x and x:get_child("item");
	return item and item.attr.role == "moderator" and util.presence_check_status(x, "110")
		and jid.host(stanza.attr.from) == module.host;
end

local function add_permissions(stanza)
	if stanza.attr and is_own_moderator_presence(stanza) and not util.is_admin(stanza.attr.to) then
		stanza:tag("permissions", { xmlns = "http://jitsi.org/jitmeet" });
		for name, value in pairs(permissions) do
			stanza:tag("p", { name = name, val = tostring(value) }):up();
		end
		stanza:up();
	end
	return stanza;
end

local function add_to_session(session)
	filters.add_filter(session, "stanzas/out", add_permissions, -2);
end
filters.add_filter_hook(add_to_session);
function module.unload()
	filters.remove_filter_hook(add_to_session);
end
