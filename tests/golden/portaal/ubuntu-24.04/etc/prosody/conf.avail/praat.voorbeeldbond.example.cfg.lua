component_admins_as_room_owners = true
plugin_paths = { "/usr/share/jitsi-meet/prosody-plugins/", "/usr/local/lib/vc4all/prosody/" }
muc_mapper_domain_base = "praat.voorbeeldbond.example"
http_default_host = "praat.voorbeeldbond.example"

-- Own STUN and TURN; the names of the servers reach nobody who is not in a room (see metadata below).
external_service_secret = "__vc4all_secret_turn__"
external_services = {
	{ type = "stun", host = "praat.voorbeeldbond.example", port = 3478, transport = "udp" },
	{ type = "turn", host = "praat.voorbeeldbond.example", port = 3478, transport = "udp", secret = true, ttl = 43200, algorithm = "turn" },
	{ type = "turns", host = "praat.voorbeeldbond.example", port = 5349, transport = "tcp", secret = true, ttl = 43200, algorithm = "turn" },
}

-- nginx ends TLS on this machine; pages of other sites may not use the endpoints.
consider_bosh_secure = true
consider_websocket_secure = true
http_cors_override = { bosh = { enabled = false }; websocket = { enabled = false } }
ssl = { protocol = "tlsv1_2+" }
unlimited_jids = { "focus@auth.praat.voorbeeldbond.example", "jvb@auth.praat.voorbeeldbond.example" }
smacks_max_unacked_stanzas = 5
smacks_hibernation_time = 60
smacks_max_old_sessions = 1

-- Meeting hosts: whoever brings a good token. The algorithm is fixed, so that no public key passes for a secret.
VirtualHost "praat.voorbeeldbond.example"
	authentication = "token"
	app_id = "portaal.voorbeeldbond.example"
	app_secret = "__vc4all_secret_portal__"
	signature_algorithm = "HS256"
	allow_empty_token = false
	asap_accepted_issuers = { "portaal.voorbeeldbond.example" }
	asap_accepted_audiences = { "praat" }
	asap_require_room_claim = true
	enable_domain_verification = true
	ssl = { key = "/etc/prosody/certs/praat.voorbeeldbond.example.key", certificate = "/etc/prosody/certs/praat.voorbeeldbond.example.crt" }
	modules_enabled = {
		"bosh"; "websocket"; "smacks"; "ping"; "external_services"; "features_identity";
		"conference_duration"; "muc_lobby_rooms"; "muc_breakout_rooms"; "persistent_lobby";
		--"polls";
	}
	c2s_require_encryption = false
	main_muc = "conference.praat.voorbeeldbond.example"
	lobby_muc = "lobby.praat.voorbeeldbond.example"
	breakout_rooms_muc = "breakout.praat.voorbeeldbond.example"

-- Guests: no account, no token, and no room without a meeting host. The gate opens this domain when it has loaded;
-- where it is missing or broken, no guest can log in.
VirtualHost "guest.praat.voorbeeldbond.example"
	enabled = false
	authentication = "jitsi-anonymous"
	c2s_require_encryption = false
	modules_enabled = { "smacks" }
	main_muc = "conference.praat.voorbeeldbond.example"
	lobby_muc = "lobby.praat.voorbeeldbond.example"
	breakout_rooms_muc = "breakout.praat.voorbeeldbond.example"

-- Jicofo and the bridge.
VirtualHost "auth.praat.voorbeeldbond.example"
	authentication = "internal_hashed"
	storage = { accounts = "internal"; roster = "internal" }
	ssl = { key = "/etc/prosody/certs/auth.praat.voorbeeldbond.example.key", certificate = "/etc/prosody/certs/auth.praat.voorbeeldbond.example.crt" }
	modules_enabled = { "limits_exception"; "smacks" }
	smacks_hibernation_time = 15

Component "conference.praat.voorbeeldbond.example" "muc"
	restrict_room_creation = true
	storage = "memory"
	modules_enabled = {
		"muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_rate_limit"; "muc_password_whitelist";
		"muc_resource_validate"; "rate_limit"; "muc_max_occupants"; "token_verification"; "vc4all_gate";
	}
	admins = { "focus@auth.praat.voorbeeldbond.example" }
	muc_password_whitelist = { "focus@auth.praat.voorbeeldbond.example" }
	muc_access_whitelist = { "focus@auth.praat.voorbeeldbond.example" }
	muc_max_occupants = 75
	muc_rate_joins = 30
	anonymous_strict = true
	rate_limit_login_rate = 200
	rate_limit_ip_rate = 20000
	rate_limit_whitelist_hosts = { "auth.praat.voorbeeldbond.example" }
	token_verification_allowlist = { "guest.praat.voorbeeldbond.example" }
	token_verification_require_token_for_moderation = true
	vc4all_gate_guest_host = "guest.praat.voorbeeldbond.example"
	http_host = "praat.voorbeeldbond.example"
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	muc_room_allow_persistent = false
	muc_room_cache_size = 10000

Component "breakout.praat.voorbeeldbond.example" "muc"
	restrict_room_creation = true
	storage = "memory"
	modules_enabled = { "muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_rate_limit" }
	admins = { "focus@auth.praat.voorbeeldbond.example" }
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	muc_room_allow_persistent = false

Component "lobby.praat.voorbeeldbond.example" "muc"
	storage = "memory"
	restrict_room_creation = true
	modules_enabled = { "muc_hide_all"; "muc_rate_limit" }
	muc_rate_joins = 30
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	muc_room_allow_persistent = false

-- The bridges' meeting point. The filter keeps strangers out, who could pose as a bridge otherwise.
Component "internal.auth.praat.voorbeeldbond.example" "muc"
	storage = "memory"
	restrict_room_creation = true
	modules_enabled = { "muc_hide_all"; "ping"; "muc_filter_access" }
	muc_filter_whitelist = "auth.praat.voorbeeldbond.example"
	admins = { "focus@auth.praat.voorbeeldbond.example", "jvb@auth.praat.voorbeeldbond.example" }
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	muc_room_allow_persistent = false

Component "focus.praat.voorbeeldbond.example" "client_proxy"
	target_address = "focus@auth.praat.voorbeeldbond.example"

-- TURN credentials go to people in a room, and to nobody else; the option is spelled as upstream spells it.
Component "metadata.praat.voorbeeldbond.example" "room_metadata_component"
	muc_component = "conference.praat.voorbeeldbond.example"
	breakout_rooms_component = "breakout.praat.voorbeeldbond.example"
	extdisco_occpuant_check = true

Component "speakerstats.praat.voorbeeldbond.example" "speakerstats_component"
	muc_component = "conference.praat.voorbeeldbond.example"

Component "endconference.praat.voorbeeldbond.example" "end_conference"
	muc_component = "conference.praat.voorbeeldbond.example"

Component "avmoderation.praat.voorbeeldbond.example" "av_moderation_component"
	muc_component = "conference.praat.voorbeeldbond.example"

Component "polls.praat.voorbeeldbond.example" "polls_component"
