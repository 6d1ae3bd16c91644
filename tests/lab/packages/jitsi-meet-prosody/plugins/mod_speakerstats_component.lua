-- Stand-in of Jitsi's mod_speakerstats_component (test fixture): who speaks now, for those inside.
-- Left out: the times of each speaker and facial expressions.

local util = module:require "util";

local muc_name = module:get_option_string("muc_component");
if not muc_name then
	module:log("error", "No muc_component specified. No muc to operate on!");
	return;
end

module:hook("message/host", function (event)
	local stanza = event.stanza;
	local speaker = stanza:get_child("speakerstats", "http://jitsi.org/jitmeet");
	local room = speaker and speaker.attr.room and util.get_room_from_jid(util.room_jid_match_rewrite(speaker.attr.room));
	local occupant = room and room:get_occupant_by_real_jid(stanza.attr.from);
	if occupant then room.vc_dominant_speaker = occupant.nick; end
	return true;
end);
util.announce("speakerstats");
