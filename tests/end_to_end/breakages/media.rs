//! What goes wrong with STUN and TURN.

use super::{Breakage, COTURN, of};

pub(super) const ALL: &[Breakage] = &[
    of(
        "the relay carries into private networks",
        &["relay-refuses-inside"],
        "dim coturn.service /etc/turnserver.conf '/^denied-peer-ip=/d'; wake coturn.service",
        COTURN,
    ),
    of(
        "the relay works for everybody",
        &["relay-needs-credentials"],
        "dim coturn.service /etc/turnserver.conf '/^use-auth-secret/d; /^static-auth-secret/d; s/^stale-nonce.*/no-auth/'; wake coturn.service",
        COTURN,
    ),
    of(
        "STUN and TURN over UDP do not come through",
        &["stun"],
        "nft insert rule inet vc4all input udp dport 3478 drop",
        "nft -f /etc/nftables.conf",
    ),
    of("coturn is stopped", &["units"], "systemctl stop coturn.service", "systemctl start coturn.service"),
    of(
        "the relay does not know who is a participant",
        &["relay"],
        "dim coturn.service /etc/turnserver.conf 's/^static-auth-secret=.*/static-auth-secret=another/'; wake coturn.service",
        COTURN,
    ),
    of(
        "the relay does not reach the bridge",
        &["relay"],
        "dim coturn.service /etc/turnserver.conf '/^allowed-peer-ip/d'; wake coturn.service",
        COTURN,
    ),
    of(
        "the relay speaks no TLS",
        &["relay-tls"],
        "dim coturn.service /etc/turnserver.conf '$a no-tls'; wake coturn.service",
        COTURN,
    ),
    of(
        "the relay serves the world",
        &["relay-refuses-inside"],
        "dim coturn.service /etc/turnserver.conf 's/^denied-peer-ip=0.0.0.0-255.255.255.255/denied-peer-ip=0.0.0.0-127.255.255.255\\ndenied-peer-ip=169.254.0.0-192.255.255.255\\ndenied-peer-ip=203.0.113.0-255.255.255.255/' 's/^denied-peer-ip=::-/denied-peer-ip=::1-/'; wake coturn.service; listening 5349",
        COTURN,
    ),
    of(
        "the relay writes down who comes",
        &["logs-name-nobody"],
        "dim coturn.service /etc/turnserver.conf 's#^log-file=.*#log-file=/var/tmp/turn.log\\nverbose#' '/^no-stdout-log/d'; wake coturn.service; listening 5349",
        // What it writes while it stops must be older than what the next look asks for: two seconds before its visit.
        "lighten coturn.service; rm -f /var/tmp/turn.log; journalctl --sync
        tries=0; while journalctl -q -t turnserver --since=-4s | grep -q remote; do tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1; sleep 0.1; done",
    ),
];
