# Carries out one plan as one transaction: sh apply.sh RUN, where RUN holds steps, data/ and the parts of this script.
# Lines of RUN/steps: a verb and its arguments, separated by tabs. Lines of RUN/events tell the client what happens.

# shellcheck source=src/apply/host/ground.sh
. "$1/ground.sh"
# shellcheck source=src/apply/host/news.sh
. "$run/news.sh"
# shellcheck source=src/apply/host/steps.sh
. "$run/steps.sh"
# shellcheck source=src/apply/host/lock.sh
. "$run/lock.sh"
# shellcheck source=src/apply/host/journal.sh
. "$run/journal.sh"
# shellcheck source=src/apply/host/restore.sh
. "$run/restore.sh"
# shellcheck source=src/apply/host/generation.sh
. "$run/generation.sh"
# shellcheck source=src/apply/host/packages.sh
. "$run/packages.sh"
# shellcheck source=src/apply/host/versions.sh
. "$run/versions.sh"
# shellcheck source=src/apply/host/files.sh
. "$run/files.sh"
# shellcheck source=src/apply/host/prove.sh
. "$run/prove.sh"
# shellcheck source=src/apply/host/keys.sh
. "$run/keys.sh"
# shellcheck source=src/apply/host/units.sh
. "$run/units.sh"
# shellcheck source=src/apply/host/confirm.sh
. "$run/confirm.sh"
# shellcheck source=src/apply/host/drain.sh
. "$run/drain.sh"
# shellcheck source=src/apply/host/roster.sh
. "$run/roster.sh"
# shellcheck source=src/apply/host/backup.sh
. "$run/backup.sh"

perform() {
  verb=$1
  shift
  case $verb in
    secret) make_secret "$@" ;;
    hand_over) put_secret "$@" ;;
    preseed) preseed "$@" ;;
    answer) answer_anew "$@" ;;
    install) install_packages "$@" ;;
    hold) hold_at_version "$@" ;;
    choose) choose_versions "$@" ;;
    keep) keep_packages "$@" ;;
    foresee) foresee_upgrade "$@" ;;
    upgrade) upgrade_packages "$@" ;;
    key) fetch_key "$@" ;;
    directory) make_directory "$@" ;;
    selfsigned) make_selfsigned "$@" ;;
    placeholder) make_placeholder "$@" ;;
    file) stage_file "$@" ;;
    link) stage_link "$@" ;;
    remove) stage_removal "$@" ;;
    put-original) stage_original "$@" ;;
    drop) drop_account "$@" ;;
    prove) prove "$@" ;;
    swap) swap_all ;;
    settle) settle_all ;;
    account) set_account "$@" ;;
    refresh) refresh "$@" ;;
    unit) set_unit "$@" ;;
    roster) set_roster "$@" ;;
    guard) set_timer "$@" ;;
    confirm) await_confirmation "$@" ;;
    spare) spare_meetings "$@" ;;
    bring_secret) put_secret "$@" ;;
    bring_authority_account | bring_pair | bring_certificate | bring_accounts) "$verb" "$@" ;;
    *) tell "output unknown step $verb"; return 1 ;;
  esac
}

finish() {
  stop_timer
  forget_secrets
  allow_starts
  lift_drain
  release_lock
  tell "end $1"
  # For systemd only work without an end has failed.
  exit 0
}

give_up() {
  trap '' HUP INT TERM
  # A host that stops, and a disk that takes nothing any more, are left to recover.sh.
  if is_stopping; then exit 1; fi
  free_room "$run"
  # Whether a generation is in force is said by the link alone.
  if is_committed "$run"; then finish_committed; fi
  tell "failed $1"
  if restore "$run"; then
    tell restored
    finish 6
  fi
  [ ! -e "$run/journal" ] || exit 1
  tell 'failed the restore is not complete, see the lines above'
  finish 1
}

finish_committed() {
  tidy
  tell "committed $generation"
  finish 0
}

is_as_planned() { [ "$(sh "$run/probe.sh" digest < "$run/questions")" = "$(cat "$run/expected")" ]; }

main() {
  if ! take_lock; then
    rm -rf "$run/data"
    end_without_lock
    exit 0
  fi
  trap 'give_up "the work on the host was interrupted"' HUP INT TERM
  if ! is_as_planned; then
    # After a recovery the host is not what the plan was made for: 8 asks for a new one.
    [ -z "${recovered:-}" ] || finish 8
    tell moved
    finish 5
  fi
  begin_journal || give_up 'the journal could not be written'
  begin_manifest || give_up 'what stands there already could not be written down'
  carry_out || give_up "step $step failed"
  commit || give_up 'the generation could not be recorded'
  trap '' HUP INT TERM
  finish_committed
}

main
