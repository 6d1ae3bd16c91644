-- Stand-in of Jitsi's luajwtjitsi.lib.lua (test fixture): JSON web tokens with HS256, HS384, HS512.
-- Left out: RSA keys. The modules named first are those that the real library needs, so that a host
-- without them fails in the tests as it would in the field.

local json = require "cjson.safe";
local basexx = require "basexx";
local hmac = require "openssl.hmac";
require "openssl.digest";
require "openssl.pkey";

local DIGESTS = { HS256 = "sha256", HS384 = "sha384", HS512 = "sha512" };

local function listed(claim, accepted)
	for _, one in ipairs(accepted) do
		if one == "*" or one == claim then return true; end
	end
	return false;
end

-- Returns the claims, or nil and a reason.
local function verify(token, algorithm, key, issuers, audiences)
	if not DIGESTS[algorithm] then return nil, "Algorithm not supported"; end
	local head, body, signature = token:match("^([^.]+)%.([^.]+)%.([^.]+)$");
	if not head then return nil, "Invalid token"; end
	local header = json.decode(basexx.from_url64(head) or "");
	local claims = json.decode(basexx.from_url64(body) or "");
	local given = basexx.from_url64(signature);
	if type(header) ~= "table" or type(claims) ~= "table" or not given then return nil, "Invalid token"; end
	if header.typ ~= "JWT" then return nil, "Invalid typ"; end
	if header.alg ~= algorithm then return nil, "Invalid or incorrect alg"; end
	if hmac.new(key, DIGESTS[algorithm]):final(head .. "." .. body) ~= given then return nil, "Invalid signature"; end
	for _, name in ipairs({ "exp", "nbf" }) do
		if claims[name] and type(claims[name]) ~= "number" then return nil, name .. " must be number"; end
	end
	if claims.exp and os.time() >= claims.exp then return nil, "Not acceptable by exp"; end
	if claims.nbf and os.time() < claims.nbf then return nil, "Not acceptable by nbf"; end
	if not claims.iss or not listed(claims.iss, issuers) then return nil, "invalid 'iss' claim"; end
	if not claims.aud or not listed(claims.aud, audiences) then return nil, "invalid 'aud' claim"; end
	return claims;
end

return { verify = verify };
