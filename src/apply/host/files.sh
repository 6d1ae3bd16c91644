# Files, folders and links: candidates first, then all swaps.
# shellcheck shell=sh

# Puts the secrets of this host in the place of their marks.
expand() {
  awk -v folder="$secrets" '
    BEGIN {
      listing = "ls " folder " 2>/dev/null"
      while ((listing | getline name) > 0) if ((getline held < (folder "/" name)) > 0) value[name] = held
      RS = "\001"
    }
    {
      text = $0; out = ""
      while (match(text, /__vc4all_secret_[a-z0-9]+__/)) {
        name = substr(text, RSTART + 16, RLENGTH - 18)
        if (!(name in value)) { failed = 1; exit 1 }
        out = out substr(text, 1, RSTART - 1) value[name]
        text = substr(text, RSTART + RLENGTH)
      }
      printf "%s%s", out, text
    }
    END { exit failed }' "$1"
}

make_directory() {
  path=$1 owner=$2 group=$3 mode=$4
  make_parents "$path" && keep_folder "$path" && mkdir -p "$path" && give "$path" "$owner" "$group" "$mode"
}

# Makes the folders above a path, readable for all, and remembers each of them for the way back.
make_parents() {
  [ ! -d "${1%/*}/" ] || return 0
  make_parents "${1%/*}" || return 1
  above=${1%/*}
  keep "$above" && (umask 022 && mkdir "$above")
}

# Sets owner and mode. A user of a package that is not installed yet gets the path when everything is settled; until
# then it is root's alone.
give() {
  if is_known "$2" "$3"; then
    chown -h "$2:$3" "$1" && chmod "$4" "$1"
  else
    printf '%s %s %s %s\n' "$@" >> "$run/waiting"
    chown root:root "$1" && chmod u=rwX,go= "$1"
  fi
}

# Who is there once is there for the whole run.
known=
is_known() {
  case $known in *" $1:$2 "*) return 0 ;; esac
  getent passwd "$1" > /dev/null && getent group "$2" > /dev/null && known="$known $1:$2 "
}

give_what_waits() {
  [ -f "$run/waiting" ] || return 0
  mv "$run/waiting" "$run/waited"
  while read -r path owner group mode; do
    give "$path" "$owner" "$group" "$mode" || return 1
  done < "$run/waited"
  [ ! -f "$run/waiting" ] || { tell "output no such user or group: $(head -n 1 "$run/waiting")"; return 1; }
}

# A candidate waits in RUN/new under its own path, with its owner and mode.
stage_file() {
  data=$1 kind=$2 path=$3 owner=$4 group=$5 mode=$6
  make_room "$path" || return 1
  if [ "$kind" = secrets ]; then
    expand "$run/data/$data" > "$run/new$path" || { tell "output a secret for $path is missing"; return 1; }
  elif [ -f "$run/data/$data" ]; then
    cp "$run/data/$data" "$run/new$path" || return 1
  else
    # A program that did not travel: an earlier generation left it here.
    cp "$state/programs/$data" "$run/new$path" && is_digest "$run/new$path" "$data" ||
      { tell "output the program for $path is not kept on the host"; return 1; }
  fi
  give "$run/new$path" "$owner" "$group" "$mode"
}

make_room() { [ -d "$run/new${1%/*}/" ] || mkdir -p "$run/new${1%/*}"; }

stage_link() {
  make_room "$1" && ln -sfn "$2" "$run/new$1"
}

# What stood there before we came takes its place again, with the owner and mode that it had.
stage_original() {
  make_room "$1" && cp -aT --remove-destination "$state/originals$1" "$run/new$1" && return 0
  tell "output what stood at $1 before us is not kept any more"
  return 1
}

stage_removal() { printf '%s\n' "$1" >> "$run/removals"; }

candidates() { (cd "$run/new" && find . ! -type d -printf '/%P\n' | sort); }

# Whether a file may stand there; asked before anything is swapped.
is_free() {
  is_folder "$1" || return 0
  tell "output $1 is a folder, a file belongs there"
  return 1
}

# Takes the place of what stands at a path, in one rename.
swap() {
  path=$1
  is_free "$path" && make_parents "$path" || return 1
  # What stands at that name may be a trap of the folder's owner: nothing is written through it.
  cp -aT --remove-destination "$run/new$path" "$path.vc4all-new" && mv -fT "$path.vc4all-new" "$path" && return 0
  rm -f "$path.vc4all-new"
  tell "output could not write $path"
  return 1
}

swap_all() {
  for path in $(candidates); do
    is_free "$path" && note "$path" || return 1
  done
  write_down && echo swapping >> "$run/journal" || return 1
  for path in $(candidates); do
    swap "$path" || return 1
  done
  rm -f "$run/lists-are-fresh"
  take_away
}

take_away() {
  [ -f "$run/removals" ] || return 0
  while read -r path; do
    keep "$path" && rm -rf "$path" || return 1
  done < "$run/removals"
}

# A package's scripts may have rewritten our files or laid down what must not be there: theirs are set right again.
settle_all() {
  give_what_waits || return 1
  for path in $(candidates); do
    same "$path" || swap "$path" || return 1
  done
  take_away
}

same() {
  if [ -L "$run/new$1" ]; then
    [ -L "$1" ] && [ "$(readlink "$run/new$1")" = "$(readlink "$1")" ]
    return
  fi
  [ -f "$1" ] && [ ! -L "$1" ] && cmp -s "$run/new$1" "$1" || return 1
  access=$(stat -c %U:%G:%a "$run/new$1" "$1")
  [ "${access%"$newline"*}" = "${access#*"$newline"}" ]
}
