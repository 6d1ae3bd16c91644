-- The gate's audit lines: what happened at the door, never to whom, in which room, or from where.
--
-- Every line is one of the texts below and nothing else. Of one kind no more than MOST are written in a
-- minute; the others are counted, so that a flood fills no disk.
--
-- Prosody sorts lines by level alone, and this deployment keeps warnings only. So there is a sink of our own
-- (`to = "vc4all_audit"` in the option `log`) that writes these lines, which have the level `info`, and no
-- others. Prosody makes it anew when it reopens its files.

local format = require "util.format".format;
local loggingmanager = require "core.loggingmanager";
local logger = require "util.logger";

local SOURCE = "vc4all_audit";
local MOST = 30;
local MINUTE = 60; -- seconds
local TEXTS = {
	opened = "room opened by a meeting host";
	host = "meeting host came in";
	admitted = "guest admitted by a meeting host";
	turned_away = "guest turned away by a meeting host";
	by_hand = "guest came in, admitted before";
	by_password = "guest came in with the password";
	waits = "guest sent to the lobby";
	lobby_again = "lobby turned on again, because nothing guarded the room";
	queued = "join had to wait: too many at once";
	crowd = "connection refused: too many from one place";
	no_guests = "guest refused: no guests here";
	no_password = "guest refused: wrong password or none";
	no_lobby = "guest refused: the lobby cannot be turned on";
	full = "guest refused: room full";
	knocking = "guest refused: nobody knocks here";
	passed_by = "guest refused: another module had let them pass";
	weak_name = "join refused: the room's name is too easy to guess";
	maintenance = "join refused: new meetings wait while the servers are updated";
	other_token = "join refused: the token is for another room";
	ended_token = "join refused: the token has ended, or never ends";
	stranger = "join refused: neither a meeting host nor a guest of this instance";
	reserved = "join refused: a room of Jicofo's own";
	no_room = "join refused: no such room, and only Jicofo makes one";
	breakout = "join refused: a breakout room of somebody else";
	invitation = "invitation refused: guests invite nobody";
	registration = "registration with a room refused";
	fault = "refused because the gate failed";
};

local log = logger.init(SOURCE);
local written, left_out = {}, {};

local function next_minute()
	for kind, count in pairs(left_out) do
		log("info", "%s (%d more times in this minute)", TEXTS[kind], count);
	end
	written, left_out = {}, {};
end

-- Writes the line of that kind.
local function audit(kind)
	local text = assert(TEXTS[kind], "no such kind of event");
	if not next(written) then module:add_timer(MINUTE, next_minute); end
	written[kind] = (written[kind] or 0) + 1;
	if written[kind] <= MOST then
		log("info", "%s", text);
	else
		left_out[kind] = (left_out[kind] or 0) + 1;
	end
end

-- Its file is `path`: prosodyctl itself would open what is called `filename`.
local function sink(config)
	local file = io.open(config.path, "a");
	if not file then
		module:log("error", "the file of the audit lines cannot be opened");
		return function () end;
	end
	file:setvbuf("line");
	return function (source, level, message, ...)
		if source ~= SOURCE then return; end
		file:write(os.date("%b %d %H:%M:%S "), source, "\t", level, "\t", format(message, ...), "\n");
	end
end
loggingmanager.register_sink_type("vc4all_audit", sink);

return audit;
