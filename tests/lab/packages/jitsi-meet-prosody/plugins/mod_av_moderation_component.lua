-- Stand-in of Jitsi's mod_av_moderation_component (test fixture): a moderator switches A/V moderation.
-- Left out: lists of those who may speak.

local json = require "cjson.safe";
local st = require "util.stanza";
local util = module:require "util";

if not module:get_option_string("muc_component") then
	module:log("error", "No muc_component specified. No muc to operate on!");
	return;
end

local MEDIA = { audio = true, video = true, desktop = true };

module:hook("message/host", function (event)
	local stanza = event.stanza;
	local command = stanza:get_child("av_moderation");
	if stanza.attr.type == "error" or not command or not MEDIA[command.attr.mediaType or ""] then return true; end
	local room, actor = util.room_of_moderator(event.origin, stanza.attr.from);
	if not room or command.attr.enable == nil then return true; end
	local text = json.encode({
		type = "av_moderation", enabled = command.attr.enable == "true", mediaType = command.attr.mediaType,
		room = util.internal_room_jid_match_rewrite(room.jid), actor = actor.nick,
	});
	for _, occupant in room:each_occupant() do
		module:send(st.message({ from = module.host, to = occupant.jid })
			:tag("json-message", { xmlns = "http://jitsi.org/jitmeet" }):text(text):up());
	end
	return true;
end);
util.announce("av_moderation");
