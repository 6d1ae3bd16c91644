# The lock of the host: a folder, because mkdir is atomic.
# shellcheck shell=sh
lock=$state/lock

# The owner file has five lines: process, boot, run, who and since when, what.
take_lock() {
  mkdir -p "$state"
  # One at a time judges a lock that stands: otherwise two could both find it stale, and one take the other's.
  exec 9> "$state/lock.guard" && flock 9 || return 1
  hold_lock
  held=$?
  exec 9>&-
  return "$held"
}

hold_lock() {
  if ! mkdir "$lock" 2> /dev/null; then
    if lock_is_alive; then
      tell "locked $(sed -n 4,5p "$lock/owner" 2> /dev/null | tr '\n' ' ')"
      return 1
    fi
    recover
    mkdir "$lock" || return 1
  fi
  { echo $$; cat /proc/sys/kernel/random/boot_id; echo "$run"; cat "$run/who"; } > "$lock/owner"
}

lock_is_alive() {
  # An owner file that is not there yet belongs to somebody who took the lock a moment ago.
  tries=0
  while [ ! -s "$lock/owner" ] && [ "$tries" -lt 20 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  owner=$(sed -n 1p "$lock/owner" 2> /dev/null)
  boot=$(sed -n 2p "$lock/owner" 2> /dev/null)
  [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] && [ -n "$owner" ] && grep -qs apply.sh "/proc/$owner/cmdline"
}

# Somebody's work ended without an end: the host lost power, or the script was killed. Its journal leads back.
recover() {
  recovered=yes
  broken=$(sed -n 3p "$lock/owner" 2> /dev/null)
  tell 'output an earlier run ended in the middle; what it had changed is restored first'
  case $broken in
    "$state"/run/*) [ ! -d "$broken" ] || restore "$broken" ;;
  esac
  rm -rf "$lock"
}

release_lock() { rm -rf "$lock"; }
