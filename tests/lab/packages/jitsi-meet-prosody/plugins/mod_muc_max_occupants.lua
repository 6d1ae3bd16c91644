-- Stand-in of Jitsi's mod_muc_max_occupants (test fixture): a full room takes nobody more.

local jid = require "util.jid";
local st = require "util.stanza";
local is_healthcheck_room = module:require "util".is_healthcheck_room;

local most = module:get_option_number("muc_max_occupants", -1);
local whitelist = module:get_option_set("muc_access_whitelist", {});

local function uncounted(address)
	return whitelist:contains(jid.host(address)) or whitelist:contains(jid.bare(address));
end

local function check(event)
	local room, from = event.room, event.stanza.attr.from;
	if is_healthcheck_room(room.jid) or uncounted(from) or room:get_occupant_by_real_jid(from) then return; end
	local free = room._data.max_occupants or most;
	for _, occupant in room:each_occupant() do
		if not uncounted(occupant.bare_jid) then free = free - 1; end
	end
	if free <= 0 then
		event.origin.send(st.error_reply(event.stanza, "cancel", "service-unavailable"));
		return true;
	end
end

if most > 0 then
	module:hook("muc-occupant-pre-join", check, 10);
end
