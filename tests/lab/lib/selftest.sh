# shellcheck shell=bash
# Tests the lab itself: what must hold after a second command, a killed host and a copy.

lab() { "$LAB_PARTS/lab" "$@"; }

lab_selftest() {
    local step
    lab up
    lab host down selftest-a
    lab host down selftest-b
    for step in first again taken killed reset reboot clone names authority authorities gone; do
        "selftest_$step" || die "selftest: $step failed"
        note "selftest: $step holds"
    done
}

# selftest_ssh USER@HOST CMD…
selftest_ssh() { ssh -F "$LAB_DIR/ssh_config" -o BatchMode=yes "$@" </dev/null; }

selftest_key() { grep "^$1," "$LAB_DIR/known_hosts"; }

selftest_first() {
    lab host up selftest-a bookworm || return 1
    [ "$(selftest_ssh selftest-a hostname -f)" = selftest-a.vc4all.test ] || return 1
    [ "$(selftest_ssh beheer@selftest-a id -un)" = beheer ] || return 1
    ! selftest_ssh beheer@selftest-a sudo -n true 2>/dev/null || return 1
    # Over IPv6 too, and apt can be run.
    selftest_ssh "$(address6 "$(claim_field selftest-a n)")" apt-get -q update >/dev/null
}

selftest_again() {
    local before
    before=$(boot_leader selftest-a)
    lab host up selftest-a bookworm 2>/dev/null && [ "$(boot_leader selftest-a)" = "$before" ]
}

selftest_taken() {
    ! lab host up selftest-b trixie "$(claim_field selftest-a n)" 2>/dev/null &&
        ! lab host up selftest-a trixie 2>/dev/null && host_lives selftest-a
}

# Only nspawn dies here; what it leaves behind must not disturb the next host of this name.
selftest_killed() {
    local pid
    read -r pid _ <"$(claim_dir selftest-a)/pid"
    kill -9 "$(boot_child "$pid")" || return 1
    wait_for 10 "end of selftest-a" process_gone "$(claim_dir selftest-a)/pid" || return 1
    lab host up selftest-a bookworm && selftest_ssh selftest-a true
}

selftest_reset() {
    local before
    before=$(selftest_key selftest-a)
    selftest_ssh selftest-a touch /root/mark || return 1
    lab host reset selftest-a && [ "$(selftest_key selftest-a)" != "$before" ] &&
        selftest_ssh selftest-a test ! -e /root/mark
}

selftest_reboot() {
    selftest_ssh selftest-a touch /root/mark || return 1
    lab host reboot selftest-a && selftest_ssh selftest-a test -e /root/mark || return 1
    lab host restart selftest-a && selftest_ssh selftest-a test -e /root/mark
}

selftest_clone() {
    lab host clone selftest-a selftest-b || return 1
    [ "$(selftest_ssh selftest-b 'hostname; ls /root/mark')" = $'selftest-b\n/root/mark' ] || return 1
    [ "$(selftest_key selftest-a | cut -d' ' -f3)" != "$(selftest_key selftest-b | cut -d' ' -f3)" ]
}

selftest_names() {
    lab name set selftest.example selftest-b || return 1
    selftest_ssh selftest-a getent ahosts selftest.example |
        grep -q "^$(address4 "$(claim_field selftest-b n)") " || return 1
    lab name del selftest.example
    ! selftest_ssh selftest-a getent ahosts selftest.example >/dev/null
}

selftest_authority() {
    curl -fsS --noproxy '*' --cacert "$LAB_DIR/ca.pem" "https://$LAB_GATEWAY4:14000/dir" | grep -q newOrder
}

selftest_authorities() {
    local version directory roots more=()
    for version in 2.4 2.6 testing; do
        [ "$version" != testing ] || more=(profile=default:7776000 profile=shortlived:518400)
        { read -r directory && read -r _ && read -r roots; } \
            < <(lab authority up selftest "$version" seconds=90 "binding=somebody:c2VsZnRlc3Qgc2VsZnRlc3Qgc2VsZnRlc3Q" \
                "${more[@]}") || return 1
        selftest_asks "$directory" | grep -q '"externalAccountRequired": true' || return 1
        lab authority mute selftest && ! selftest_asks "$directory" || return 1
        lab authority unmute selftest && selftest_asks "$directory" >/dev/null || return 1
    done
    selftest_asks "$directory" | grep -q '"shortlived"' || return 1
    lab authority down selftest
    [ ! -e "$roots" ] && ! authority_names | grep -x selftest
}

selftest_asks() { curl -fsS --max-time 5 --noproxy '*' --cacert "$LAB_RUN/pki/ca.pem" "$1" 2>/dev/null; }

selftest_gone() {
    lab host down selftest-a && lab host down selftest-b || return 1
    ! selftest_traces | grep selftest
}

selftest_traces() {
    ip netns list
    mount
    ls "$(boot_hierarchies | head -n 1)/vc4all-lab" "$LAB_DIR/hosts" "$LAB_RUN/hosts" "$LAB_RUN/dns"
    return 0
}
