-- Stand-in of Jitsi's mod_muc_rate_limit (test fixture): joins beyond a rate wait for the next second.
-- Left out: the queue of leaves and the statistics.

local new_throttle = require "util.throttle".create;
local timer = require "util.timer";

local joins_per_second = module:get_option_number("muc_rate_joins", 3);
module:get_option_number("muc_rate_leaves", 5);
local QUEUE_MAX = 1000;

local function work_off(room)
	if room.destroying then return; end
	for _ = 1, joins_per_second do
		local join = table.remove(room.vc_join_queue, 1);
		if join and join.origin.conn then
			join.stanza.delayed_join_skip = true;
			room:handle_normal_presence(join.origin, join.stanza);
		end
	end
	if #room.vc_join_queue > 0 then return 1; end
	room.vc_join_timer = nil;
end

module:hook("muc-occupant-pre-join", function (event)
	local room, stanza = event.room, event.stanza;
	if stanza.delayed_join_skip then
		stanza.delayed_join_skip = nil;
		return;
	end
	room.vc_join_throttle = room.vc_join_throttle or new_throttle(joins_per_second, 1);
	room.vc_join_queue = room.vc_join_queue or {};
	if room.vc_join_throttle:poll(1) and not room.vc_join_timer then return; end
	if #room.vc_join_queue >= QUEUE_MAX then return; end
	table.insert(room.vc_join_queue, event);
	room.vc_join_timer = room.vc_join_timer or timer.add_task(1, function () return work_off(room); end);
	return true;
end, 9);
