-- Stand-in of Jitsi's mod_client_proxy (test fixture): a component that stands for one client, jicofo.
-- Clients' iqs go to one of the client's resources; answers come back under the component's name.

if module:get_host_type() ~= "component" then
	error("client_proxy should be loaded as component", 0);
end

local jid = require "util.jid";
local st = require "util.stanza";

local target = module:get_option_string("target_address");
local resources = {};

local function presence_of_target(stanza)
	local resource = jid.resource(stanza.attr.from);
	if stanza.attr.type == "error" then
		resources = {};
	elseif not stanza.attr.type and resource then
		resources[resource] = true;
	elseif stanza.attr.type == "unavailable" and resource then
		resources[resource] = nil;
	end
end

-- The asking client's address travels in the resource, so that the answer finds its way.
local function answer_of_target(stanza)
	local client = jid.prep(jid.resource(stanza.attr.to));
	if not client or stanza.name ~= "iq" or (stanza.attr.type ~= "result" and stanza.attr.type ~= "error") then
		return;
	end
	stanza.attr.from, stanza.attr.to = module.host, client;
	module:send(stanza);
end

local function question_to_target(stanza)
	if stanza.name ~= "iq" then
		if stanza.attr.type ~= "error" then module:send(st.error_reply(stanza, "cancel", "feature-not-implemented")); end
		return;
	end
	if stanza.attr.type ~= "get" and stanza.attr.type ~= "set" then return; end
	local resource = next(resources);
	if not resource then
		module:send(st.error_reply(stanza, "cancel", "service-unavailable"));
		return;
	end
	stanza.attr.from, stanza.attr.to = module.host .. "/" .. stanza.attr.from, target .. "/" .. resource;
	module:send(stanza);
end

local function pass_on(event)
	local stanza = event.stanza;
	if jid.bare(stanza.attr.from) ~= target then
		question_to_target(stanza);
	elseif jid.resource(stanza.attr.to) then
		answer_of_target(stanza);
	elseif stanza.name == "presence" then
		presence_of_target(stanza);
	end
	return true;
end

for _, kind in ipairs({ "iq", "message", "presence" }) do
	for _, place in ipairs({ "bare", "full", "host" }) do
		module:hook(kind .. "/" .. place, pass_on, -1);
	end
end

module:send(st.presence({ type = "subscribe", to = target, from = module.host }));
