# shellcheck shell=bash
# The file tree of one host: made from a base or from another host, with an identity of its own.

host_home() { echo "$LAB_DIR/hosts/$1"; }
host_tree() { echo "$LAB_DIR/hosts/$1/root"; }

# Layers of an overlay: what the host writes, the packages fetched before, and the base. The written
# layer is in memory, of a limited size: removing it costs the disk nothing, and a host can be given a
# disk that fills up (LAB_HOST_DISK=400m).
tree_from_base() {
    local release=$1 name=$2
    tree_disk "$name"
    mkdir "$(host_home "$name")/disk/upper"
    cache_layer "$name" "$release"
    tree_mount "$name"
}

# A running host is frozen during the copy, so that no file is copied half written.
tree_from_host() {
    local from=$1 name=$2 group status=0
    group=$(boot_group "$from")/payload
    tree_disk "$name"
    echo 1 >"$group/cgroup.freeze"
    cp -a "$(host_home "$from")/disk/upper" "$(host_home "$name")/disk/upper" || status=$?
    echo 0 >"$group/cgroup.freeze"
    [ "$status" = 0 ] || die "host $from cannot be copied"
    cache_layer "$name" "$(claim_field "$name" release)"
    tree_mount "$name"
}

tree_disk() {
    local home
    home=$(host_home "$1")
    tree_remove "$1"
    mkdir -p "$home/disk" "$home/root"
    tree_new_disk "$1"
}

tree_new_disk() {
    local disk
    disk=$(host_home "$1")/disk
    mount -t tmpfs -o "mode=0755,size=${LAB_HOST_DISK:-6g}" "vc4all-$1" "$disk"
    mkdir "$disk/work"
}

tree_mount() {
    local home
    home=$(host_home "$1")
    # What lies below the written layer: other layers where the host was frozen before.
    [ -f "$home/below" ] || echo "$home/fetched:$(base_tree "$(claim_field "$1" release)")" >"$home/below"
    chmod 0755 "$home/disk/upper"
    mount -t overlay "vc4all-$1" "$home/root" \
        -o "redirect_dir=on,upperdir=$home/disk/upper,workdir=$home/disk/work,lowerdir=$(cat "$home/below")"
}

# The written layer becomes a layer below, under the name LABEL; nothing writes to it any more.
tree_freeze() {
    local home frozen
    home=$(host_home "$1")
    frozen=$home/frozen/$2
    [ ! -e "$frozen" ] || die "host $1 was frozen as $2 already"
    tree_unmount "$home/root"
    mkdir -p "$frozen"
    mount --bind "$home/disk" "$frozen"
    echo "$frozen/upper:$(cat "$home/below")" >"$frozen.below"
    tree_unmount "$home/disk"
}

# A new written layer on top of what was frozen as LABEL.
tree_thaw() {
    local home
    home=$(host_home "$1")
    tree_unmount "$home/root"
    tree_unmount "$home/disk"
    cp "$home/frozen/$2.below" "$home/below"
    tree_new_disk "$1"
    mkdir "$home/disk/upper"
    tree_mount "$1"
}

# tree_resize NAME SIZE: the disk gets another size at once, also while the host runs; `full` leaves a few pages.
tree_resize() {
    local disk size=$2
    disk=$(host_home "$1")/disk
    [ "$size" != full ] || size=$(($(df --output=used -B1 "$disk" | tail -n 1) + ${3:-16384}))
    mount -o "remount,size=$size" "$disk"
}

tree_unmount() {
    while mountpoint -q "$1"; do
        umount "$1" 2>/dev/null || umount --lazy "$1"
    done
}

tree_remove() {
    local home part
    home=$(host_home "$1")
    for part in root disk frozen/*; do
        # shellcheck disable=SC2086 # the pattern is to be expanded
        for part in "$home"/$part; do
            tree_unmount "$part"
        done
    done
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
    # No RSA key: looking for its primes would take longer than the whole rest.
    ssh-keygen -q -t ed25519 -N '' -C "root@$name" -f "$tree/etc/ssh/ssh_host_ed25519_key"
    ssh-keygen -q -t ecdsa -N '' -C "root@$name" -f "$tree/etc/ssh/ssh_host_ecdsa_key"
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

# Packages are fetched once for all hosts of a release. A layer for each host and no shared directory:
# apt locks its archive directory, and two hosts that install at once must not meet there.
cache_dir() { echo "$LAB_DIR/cache/apt/$1"; }

cache_layer() {
    local archives cache
    archives=$(host_home "$1")/fetched/var/cache/apt/archives
    cache=$(cache_dir "$2")
    mkdir -p "$archives" "$cache"
    find "$cache" -maxdepth 1 -name '*.deb' -exec cp -l -t "$archives" {} +
}

# Takes over what the hosts fetched. Packages of the lab's own archive change under the same version, so
# they are not kept. Moved into place, as a layer may be made of the cache at this moment.
cache_harvest() {
    local name cache deb
    for name in $(claim_names); do
        host_mine "$name" || continue
        cache=$(cache_dir "$(claim_field "$name" release)")
        mkdir -p "$cache"
        for deb in "$(host_home "$name")"/disk/upper/var/cache/apt/archives/*.deb; do
            case ${deb##*/} in '*.deb' | jitsi* | jicofo*) continue ;; esac
            [ ! -e "$cache/${deb##*/}" ] || continue
            cp "$deb" "$cache/.$$.${deb##*/}" && mv "$cache/.$$.${deb##*/}" "$cache/${deb##*/}"
        done
    done
}
