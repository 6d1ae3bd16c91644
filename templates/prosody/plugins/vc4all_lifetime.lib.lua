-- Until when a meeting host's token is good. token_verification looks at that when a client logs in, and takes
-- a token without `exp` for one that never ends; a connection, too, may outlive its token by days. So the gate
-- looks again at each join: a token has an end, within a day from now, and that end has not come.
--
-- The token's signature was checked at the log-in, by auth_token of the main VirtualHost.

local base64 = require "util.encodings".base64.decode;
local json = require "util.json";

local LONGEST = 24 * 60 * 60; -- seconds: that of `rooms new --host-link --hours 24`
local CLOCK_SKEW = 5 * 60;    -- seconds: whoever signs has a clock of its own

local function claims(token)
	local body = token:match("^[%w_-]+%.([%w_-]+)%.[%w_-]+$");
	if not body then return nil; end
	local text = base64(body:gsub("[-_]", { ["-"] = "+", ["_"] = "/" }) .. ("="):rep(-#body % 4));
	local found = text and json.decode(text);
	return type(found) == "table" and found or nil;
end

-- Whether the token (JWT, RFC 7519 §4.1.4) is good at this moment, and not for longer than a day.
return function (token)
	local found, now = claims(token), os.time();
	local ending = found and found.exp;
	return type(ending) == "number" and now < ending and ending <= now + LONGEST + CLOCK_SKEW;
end;
