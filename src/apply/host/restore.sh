# The way back to what the journal of a run names. It may be broken off anywhere and done again.
# shellcheck shell=sh

# Goes on after a failure and reports it at the end.
restore() {
  whole=0
  [ -f "$1/journal" ] || { is_restored "$1"; return; }
  # Before the files, into which a package's scripts may write; but nobody has to wait outside for that.
  if grep -q '^package ' "$1/journal"; then
    restore_files "$1"
    restore_units "$1" -E || whole=1
    return_packages "$1" 9>&- || whole=1
  fi
  restore_files "$1" || whole=1
  # Jicofo and the bridge believe Prosody by what the host trusts.
  if grep -q ' /usr/local/share/ca-certificates/' "$1/journal"; then trust_own_certificates || whole=1; fi
  note_packages "$1" || tell 'output the packages of this run could not be written down'
  restore_enablement "$1"
  restore_units "$1" -E || whole=1
  restore_units "$1" -Ev || whole=1
  # Only a package's next version reads them, so no daemon waits for whoever holds apt.
  if grep -q '^answered ' "$1/journal"; then { wait_for_apt && answer_as_before "$1/old/answers-before"; } || whole=1; fi
  # What was put back is on the disk before the journal goes; /etc may be a disk of its own.
  sync -f "$state" && sync -f /etc && sync -f /usr || return 1
  # As long as the disk takes nothing, the journal is still needed.
  [ "$whole" -eq 0 ] || has_room || return 1
  if [ "$whole" -eq 0 ]; then ended=restored; else ended=incomplete; fi
  mv -f "$1/journal" "$1/journal.$ended" && sync "$1" || whole=1
  # The copies hold secrets; where something is missing they are the last ones.
  [ "$whole" -ne 0 ] || rm -rf "$1/old"
  return "$whole"
}

# How the way back ended when it was gone before; it may have been broken off before the copies went.
is_restored() {
  [ ! -e "$1/journal.incomplete" ] || return 1
  rm -rf "$1/old"
}

restore_files() {
  from=$1
  well=0
  free_room "$from"
  while read -r what path _; do
    case $what in
      kept | folder) put_back "$what" "$from/old$path" "$path" || well=1 ;;
      added) as_door take_back "$path" || well=1 ;;
      brought) as_door forget "$path" || well=1 ;;
      aside) as_door bring_back "$path" || well=1 ;;
      absent) take_off "$path" || well=1 ;;
      loose) let_go "$path" || well=1 ;;
    esac
  done << EOF
$(sed -n '1!G;h;$p' "$from/journal")
EOF
  return "$well"
}

# Takes away what stands where nothing stood; a folder only when nobody put anything into it.
take_off() {
  rm -f "$1.vc4all-new"
  if is_folder "$1"; then rmdir "$1" 2> /dev/null || :; else rm -f "$1"; fi
}

put_back() {
  rm -rf "$3.vc4all-new" "$3.vc4all-old"
  # A folder that is still there keeps its content; only what we own is set back.
  if [ "$1" = folder ] && is_folder "$3"; then
    own_as_before "$2" "$3"
    return
  fi
  # A copy that is gone was moved to its place when this was done before.
  [ -e "$2" ] || [ -L "$2" ] || return 0
  cp -aT --remove-destination "$2" "$3.vc4all-old" && take_place "$3.vc4all-old" "$3" && return 0
  # On a full disk a rename still works.
  rm -rf "$3.vc4all-old"
  take_place "$2" "$3" && return 0
  tell "output could not put back $3"
  return 1
}

# A daemon may put a link in the place of a folder of its own at any moment: what is changed is the folder that was
# entered, and only where no link led there.
own_as_before() (
  cd -P "$2/" && [ "$(stat -c %d:%i .)" = "$(stat -c %d:%i "$2")" ] || return 1
  chown --reference="$1" . && chmod --reference="$1" .
)

# A folder cannot take the place of another one in one rename.
take_place() {
  if is_folder "$2"; then rm -rf "$2"; fi
  mv -fT "$1" "$2"
}

restore_enablement() {
  while read -r what name enabled _; do
    [ "$what" = unit ] && ! is_as_before "$1" "$name" "$enabled" || continue
    case $enabled in
      enabled) systemctl enable --quiet "$name" 2> /dev/null || : ;;
      static | generated | alias | indirect) ;;
      *) systemctl disable --quiet "$name" 2> /dev/null || : ;;
    esac
  done < "$1/journal"
}

# systemd reads all units anew for each change, so nothing is asked for that is so already.
is_as_before() {
  ! grep -qxF "switching $2" "$1/journal" && [ "$(systemctl is-enabled "$2" 2> /dev/null)" = "$3" ]
}

# Units through which people get in come before all others.
doors='^(nftables|sshd?)[.]'

# restore_units RUN -E for those, -Ev for the others. A daemon that began after the files were back needs no second start.
restore_units() {
  systemctl daemon-reload
  fine=0 verb=start
  if grep -qx swapping "$1/journal" && [ ! -e "$1/early" ]; then verb=restart; fi
  for name in $(awk '$1 == "unit" { print $2 }' "$1/journal" | grep "$2" "$doors"); do
    if grep -q "^unit $name [^ ]* active\$" "$1/journal"; then
      systemctl "$verb" "$name" || { tell "output could not $verb $name"; fine=1; }
    else
      systemctl stop "$name" 2> /dev/null || :
    fi
  done
  systemctl reset-failed 2> /dev/null || :
  return "$fine"
}

forget_way_back() { rm -rf "$run/journal" "$run/old" "$run/room"; }

# The generation is in force: what only an unfinished run needs goes.
tidy() {
  generation=$(basename "$(readlink "$state/current")")
  forget_way_back
  sync "$state"
  tidy_up
  forget_dead_runs
  forget_old_runs
}

# What is left of work that ended more than a day ago.
forget_old_runs() {
  find "$state/run" -mindepth 1 -maxdepth 1 ! -path "$run" -mmin +1440 -exec rm -rf {} + 2> /dev/null || :
}

forget_own_secrets() {
  free_room "$run"
  rm -rf "$run/answers" "$run/questions-of" "$run/gnupg"
}

# A run that found the disk read-only before it had the lock could not tidy up behind itself. One that waits is alive; one
# that has just been unpacked begins at any moment.
forget_dead_runs() {
  find "$state/run" -mindepth 2 -maxdepth 2 -name data ! -path "$run/*" ! -newermt '5 seconds ago' |
    while read -r data; do
      other=$(dirname "$data")
      systemctl is-active --quiet "vc4all-apply-$(basename "$other").service" || free_room "$other"
    done
}

# Those of a certificate that was never finished as well; only who holds the lock may do this.
forget_secrets() {
  forget_own_secrets
  rm -f "$secrets"/*.new "$state"/acme/.well-known/acme-challenge/*
  rm -rf "$state/tls/pairs/pending"
}
