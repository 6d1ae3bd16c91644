-- Stand-in of Jitsi's mod_muc_domain_mapper (test fixture): room@conference.tenant.HOST is
-- [tenant]room@conference.HOST inside Prosody.

local filters = require "util.filters";
local util = module:require "util";

if not module:get_option_string("muc_mapper_domain_base") then
	module:log("warn", "No 'muc_mapper_domain_base' option set, disabling muc_mapper plugin inactive");
	return;
end

local function is_stanza(stanza)
	return stanza.name == "message" or stanza.name == "iq" or stanza.name == "presence";
end

local function outgoing(stanza, session)
	if not is_stanza(stanza) or session.type == "s2sout" then return stanza; end
	if stanza.attr.from then stanza.attr.from = util.internal_room_jid_match_rewrite(stanza.attr.from); end
	if stanza.attr.to then stanza.attr.to = util.room_jid_match_rewrite(stanza.attr.to); end
	return stanza;
end

local function add_to_session(session)
	filters.add_filter(session, "stanzas/out", outgoing);
end
filters.add_filter_hook(add_to_session);
function module.unload()
	filters.remove_filter_hook(add_to_session);
end

local function incoming(event)
	local attr = event.stanza.attr;
	if attr.to then attr.to = util.room_jid_match_rewrite(attr.to); end
end

local function add_host(host)
	local context = module:context(host);
	for _, kind in ipairs({ "message", "presence", "iq" }) do
		for _, target in ipairs({ "host", "bare", "full" }) do
			context:hook("pre-" .. kind .. "/" .. target, incoming);
		end
	end
end
prosody.events.add_handler("host-activated", add_host);
for host in pairs(prosody.hosts) do add_host(host); end
