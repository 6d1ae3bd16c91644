-- Stand-in of Jitsi's mod_filter_iq_jibri (test fixture): only moderators start a recording.
-- Left out: features of tokens, limits per address and room.

local st = require "util.stanza";
local util = module:require "util";

module:hook("pre-iq/full", function (event)
	local stanza = event.stanza;
	local jibri = stanza:get_child("jibri", "http://jitsi.org/protocol/jibri");
	if not jibri or stanza.attr.type ~= "set" then return; end
	local room = util.get_room_from_jid((util.room_jid_match_rewrite(stanza.attr.to):gsub("/.*", "")));
	local occupant = room and room:get_occupant_by_real_jid(stanza.attr.from);
	if not occupant or occupant.role ~= "moderator" then
		event.origin.send(st.error_reply(stanza, "auth", "forbidden"));
		return true;
	end
end);
