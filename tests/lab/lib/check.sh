# shellcheck shell=bash
# Whether this machine can run the lab at all; says the first reason why not, in one plain sentence.

check_machine() {
    local reason
    reason=$(check_reason)
    [ -n "$reason" ] || return 0
    echo "the lab cannot run here: $reason"
    return 1
}

check_reason() {
    if [ "$(uname -s)" != Linux ]; then
        echo "it needs Linux"
    elif [ "$(id -u)" != 0 ]; then
        echo "it makes hosts and networks, and that takes root"
    elif ! command -v apt-get >/dev/null; then
        echo "it installs what it needs with apt, and this machine has no apt"
    elif ! command -v systemd-nspawn >/dev/null && [ -z "$(apt-cache -q pkgnames systemd-container 2>/dev/null)" ]; then
        echo "it boots hosts with systemd-nspawn, and apt here does not know systemd-container"
    elif ! awk '$2 == 0 && $3 == 4294967295 { found = 1 } END { exit !found }' /proc/self/uid_map; then
        echo "this root is root of a user namespace only"
    elif ! unshare --mount --net --pid --fork true 2>/dev/null; then
        echo "this root may not make namespaces (a container without privileges?)"
    elif ! grep -qw overlay /proc/filesystems && ! modprobe overlay 2>/dev/null; then
        echo "the kernel has no overlay file system"
    elif ! check_groups; then
        echo "it needs a writable control group tree of version 2"
    elif ! check_bridge; then
        echo "this root may not make a network bridge"
    elif ! net_free; then
        echo "10.87.0.0/24 or fd87::/64 is in use on another interface"
    elif [ "$(df --output=avail -k "$LAB_CHECKOUT" | tail -n 1)" -lt 4000000 ]; then
        echo "it needs 4 GB of free disk at $LAB_CHECKOUT"
    fi
}

check_groups() {
    local tree
    tree=$(findmnt -rn -t cgroup2 -o TARGET | head -n 1)
    [ -n "$tree" ] && mkdir "$tree/vc4all-lab-check" 2>/dev/null && rmdir "$tree/vc4all-lab-check"
}

check_bridge() {
    # shellcheck disable=SC2016 # in a throw-away network namespace
    unshare --net sh -c 'ip link add vc4allcheck type bridge' 2>/dev/null
}
