//! What goes wrong with TLS.

use super::{Breakage, COTURN, NGINX, of};

pub(super) const ALL: &[Breakage] = &[
    of(
        "the web server takes TLS 1.1",
        &["tls-versions"],
        "dim nginx.service $tls 's/TLSv1.2 TLSv1.3/TLSv1.1 TLSv1.2 TLSv1.3/' 's/^ssl_ciphers .*;/ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-SHA@SECLEVEL=0;/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the relay takes TLS 1.1",
        &["tls-versions"],
        "dim coturn.service /etc/turnserver-openssl.cnf 's/^MinProtocol.*/MinProtocol = TLSv1.1/'; dim coturn.service /etc/turnserver.conf '/^no-tlsv1_1$/d' 's/^cipher-list=.*/cipher-list=ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-SHA@SECLEVEL=0/'; wake coturn.service",
        COTURN,
    ),
    of(
        "the web server takes a suite that the guideline phases out",
        &["tls-suites"],
        "dim nginx.service $tls 's/^ssl_ciphers .*;/ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-SHA;/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the web server agrees on a small group",
        &["tls-groups"],
        "dim nginx.service $tls 's/^ssl_ecdh_curve /&ffdhe2048:/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the web server signs with SHA-1",
        &["tls-signatures"],
        "dim nginx.service $tls 's/SignatureAlgorithms /&ECDSA+SHA1:/' 's/^ssl_ciphers .*;/ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384@SECLEVEL=0;/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the web server takes early data",
        &["tls-details"],
        "dim nginx.service $tls 's/ssl_early_data off/ssl_early_data on/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the web server does not speak TLS 1.3",
        &["tls-grade"],
        "dim nginx.service $tls 's/TLSv1.2 TLSv1.3/TLSv1.2/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the relay shows another certificate than the web server",
        &["same-certificate"],
        "mkdir -p /run/dimmed; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj / -addext subjectAltName=DNS:$domain -keyout /run/dimmed/key -out /run/dimmed/pair 2> /dev/null; chmod 644 /run/dimmed/*
        cover coturn.service /run/dimmed/pair /var/lib/vc4all/tls/live/fullchain.pem; cover coturn.service /run/dimmed/key /var/lib/vc4all/tls/live/privkey.pem; wake coturn.service",
        COTURN,
    ),
    of(
        "nobody trusts the certificate",
        &["certificate-trusted"],
        "mkdir -p /run/dimmed; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj / -addext subjectAltName=DNS:$domain -keyout /run/dimmed/key -out /run/dimmed/pair 2> /dev/null; chmod 644 /run/dimmed/*
        for unit in nginx.service coturn.service; do cover $unit /run/dimmed/pair /var/lib/vc4all/tls/live/fullchain.pem; cover $unit /run/dimmed/key /var/lib/vc4all/tls/live/privkey.pem; done; wake nginx.service coturn.service",
        "lighten nginx.service coturn.service",
    ),
];
