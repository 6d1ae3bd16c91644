-- Stand-in of Jitsi's luajwtjitsi.lib.lua (test fixture): JSON web tokens with HS and RS signatures.
-- Upstream's weak places are here too: a token without `exp` never ends, an `aud` that is a list fits nothing.
-- The modules named first are those that the real library needs, so that a host without them fails in
-- the tests as it would in the field.

local json = require "cjson.safe";
local basexx = require "basexx";
local hmac = require "openssl.hmac";
local digest = require "openssl.digest";
local pkey = require "openssl.pkey";

local DIGESTS = { ["256"] = "sha256", ["384"] = "sha384", ["512"] = "sha512" };

-- Whether the signature is good; the key is a secret (HS) or a public key as PEM (RS).
local function signed(algorithm, text, signature, key)
	local family, size = algorithm:sub(1, 2), DIGESTS[algorithm:sub(3)];
	if family == "HS" then return hmac.new(key, size):final(text) == signature; end
	local ok, public = pcall(pkey.new, key);
	if not ok then return false; end
	local done, good = pcall(public.verify, public, signature, digest.new(size):update(text));
	return done and good == true;
end

local function listed(claim, accepted)
	for _, one in ipairs(accepted) do
		if one == "*" or one == claim then return true; end
	end
	return false;
end

-- Returns the claims, or nil and a reason.
local function verify(token, algorithm, key, issuers, audiences)
	if not algorithm:match("^[HR]S[235]%d%d$") or not DIGESTS[algorithm:sub(3)] then
		return nil, "Algorithm not supported";
	end
	local head, body, signature = token:match("^([^.]+)%.([^.]+)%.([^.]+)$");
	if not head then return nil, "Invalid token"; end
	local header = json.decode(basexx.from_url64(head) or "");
	local claims = json.decode(basexx.from_url64(body) or "");
	local given = basexx.from_url64(signature);
	if type(header) ~= "table" or type(claims) ~= "table" or not given then return nil, "Invalid token"; end
	if header.typ ~= "JWT" then return nil, "Invalid typ"; end
	if header.alg ~= algorithm then return nil, "Invalid or incorrect alg"; end
	if not signed(algorithm, head .. "." .. body, given, key) then return nil, "Invalid signature"; end
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
