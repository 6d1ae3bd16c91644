-- Prosody for one private Jitsi Meet; everything that is not needed for meetings is off.
admins = {}
modules_enabled = {
	"roster"; "saslauth"; "tls"; "disco"; "ping"; "limits"; "admin_shell";
	"posix";
}
modules_disabled = { "offline"; "register"; "s2s"; "pubsub"; "invites" }
allow_registration = false
authentication = "internal_hashed"

-- Accounts alone are kept on disk, and only where a host says so; rooms, history and sessions end in memory.
default_storage = "memory"

-- nginx, Jicofo and the bridge stand on this machine, and nobody else speaks with Prosody.
c2s_interfaces = { "127.0.0.1", "::1" }
c2s_direct_tls_ports = {}
http_interfaces = { "127.0.0.1", "::1" }
http_ports = { 5280 }
https_ports = {}
component_ports = {}
trusted_proxies = { "127.0.0.1", "::1" }

limits = { c2s = { rate = "512kb/s" } }
network_backend = "epoll"
network_settings = { tcp_backlog = 511 }
-- /etc/hosts counts, as it does for every other program; Prosody 13 leaves it out unless it is told.
unbound = { resolvconf = true; hoststxt = true }

-- Below this level the lines name people, rooms and addresses. The gate's audit lines do not, and have a way of their own.
log = {
	warn = "/var/log/prosody/prosody.log";
	{ to = "vc4all_audit", levels = { "info" }, path = "/var/log/prosody/prosody.log" };
}
pidfile = "/run/prosody/prosody.pid"
certificates = "certs"
Include "vc4all.cfg.lua"

-- The package of Jitsi's plugins looks for exactly the next line.
Include "conf.d/*.cfg.lua"
