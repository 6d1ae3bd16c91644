# shellcheck shell=bash
# The lab's own network: a bridge, and a way out over IPv4 for the hosts' apt.

LAB_BRIDGE=vc4allbr
LAB_GATEWAY4=10.87.0.1
LAB_GATEWAY6=fd87::1
# Where the name server of vc4all.test stands; the resolver has the gateway's own port 53.
LAB_ZONE4=10.87.0.2

net_up() { with_lock net_make; }

net_make() {
    if ! ip link show "$LAB_BRIDGE" >/dev/null 2>&1; then
        net_free || die "10.87.0.0/24 or fd87::/64 is in use on another interface of this machine"
        # A bridge without an address of its own takes the lowest of its ports: each host that comes or goes could change
        # it, and the others would send to nobody until they ask anew.
        ip link add "$LAB_BRIDGE" address 02:76:63:34:00:01 type bridge
        net_join
    fi
    # Everything below may be said twice: a bridge that a killed command left half made is completed.
    ip addr replace "$LAB_GATEWAY4/24" dev "$LAB_BRIDGE"
    ip addr replace "$LAB_ZONE4/24" dev "$LAB_BRIDGE"
    ip addr replace "$LAB_GATEWAY6/64" dev "$LAB_BRIDGE" nodad
    ip link set "$LAB_BRIDGE" up
    [ -f "$LAB_RUN/ip_forward.before" ] || cat /proc/sys/net/ipv4/ip_forward >"$LAB_RUN/ip_forward.before"
    [ -f "$LAB_RUN/owner" ] || echo "$LAB_DIR" >"$LAB_RUN/owner"
    echo 1 >/proc/sys/net/ipv4/ip_forward
    net_masquerade
}

# Hosts that ran when somebody removed the bridge are put back on it.
net_join() {
    local name
    for name in $(claim_names); do
        ! host_lives "$name" || ip link set "vl$(claim_field "$name" n)" master "$LAB_BRIDGE" up
    done
}

# IPv6 stays inside: forwarding it would change how the machine itself treats router advertisements.
net_masquerade() {
    nft -f - <<EOF
table ip vc4all_lab
delete table ip vc4all_lab
table ip vc4all_lab {
    chain out {
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr 10.87.0.0/24 oifname != "$LAB_BRIDGE" masquerade
    }
}
EOF
}

net_free() {
    ! ip -o addr show | grep -v " $LAB_BRIDGE " | grep -qE 'inet6? (10\.87\.0\.|fd87::)'
}

net_down() {
    local name
    for name in $(claim_names); do
        ! host_lives "$name" || die "host $name still uses the network: take it down first"
    done
    with_lock net_remove
}

net_remove() {
    ip link del "$LAB_BRIDGE" 2>/dev/null || true
    nft delete table ip vc4all_lab 2>/dev/null || true
    if [ -f "$LAB_RUN/ip_forward.before" ]; then
        cat "$LAB_RUN/ip_forward.before" >/proc/sys/net/ipv4/ip_forward
    fi
    rm -f "$LAB_RUN/ip_forward.before" "$LAB_RUN/owner"
}
