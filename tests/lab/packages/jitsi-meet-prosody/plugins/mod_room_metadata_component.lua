-- Stand-in of Jitsi's mod_room_metadata_component (test fixture): what is known about a room, and the
-- TURN services, for those inside.
-- Left out: start-muted settings of old clients, the lists that only jicofo gets.

local datetime = require "util.datetime";
local filters = require "util.filters";
local jid = require "util.jid";
local json = require "util.json";
local st = require "util.stanza";
local util = module:require "util";

local get_services = module:depends("external_services").get_services;
local muc_name = module:get_option_string("muc_component");
local breakout_name = module:get_option_string("breakout_rooms_component");
local main_name = module:get_option_string("muc_mapper_domain_base");
local check_occupants = module:get_option_boolean("extdisco_occpuant_check", false);
local blocked = module:get_option_set("room_metadata_blocked_keys", {
	"moderators", "participants", "services", "transcription", "visitorsEnabled",
});
if not muc_name or not main_name then
	module:log("error", "No muc_component or muc_mapper_domain_base specified. No muc to operate on!");
	return;
end

local function services()
	local list = {};
	for _, service in ipairs(get_services()) do
		table.insert(list, {
			type = service.type, transport = service.transport, host = service.host,
			port = service.port and ("%d"):format(service.port),
			username = service.username, password = service.password,
			expires = service.expires and datetime.datetime(service.expires),
			restricted = service.restricted and "1" or nil,
		});
	end
	return list;
end

local function send(room, to, with_services)
	local metadata = util.table_shallow_copy(room.jitsiMetadata);
	if with_services then metadata.services = services(); end
	module:send(st.message({ from = module.host, to = to })
		:tag("json-message", {
			xmlns = "http://jitsi.org/jitmeet", room = util.internal_room_jid_match_rewrite(room.jid),
		}):text(json.encode({ type = "room_metadata", metadata = metadata })):up());
end

local function broadcast(room)
	for _, occupant in room:each_occupant() do send(room, occupant.jid, false); end
end

local function room_created(event)
	if util.is_healthcheck_room(event.room.jid) then return; end
	event.room.jitsiMetadata = event.room.jitsiMetadata or {};
	event.room.sent_initial_metadata = {};
end

module:hook("message/host", function (event)
	local stanza = event.stanza;
	local message = stanza:get_child("room_metadata", "http://jitsi.org/jitmeet");
	local room = message and message.attr.room and util.get_room_from_jid(util.room_jid_match_rewrite(message.attr.room));
	local occupant = room and room:get_occupant_by_real_jid(stanza.attr.from);
	local change = message and json.decode(message:get_text() or "");
	if not occupant or occupant.role ~= "moderator" or type(change) ~= "table"
		or type(change.key) ~= "string" or change.data == nil or blocked:contains(change.key) then
		return true;
	end
	room.jitsiMetadata[change.key] = change.data;
	broadcast(room);
	return true;
end);

util.process_muc(muc_name, function (_, context)
	context:hook("muc-room-created", room_created, -1);
	context:hook("room-metadata-changed", function (event) broadcast(event.room); end);
	context:hook("muc-occupant-left", function (event)
		if event.room.sent_initial_metadata then
			event.room.sent_initial_metadata[event.occupant.bare_jid] = nil;
		end
	end);
end);
if breakout_name then
	util.process_muc(breakout_name, function (_, context) context:hook("muc-room-created", room_created, -1); end);
end

-- The newcomer learns the metadata and the services just before the own presence.
local function before_own_presence(stanza)
	if not stanza.attr or stanza.name ~= "presence" or stanza.attr.type or not stanza.attr.to then return stanza; end
	local x = stanza:get_child("x", "http://jabber.org/protocol/muc#user");
	if not x or not util.presence_check_status(x, "110") then return stanza; end
	local room = util.get_room_from_jid(util.room_jid_match_rewrite(jid.bare(stanza.attr.from)));
	local sent, bare = room and room.sent_initial_metadata, jid.bare(stanza.attr.to);
	if sent and not sent[bare] then
		sent[bare] = true;
		send(room, stanza.attr.to, not util.is_admin(bare));
	end
	return stanza;
end
filters.add_filter_hook(function (session)
	filters.add_filter(session, "stanzas/out", before_own_presence, -3);
end);

local function only_occupants(event)
	local session, from = event.origin, event.stanza.attr.from or event.origin.full_jid;
	local name = session.jitsi_web_query_room;
	local room = name and util.get_room_by_name_and_subdomain(name, session.jitsi_web_query_prefix);
	if not room or not util.get_occupant_by_real_jid(room, from) then
		session.send(st.error_reply(event.stanza, "auth", "forbidden"));
		return true;
	end
end

util.process_host_module(main_name, function (context)
	if not check_occupants then return; end
	for version = 1, 2 do
		local name = "iq-get/host/urn:xmpp:extdisco:" .. version;
		context:hook(name .. ":services", only_occupants, 100);
		context:hook(name .. ":service", only_occupants, 100);
	end
end);
util.announce("room_metadata");
