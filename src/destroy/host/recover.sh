# After a removal that did not come to an end of its own: sh recover.sh RUN [boot | guarded]. There is no way back to go;
# the lock is given free, and the next `destroy` goes on from there. Lines of RUN/end tell the client how it ended.

# shellcheck source=src/apply/host/ground.sh
. "${0%/*}/ground.sh"
# shellcheck source=src/apply/host/news.sh
. "$run/news.sh"
# shellcheck source=src/apply/host/lock.sh
. "$run/lock.sh"
events=$run/end.new

main() {
  # Another run that was found broken knows its own way back.
  [ "${0%/*}" = "$run" ] || exec sh "$run/recover.sh" "$@"
  [ "${2:-}" != boot ] || exit 0
  # Whoever is alive holds the lock; whoever has ended has given it free, and may have been cut off before these units
  # went: they would be called for ever.
  if [ "$(sed -n 3p "$lock/owner" 2> /dev/null)" != "$run" ]; then
    dismiss_recovery
    exit 0
  fi
  if lock_is_alive; then exit 0; fi
  grep -qs '^# vc4all-deploy' /usr/sbin/policy-rc.d && rm -f /usr/sbin/policy-rc.d
  : > "$events"
  tell 'failed the work on the host was broken off'
  tell 'end 1'
  sync "$events" && mv "$events" "$run/end" || exit 1
  release_lock
}

main "$@"
