-- Stand-in of Jitsi's mod_polls_component (test fixture): passes a poll of one occupant on to the others.
-- Left out: keeping polls for those who come later, counting answers.

local json = require "cjson.safe";
local st = require "util.stanza";
local util = module:require "util";

local POLL_MAX = 1024; -- bytes

module:hook("message/host", function (event)
	local session, stanza = event.origin, event.stanza;
	local text = stanza:get_child_text("json-message", "http://jitsi.org/jitmeet") or "";
	local poll = #text <= POLL_MAX and json.decode(text);
	local name = session.jitsi_web_query_room;
	local room = name and util.get_room_by_name_and_subdomain(name, session.jitsi_web_query_prefix);
	if type(poll) ~= "table" or poll.type ~= "polls" or not room
		or not room:get_occupant_by_real_jid(stanza.attr.from) then
		return true;
	end
	for _, occupant in room:each_occupant() do
		module:send(st.message({ from = module.host, to = occupant.jid })
			:tag("json-message", { xmlns = "http://jitsi.org/jitmeet" }):text(text):up());
	end
	return true;
end);
util.announce("polls");
