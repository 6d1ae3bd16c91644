# shellcheck shell=bash
# Authorities of a test's own: a Pebble of one of Debian's releases on ports of its own, with a manner of its own.

# An authority is the directory $LAB_RUN/authorities/NAME with the files n, lab_dir, pebble.json and process; its roots
# are in $LAB_DIR/authorities/NAME.pem.
authority_dir() { echo "$LAB_RUN/authorities/$1"; }
authority_names() { [ ! -d "$LAB_RUN/authorities" ] || ls "$LAB_RUN/authorities"; }
authority_field() { cat "$LAB_RUN/authorities/$1/$2" 2>/dev/null; }
authority_mine() { [ "$(authority_field "$1" lab_dir)" = "$LAB_DIR" ]; }

# authority_up NAME VERSION [seconds=N] [profile=NAME:SECONDS]… [nonces=PERCENT] [binding=ID:KEY]: prints its directory,
# the address of its management, and the file of its roots, one a line. KEY is base64url. One that runs is replaced by one
# that knows nothing.
authority_up() {
    local name=${1:?name of the authority?} version=${2:?2.4, 2.6 or testing?} program
    shift 2
    [[ $name =~ ^[a-z][a-z0-9-]{0,40}$ ]] || die "an authority is named with small letters, digits and -, not $name"
    authority_down "$name"
    net_up
    services_up mockdns
    program=$(authority_program "$version")
    with_lock authority_start "$name" "$program" "$@"
    wait_for 60 "authority $name" authority_ready "$name" ||
        die "authority $name does not start: $(tail -n 3 "$LAB_DIR/log/authority-$name.log")"
    authority_roots "$name"
    authority_tell "$name"
}

authority_down() {
    local name=${1:?name of the authority?}
    [ -d "$(authority_dir "$name")" ] || return 0
    authority_mine "$name" || die "authority $name belongs to another lab ($(authority_field "$name" lab_dir))"
    authority_end "$name"
}

# Nobody gets a connection any more, and the authority forgets nothing.
authority_mute() {
    local table
    table=$(authority_table "${1:?name of the authority?}")
    nft -f - <<END
table ip $table
delete table ip $table
table ip $table {
    chain in {
        type filter hook input priority -10; policy accept;
        ip daddr $LAB_GATEWAY4 tcp dport $(authority_port "$1") reject with tcp reset
    }
}
END
}

authority_unmute() { nft delete table ip "$(authority_table "${1:?name of the authority?}")"; }

authority_start() {
    local name=$1 program=$2 dir words=() profiles='' word
    shift 2
    dir=$(authority_dir "$name")
    mkdir -p "$dir" "$LAB_DIR/authorities" "$LAB_DIR/log"
    authority_free_number >"$dir/n"
    echo "$LAB_DIR" >"$dir/lab_dir"
    pebble_certificate
    for word in "$@"; do
        case $word in
            seconds=*) words+=("\"certificateValidityPeriod\": ${word#*=}") ;;
            profile=*) profiles+=${profiles:+, }$(authority_profile "${word#*=}") ;;
            nonces=*) export PEBBLE_WFE_NONCEREJECT=${word#*=} ;;
            binding=*) words+=("$(authority_binding "${word#*=}")") ;;
            *) die "an authority has no $word" ;;
        esac
    done
    [ -z "$profiles" ] || words+=("\"profiles\": { $profiles }")
    pebble_config "$(authority_port "$name")" "$(authority_management "$name")" "${words[@]}" >"$dir/pebble.json"
    PEBBLE_VA_NOSLEEP=1 PEBBLE_AUTHZREUSE=0 setsid "$program" -strict -config "$dir/pebble.json" \
        -dnsserver "$LAB_GATEWAY4:8053" </dev/null >"$LAB_DIR/log/authority-$name.log" 2>&1 9>&- &
    process_note $! >"$dir/process"
}

authority_end() {
    local dir
    dir=$(authority_dir "$1")
    process_end "$dir/process"
    authority_unmute "$1" 2>/dev/null || true
    rm -rf "$dir" "$LAB_DIR/authorities/$1.pem"
}

