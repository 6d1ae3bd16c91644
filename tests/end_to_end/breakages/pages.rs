//! What goes wrong with the pages.

use super::{Breakage, NGINX, of};

pub(super) const ALL: &[Breakage] = &[
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
        "dim nginx.service $site \"s#script-src 'self' #&https://cdn.example.com #\"; wake nginx.service",
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
        "the door is shut",
        &["door"],
        "dim nginx.service $site '/location ~ .\\/door/a return 503;'; wake nginx.service",
        NGINX,
    ),
    of(
        "a page is missing",
        &["pages-there"],
        "dim nginx.service $site 's#location = /manifest.json#location = /no-manifest.json#'; wake nginx.service",
        NGINX,
    ),
    of(
        "the published facts name somebody else",
        &["published-facts"],
        "dim nginx.service $pages/.well-known/vc4all.json 's/Demostad/Elders/'; wake nginx.service",
        NGINX,
    ),
];
