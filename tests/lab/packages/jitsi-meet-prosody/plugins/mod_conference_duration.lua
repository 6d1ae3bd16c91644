-- Stand-in of Jitsi's mod_conference_duration (test fixture): when a meeting had two people first.

local util = module:require "util";

local main_muc = module:get_option_string("main_muc");
if not main_muc then
	module:log("error", "conference duration not enabled missing main_muc config");
	return;
end

util.process_host_module(main_muc, function (context)
	context:hook("muc-disco#info", function (event)
		table.insert(event.form, {
			name = "muc#roominfo_created_timestamp", type = "text-single",
			label = "When the meeting began", value = event.room.created_timestamp or "",
		});
	end);
	context:hook("muc-occupant-joined", function (event)
		local count = 0;
		for _ in event.room:each_occupant() do count = count + 1; end
		if count > 1 and not event.room.created_timestamp then
			event.room.created_timestamp = ("%d000"):format(os.time());
		end
	end, -1);
end);
module:add_identity("component", "conference_duration", "conferenceduration." .. module.host);
