# shellcheck shell=bash
# The services around the hosts: resolver, mock DNS, name server, certificate authority, package archive.

LAB_SERVICES="dns mockdns zone pebble archive"

# services_up [NAME…]: all, or the named ones; one that runs stays as it is, where its certificate does not end soon.
services_up() {
    local name names
    read -ra names <<<"${*:-$LAB_SERVICES}"
    net_up
    for name in "${names[@]}"; do
        [[ " $LAB_SERVICES " == *" $name "* ]] || die "no such service: $name (there are: $LAB_SERVICES)"
        with_lock service_up "$name"
    done
}

services_down() {
    local name names
    read -ra names <<<"${*:-$LAB_SERVICES}"
    for name in "${names[@]}"; do
        process_end "$LAB_RUN/services/$name"
    done
}

service_up() {
    local name=$1
    mkdir -p "$LAB_DIR/log"
    if declare -F "service_stale_$name" >/dev/null && "service_stale_$name"; then
        services_down "$name"
    fi
    if ! process_lives "$LAB_RUN/services/$name"; then
        "service_run_$name"
        wait_for 60 "service $name" "service_ready_$name" ||
            die "service $name does not start: $(tail -n 3 "$LAB_DIR/log/$name.log")"
    fi
    ! declare -F "service_after_$name" >/dev/null || "service_after_$name"
}

# service_spawn NAME CMD…: survives the shell that started it, and does not inherit the lock.
service_spawn() {
    local name=$1
    shift
    setsid "$@" </dev/null >"$LAB_DIR/log/$name.log" 2>&1 9>&- &
    process_note $! >"$LAB_RUN/services/$name"
}

# The hosts' resolver: lab names from the files, the rest from the machine's own resolver.
service_run_dns() {
    service_spawn dns dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= \
        --bind-interfaces --except-interface=lo --listen-address="$LAB_GATEWAY4,$LAB_GATEWAY6" \
        --no-hosts --addn-hosts="$LAB_RUN/dns" --local=/vc4all.test/ \
        --host-record="pebble.vc4all.test,packages.vc4all.test,$LAB_GATEWAY4,$LAB_GATEWAY6" \
        --host-record="ns.vc4all.test,$LAB_ZONE4" --dns-rr="vc4all.test,2,$(dns_wire ns.vc4all.test)" \
        --dns-rr="vc4all.test,6,$(dns_wire ns.vc4all.test)$(dns_wire post.vc4all.test)$(printf '%08x' 1 3600 600 86400 60)" \
        --log-facility=-
}

# A name as it stands in a record (RFC 1035 §3.1), in hexadecimal.
dns_wire() {
    local label labels
    IFS=. read -ra labels <<<"$1"
    for label in "${labels[@]}"; do
        printf %02x%s "${#label}" "$(printf %s "$label" | od -An -v -tx1 | tr -d ' \n')"
    done
    printf 00
}

service_ready_dns() { (exec 7<>"/dev/tcp/$LAB_GATEWAY4/53"); }

# What Pebble asks. A name that the lab does not know has no address, as in the real DNS.
service_run_mockdns() {
    local unused=(-http01= -https01= -tlsalpn01=)
    # Newer ones also open a DNS-over-HTTPS port unless told not to; older ones do not know the option.
    ! pebble-challtestsrv -help 2>&1 | grep -q -- '-doh ' || unused+=(-doh=)
    service_spawn mockdns pebble-challtestsrv -defaultIPv4= -defaultIPv6= "${unused[@]}" \
        -dns01="$LAB_GATEWAY4:8053" -management="$LAB_GATEWAY4:8055"
}

service_ready_mockdns() { (exec 7<>"/dev/tcp/$LAB_GATEWAY4/8055"); }

service_after_mockdns() {
    local file
    for file in "$LAB_RUN"/dns/*; do
        [ ! -f "$file" ] || names_tell "$file"
    done
}

# The name server of vc4all.test: whoever waits for a record asks it, past the resolver.
service_run_zone() {
    service_spawn zone python3 "$LAB_PARTS/lib/zone.py" "$LAB_ZONE4" "$LAB_GATEWAY4"
}

service_ready_zone() { ss -Hlun "src $LAB_ZONE4:53" | grep -q .; }

operator_run() {
    [ $# -gt 0 ] || die "which command?"
    net_up
    services_up dns
    printf 'nameserver %s\n' "$LAB_GATEWAY4" >"$LAB_DIR/resolv.conf"
    # The machine's own resolver stays as it is: only this command's view of the file differs.
    # shellcheck disable=SC2016 # the inner shell expands these
    exec unshare --mount sh -c 'mount --bind "$0" "$(readlink -f /etc/resolv.conf)" && exec "$@"' \
        "$LAB_DIR/resolv.conf" "$@"
}