# Who gets an account: those who know the key of that name.
authority_binding() {
    printf '"externalAccountBindingRequired": true, "externalAccountMACKeys": { "%s": "%s" }' "${1%%:*}" "${1#*:}"
}

# What an order may choose, and for how long its certificate is good then.
authority_profile() {
    printf '"%s": { "description": "%s", "validityPeriod": %d }' "${1%%:*}" "${1%%:*}" "${1#*:}"
}

authority_port() { echo $((14000 + $(authority_field "$1" n))); }
authority_management() { echo $((15000 + $(authority_field "$1" n))); }
authority_table() { echo "vc4all_mute_$(authority_field "$1" n)"; }

authority_free_number() {
    local n taken
    taken=" $(cat "$LAB_RUN"/authorities/*/n 2>/dev/null | tr '\n' ' ') "
    for n in $(seq 1 99); do
        [[ $taken == *" $n "* ]] || { echo "$n"; return; }
    done
    die "no free port is left for an authority"
}

authority_ready() {
    process_lives "$(authority_dir "$1")/process" &&
        curl -fsS --max-time 2 --noproxy '*' --cacert "$LAB_RUN/pki/ca.pem" "https://$LAB_GATEWAY4:$(authority_port "$1")/dir" &&
        curl -fsS --max-time 2 --noproxy '*' --cacert "$LAB_RUN/pki/ca.pem" \
            "https://$LAB_GATEWAY4:$(authority_management "$1")/roots/0"
}

authority_roots() { pebble_roots "$(authority_management "$1")" "$LAB_DIR/authorities/$1.pem"; }

authority_tell() {
    echo "https://$LAB_GATEWAY4:$(authority_port "$1")/dir"
    echo "https://$LAB_GATEWAY4:$(authority_management "$1")"
    echo "$LAB_DIR/authorities/$1.pem"
}

# The program of that version: the machine's own, or the package of the Debian release that has it, unpacked beside.
authority_program() {
    local version=$1 release own folder=$LAB_DIR/cache/pebble/$1
    case $version in
        2.4) release=bookworm ;;
        2.6) release=trixie ;;
        testing) release=testing ;;
        *) die "no such Pebble: $version (there are: 2.4 2.6 testing)" ;;
    esac
    own=$(dpkg-query -W -f '${Version}' pebble 2>/dev/null) || own=
    if [[ $own == "$version".* ]]; then
        command -v pebble
        return
    fi
    if [ ! -x "$folder/usr/bin/pebble" ]; then
        base_build "$(authority_keys "$release")"
        mkdir -p "$LAB_DIR/cache/pebble" "$LAB_DIR/log"
        (
            flock 8
            [ -x "$folder/usr/bin/pebble" ] || authority_fetch "$release" "$folder"
        ) 8>"$LAB_DIR/cache/pebble/lock" || die "Pebble $version cannot be fetched: $(tail -n 3 "$LAB_DIR/log/pebble-$release.log")"
    fi
    echo "$folder/usr/bin/pebble"
}

# The release whose base tree holds the keys of this one: testing is signed by those of the newest stable, too.
authority_keys() { [ "$1" = testing ] && echo trixie || echo "$1"; }

# By the sources and keys of a base tree, and none of the machine's.
authority_fetch() {
    local release=$1 folder=$2 keys apt work=$2.new
    keys=$(authority_keys "$release")
    apt=$(base_tree "$keys")/etc/apt
    note "fetching Pebble of $release"
    rm -rf "$work"
    mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/tree"
    sed -n "s/ $keys main\$/ $release main/p" "$apt/sources.list" >"$work/sources.list"
    (
        cd "$work" || exit
        options=(-q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
            -o Dir::Etc::Trusted=/dev/null -o "Dir::Etc::TrustedParts=$apt/trusted.gpg.d"
            -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o Dir::State::Status=/dev/null
            -o APT::Sandbox::User=root -o Acquire::Languages=none
            -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
        apt-get "${options[@]}" update && apt-get "${options[@]}" download pebble && dpkg -x pebble_*.deb tree
    ) >"$LAB_DIR/log/pebble-$release.log" 2>&1 || return 1
    rm -rf "$folder"
    mv "$work/tree" "$folder"
    rm -rf "$work"
}
