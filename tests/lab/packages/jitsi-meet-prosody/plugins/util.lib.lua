-- Stand-in of Jitsi's util.lib.lua (test fixture): what the other stand-ins and a gate need.
-- Left out: SIP, vpaas tenants, HTTP helpers, identities in presence.

local jid = require "util.jid";
local http_server = require "net.http.server";

local prefix = module:get_option_string("muc_mapper_domain_prefix", "conference");
local base = module:get_option_string("muc_mapper_domain_base", module.host);
local muc_domain = module:get_option_string("muc_mapper_domain", prefix .. "." .. base);
local admins = (module:context("*"):get_option_set("admins", {}) + module:get_option_inherited_set("admins", {})) / jid.prep;
local recorders = module:get_option_inherited_set("recorder_prefixes",
	{ "recorder@recorder.", "jibria@recorder.", "jibrib@recorder." });
local transcribers = module:get_option_inherited_set("transcriber_prefixes",
	{ "transcriber@recorder.", "transcribera@recorder.", "transcriberb@recorder." });
local moderated_rooms = module:get_option_set("allowners_moderated_rooms", {});

local M = {};

function M.starts_with(text, start)
	return text ~= nil and text:sub(1, #start) == start;
end

function M.ends_with(text, ending)
	return text ~= nil and (ending == "" or text:sub(-#ending) == ending);
end

function M.starts_with_one_of(text, starts)
	if not text then return false; end
	for start in starts:items() do
		if M.starts_with(text, start) then return start; end
	end
	return false;
end

function M.is_admin(address)
	return admins:contains(jid.bare(address));
end

function M.is_healthcheck_room(room_jid)
	return M.starts_with(room_jid, "__jicofo-health-check");
end

function M.is_jibri(occupant)
	return M.starts_with_one_of(type(occupant) == "string" and occupant or occupant.jid, recorders);
end

function M.is_transcriber(address)
	return M.starts_with_one_of(address, transcribers);
end

function M.is_moderated(room_jid)
	return moderated_rooms:contains(jid.node(room_jid));
end

-- [tenant]room → tenant, room; room → nil, room
function M.extract_subdomain(node)
	local tenant, room = node:match("^%[([^%]]+)%](.+)$");
	return tenant, room or node;
end

-- room@conference.tenant.HOST → [tenant]room@conference.HOST
function M.room_jid_match_rewrite(address)
	local node, host, resource = jid.split(address);
	local start, ending = prefix .. ".", "." .. base;
	if not node or not host or not (M.starts_with(host, start) and M.ends_with(host, ending)) then return address; end
	local tenant = host:sub(#start + 1, -#ending - 1);
	if tenant == "" or tenant:find(".", 1, true) then return address; end
	return jid.join("[" .. tenant .. "]" .. node, muc_domain, resource);
end

-- [tenant]room@conference.HOST → room@conference.tenant.HOST
function M.internal_room_jid_match_rewrite(address)
	local node, host, resource = jid.split(address);
	if not node or host ~= muc_domain then return address; end
	local tenant, room = M.extract_subdomain(node);
	if not tenant then return address; end
	return jid.join(room, prefix .. "." .. tenant .. "." .. base, resource);
end

function M.get_room_from_jid(room_jid)
	local host = prosody.hosts[jid.host(room_jid) or ""];
	local muc = host and host.modules and host.modules.muc;
	return muc and muc.get_room_from_jid(room_jid) or nil;
end

function M.get_room_by_name_and_subdomain(name, tenant)
	if tenant and tenant ~= "" and tenant ~= base then name = "[" .. tenant .. "]" .. name; end
	return M.get_room_from_jid(jid.join(name, muc_domain));
end

-- Finds a client in the main room or in one of its breakout rooms.
function M.get_occupant_by_real_jid(room, real_jid)
	local occupant = room:get_occupant_by_real_jid(real_jid);
	for breakout_jid in pairs(not occupant and room._data.breakout_rooms or {}) do
		local breakout = M.get_room_from_jid(breakout_jid);
		occupant = occupant or breakout and breakout:get_occupant_by_real_jid(real_jid);
	end
	return occupant;
end

function M.get_focus_occupant(room)
	return room:get_occupant_by_nick(room.jid .. "/focus");
end

function M.presence_check_status(x, code)
	for status in (x and x:childtags("status") or function () end) do
		if status.attr.code == code then return true; end
	end
	return false;
end

function M.get_ip(session)
	local request = session.conn and http_server.get_request_from_conn
		and http_server.get_request_from_conn(session.conn);
	return request and request.ip or session.ip;
end

function M.strip_jwt_signature(token)
	return type(token) == "string" and token:match("^(.*)%.[^.]*$") or nil;
end

function M.table_shallow_copy(from)
	local copy = {};
	for key, value in pairs(from or {}) do copy[key] = value; end
	return copy;
end

-- Calls back with the module API of a host, now or as soon as the host is there.
function M.process_host_module(name, callback)
	local function attach(host)
		if host == name then callback(module:context(host), host); end
	end
	if prosody.hosts[name] then
		attach(name);
	else
		prosody.events.add_handler("host-activated", attach, -100);
	end
end

-- The same, once that host has its MUC: callback(muc module, module API).
function M.process_muc(name, callback)
	M.process_host_module(name, function (context)
		local host = prosody.hosts[name];
		if host.modules.muc then return callback(host.modules.muc, context); end
		host.events.add_handler("module-loaded", function (event)
			if event.module == "muc" then callback(host.modules.muc, context); end
		end);
	end);
end

-- Components tell the main host their name, which publishes it (mod_features_identity).
function M.announce(identity)
	local main = module:get_option_string("muc_mapper_domain_base");
	if not main then
		module:log("warn", "No muc_mapper_domain_base option set.");
		return;
	end
	M.process_host_module(main, function (context)
		context:fire_event("jitsi-add-identity", { name = identity, host = module.host });
	end);
end

-- The room named in a client's URL, if the client is one of its moderators.
function M.room_of_moderator(session, from)
	local name = session and session.jitsi_web_query_room;
	local room = name and M.get_room_by_name_and_subdomain(name, session.jitsi_web_query_prefix);
	local occupant = room and M.get_occupant_by_real_jid(room, from);
	if occupant and occupant.role == "moderator" then return room, occupant; end
end

return M;
