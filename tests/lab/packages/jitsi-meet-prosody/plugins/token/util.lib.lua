-- Stand-in of Jitsi's token/util.lib.lua (test fixture): checks a session's token and its room.
-- Left out: asap_key_server, maps of certificates in place of a JWKS.

require "inspect"; -- the real library needs it; see README.md
require "ssl";
local jid = require "util.jid";
local jwt = module:require "luajwtjitsi";
local basexx = require "basexx";
local json = require "cjson.safe";
local http = require "net.http";
local timer = require "util.timer";
local main_util = module:require "util";
local pem_of = module:require "token/jwk".pem_of;

local KEEP = 6 * 60 * 60; -- seconds that fetched keys are kept where the answer names none
local RETRY = 1;          -- seconds after which a failed fetch is tried again; upstream waits longer

local Util = {};
Util.__index = Util;

function Util.new(module)
	local self = setmetatable({}, Util);
	self.appId = module:get_option_string("app_id");
	self.appSecret = module:get_option_string("app_secret");
	self.allowEmptyToken = module:get_option_boolean("allow_empty_token");
	self.keysUrl = module:get_option_string("cache_keys_url");
	self.signatureAlgorithm = module:get_option_string("signature_algorithm", self.keysUrl and "RS256" or "HS256");
	self.muc_domain_prefix = module:get_option_string("muc_mapper_domain_prefix", "conference");
	self.muc_domain_base = module:get_option_string("muc_mapper_domain_base");
	self.enableDomainVerification = module:get_option_boolean("enable_domain_verification", true);
	self.requireRoomClaim = module:get_option_boolean("asap_require_room_claim", true);
	if self.allowEmptyToken then
		module:log("warn", "WARNING - empty tokens allowed");
	end
	if not self.appId then
		module:log("error", "'app_id' must not be empty");
		return nil;
	end
	if not self.appSecret and not self.keysUrl then
		module:log("error", "'app_secret' or 'cache_keys_url' must be specified");
		return nil;
	end
	self.acceptedIssuers = module:get_option_array("asap_accepted_issuers", { self.appId });
	self.acceptedAudiences = module:get_option_array("asap_accepted_audiences", { "*" });
	self.keys = {};
	if self.keysUrl then self:fetch_keys(); end
	return self;
end

-- Fetches the JWKS now, and again when it is old. An unknown key fetches nothing: it waits for the next time.
function Util:fetch_keys()
	http.request(self.keysUrl, {}, function (body, code, response)
		local set = code == 200 and json.decode(body);
		if type(set) ~= "table" or type(set.keys) ~= "table" then
			module:log("warn", "Failed to fetch keys, code %s", code);
			timer.add_task(RETRY, function () self:fetch_keys(); end);
			return;
		end
		local keys = {};
		for _, jwk in ipairs(set.keys) do
			if jwk.kty == "RSA" and jwk.kid then keys[jwk.kid] = pem_of(jwk); end
		end
		self.keys = keys;
		local age = (response.headers["cache-control"] or response.headers.cache_control or ""):match("max%-age=(%d+)");
		timer.add_task(tonumber(age) or KEEP, function () self:fetch_keys(); end);
	end);
end

-- The key for a token: the public key that its header names, else the secret. Or nil and a reason.
function Util:key_for(token)
	if not self.keysUrl then return self.appSecret; end
	local header = json.decode(basexx.from_url64(token:match("^[^.]*")) or "");
	if type(header) ~= "table" then return nil, "bad token format"; end
	if type(header.kid) ~= "string" then return nil, "'kid' claim is missing"; end
	if type(header.alg) ~= "string" or header.alg:sub(1, 2) ~= "RS" then
		return nil, "'kid' claim only support with RS family";
	end
	if not self.keys[header.kid] then return nil, "could not obtain public key"; end
	return self.keys[header.kid];
end

-- Returns true, or false with an error condition and a reason.
function Util:process_and_verify_token(session)
	if session.auth_token == nil then
		if self.allowEmptyToken then return true; end
		return false, "not-allowed", "token required";
	end
	local key, why = self:key_for(session.auth_token);
	if not key then return false, "not-allowed", why; end
	local claims, reason = jwt.verify(session.auth_token, self.signatureAlgorithm, key,
		self.acceptedIssuers, self.acceptedAudiences);
	if not claims then return false, "not-allowed", reason; end
	if self.requireRoomClaim and claims.room == nil then
		return false, "not-allowed", "'room' claim is missing";
	end
	session.jitsi_meet_room = claims.room;
	session.jitsi_meet_domain = claims.sub;
	local context = type(claims.context) == "table" and claims.context or {};
	session.jitsi_meet_context_user = context.user;
	session.jitsi_meet_context_group = context.group;
	session.jitsi_meet_context_features = context.features;
	session.jitsi_meet_context_room = context.room;
	prosody.events.fire_event("jitsi-authentication-token-verified", { session = session, claims = claims });
	return true;
end

-- Whether the session's token is good for this room.
function Util:verify_room(session, address)
	if session.auth_token == nil and self.allowEmptyToken then return true; end
	local node = jid.node(address);
	local tenant, name = main_util.extract_subdomain(node);
	local claim = session.jitsi_meet_room and tostring(session.jitsi_meet_room):lower();
	if not claim and not self.requireRoomClaim then return true; end
	local context_room = session.jitsi_meet_context_room;
	local by_pattern = context_room and (context_room.regex == true or context_room.regex == "true");
	local fits = claim == "*" or claim == name or (by_pattern and claim and name:match(claim) ~= nil);
	if not fits then return false; end
	if not self.enableDomainVerification then return true; end
	local domain = session.jitsi_meet_domain and tostring(session.jitsi_meet_domain):lower();
	return domain == "*" or domain == (tenant or self.muc_domain_base);
end

return Util;
