# shellcheck shell=bash
# The base tree of a release: what a small VPS image holds, and no more.

LAB_RELEASES="bookworm trixie"
# No ca-certificates, curl, python or cron: what the deployment needs, it has to bring.
LAB_BASE_PACKAGES=systemd,systemd-sysv,systemd-timesyncd,libpam-systemd,dbus,openssh-server,iproute2,sudo

base_tree() { echo "$LAB_DIR/base/$1"; }

base_build() {
    local release=$1 tree
    tree=$(base_tree "$release")
    [[ " $LAB_RELEASES " == *" $release "* ]] || die "no such release: $release (there are: $LAB_RELEASES)"
    [ -d "$tree" ] && return
    mkdir -p "$LAB_DIR/base" "$LAB_DIR/log"
    (
        flock 8
        [ -d "$tree" ] || base_make "$release" "$tree"
    ) 8>"$LAB_DIR/base/$release.lock"
}

# Built beside and moved, so that a half built tree is never taken for a whole one.
base_make() {
    local release=$1 tree=$2 log=$LAB_DIR/log/base-$1.log packages=$LAB_BASE_PACKAGES
    local work=$LAB_DIR/base/.$release.new
    local sources=()
    note "building the base tree of $release (about half a minute; $log)"
    rm -rf --one-file-system "$work"
    mapfile -t sources < <(base_sources "$release")
    # Without the authorities' certificates apt inside could not speak to a mirror over https.
    [[ ${sources[*]} != *https:* ]] || packages+=,ca-certificates
    nice mmdebstrap --variant=minbase --include="$packages" "$release" "$work" "${sources[@]}" >"$log" 2>&1 8>&- ||
        die "the base tree of $release cannot be built: $(tail -n 3 "$log")"
    base_users "$work"
    mv "$work" "$tree"
}

# The machine's own mirrors, with security updates as a VPS image has them. Prints nothing where the
# machine does not run Debian; mmdebstrap then takes its default.
base_sources() {
    local own main security
    own=$(. /etc/os-release && [ "$ID" = debian ] && echo "${VERSION_CODENAME:-}") || return 0
    main=$(base_mirror "$own")
    security=$(base_mirror "$own-security")
    [ -n "$main" ] && [ -n "$security" ] || return 0
    echo "deb $main $1 main"
    echo "deb $main $1-updates main"
    echo "deb $security $1-security main"
}

base_mirror() {
    # shellcheck disable=SC2016 # apt expands these, not the shell
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        awk -v suite="$1" '$2 == suite && $3 == "main" { print $1; exit }'
}

# The operator logs in as root, as a sudo user who has to give a password, or as somebody without rights.
base_users() {
    local tree=$1
    chroot "$tree" useradd --create-home --shell /bin/bash --groups sudo beheer
    chroot "$tree" useradd --create-home --shell /bin/bash noadmin
    # A host gets its own keys, name and identity when it is made.
    rm -f "$tree"/etc/ssh/ssh_host_* "$tree/etc/hostname" "$tree/etc/resolv.conf"
    : >"$tree/etc/machine-id"
    # Lab setting: a throw-away disk needs no fsync after each unpacked file.
    echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/lab-unsafe-io"
}
