-- Stand-in of Jitsi's mod_muc_hide_all (test fixture): rooms are in no list, and only those inside
-- can ask about them.

local jid = require "util.jid";
local st = require "util.stanza";
local get_room_from_jid = module:require "util".get_room_from_jid;

module:hook("muc-room-pre-create", function (event)
	event.room:set_hidden(true);
end, -1);

local function only_occupants(event)
	local room = get_room_from_jid(jid.bare(event.stanza.attr.to));
	if room and not room:get_occupant_by_real_jid(event.stanza.attr.from) then
		event.origin.send(st.error_reply(event.stanza, "auth", "forbidden"));
		return true;
	end
end

module:hook("iq-get/bare/http://jabber.org/protocol/disco#info:query", only_occupants, 1);
module:hook("iq-get/host/http://jabber.org/protocol/disco#info:query", only_occupants, 1);
