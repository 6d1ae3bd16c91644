//! Every breakage: what is wrong, which promises break, and the commands.

use super::Breakage;

const fn of(what: &'static str, promises: &'static [&'static str], harm: &'static str, mend: &'static str) -> Breakage {
    Breakage { what, promises, harm, mend }
}

const NGINX: &str = "lighten nginx.service";
const PROSODY: &str = "lighten prosody.service";
const COTURN: &str = "lighten coturn.service";

pub(super) const ALL: &[Breakage] = &[
    // Encryption.
    of(
        "the web server takes TLS 1.1",
        &["tls-versions"],
        "dim nginx.service $tls 's/TLSv1.2 TLSv1.3/TLSv1.1 TLSv1.2 TLSv1.3/' 's/^ssl_ciphers /&@SECLEVEL=0:/' 's/SignatureAlgorithms /&RSA+SHA1:/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the relay takes TLS 1.1",
        &["tls-versions"],
        "dim coturn.service /etc/turnserver.conf '/^no-tlsv1_1$/d' 's/^cipher-list=/&@SECLEVEL=0:/'; wake coturn.service",
        COTURN,
    ),
    of(
        "the web server takes a suite without forward secrecy",
        &["tls-suites"],
        "dim nginx.service $tls 's/^ssl_ciphers .*;/ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:AES256-GCM-SHA384:ECDHE-ECDSA-AES256-SHA;/'; wake nginx.service",
        NGINX,
    ),
    of(
        "the web server agrees on a weak group",
        &["tls-groups"],
        "dim nginx.service $tls 's/^ssl_ecdh_curve .*;/ssl_ecdh_curve X25519:prime256v1:secp224r1;/' 's/^ssl_ciphers /&@SECLEVEL=0:/'; wake nginx.service",
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
    // Pages.
    of(
        "Strict-Transport-Security is missing",
        &["hsts"],
        "dim nginx.service $headers '/hsts.conf/d'; wake nginx.service",
        NGINX,
    ),
    of(
        "a header is missing on an asset",
        &["headers"],
        "mkdir -p /run/dimmed; grep -v nosniff $headers > /etc/nginx/snippets/without.conf
        dim nginx.service $site '/location ~ .*libs|css|static/a include /etc/nginx/snippets/without.conf;'; wake nginx.service",
        "rm /etc/nginx/snippets/without.conf; lighten nginx.service",
    ),
    of(
        "the content policy lets a foreign host in",
        &["content-policy"],
        "dim nginx.service $site \"s#script-src 'self' 'unsafe-inline'#& https://cdn.example.com#\"; wake nginx.service",
        NGINX,
    ),
    of(
        "the web server tells its version",
        &["server-says-little"],
        "dim nginx.service /etc/nginx/nginx.conf 's/server_tokens off/server_tokens on/'; wake nginx.service",
        NGINX,
    ),
    of(
        "a page sets a cookie",
        &["no-cookies"],
        "dim nginx.service $headers '$a add_header Set-Cookie \"visitor=1\";'; wake nginx.service",
        NGINX,
    ),
    of(
        "the landing page loads a foreign script",
        &["no-foreign-requests"],
        "dim nginx.service $pages/nl/index.html 's#</head>#<script src=\"https://cdn.example.com/count.js\"></script>&#'; wake nginx.service",
        NGINX,
    ),
    of(
        "the web client is told of a STUN server abroad",
        &["own-stun"],
        "dim nginx.service /etc/jitsi/meet/$domain-config.js 's#stunServers: \\[[^]]*\\]#stunServers: [{ urls: \"stun:stun.l.google.com:19302\" }]#'; wake nginx.service",
        NGINX,
    ),
    of(
        "the web client may ask third parties",
        &["private-settings"],
        "dim nginx.service /etc/jitsi/meet/$domain-config.js 's/disableThirdPartyRequests: true/disableThirdPartyRequests: false/'; wake nginx.service",
        NGINX,
    ),
    of(
        "security.txt has run out",
        &["security-txt"],
        "dim nginx.service $pages/.well-known/security.txt 's/^Expires: .*/Expires: 2025-12-31T23:59:59Z/'; wake nginx.service",
        NGINX,
    ),
    of(
        "pages are served without TLS",
        &["https-only"],
        "dim nginx.service $site \"s#return 301 https://$domain.request_uri;#root $pages/nl;#\"; wake nginx.service",
        NGINX,
    ),
    of(
        "IPv6 answers with something else",
        &["same-answer"],
        "dim nginx.service $site '/ssl.*default_server/!{/listen \\[::\\]:443/d}'; wake nginx.service",
        NGINX,
    ),
    of(
        "the door is not served",
        &["door"],
        "dim nginx.service $site 's#location ~ ^/door#location ~ ^/no-door#'; wake nginx.service",
        NGINX,
    ),
    of(
        "the published facts name somebody else",
        &["published-facts"],
        "dim nginx.service $pages/.well-known/vc4all.json 's/Demostad/Elders/'; wake nginx.service",
        NGINX,
    ),
    // Rooms and guests.
    of(
        "a client without a token passes for a meeting host",
        &["empty-tokens"],
        "dim prosody.service $host_file 's/allow_empty_token = false/allow_empty_token = true/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "a token with a wrong signature passes for a good one",
        &["forged-tokens"],
        "dim prosody.service $plugins/luajwtjitsi.lib.lua 's/^.if not signed(algorithm.*$//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "the gate does not load",
        &["gate"],
        "dim prosody.service $host_file 's/ \"vc4all_gate\";//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "a guest opens a room without a meeting host",
        &["rooms-by-hosts"],
        "dim prosody.service $gate 's/^.if mode == .none. then$/if not host_seen then room:set_affiliation(true, jid.bare(stanza.attr.from), \"member\"); return; end\\n&/' 's/^.local open = room._data.vc4all_host_seen == true and/local open = true or/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "guests walk in without lobby or password",
        &["guests-wait"],
        "dim prosody.service $gate 's/^.if mode == .none. then$/if host_seen then room:set_affiliation(true, jid.bare(stanza.attr.from), \"member\"); return; end\\n&/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "guests meet another door than the inventory says",
        &["guest-rules"],
        "dim prosody.service $host_file 's/vc4all_gate_guests = .*/vc4all_gate_guests = \"password\"/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "a meeting host's token is not taken",
        &["meeting-hosts"],
        "dim prosody.service $host_file 's/app_secret = .*/app_secret = \"another\"/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "strangers are told about a room",
        &["hidden-rooms"],
        "dim prosody.service $host_file 's/\"muc_hide_all\"; //'; wake prosody.service",
        PROSODY,
    ),
    of(
        "strangers get into the bridges' meeting point",
        &["closed-brewery"],
        "dim prosody.service $host_file 's/; \"muc_filter_access\"//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "anybody gets credentials of the relay",
        &["credentials-for-participants"],
        "dim prosody.service $gate 's/^.*guard_services(host); end$//' 's/^.*\"host-activated\", guard_services.*$//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "nobody gets credentials of the relay",
        &["credentials-for-participants"],
        "dim prosody.service $host_file 's/ \"external_services\";//'; wake prosody.service",
        PROSODY,
    ),
    of(
        "a component is missing",
        &["components"],
        "dim prosody.service $host_file '/^Component \"polls/d'; wake prosody.service",
        PROSODY,
    ),
    of(
        "names that are easy to guess are taken",
        &["hard-names"],
        "dim prosody.service $host_file 's/vc4all_gate_room_name_bits = .*/vc4all_gate_room_name_bits = 0/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "requests for a conference do not reach the focus",
        &["focus"],
        "dim prosody.service $host_file 's/target_address = .*/target_address = \"nobody@auth.HOST\"/'; wake prosody.service",
        PROSODY,
    ),
    of(
        "the websocket does not answer",
        &["signalling"],
        "dim nginx.service $site 's#location = /xmpp-websocket#location = /no-websocket#'; wake nginx.service",
        NGINX,
    ),
    // Sound and pictures.
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
    // The host.
    of(
        "an undeclared port answers",
        &["open-ports"],
        "nft insert rule inet vc4all input tcp dport 8443 accept; systemd-run --quiet --unit=stray nc -lk 8443 2> /dev/null || systemd-run --quiet --unit=stray perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 9, LocalPort => 8443) or die; sleep 600'",
        "systemctl stop stray.service; nft -f /etc/nftables.conf",
    ),
    of(
        "a unit of the system failed",
        &["units"],
        "systemd-run --quiet --unit=stray false; sleep 0.5",
        "systemctl reset-failed stray.service",
    ),
    of(
        "a file was edited by hand",
        &["drift"],
        "cp -a $site /root/site; echo '# changed by hand' >> $site",
        "cp -a /root/site $site; rm /root/site",
    ),
    of(
        "a secret may be read by everybody",
        &["secrets-locked"],
        "chmod 644 /etc/vc4all/secrets/turn",
        "chmod 600 /etc/vc4all/secrets/turn",
    ),
    of(
        "the web server keeps a list of visitors",
        &["logs-name-nobody"],
        "dim nginx.service /etc/nginx/nginx.conf 's#access_log off#access_log /var/log/nginx/access.log#'; wake nginx.service",
        "lighten nginx.service; rm -f /var/log/nginx/access.log",
    ),
    of(
        "security updates do not come by themselves",
        &["security-updates"],
        "systemctl stop apt-daily-upgrade.timer",
        "systemctl start apt-daily-upgrade.timer",
    ),
    // What people are told.
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
