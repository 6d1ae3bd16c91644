# What was there before, and the way back to it.
# shellcheck shell=sh
#   kept PATH       a copy stands in RUN/old     absent PATH   nothing stood there
#   folder PATH     it was a folder; RUN/old has its owner and mode alone
#   unit NAME ENABLED ACTIVE                     (as systemctl said before the first change)
#   switching NAME                               (a unit that is enabled or disabled now)
#   added NAME, aside NAME, brought NAME         (an account at the door, see roster.sh and backup.sh)
#   loose NAME                                   (a package that was not held, and is)
#   answered -                                   (debconf; the answers before stand in RUN/old/answers-before)
#   package NAME VERSION                         (Jitsi's package, as it was; see versions.sh)
#   swapping        from here on the units may have read what we wrote

begin_journal() {
  mkdir -p "$run/old" "$run/new" || return 1
  set_room_aside || { tell "output the disk has no $room left for the way back"; return 1; }
  : > "$run/noted"
  xargs -r systemctl show -p Id -p UnitFileState -p ActiveState < "$run/units" | awk -F= '
    $1 == "Id" { name = $2; file = active = "" } $1 == "UnitFileState" { file = $2 } $1 == "ActiveState" { active = $2 }
    function tell() { if (name != "") print "unit", name, (file == "" ? "absent" : file), active; name = "" }
    /^$/ { tell() }
    END { tell() }' >> "$run/noted"
  : > "$run/journal" && write_down
}

# What the way back may need where the disk is full by then: the list of trusted certificates, debconf's answers, words.
room=32MiB
set_room_aside() { fallocate --posix --length "$room" "$run/room" 2> /dev/null; }
free_room() { rm -rf "$1/new" "$1/stage" "$1/data" "$1/room"; }

# A disk that is full or read-only now may be mended later.
has_room() {
  fallocate --posix --length 1MiB "$state/try" 2> /dev/null && sync "$state/try" 2> /dev/null
  tried=$?
  rm -f "$state/try" 2> /dev/null
  return "$tried"
}

is_folder() { [ -d "$1" ] && [ ! -L "$1" ]; }

is_kept() { cat "$run/journal" "$run/noted" 2> /dev/null | grep -qxF -e "kept $1" -e "absent $1" -e "folder $1"; }

# A run whose generation is in force is not broken, however it ended.
is_committed() { [ "$(cat "$state/current/run" 2> /dev/null)" = "$1" ]; }

# Keeps what stands at a path, once, before it is changed.
keep() { note "$1" && write_down; }

# Keeps owner and mode of a folder; its content is nobody's to copy.
keep_folder() {
  is_kept "$1" && return 0
  is_folder "$1" || { keep "$1"; return; }
  mkdir -p "$run/old$1" && chown --reference="$1" "$run/old$1" && chmod --reference="$1" "$run/old$1" &&
    printf 'folder %s\n' "$1" >> "$run/noted" && write_down
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
  if grep -q -e '^kept ' -e '^folder ' "$run/noted"; then sync -f "$run/old" || return 1; fi
  # In one piece: on a full disk half a line would name another path.
  cat "$run/journal" "$run/noted" > "$run/journal.next" && sync "$run/journal.next" &&
    mv -f "$run/journal.next" "$run/journal" && sync "$run" && rm -f "$run/noted"
}
