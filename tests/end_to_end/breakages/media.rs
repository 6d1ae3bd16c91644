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
];
