//! The ports that the world may reach; the firewall opens exactly what the servers are told to use, and a look from outside finds no other.

/// HTTP: certificate challenges and the way to HTTPS.
pub const HTTP: u16 = 80;
/// HTTPS.
pub const HTTPS: u16 = 443;
/// STUN and TURN over UDP (RFC 8489 §18.6).
pub const TURN: u16 = 3478;
/// TURN over TLS (RFC 8656 §3.1).
pub const TURN_TLS: u16 = 5349;
/// Media of the bridge over UDP.
pub const MEDIA: u16 = 10000;
/// First port from which TURN relays over UDP.
pub const RELAY_FIRST: u16 = 49160;
/// Last port from which TURN relays over UDP.
pub const RELAY_LAST: u16 = 49999;
/// Prosody's HTTP, on loopback alone.
pub const PROSODY_HTTP: u16 = 5280;
