-- How many connections one address may hold open at a time, over BOSH and websocket, logged in or not.
-- A whole town hall behind one address fits; a machine that opens thousands does not. An IPv6 address
-- counts with its /64, which is what one line has. Nothing of it is written anywhere.
--
-- Option of the component: vc4all_gate_connections (default 1000, 0 switches it off).

local ip = require "util.ip";

local BETWEEN_SWEEPS = 60; -- seconds
local most;
local places = {}; -- address → { count = N, swept = second, sessions = { [session] = true } }

local function place_of(session)
	local address = session.ip and ip.new_ip(session.ip);
	return address and address.packed:sub(1, 8) or "unknown"; -- all of IPv4, half of IPv6
end

-- Ended sessions are not reported to us; they say of themselves that they have ended.
local function sweep(place)
	place.count = 0;
	for session in pairs(place.sessions) do
		if session.destroyed then
			place.sessions[session] = nil;
		else
			place.count = place.count + 1;
		end
	end
end

local function has_room(name)
	local place = places[name] or { count = 0, sessions = {}, swept = 0 };
	places[name] = place;
	local now = os.time();
	if place.count >= most and place.swept ~= now then
		place.swept = now;
		sweep(place);
	end
	return place.count < most, place;
end

local function count(session)
	if most <= 0 then return true; end
	local open, place = has_room(place_of(session));
	if open then
		place.count, place.sessions[session] = place.count + 1, true;
	end
	return open;
end

-- Before its stream has opened, a websocket cannot be told why.
local function close(session)
	if session.websocket_request then
		session.conn:close();
	else
		session:close("policy-violation");
	end
end

local function load_options()
	most = module:get_option_number("vc4all_gate_connections", 1000);
end

-- Begins to count; `audit` writes what happened. Where counting fails, the connection is closed as well.
return function (audit)
	load_options();
	module:hook_global("config-reloaded", load_options);
	local function arrive(event)
		local ok, open = pcall(count, event.session);
		if ok and open then return; end
		audit(ok and "crowd" or "fault");
		close(event.session);
		return true;
	end
	module:hook_global("bosh-session", arrive, 100);
	module:hook_global("websocket-session", arrive, 100);
	module:add_timer(BETWEEN_SWEEPS, function ()
		for name, place in pairs(places) do
			sweep(place);
			if place.count == 0 then places[name] = nil; end
		end
		return BETWEEN_SWEEPS;
	end);
end;
