-- Stand-in of Jitsi's mod_end_conference (test fixture): a moderator ends the meeting for everybody.

module:depends("jitsi_session");
local util = module:require "util";

if not module:get_option_string("muc_component") then
	module:log("error", "No muc_component specified. No muc to operate on!");
	return;
end

module:hook("message/host", function (event)
	local stanza = event.stanza;
	if stanza.attr.type == "error" or not stanza:get_child("end_conference") then return true; end
	local room = util.room_of_moderator(event.origin, stanza.attr.from);
	if room then room:destroy(nil, "The meeting has been terminated"); end
	return true;
end);
util.announce("end_conference");
