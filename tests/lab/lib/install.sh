# shellcheck shell=bash
# Installs the Debian packages that the lab and its tests need, without starting a service.

install_packages() {
    local missing=() name
    while read -r name _; do
        case $name in '' | '#'*) continue ;; esac
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
    done <"$LAB_PARTS/apt.list"
    [ "${#missing[@]}" -gt 0 ] || return 0
    note "installing ${missing[*]}"
    install_quiet "${missing[@]}"
}

# Debian's own way to say that no daemon starts; a policy that the machine has already stays.
install_quiet() {
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 0755 "$policy"
        # shellcheck disable=SC2064 # the path as it is now
        trap "rm -f $policy" EXIT
    fi
    apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
}
