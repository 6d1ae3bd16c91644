# Removes what vc4all-deploy made on this host: sh apply.sh RUN, where RUN holds steps, data/ and the parts of this script.
# Lines of RUN/steps: a verb and its arguments, separated by tabs. It may be killed at any point and begun again: each
# step passes over what is done already, and the manifest stays until nothing of it is left.

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
# shellcheck source=src/apply/host/packages.sh
. "$run/packages.sh"
# shellcheck source=src/apply/host/roster.sh
. "$run/roster.sh"

perform() {
  verb=$1
  shift
  case $verb in
    halt) halt "$@" ;;
    unregister) unregister "$@" ;;
    take) take "$@" ;;
    purge) purge "$@" ;;
    bring) bring "$@" ;;
    clear) clear_away "$@" ;;
    fold) fold "$@" ;;
    refresh) refresh ;;
    look) look_for_rest "$@" ;;
    *) tell "output unknown step $verb"; return 1 ;;
  esac
}

# The units of our firewall take our own table out of force when they stop, and leave those of others.
halt() {
  for unit; do
    systemctl cat "$unit" > /dev/null 2>&1 || continue
    quietly systemctl disable --now "$unit" || quietly systemctl stop "$unit" || return 1
    rm -f "/var/lib/systemd/timers/stamp-$unit"
  done
}

# An account of ours in a Prosody that stays.
unregister() { ! command -v prosodyctl > /dev/null || quietly prosodyctl unregister "$1" "$2" || :; }

# Files and links of ours, and what apt keeps of our source; a folder in the place of a file is somebody else's.
take() {
  while read -r path; do
    if is_folder "$path"; then continue; fi
    forget_lists "$path"
    rm -f "$path" || { tell "output could not remove $path"; return 1; }
  done < "$run/data/$1"
}

# The lists that apt fetched from a source have names that only apt knows.
forget_lists() {
  case $1 in /etc/apt/sources.list.d/*) [ -f "$1" ] || return 0 ;; *) return 0 ;; esac
  # shellcheck disable=SC2016 # the names belong to apt
  apt-get indextargets --format '$(SOURCESENTRY) $(FILENAME) $(METAKEY)' 2> /dev/null | awk -v source="$1" '
    index($1, source) == 1 {
      print $2
      meta = $3; gsub("/", "_", meta)
      base = substr($2, 1, length($2) - length(meta)); print base "InRelease"; print base "Release"; print base "Release.gpg"
    }' | sort -u | while read -r list; do
    case $list in /var/lib/apt/lists/*) rm -f "$list" ;; esac
  done
}

purge() {
  wait_for_apt && forbid_starts || return 1
  # A purge that was cut off is finished first.
  quietly dpkg --force-confold --force-confdef --configure -a || :
  xargs -r apt-mark unhold < "$run/data/$1" > /dev/null 2>&1
  # shellcheck disable=SC2016 # the name belongs to dpkg-query
  xargs -r dpkg-query -W -f '${Package}\n' < "$run/data/$1" 2> /dev/null | sort -u > "$run/there"
  [ ! -s "$run/there" ] || quietly xargs -r -a "$run/there" dpkg --purge
  result=$?
  allow_starts
  return "$result"
}

# What stood there before us, with its owner and mode.
bring() {
  while read -r path; do
    original=$state/originals$path
    if is_folder "$path"; then tell "output $path is a folder now, what stood there before stays in $original"; return 1; fi
    put_in_place "$original" "$path" || { tell "output could not put back $path"; return 1; }
  done < "$run/data/$1"
}

put_in_place() {
  (umask 022 && mkdir -p "${2%/*}") && cp -aT --remove-destination "$1" "$2.vc4all-new" && mv -fT "$2.vc4all-new" "$2"
}

clear_away() {
  for path; do rm -rf "$path" || { tell "output could not remove $path"; return 1; }; done
}

# Folders of ours, the deepest first; what somebody else put there stays, and its folder with it.
fold() {
  sort -r "$run/data/$1" | while read -r path; do rmdir "$path" 2> /dev/null; done
  return 0
}

# Whatever stays on the host reads its own settings again.
refresh() {
  quietly systemctl daemon-reload || return 1
  systemctl reset-failed 2> /dev/null
  ! command -v update-ca-certificates > /dev/null || quietly update-ca-certificates || return 1
  for unit in systemd-journald.service systemd-timesyncd.service; do
    ! systemctl is-active --quiet "$unit" || quietly systemctl restart "$unit" || return 1
  done
  if systemctl is-active --quiet nftables.service; then
    nft delete table inet vc4all 2> /dev/null
    quietly systemctl reload-or-restart nftables.service || return 1
  fi
  sysctl --system > /dev/null 2>&1 || :
}

# Nothing that was made may still be there when the manifest goes.
look_for_rest() {
  rest=
  while read -r kind name; do
    case $kind in
      path) if { [ -e "$name" ] || [ -L "$name" ]; } && ! is_folder "$name"; then rest="$rest $name"; fi ;;
      package) case $(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2> /dev/null) in '' | ?n*) ;; *) rest="$rest $name" ;; esac ;;
    esac
  done < "$run/data/$1"
  [ -z "$rest" ] || { tell "output still there:$rest"; return 1; }
}

finish() {
  allow_starts
  release_lock
  tell "end $1"
  exit "$1"
}

give_up() {
  trap '' HUP INT TERM
  tell "failed $1"
  finish 1
}

# The last thing to go is our own folder, with the manifest and this run in it; who listens holds the news open.
vanish() {
  trap '' HUP INT TERM
  exec 6>> "$events"
  tell() { printf '%s\n' "$*" >&6; }
  allow_starts
  # First the link that says what is in force: a cut from here on leaves a folder that nothing leads to.
  rm -f "$state/current" "$state/brought"
  find "$state" -mindepth 1 -maxdepth 1 ! -name run ! -name lock ! -name lock.guard -exec rm -rf {} +
  release_lock
  rm -rf "$state" || { tell "failed could not remove $state"; tell 'end 1'; exit 1; }
  tell 'end 0'
  exit 0
}

main() {
  if ! take_lock; then
    end_without_lock
    exit 0
  fi
  trap 'give_up "the work on the host was interrupted"' HUP INT TERM
  seen=$(sh "$run/estate.sh" digest < "$run/questions")
  if [ "$seen" != "$(cat "$run/expected")" ]; then
    [ -z "${recovered:-}" ] || finish 8
    tell moved
    finish 5
  fi
  carry_out || give_up "step $step failed"
  vanish
}

main
