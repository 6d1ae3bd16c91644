-- Faults for the tests, by the room's name: in "broken" rooms asking for the password fails; in "opened"
-- rooms another module drops the lobby just after the gate has looked.

local function concerns(event, word)
	return event.room.jid:find(word, 1, true) and not event.stanza.attr.from:find("^focus@");
end

module:hook("muc-occupant-pre-join", function (event)
	if concerns(event, "broken") then
		event.room.get_password = function () error("broken for the test"); end
	end
end, 50);

module:hook("muc-occupant-pre-join", function (event)
	if concerns(event, "opened") then
		event.room:set_members_only(false);
	end
end, -2);
