# shellcheck shell=bash
# The commands on hosts: up, down, reset, restart, reboot, clone, exec; and what runs.

host_up() {
    local name=${1:?name of the host?} release=${2:?release of the host?} n=${3:-}
    [[ $name =~ ^[a-z][a-z0-9-]{0,30}$ ]] || die "a host is named with small letters, digits and -, not $name"
    if host_same "$name" "$release" "$n"; then
        note "host $name is up already at $(address4 "$(claim_field "$name" n)") (host reset makes it fresh)"
        return
    fi
    base_build "$release"
    host_make "$name" "$release" "$n" tree_from_base "$release"
}

host_same() {
    if ! { [ -d "$(claim_dir "$1")" ] && host_mine "$1" && host_lives "$1"; }; then
        return 1
    fi
    [ "$(claim_field "$1" release) $(claim_field "$1" n)" = "$2 ${3:-$(claim_field "$1" n)}" ] ||
        die "host $1 is up as $(claim_field "$1" release) at $(address4 "$(claim_field "$1" n)"): take it down first"
}

# host_make NAME RELEASE N COPY…: claims, copies, boots; a failure leaves the tree for a look, but no process.
host_make() {
    local name=$1 release=$2 n=$3
    shift 3
    net_up
    services_up dns
    with_lock host_claim "$name" "$release" "$n"
    # shellcheck disable=SC2064 # the name as it is now
    trap "host_give_up $name" EXIT
    cache_harvest
    "$@" "$name"
    tree_identity "$name"
    with_lock names_of_host "$name"
    host_start "$name"
    trap - EXIT
    rm -f "$(claim_dir "$name")/by"
}

host_give_up() {
    trap - EXIT
    boot_stop "$1"
    rm -rf "$(claim_dir "$1")"
}

host_claim() {
    claim_take "$@"
    # What a killed command or a killed host left behind under this name.
    boot_stop "$1"
}

host_start() {
    boot_network "$1"
    boot_start "$1"
    boot_wait "$1"
    ssh_config_write
}

host_down() {
    local name=${1:?name of the host?}
    if [ ! -d "$(claim_dir "$name")" ]; then
        tree_remove "$name"
        return
    fi
    need_mine "$name"
    cache_harvest
    boot_stop "$name"
    tree_remove "$name"
    with_lock names_forget "$name"
    rm -rf "$(claim_dir "$name")"
    ssh_config_write
}

host_reset() {
    local name=${1:?name of the host?} release n
    need_mine "$name"
    release=$(claim_field "$name" release)
    n=$(claim_field "$name" n)
    host_down "$name"
    host_up "$name" "$release" "$n"
}

# The same tree booted again after a power cut.
host_restart() {
    need_mine "${1:?name of the host?}"
    boot_stop "$1"
    host_start "$1"
}

# An orderly reboot, asked for inside.
host_reboot() {
    local before
    need_alive "${1:?name of the host?}"
    before=$(boot_leader "$1")
    boot_exec "$1" systemctl reboot || true
    wait_for 150 "end of the old $1" host_changed "$1" "$before" || die "host $1 does not go down"
    boot_wait "$1"
}

# Ends a host in order and keeps its tree as LABEL, from which it can be booted again and again.
host_freeze() {
    local name=${1:?name of the host?} label=${2:?label?}
    need_alive "$name"
    boot_exec "$name" systemctl poweroff || true
    wait_for 60 "end of host $name" process_gone "$(claim_dir "$name")/pid" || note "host $name is cut off"
    boot_stop "$name"
    cache_harvest
    tree_freeze "$name" "$label"
}

# Boots what was frozen as LABEL, the same host in every respect; what it wrote since is thrown away.
host_thaw() {
    local name=${1:?name of the host?} label=${2:?label?}
    need_mine "$name"
    [ -f "$(host_home "$name")/frozen/$label.below" ] || die "host $name was never frozen as $label"
    boot_stop "$name"
    tree_thaw "$name" "$label"
    host_start "$name"
}

# host_disk NAME SIZE, or NAME full [BYTES]: another size of the disk of a running host.
host_disk() {
    need_alive "${1:?name of the host?}"
    tree_resize "$1" "${2:?size of the disk?}" "${3:-}"
}

# The control group of everything that runs inside.
host_group() {
    need_alive "${1:?name of the host?}"
    echo "$(boot_group "$1")/payload"
}

# The power is cut: nothing is written any more, and nothing is booted.
host_cut() {
    need_mine "${1:?name of the host?}"
    boot_stop "$1"
}

host_changed() { [ "$(boot_leader "$1" || true)" != "$2" ]; }

host_clone() {
    local name=${1:?name of the host?} new=${2:?name of the new host?}
    need_alive "$name"
    [ ! -d "$(claim_dir "$new")" ] || die "host $new is there already"
    host_make "$new" "$(claim_field "$name" release)" "${3:-}" tree_from_host "$name"
}

host_exec() {
    local name=${1:?name of the host?}
    need_alive "$name"
    shift
    boot_exec "$name" "$@"
}

lab_list() {
    local name
    for name in $(claim_names); do
        printf '%s %s %s %s\n' "$name" "$(claim_field "$name" release)" "$(address4 "$(claim_field "$name" n)")" \
            "$(host_lives "$name" && cut -d' ' -f1 "$(claim_dir "$name")/pid" || echo dead)"
    done
}

lab_status() {
    local name
    printf 'state    %s\n' "$LAB_DIR"
    printf 'network  %s\n' "$(sed 's/^/up, made by /' "$LAB_RUN/owner" 2>/dev/null || echo down)"
    for name in $LAB_SERVICES; do
        printf 'service  %-8s %s\n' "$name" "$(process_lives "$LAB_RUN/services/$name" && echo up || echo down)"
    done
    lab_list | sed 's/^/host     /'
}

# Hosts of other labs keep the network and the services that they use.
lab_down() {
    local name
    for name in $(claim_names); do
        ! host_mine "$name" || host_down "$name"
    done
    for name in $(authority_names); do
        ! authority_mine "$name" || authority_end "$name"
    done
    if [ -n "$(claim_names)" ]; then
        note "hosts of another lab still run ($(claim_names | tr '\n' ' ')): network and services stay up"
        return
    fi
    for name in $(authority_names); do
        authority_end "$name"
    done
    services_down
    net_down
    rm -rf "$LAB_RUN"
}
