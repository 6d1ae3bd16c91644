# Candidates are judged by their real parsers at their real paths, in a private mount namespace where a copy of the
# host's folders with the candidates in it covers the real ones.
# shellcheck shell=sh

# Folders that hold candidates which a parser reads.
proving_ground="/etc /usr/local"

lay_out_stage() {
  [ ! -e "$run/stage" ] || return 0
  for folder in $proving_ground; do
    mkdir -p "$run/stage$folder" && cp -a "$folder/." "$run/stage$folder/" || return 1
    chown --reference="$folder" "$run/stage$folder" && chmod --reference="$folder" "$run/stage$folder" || return 1
    if [ -d "$run/new$folder" ]; then
      # Without the folders themselves, so that those of the host keep their owner and mode.
      (cd "$run/new$folder" && find . ! -type d -print0 | tar -c --null --no-recursion -T - -f "$run/stage.tar") &&
        (umask 022 && tar -xpf "$run/stage.tar" -C "$run/stage$folder") || return 1
      rm -f "$run/stage.tar"
    fi
  done
  if [ -f "$run/removals" ]; then
    while read -r path; do rm -rf "${run:?}/stage$path"; done < "$run/removals"
  fi
}

in_candidate_world() {
  lay_out_stage || { tell 'output no room for a copy of the configuration'; return 1; }
  # shellcheck disable=SC2016 # the inner shell expands
  quietly unshare --mount --propagation private sh -c '
    for folder in '"$proving_ground"'; do mount --bind "$0$folder" "$folder" || exit 1; done
    exec "$@"' "$run/stage" "$@"
}

prove() {
  parser=$1 path=${2:-}
  case $parser in
    nginx) in_candidate_world nginx -t -q ;;
    prosody) in_candidate_world prosodyctl check config ;;
    nftables) in_candidate_world nft --check --file "$path" ;;
    systemd) shift; prove_systemd "$@" ;;
    lua) prove_lua "$path" ;;
    *) return 1 ;;
  esac && return 0
  tell "output the $parser parser refused the candidate ${path:-configuration}"
  return 1
}

# Lua's compiler is no package of its own need: loading without running is the same proof.
prove_lua() {
  lua=$(command -v lua5.4 || command -v lua) || { tell 'output no Lua interpreter on the host'; return 1; }
  # shellcheck disable=SC2016 # the program is Lua
  quietly "$lua" -e 'local fine, why = loadfile(arg[1]); if not fine then io.stderr:write(why, "\n"); os.exit(1) end' - \
    "$run/new$path"
}

# systemd judges units of ours, and units whose drop-ins these are. It has something to say of other units too: only
# sentences about our files count, and of a unit of ours also those that begin with its name.
prove_systemd() {
  units=$(for file; do case $file in *.d/*) basename "${file%/*}" .d ;; *) basename "$file" ;; esac; done)
  # shellcheck disable=SC2016 # the inner shell expands
  in_candidate_world sh -c '
    said=$(systemd-analyze verify --man=no $0 2>&1)
    for file; do
      printf "%s\n" "$said" | grep -F "$file:" && exit 1
      case $file in *.d/*) ;; *) printf "%s\n" "$said" | grep "^${file##*/}: " && exit 1 ;; esac
    done
    exit 0' "$units" "$@"
}
