-- Stand-in of Jitsi's token/jwk.lib.lua (test fixture): a JSON web key (RFC 7517) becomes a public key as PEM.

local basexx = require "basexx";

-- One DER value (X.690 §8.1): tag, length, content.
local function der(tag, content)
	local length = "";
	local left = #content;
	repeat
		length, left = string.char(left % 256) .. length, left // 256;
	until left == 0;
	if #content > 127 then length = string.char(128 + #length) .. length; end
	return string.char(tag) .. length .. content;
end

local function integer(bytes)
	return der(2, bytes:byte(1) > 127 and "\0" .. bytes or bytes);
end

local RSA = der(48, der(6, "\42\134\72\134\247\13\1\1\1") .. der(5, "")); -- rsaEncryption, NULL (RFC 3279 §2.3.1)

local function pem_of(jwk)
	local key = der(48, integer(basexx.from_url64(jwk.n)) .. integer(basexx.from_url64(jwk.e)));
	local info = basexx.to_base64(der(48, RSA .. der(3, "\0" .. key)));
	return "-----BEGIN PUBLIC KEY-----\n" .. info:gsub(("."):rep(64), "%0\n") .. "\n-----END PUBLIC KEY-----\n";
end

return { pem_of = pem_of };
