# shellcheck shell=bash
# The file tree of one host: made from a base or from another host, with an identity of its own.

host_home() { echo "$LAB_DIR/hosts/$1"; }
host_tree() { echo "$LAB_DIR/hosts/$1/root"; }

# A copy and no overlay: it costs well under a second, dpkg sees an ordinary file system, and a killed
# host leaves no mount behind.
tree_from_base() {
    local release=$1 name=$2
    tree_remove "$name"
    mkdir -p "$(host_home "$name")"
    cp -a --reflink=auto "$(base_tree "$release")" "$(host_tree "$name")"
}

# A running host is frozen during the copy, so that no file is copied half written.
tree_from_host() {
    local from=$1 name=$2 group status=0
    group=$(boot_group "$from")/payload
    tree_remove "$name"
    mkdir -p "$(host_home "$name")"
    echo 1 >"$group/cgroup.freeze"
    cp -a --reflink=auto "$(host_tree "$from")" "$(host_tree "$name")" || status=$?
    echo 0 >"$group/cgroup.freeze"
    return "$status"
}

tree_remove() {
    local home
    home=$(host_home "$1")
    [ ! -d "$home" ] || rm -rf --one-file-system "$home"
}

tree_identity() {
    local name=$1 tree
    tree=$(host_tree "$name")
    echo "$name" >"$tree/etc/hostname"
    printf '127.0.0.1 localhost\n127.0.1.1 %s.vc4all.test %s\n::1 localhost ip6-localhost\n' \
        "$name" "$name" >"$tree/etc/hosts"
    printf 'nameserver %s\n' "$LAB_GATEWAY4" >"$tree/etc/resolv.conf"
    tr -d - </proc/sys/kernel/random/uuid >"$tree/etc/machine-id"
    rm -f "$tree"/etc/ssh/ssh_host_*
    ssh-keygen -A -f "$tree" >/dev/null
    tree_logins "$name" "$tree"
}

tree_logins() {
    local name=$1 tree=$2 key home
    key=$(ssh_key)
    for home in root home/beheer home/noadmin; do
        install -d -m 0700 "$tree/$home/.ssh"
        install -m 0600 "$key.pub" "$tree/$home/.ssh/authorized_keys"
        chown -R --reference="$tree/$home" "$tree/$home/.ssh"
    done
    (umask 077 && openssl rand -hex 12 >"$(host_home "$name")/beheer.password")
    printf 'beheer:%s\n' "$(cat "$(host_home "$name")/beheer.password")" | chroot "$tree" chpasswd
}

# Packages are fetched once for all hosts of a release. Links and no shared directory: apt locks its
# archive directory, and two hosts that install at once must not meet there.
cache_dir() { echo "$LAB_DIR/cache/apt/$1"; }

cache_seed() {
    local release=$1 tree=$2 cache
    cache=$(cache_dir "$release")
    mkdir -p "$cache"
    find "$cache" -name '*.deb' -exec cp -l -n -t "$tree/var/cache/apt/archives" {} + || true
}

# Packages of the lab's own archive change under the same version, so they are not kept.
cache_harvest() {
    local name cache
    for name in $(claim_names); do
        host_mine "$name" || continue
        cache=$(cache_dir "$(claim_field "$name" release)")
        mkdir -p "$cache"
        find "$(host_tree "$name")/var/cache/apt/archives" -maxdepth 1 -name '*.deb' \
            ! -name 'jitsi*' ! -name 'jicofo*' -links 1 -exec cp -l -n -t "$cache" {} + 2>/dev/null || true
    done
}
