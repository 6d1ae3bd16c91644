-- mod_vc4all_token: `prosodyctl mod_vc4all_token DOMAIN ROOM SECONDS` prints a meeting host's token.
--
-- The token is signed (HS256) with the `app_secret` of VirtualHost DOMAIN in Prosody's own
-- configuration, so the secret never leaves the host and is in no argument and no output.
-- Standard output carries the token alone; errors go to standard error and give an exit code ≠ 0.

if module.host ~= "*" then
	module:log("error", "mod_vc4all_token is a command of prosodyctl: take it out of modules_enabled");
	return;
end

local hmac_sha256 = require "util.hashes".hmac_sha256;
local base64 = require "util.encodings".base64.encode;
local json = require "util.json";
local random = require "util.random";
local configmanager = require "core.configmanager";

local USAGE = "usage: prosodyctl mod_vc4all_token DOMAIN ROOM SECONDS";
local SHORTEST, LONGEST = 60, 86400; -- seconds
local CLOCK_SKEW = 10;               -- seconds: clocks of two machines differ a little

local function base64url(bytes)
	return (base64(bytes):gsub("[+/=]", { ["+"] = "-", ["/"] = "_", ["="] = "" }));
end

local function hex(bytes)
	return (bytes:gsub(".", function (c) return ("%02x"):format(c:byte()); end));
end

local function fail(text)
	io.stderr:write("mod_vc4all_token: ", text, "\n");
	return 1;
end

local function claims(domain, room, seconds, app_id)
	local now = os.time();
	return {
		aud = "jitsi", iss = app_id, sub = domain, room = room,
		iat = now, nbf = now - CLOCK_SKEW, exp = now + seconds,
		context = { user = { id = hex(random.bytes(16)), affiliation = "owner", moderator = true } },
	};
end

local function sign(payload, secret)
	local head = base64url(json.encode({ alg = "HS256", typ = "JWT" })) .. "." .. base64url(json.encode(payload));
	return head .. "." .. base64url(hmac_sha256(secret, head));
end

function module.command(arg)
	local domain, room, seconds = arg[1], arg[2], arg[3];
	if #arg ~= 3 then
		return fail(USAGE);
	end
	if not room:match("^[a-z0-9-]+$") or #room > 100 then
		return fail("ROOM must be 1 to 100 characters of a-z, 0-9 and -");
	end
	seconds = seconds:match("^%d%d?%d?%d?%d?$") and math.tointeger(tonumber(seconds));
	if not seconds or seconds < SHORTEST or seconds > LONGEST then
		return fail(("SECONDS must be a whole number from %d to %d"):format(SHORTEST, LONGEST));
	end
	if not configmanager.getconfig()[domain] or domain == "*" then
		return fail("DOMAIN is no VirtualHost of this Prosody");
	end
	local app_id = configmanager.get(domain, "app_id");
	local app_secret = configmanager.get(domain, "app_secret");
	if configmanager.get(domain, "authentication") ~= "token" or type(app_id) ~= "string"
		or type(app_secret) ~= "string" or app_secret == "" then
		return fail("VirtualHost DOMAIN has no `authentication = \"token\"` with app_id and app_secret");
	end
	io.stdout:write(sign(claims(domain, room, seconds, app_id), app_secret), "\n");
	return 0;
end
