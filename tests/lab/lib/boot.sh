# shellcheck shell=bash
# Boots a host's tree with systemd as its first process, in its own network namespace and control group.

boot_netns() { echo "vc4all-$1"; }

# Addresses are there before the first process runs, as with a VPS that its provider configured.
boot_network() {
    local name=$1 n ns
    n=$(claim_field "$name" n)
    ns=$(boot_netns "$name")
    ip netns del "$ns" 2>/dev/null || true
    ip link del "vl$n" 2>/dev/null || true
    ip netns add "$ns"
    # The same hardware address each time, for a new host under an old address would be unreachable as long
    # as its neighbours remember the old one.
    ip link add "vl$n" type veth peer name eth0 address "$(printf '02:87:00:00:00:%02x' "$n")" netns "$ns"
    ip link set "vl$n" master "$LAB_BRIDGE" up
    ip -n "$ns" link set lo up
    ip -n "$ns" addr add "$(address4 "$n")/24" dev eth0
    # Duplicate detection would keep the address unusable for a second.
    ip -n "$ns" addr add "$(address6 "$n")/64" dev eth0 nodad
    ip -n "$ns" link set eth0 up
    ip -n "$ns" route add default via "$LAB_GATEWAY4"
}

# The control group hierarchies that systemd inside uses: the unified one, and on a hybrid machine v1's own.
boot_hierarchies() {
    findmnt -rn -t cgroup2 -o TARGET | head -n 1
    findmnt -rn -t cgroup -O name=systemd -o TARGET | head -n 1
}

boot_group() { echo "$(boot_hierarchies | head -n 1)/vc4all-lab/$1"; }

boot_start() {
    mkdir -p "$LAB_DIR/log"
    setsid "$LAB_PARTS/lab" host run "$1" </dev/null >"$LAB_DIR/log/host-$1.log" 2>&1 &
    process_note $! >"$(claim_dir "$1")/pid"
}

# The process that stands for the host: nspawn asks with status 133 to be started again after a reboot.
host_run() {
    local status=133
    while [ "$status" = 133 ]; do
        status=0
        (boot_nspawn "$1") || status=$?
    done
    return "$status"
}

# Each host has a control group of its own: two systemds in one group would end each other's units.
boot_nspawn() {
    local name=$1 hierarchy
    for hierarchy in $(boot_hierarchies); do
        mkdir -p "$hierarchy/vc4all-lab/$name"
        echo "$BASHPID" >"$hierarchy/vc4all-lab/$name/cgroup.procs"
    done
    export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
    exec systemd-nspawn --quiet --directory="$(host_tree "$name")" --machine="$name" --boot \
        --network-namespace-path="/run/netns/$(boot_netns "$name")" --capability=CAP_NET_ADMIN \
        --rlimit=NOFILE=1024:524288 --register=no --keep-unit --link-journal=no --resolv-conf=off --timezone=off
}

boot_wait() {
    local name=$1
    wait_for 60 "start of systemd in $name" boot_decided "$name" || true
    if ! boot_up "$name" ||
        ! wait_for 60 "sshd of $name" boot_ssh "$(address4 "$(claim_field "$name" n)")"; then
        die "host $name does not come up: $(tail -n 5 "$LAB_DIR/log/host-$name.log" | tr -d '\r')"
    fi
}

# There is no use in waiting for a host that died.
boot_decided() { ! host_lives "$1" || boot_up "$1"; }

# Settled, with no job left; a unit that failed is for the caller to see, as on a VPS.
boot_up() {
    host_lives "$1" || return 1
    case $(boot_exec "$1" systemctl is-system-running) in
        running | degraded) ;;
        *) return 1 ;;
    esac
}

boot_ssh() {
    local banner
    exec 7<>"/dev/tcp/$1/22" || return 1
    read -r -t 2 banner <&7
    exec 7>&-
    [[ $banner == SSH-2.0-* ]]
}

# The first process of the host: the only child of nspawn, which is the only child of host_run.
boot_leader() {
    local pid
    read -r pid _ <"$(claim_dir "$1")/pid"
    pid=$(boot_child "$pid") && boot_child "$pid"
}

boot_child() {
    local child
    { read -r -d ' ' child <"/proc/$1/task/$1/children"; } 2>/dev/null && echo "$child"
}

boot_exec() {
    local leader name=$1
    shift
    leader=$(boot_leader "$name") || return 1
    nsenter --target "$leader" --all /usr/bin/env -i --chdir=/root HOME=/root USER=root LANG=C.UTF-8 TERM=dumb \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# boot_stop NAME: at once, as a power cut; nothing of a throw-away host is worth an orderly end.
boot_stop() {
    local name=$1 n hierarchy
    n=$(claim_field "$name" n) || return 0
    for hierarchy in $(boot_hierarchies); do
        [ ! -f "$hierarchy/vc4all-lab/$name/cgroup.kill" ] || echo 1 >"$hierarchy/vc4all-lab/$name/cgroup.kill"
    done
    wait_for 10 "end of host $name" process_gone "$(claim_dir "$name")/pid" || die "host $name cannot be ended"
    rm -f "$(claim_dir "$name")/pid"
    for hierarchy in $(boot_hierarchies); do
        wait_for 5 "end of the control group of $name" boot_group_gone "$hierarchy/vc4all-lab/$name" || true
    done
    ip netns del "$(boot_netns "$name")" 2>/dev/null || true
    ip link del "vl$n" 2>/dev/null || true
}

boot_group_gone() {
    [ ! -d "$1" ] || find "$1" -depth -type d -exec rmdir {} +
}
