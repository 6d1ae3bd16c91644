# shellcheck shell=bash
# Who holds which host name and address on this machine; shared by all checkouts.

# A claim is the directory $LAB_RUN/hosts/NAME with the files n, release, lab_dir, by (the claiming
# process) and, once the host was booted, pid.

# with_lock CMD…: one at a time on this machine. The lock is not handed on to processes that CMD leaves behind.
with_lock() {
    mkdir -p "$LAB_RUN/hosts" "$LAB_RUN/dns" "$LAB_RUN/services"
    exec 9>"$LAB_RUN/lock"
    flock -w 120 9 || die "another lab command has held $LAB_RUN/lock for two minutes"
    "$@"
    exec 9>&-
}

claim_dir() { echo "$LAB_RUN/hosts/$1"; }
claim_field() { cat "$LAB_RUN/hosts/$1/$2" 2>/dev/null; }
claim_names() { [ -d "$LAB_RUN/hosts" ] && ls "$LAB_RUN/hosts"; }
address4() { echo "10.87.0.$((10 + $1))"; }
address6() { echo "fd87::$((10 + $1))"; }

host_lives() { process_lives "$(claim_dir "$1")/pid"; }
host_mine() { [ "$(claim_field "$1" lab_dir)" = "$LAB_DIR" ]; }
# Being booted right now by a lab command that is still there.
host_in_work() { process_lives "$(claim_dir "$1")/by"; }

need_mine() {
    [ -d "$(claim_dir "$1")" ] || die "there is no host $1"
    host_mine "$1" || die "host $1 belongs to another lab ($(claim_field "$1" lab_dir))"
}

need_alive() {
    need_mine "$1"
    host_lives "$1" || die "host $1 does not run: lab host restart $1, or reset"
}

# claim_take NAME RELEASE [N]: prints nothing; dies when the name or the address is somebody else's.
claim_take() {
    local name=$1 release=$2 n=${3:-} dir
    dir=$(claim_dir "$name")
    if [ -d "$dir" ] && ! host_mine "$name" && { host_lives "$name" || host_in_work "$name"; }; then
        die "a host $name runs in another lab ($(claim_field "$name" lab_dir))"
    fi
    [ ! -d "$dir" ] || ! host_in_work "$name" || die "host $name is being brought up by another command"
    if [ -z "$n" ]; then
        n=$(claim_field "$name" n) || n=$(claim_free_number)
    fi
    if ! [[ $n =~ ^(0|[1-9][0-9]*)$ ]] || [ "$n" -gt 230 ]; then
        die "N is a number from 0 to 230, not $n"
    fi
    claim_number_free "$name" "$n"
    mkdir -p "$dir"
    rm -f "$dir/pid"
    echo "$n" >"$dir/n"
    echo "$release" >"$dir/release"
    echo "$LAB_DIR" >"$dir/lab_dir"
    process_note $$ >"$dir/by"
}

claim_number_free() {
    local other
    for other in $(claim_names); do
        if [ "$other" != "$1" ] && [ "$(claim_field "$other" n)" = "$2" ]; then
            if host_lives "$other" || host_in_work "$other"; then
                die "$(address4 "$2") is in use by host $other: choose another N"
            fi
        fi
    done
}

# People choose small numbers; unasked ones come from above, so that they do not meet.
claim_free_number() {
    local n taken
    taken=" $(cat "$LAB_RUN"/hosts/*/n 2>/dev/null | tr '\n' ' ') "
    for n in $(seq 150 230); do
        [[ $taken == *" $n "* ]] || { echo "$n"; return; }
    done
    die "no free address is left for a host"
}
