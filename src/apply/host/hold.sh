# Holds the host's lock for work that is done over an operator's connection, or by the host's own agent: sh apply.sh RUN.
# The lock lives as long as that connection or agent, and as its last step is not long ago; then what the journal names
# comes back.

# shellcheck source=src/apply/host/ground.sh
. "$1/ground.sh"
# shellcheck source=src/apply/host/news.sh
. "$run/news.sh"
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
# shellcheck source=src/apply/host/roster.sh
. "$run/roster.sh"

# Seconds; an authority may take its time between two steps, and a broken connection is made anew.
longest_step=420
longest_break=30

# Each step of the work writes RUN/operator anew: the process of the connection that it came over.
is_with_us() {
  tell_time
  [ $(($(date +%s) - $(stat -c %Y "$run/operator"))) -lt "$longest_step" ] || return 1
  read -r operator < "$run/operator" || return 0
  if [ -d "/proc/$operator" ]; then
    seen=$now
  fi
  [ $((now - seen)) -lt $((longest_break * 1000)) ]
}

# Where the disk takes nothing yet, recover.sh goes on trying.
go_back() {
  restore "$run" && return 0
  [ ! -e "$run/journal" ] || exit 1
  return 1
}

leave() {
  code=$1
  if [ "$code" = 6 ]; then
    tell 'failed the operator went away in the middle of the work'
    if go_back; then tell restored; else tell 'failed the restore is not complete' && code=1; fi
  fi
  forget_way_back
  forget_secrets
  # A host that renews by itself for years may see no other work that would do this.
  forget_old_runs
  release_lock
  tell "end $code"
  exit 0
}

main() {
  echo > "$run/operator"
  if ! take_lock; then
    end_without_lock
    exit 0
  fi
  { begin_journal && keep "$state/tls/live"; } || leave 1
  tell_time
  seen=$now
  tell held
  # No journal any more: the work is done, and nothing is to be brought back.
  until [ -e "$run/done" ]; do
    is_with_us || leave 6
    sleep 0.2
  done
  go_back || leave 1
  leave 0
}

main
