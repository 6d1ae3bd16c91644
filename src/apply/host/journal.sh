# What was there before, and the way back to it.
# shellcheck shell=sh
#   kept PATH       a copy stands in RUN/old     absent PATH   nothing stood there
#   unit NAME ENABLED ACTIVE                     (as systemctl said before the first change)
#   added NAME, aside NAME, brought NAME         (an account at the door, see roster.sh and backup.sh)
#   package NAME VERSION                         (Jitsi's package, as it was; see versions.sh)
#   swapping        from here on the units may have read what we wrote

begin_journal() {
  mkdir -p "$run/old" "$run/new"
  : > "$run/journal"
  xargs -r systemctl show -p Id -p UnitFileState -p ActiveState < "$run/units" | awk -F= '
    $1 == "Id" { name = $2; file = active = "" } $1 == "UnitFileState" { file = $2 } $1 == "ActiveState" { active = $2 }
    function tell() { if (name != "") print "unit", name, (file == "" ? "absent" : file), active; name = "" }
    /^$/ { tell() }
    END { tell() }' >> "$run/journal"
}

is_folder() { [ -d "$1" ] && [ ! -L "$1" ]; }

is_kept() { cat "$run/journal" "$run/noted" 2> /dev/null | grep -qxF -e "kept $1" -e "absent $1"; }

# Keeps what stands at a path, once, before it is changed.
keep() { note "$1" && write_down; }

# Keeps owner and mode of a folder; its content is nobody's to copy.
keep_folder() {
  is_kept "$1" && return 0
  is_folder "$1" || { keep "$1"; return; }
  mkdir -p "$run/old$1" && chown --reference="$1" "$run/old$1" && chmod --reference="$1" "$run/old$1" &&
    printf 'kept %s\n' "$1" >> "$run/noted" && write_down
}

# Copies what stands at a path; nothing may be changed before it is written down.
note() {
  is_kept "$1" && return 0
  if [ -e "$1" ] || [ -L "$1" ]; then
    mkdir -p "$run/old${1%/*}" && cp -aT --remove-destination "$1" "$run/old$1" || return 1
    printf 'kept %s\n' "$1" >> "$run/noted"
  else
    printf 'absent %s\n' "$1" >> "$run/noted"
  fi
}

# The copies are on the disk before the journal names them: a journal that lied would put rubbish back.
write_down() {
  [ -s "$run/noted" ] || return 0
  if grep -q '^kept ' "$run/noted"; then sync -f "$run/old" || return 1; fi
  # In one piece: on a full disk half a line would name another path.
  cat "$run/journal" "$run/noted" > "$run/journal.next" && sync "$run/journal.next" &&
    mv -f "$run/journal.next" "$run/journal" && rm -f "$run/noted"
}

# Brings back everything that the journal of a run names; goes on after a failure and reports it at the end.
restore() {
  from=$1
  whole=0
  [ -f "$from/journal" ] || return 0
  # A run whose generation is in force is not broken, however it ended.
  [ "$(cat "$state/current/run" 2> /dev/null)" != "$from" ] || return 0
  # The copies may need the room that the candidates take.
  rm -rf "$from/new" "$from/stage" "$from/data"
  # Before the files: a package's scripts may write into them.
  return_packages "$from" || whole=1
  while read -r what path _; do
    case $what in
      kept) put_back "$from/old$path" "$path" || whole=1 ;;
      added) as_door take_back "$path" || whole=1 ;;
      brought) as_door forget "$path" || whole=1 ;;
      aside) as_door bring_back "$path" || whole=1 ;;
      absent)
        rm -f "$path.vc4all-new"
        if is_folder "$path"; then rmdir "$path" 2> /dev/null; else rm -f "$path" || whole=1; fi
        ;;
    esac
  done << EOF
$(sed -n '1!G;h;$p' "$from/journal")
EOF
  note_packages "$from" || tell 'output the packages of this run could not be written down'
  restore_units "$from" || whole=1
  mv -f "$from/journal" "$from/journal.restored"
  return "$whole"
}

put_back() {
  rm -rf "$2.vc4all-new" "$2.vc4all-old"
  # A folder that is still there keeps its content; only what we own is set back.
  if is_folder "$1" && is_folder "$2"; then
    chown --reference="$1" "$2" && chmod --reference="$1" "$2"
    return
  fi
  cp -aT "$1" "$2.vc4all-old" && mv -fT "$2.vc4all-old" "$2" && return 0
  # On a full disk a rename still works.
  rm -rf "$2.vc4all-old"
  mv -fT "$1" "$2" && return 0
  tell "output could not put back $2"
  return 1
}

restore_units() {
  systemctl daemon-reload
  fine=0 verb=start
  grep -qx swapping "$1/journal" && verb=restart
  while read -r what name enabled active; do
    [ "$what" = unit ] || continue
    case $enabled in
      enabled) systemctl enable --quiet "$name" 2> /dev/null || : ;;
      static | generated | alias | indirect) ;;
      *) systemctl disable --quiet "$name" 2> /dev/null || : ;;
    esac
    if [ "$active" = active ]; then
      systemctl "$verb" "$name" || { tell "output could not $verb $name"; fine=1; }
    else
      systemctl stop "$name" 2> /dev/null || :
    fi
  done < "$1/journal"
  systemctl reset-failed 2> /dev/null || :
  return "$fine"
}
