component_admins_as_room_owners = true
plugin_paths = { "/usr/share/jitsi-meet/prosody-plugins/", "/usr/local/lib/vc4all/prosody/" }
muc_mapper_domain_base = "vergaderen.voorbeeldstad.nl"
http_default_host = "vergaderen.voorbeeldstad.nl"

-- Own STUN and TURN; the names of the servers reach nobody who is not in a room (see metadata below).
external_service_secret = "__vc4all_secret_turn__"
external_services = {
	{ type = "stun", host = "vergaderen.voorbeeldstad.nl", port = 3478, transport = "udp" },
	{ type = "turn", host = "vergaderen.voorbeeldstad.nl", port = 3478, transport = "udp", secret = true, ttl = 43200, algorithm = "turn" },
	{ type = "turns", host = "vergaderen.voorbeeldstad.nl", port = 5349, transport = "tcp", secret = true, ttl = 43200, algorithm = "turn" },
}

-- nginx ends TLS on this machine; pages of other sites may not use the endpoints.
consider_bosh_secure = true
consider_websocket_secure = true
http_cors_override = { bosh = { enabled = false }; websocket = { enabled = false } }
ssl = { protocol = "tlsv1_2+" }
unlimited_jids = { "focus@auth.vergaderen.voorbeeldstad.nl", "jvb@auth.vergaderen.voorbeeldstad.nl" }
smacks_max_unacked_stanzas = 5
smacks_hibernation_time = 60
smacks_max_old_sessions = 1

-- Meeting hosts: whoever brings a good token. The algorithm is fixed, so that no public key passes for a secret.
VirtualHost "vergaderen.voorbeeldstad.nl"
	authentication = "token"
	app_id = "vc4all"
	app_secret = "__vc4all_secret_token__"
	signature_algorithm = "HS256"
	allow_empty_token = false
	asap_accepted_issuers = { "vc4all" }
	asap_accepted_audiences = { "jitsi" }
	asap_require_room_claim = true
	enable_domain_verification = true
	ssl = { key = "/etc/prosody/certs/vergaderen.voorbeeldstad.nl.key", certificate = "/etc/prosody/certs/vergaderen.voorbeeldstad.nl.crt" }
	modules_enabled = {
		"bosh"; "websocket"; "smacks"; "ping"; "external_services"; "features_identity";
		"conference_duration"; "muc_lobby_rooms"; "muc_breakout_rooms"; "persistent_lobby";
		--"polls";
	}
	c2s_require_encryption = false
	main_muc = "conference.vergaderen.voorbeeldstad.nl"
	lobby_muc = "lobby.vergaderen.voorbeeldstad.nl"
	breakout_rooms_muc = "breakout.vergaderen.voorbeeldstad.nl"

-- Guests: no account, no token, and no room without a meeting host. The gate opens this domain when it has loaded;
-- where it is missing or broken, no guest can log in.
VirtualHost "guest.vergaderen.voorbeeldstad.nl"
	enabled = false
	authentication = "jitsi-anonymous"
	c2s_require_encryption = false
	modules_enabled = { "smacks" }
	main_muc = "conference.vergaderen.voorbeeldstad.nl"
	lobby_muc = "lobby.vergaderen.voorbeeldstad.nl"
	breakout_rooms_muc = "breakout.vergaderen.voorbeeldstad.nl"

-- Jicofo and the bridge.
VirtualHost "auth.vergaderen.voorbeeldstad.nl"
	authentication = "internal_hashed"
	storage = { accounts = "internal"; roster = "internal" }
	ssl = { key = "/etc/prosody/certs/auth.vergaderen.voorbeeldstad.nl.key", certificate = "/etc/prosody/certs/auth.vergaderen.voorbeeldstad.nl.crt" }
	modules_enabled = { "limits_exception"; "smacks" }
	smacks_hibernation_time = 15

Component "conference.vergaderen.voorbeeldstad.nl" "muc"
	restrict_room_creation = true
	storage = "memory"
	modules_enabled = {
		"muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_rate_limit"; "muc_password_whitelist";
		"muc_resource_validate"; "rate_limit"; "muc_max_occupants"; "token_verification"; "vc4all_gate";
	}
	admins = { "focus@auth.vergaderen.voorbeeldstad.nl" }
	muc_password_whitelist = { "focus@auth.vergaderen.voorbeeldstad.nl" }
	muc_access_whitelist = { "focus@auth.vergaderen.voorbeeldstad.nl" }
	muc_max_occupants = 150
	muc_rate_joins = 30
	anonymous_strict = true
	rate_limit_login_rate = 200
	rate_limit_ip_rate = 20000
	rate_limit_whitelist_hosts = { "auth.vergaderen.voorbeeldstad.nl" }
	token_verification_allowlist = { "guest.vergaderen.voorbeeldstad.nl" }
	token_verification_require_token_for_moderation = true
	vc4all_gate_guest_host = "guest.vergaderen.voorbeeldstad.nl"
	http_host = "vergaderen.voorbeeldstad.nl"
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	muc_room_allow_persistent = false
	muc_room_cache_size = 10000

Component "breakout.vergaderen.voorbeeldstad.nl" "muc"
	restrict_room_creation = true
	storage = "memory"
	modules_enabled = { "muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_rate_limit" }
	admins = { "focus@auth.vergaderen.voorbeeldstad.nl" }
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	muc_room_allow_persistent = false

Component "lobby.vergaderen.voorbeeldstad.nl" "muc"
	storage = "memory"
	restrict_room_creation = true
	modules_enabled = { "muc_hide_all"; "muc_rate_limit" }
	muc_rate_joins = 30
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	muc_room_allow_persistent = false

-- The bridges' meeting point. The filter keeps strangers out, who could pose as a bridge otherwise.
Component "internal.auth.vergaderen.voorbeeldstad.nl" "muc"
	storage = "memory"
	restrict_room_creation = true
	modules_enabled = { "muc_hide_all"; "ping"; "muc_filter_access" }
	muc_filter_whitelist = "auth.vergaderen.voorbeeldstad.nl"
	admins = { "focus@auth.vergaderen.voorbeeldstad.nl", "jvb@auth.vergaderen.voorbeeldstad.nl" }
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	muc_room_allow_persistent = false

Component "focus.vergaderen.voorbeeldstad.nl" "client_proxy"
	target_address = "focus@auth.vergaderen.voorbeeldstad.nl"

-- TURN credentials go to people in a room, and to nobody else; the option is spelled as upstream spells it.
Component "metadata.vergaderen.voorbeeldstad.nl" "room_metadata_component"
	muc_component = "conference.vergaderen.voorbeeldstad.nl"
	breakout_rooms_component = "breakout.vergaderen.voorbeeldstad.nl"
	extdisco_occpuant_check = true

Component "speakerstats.vergaderen.voorbeeldstad.nl" "speakerstats_component"
	muc_component = "conference.vergaderen.voorbeeldstad.nl"

Component "endconference.vergaderen.voorbeeldstad.nl" "end_conference"
	muc_component = "conference.vergaderen.voorbeeldstad.nl"

Component "avmoderation.vergaderen.voorbeeldstad.nl" "av_moderation_component"
	muc_component = "conference.vergaderen.voorbeeldstad.nl"

Component "polls.vergaderen.voorbeeldstad.nl" "polls_component"
