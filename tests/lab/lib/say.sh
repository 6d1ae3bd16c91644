# shellcheck shell=bash
# Words to the person at the terminal, waiting for a condition, and processes by id and birth.

note() { printf 'lab: %s\n' "$*" >&2; }

die() {
    printf 'lab: %s\n' "$*" >&2
    exit 1
}

need_root() { [ "$(id -u)" = 0 ] || die "the lab makes hosts and networks: run it as root"; }

# wait_for SECONDS WHAT CMD…: tries CMD every tenth of a second until it succeeds.
wait_for() {
    local limit=$1 what=$2 end
    shift 2
    end=$((SECONDS + limit))
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$end" ]; then
            note "$what: not after $limit s"
            return 1
        fi
        sleep 0.1
    done
}

# process_birth PID: the start time in clock ticks; fails for a dead process and for a zombie.
process_birth() {
    local stat fields
    stat=$(cat "/proc/${1:-none}/stat" 2>/dev/null) || return 1
    read -ra fields <<<"${stat##*) }"
    [ "${fields[0]}" != Z ] && [ "${fields[0]}" != X ] && echo "${fields[19]}"
}

# A number is given out again after a process died, so a file names the process by id and birth.
process_note() { echo "$1 $(process_birth "$1" || echo dead)"; }

# process_lives FILE: the process that FILE speaks of is still there.
process_lives() {
    local pid birth
    [ -f "$1" ] && read -r pid birth <"$1" && [ "$(process_birth "$pid" || true)" = "$birth" ]
}

# process_end FILE: asks politely for five seconds, then insists.
process_end() {
    local pid
    if process_lives "$1"; then
        read -r pid _ <"$1"
        kill "$pid" 2>/dev/null || true
        wait_for 5 "end of process $pid" process_gone "$1" || kill -9 "$pid" 2>/dev/null || true
    fi
    rm -f "$1"
}

process_gone() { ! process_lives "$1"; }
