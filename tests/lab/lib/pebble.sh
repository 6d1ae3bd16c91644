# shellcheck shell=bash
# Pebble, the test authority: as nasty as it is by default (it rejects a part of all nonces).

service_run_pebble() {
    pebble_certificate
    pebble_config 14000 15000 >"$LAB_RUN/pebble.json"
    # Without the pause before each validation, which would only make the tests slow.
    PEBBLE_VA_NOSLEEP=${PEBBLE_VA_NOSLEEP-1} service_spawn pebble \
        pebble -strict -config "$LAB_RUN/pebble.json" -dnsserver "$LAB_GATEWAY4:8053"
}

# pebble_config PORT MANAGEMENT [WORD…]: more words of its configuration, each a key with its value.
pebble_config() {
    local port=$1 management=$2
    shift 2
    cat <<EOF
{ "pebble": {
    "listenAddress": "$LAB_GATEWAY4:$port", "managementListenAddress": "$LAB_GATEWAY4:$management",
    "certificate": "$LAB_RUN/pki/api.pem", "privateKey": "$LAB_RUN/pki/api.key",
    $([ $# = 0 ] || printf '%s, ' "$@")
    "httpPort": 80, "tlsPort": 443, "ocspResponderURL": ""
} }
EOF
}

service_ready_pebble() {
    curl -fsS --max-time 2 --noproxy '*' --cacert "$LAB_RUN/pki/ca.pem" "https://$LAB_GATEWAY4:14000/dir"
}

# Pebble makes new issuing roots at each start, so the bundle is written each time.
service_after_pebble() { pebble_roots 15000 "$LAB_DIR/ca.pem"; }

# pebble_roots MANAGEMENT FILE: the root of Pebble's own TLS, and those of what it issues.
pebble_roots() {
    local management=$1 file=$2 new i=0
    new=$(mktemp "$LAB_DIR/.ca.XXXXXX")
    cat "$LAB_RUN/pki/ca.pem" >"$new"
    while curl -fsS --max-time 5 --noproxy '*' --cacert "$LAB_RUN/pki/ca.pem" \
        "https://$LAB_GATEWAY4:$management/roots/$i" >>"$new" 2>/dev/null; do
        i=$((i + 1))
    done
    [ "$i" -gt 0 ] || die "Pebble does not hand out its issuing root"
    chmod 0644 "$new"
    mv "$new" "$file"
}

# Where its certificate ends soon it is started anew: nothing else takes up another one. Earlier than one is made for an
# authority that joins in, which would leave this one with a certificate of a root that nobody knows any more.
service_stale_pebble() { ! pebble_certificate_lasts 172800; }

pebble_certificate_lasts() { openssl x509 -checkend "$1" -noout -in "$LAB_RUN/pki/api.pem" >/dev/null 2>&1; }

# The lab's own little authority, for the certificate of Pebble's own API.
pebble_certificate() {
    local pki=$LAB_RUN/pki
    ! pebble_certificate_lasts 86400 || return 0
    install -d -m 0700 "$pki"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=vc4all lab root' \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
        -keyout "$pki/ca.key" -out "$pki/ca.pem" 2>"$pki/log"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=pebble.vc4all.test' \
        -keyout "$pki/api.key" -out "$pki/api.csr" 2>>"$pki/log"
    printf '%s\n' "subjectAltName=DNS:pebble.vc4all.test,IP:$LAB_GATEWAY4,IP:$LAB_GATEWAY6" \
        'extendedKeyUsage=serverAuth' 'basicConstraints=critical,CA:FALSE' \
        'keyUsage=critical,digitalSignature' >"$pki/api.ext"
    openssl x509 -req -in "$pki/api.csr" -CA "$pki/ca.pem" -CAkey "$pki/ca.key" -CAcreateserial -days 30 \
        -extfile "$pki/api.ext" -out "$pki/api.pem" 2>>"$pki/log"
}
