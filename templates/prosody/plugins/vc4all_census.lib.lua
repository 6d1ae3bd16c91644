-- How many people are in meetings, and whether new meetings have to wait: for whoever restarts the servers.
--
-- Numbers alone: no name, room or address leaves this file. A person is an occupant of one of the two domains
-- where people log in; Jicofo, bridges and recorders are programs. Breakout rooms are part of their meeting.
-- Who waits in a lobby is counted apart: they are in no meeting yet, and their client knocks again by itself.
--
-- While the file MARK holds a moment (seconds since 1970) that has not come yet, no new meeting begins; the
-- ones that go on are left alone, also for who comes late. The file lies on a file system that ends with the
-- machine's run, and the moment ends it where nobody is left to take it away.

local jid = require "util.jid";
local json = require "util.json";

local MARK = "/run/vc4all-drain";

local mark, guests, domains, mucs;

local function load_options(main_host, guest_host)
	local main = module:context(main_host);
	domains = { [main_host] = true };
	guests = guest_host;
	if guests then domains[guests] = true; end
	mucs = {
		breakout = main:get_option_string("breakout_rooms_muc", "breakout." .. main_host);
		lobby = main:get_option_string("lobby_muc", "lobby." .. main_host);
	};
	mark = module:get_option_string("vc4all_census_mark", MARK);
end

local function muc_of(host)
	return prosody.hosts[host] and prosody.hosts[host].modules.muc;
end

-- Calls `found` with each person in a room.
local function each_person(room, found)
	for _, occupant in room:each_occupant() do
		if domains[jid.host(occupant.bare_jid)] then found(occupant.bare_jid); end
	end
end

-- The same of a meeting: of its room, and of the breakout rooms beside it.
local function each_person_of_meeting(room, found)
	each_person(room, found);
	local muc = muc_of(mucs.breakout);
	for address in pairs(muc and room._data.breakout_rooms or {}) do
		local beside = muc.get_room_from_jid(address);
		if beside then each_person(beside, found); end
	end
end

-- Whether somebody is in this meeting.
local function is_going_on(room)
	local someone = false;
	each_person_of_meeting(room, function () someone = true; end);
	return someone;
end

local function count()
	local found, inside = { people = 0, meetings = 0, waiting = 0 }, {};
	for room in muc_of(module.host).live_rooms() do
		local before = found.people;
		each_person_of_meeting(room, function (person)
			found.people = found.people + 1;
			inside[person] = true;
		end);
		if found.people > before then found.meetings = found.meetings + 1; end
	end
	local lobbies = muc_of(mucs.lobby);
	if not lobbies then return found; end
	for lobby in lobbies.live_rooms() do
		-- Meeting hosts watch a lobby and never wait in it; a guest who was let in may not have left it yet.
		each_person(lobby, function (person)
			if jid.host(person) == guests and not inside[person] then found.waiting = found.waiting + 1; end
		end);
	end
	return found;
end

-- Where the file cannot be read there is none.
local function new_ones_wait()
	local file = io.open(mark);
	if not file then return false; end
	local moment = tonumber(file:read(20) or "");
	file:close();
	return moment ~= nil and os.time() < moment;
end

-- `http_host` says under which name, as for the sign of health; nginx forwards no such path.
local function offer()
	module:provides("http", {
		name = "vc4all-census";
		default_path = "/vc4all-census";
		route = {
			GET = function (event)
				local ok, found = pcall(count);
				if not ok then return 500; end
				event.response.headers.content_type = "application/json";
				return json.encode(found) .. "\n";
			end;
		};
	});
end

return { load_options = load_options, offer = offer, is_going_on = is_going_on, new_ones_wait = new_ones_wait };
