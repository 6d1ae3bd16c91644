-- A fault for the tests: in rooms whose name contains "broken", asking for the password fails.

module:hook("muc-occupant-pre-join", function (event)
	if event.room.jid:find("broken", 1, true) and not event.stanza.attr.from:find("^focus@") then
		event.room.get_password = function () error("broken for the test"); end
	end
end, 50);
