-- Joins that no client can send, for the tests: `GET /side-door?kind=…&from=…&room=…&password=…` lets the room see a
-- presence of another server (`s2sin`), of a component, or of this server itself, and answers with the error's condition,
-- or with `inside` or `outside`.

local formdecode = require "util.http".formdecode;
local jid = require "util.jid";
local st = require "util.stanza";

local function origin_of(kind, from, replies)
	local function send(reply) table.insert(replies, reply); return true; end
	return { type = kind, host = jid.host(from), from_host = jid.host(from), full_jid = from, send = send, log = module._log };
end

local function answer(event)
	local query = formdecode(event.request.url.query);
	local replies = {};
	local join = st.presence({ from = query.from, to = query.room .. "/" .. (query.nick or jid.node(query.from):sub(1, 8)) })
		:tag("x", { xmlns = "http://jabber.org/protocol/muc" });
	if query.password then join:tag("password", { xmlns = "http://jabber.org/protocol/muc" }):text(query.password):up(); end
	join:up():tag("nick", { xmlns = "http://jabber.org/protocol/nick" }):text("Zijdeur"):up();
	prosody.core_post_stanza(origin_of(query.kind, query.from, replies), join);
	local host = prosody.hosts[jid.host(query.room)];
	local room = host.modules.muc.get_room_from_jid(query.room);
	if room and room:get_occupant_by_real_jid(query.from) then return "inside\n"; end
	local _, condition = (replies[1] or st.stanza("nothing")):get_error();
	return (condition or "outside") .. "\n";
end

module:depends("http");
module:provides("http", { name = "side-door", default_path = "/side-door", route = { GET = answer } });
