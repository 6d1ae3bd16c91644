# Sets the host right after a run that did not come to an end of its own: sh recover.sh RUN [WHEN], where WHEN is
#   nothing   the processes of the run are gone
#   boot      the host starts, and no daemon runs yet: only files and what starts by itself
#   guarded   whoever calls holds the guard of the lock
# May be killed at any point and done again. Lines of RUN/end tell the client how it ended.
parts=${0%/*}
when=${2:-late}

# shellcheck source=src/apply/host/ground.sh
. "$parts/ground.sh"
# shellcheck source=src/apply/host/news.sh
. "$parts/news.sh"
# shellcheck source=src/apply/host/lock.sh
. "$parts/lock.sh"
# shellcheck source=src/apply/host/journal.sh
. "$parts/journal.sh"
# shellcheck source=src/apply/host/restore.sh
. "$parts/restore.sh"
# shellcheck source=src/apply/host/generation.sh
. "$parts/generation.sh"
# shellcheck source=src/apply/host/packages.sh
. "$parts/packages.sh"
# shellcheck source=src/apply/host/versions.sh
. "$parts/versions.sh"
# shellcheck source=src/apply/host/keys.sh
. "$parts/keys.sh"
# shellcheck source=src/apply/host/units.sh
. "$parts/units.sh"
# shellcheck source=src/apply/host/confirm.sh
. "$parts/confirm.sh"
# shellcheck source=src/apply/host/drain.sh
. "$parts/drain.sh"
# shellcheck source=src/apply/host/roster.sh
. "$parts/roster.sh"
events=$run/end.new

# An end that the run told itself comes after everything is in order.
has_ended() { tail -n 1 "$run/events" 2> /dev/null | grep -q '^end '; }

# A lock without an owner was taken by somebody who died at once; whoever is alive would hold the guard.
holds_lock() {
  if [ -d "$lock" ] && [ ! -s "$lock/owner" ]; then return 0; fi
  [ "$(sed -n 3p "$lock/owner" 2> /dev/null)" = "$run" ]
}

why() {
  if [ -e "$run/unconfirmed" ]; then
    echo 'no second connection came in time'
  elif cmp -s "$run/boot" /proc/sys/kernel/random/boot_id; then
    echo 'the work on the host was killed'
  else
    echo 'the host was restarted in the middle of the work'
  fi
}

# Before any daemon reads a file. Nothing is started by us now: systemd would wait for us, and we for it.
put_back_early() {
  [ -f "$run/journal" ] && ! is_committed "$run" || return 0
  restore_files "$run"
  restore_enablement "$run"
  systemctl daemon-reload
  while read -r what name _ active; do
    [ "$what" = unit ] || continue
    if [ "$active" = active ]; then verb=start; else verb=stop; fi
    systemctl "$verb" --no-block "$name" 2> /dev/null || :
  done < "$run/journal"
  : > "$run/early"
}

set_right() {
  if is_committed "$run"; then
    tidy
    tell "committed $generation"
    tell 'end 0'
    return
  fi
  tell "failed $(why)"
  free_room "$run"
  if mend_without_starts && restore "$run"; then
    tell restored
    tell 'end 6'
  else
    # A disk that takes nothing may take it later.
    has_room || return 1
    tell 'failed the restore is not complete, see the lines above'
    tell 'end 1'
  fi
}

# A package that is half there must not start with what we put beside it. One that cannot be mended is mended by the
# next installation.
mend_without_starts() {
  apt_patience=120
  # What an upgrade left half done is not finished but taken back: its scripts may never come to an end.
  return_packages "$run" 9>&- || :
  forbid_starts
  mend_packages offline 9>&- || :
  allow_starts
}

tell_restored() {
  if is_restored "$run"; then
    tell restored
    tell 'end 6'
  else
    tell 'failed the restore is not complete'
    tell 'end 1'
  fi
}

# Somebody else's lock is left alone, and so is what they may have changed since.
tell_how_it_ended() {
  if is_committed "$run"; then
    tell "committed $(basename "$(readlink "$state/current")")"
    tell 'end 0'
  else
    tell "failed $(why)"
    tell_restored
  fi
}

main() {
  if is_stopping; then [ "$when" != guarded ]; exit; fi
  [ "$when" = guarded ] || guard_lock || try_later
  if holds_lock && lock_is_alive; then exit 0; fi
  if has_ended; then
    dismiss_recovery
    exit 0
  fi
  if [ "$when" = boot ]; then
    ! holds_lock || put_back_early
    exit 0
  fi
  stop_timer
  allow_starts
  lift_drain
  if [ ! -s "$run/end" ]; then
    : > "$events"
    if holds_lock; then set_right; else tell_how_it_ended; fi || try_later
    { sync "$events" && mv "$events" "$run/end"; } || try_later
  fi
  forget_own_secrets
  if holds_lock; then
    forget_secrets
    release_lock
  else
    dismiss_recovery
  fi
}

# The unit that does this work at a start of the host goes on trying until it is done.
try_later() {
  systemctl start --no-block "vc4all-recover-$(basename "$run").service" 2> /dev/null
  exit 1
}

main
