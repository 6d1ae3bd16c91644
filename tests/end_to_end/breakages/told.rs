//! What goes wrong with what people are told.

use super::{Breakage, NGINX, of};

pub(super) const ALL: &[Breakage] = &[
    of(
        "the statement names another number of days",
        &["statement"],
        "dim nginx.service $pages/nl/privacy.html 's/hoogstens 7/hoogstens 3/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the statement leads with a complaint to somebody else",
        &["statement"],
        "dim nginx.service $pages/en/privacy.html 's/Autoriteit Persoonsgegevens/Somebody/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the landing page does not link the statement",
        &["notice"],
        "dim nginx.service $pages/nl/index.html 's#href=\"/privacy/nl\"#href=\"/nl/\"#g'; wake nginx.service",
        NGINX,
    ),
    of(
        "somebody else than the statement names issued the certificate",
        &["statement-true"],
        "cp -a /var/lib/vc4all/tls/live/authority /root/authority; echo https://ca.example.com/directory > /var/lib/vc4all/tls/live/authority",
        "cp -a /root/authority /var/lib/vc4all/tls/live/authority; rm /root/authority",
    ),
];
