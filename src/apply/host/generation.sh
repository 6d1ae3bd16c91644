# A run becomes a generation.
# shellcheck shell=sh

# Every package that is on the host in any way, with its version.
installed_packages() {
  # shellcheck disable=SC2016 # the names belong to dpkg-query
  dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' | awk '$1 !~ /^.[cn]/ { print $2, $3 }' | sort -u
}

# Before the first change: what stands there already, of all that is wanted.
begin_manifest() {
  installed_packages > "$run/packages" || return 1
  awk '$1 ~ /^(file|link|directory)$/ { print $2 }' "$run/wanted" | look_at > "$run/stood"
}

# TYPE PATH TARGET of what stands at the paths on standard input.
look_at() { xargs -r sh -c 'find "$@" -maxdepth 0 -printf "%y %p %l\n" 2> /dev/null; :' sh; }

# Remembers which packages came since a run began: those of a run that failed stay on the host, and are ours too.
note_packages() {
  [ -f "$1/packages" ] || return 0
  {
    cat "$state/brought" 2> /dev/null
    installed_packages | awk 'NR == FNR { before[$1]; next } !($1 in before) { print $1 }' "$1/packages" -
  } | sort -u > "$state/brought.new" && sync "$state/brought.new" && mv -f "$state/brought.new" "$state/brought"
}

# Makes the run the next generation; the link is what counts.
commit() {
  last=$(basename "$(readlink "$state/current" 2> /dev/null || echo 0)")
  generation=$((last + 1))
  home=$state/generations/$generation
  mkdir -p "$state/generations" && rm -rf "$home" && mkdir "$home" || return 1
  # Until the link turns, the run keeps its journal and can still be restored.
  cp "$run/who" "$run/record" "$run/steps" "$run/plan" "$run/programs" "$home/" || return 1
  note_packages "$run" && write_manifest && keep_originals && keep_programs || return 1
  # What the generation names is on the disk before it is in force; /etc may be a disk of its own.
  printf '%s\n' "$run" > "$home/run" && sync -f "$home" && sync -f /etc && sync -f /usr || return 1
  ln -sfn "generations/$generation" "$state/current.new" && mv -fT "$state/current.new" "$state/current" || return 1
  sync "$state"
}

# One line a thing: KIND NAME VALUE ORIGIN. A thing keeps the origin that an earlier manifest gives it. What a package
# of ours laid down was not there before us, whatever run the package came with.
write_manifest() {
  : > "$run/leaving" && : > "$run/found" || return 1
  facts > "$run/facts" || return 1
  awk -v leaving="$run/leaving" -v found="$run/found" '
    function slot(kind, name) { return (kind == "link" ? "file" : kind) " " name }
    function origin(kind, name, from) {
      if (slot(kind, name) in was) return was[slot(kind, name)]
      if (kind == "secret" || kind == "given" || kind == "account" || from in brought) return "made"
      if (kind == "package") return name in brought ? "made" : "found"
      if (kind == "unit") return before[name] ~ /^(absent|disabled)$/ ? "made" : "found"
      return name in stood ? "found" : "made"
    }
    function tell(kind, name, value, from,   is) {
      is = origin(kind, name, from)
      if (is == "found" && kind ~ /^(file|link)$/ && !(slot(kind, name) in was)) print name > found
      print kind, name, value, is
      told[kind " " name]
    }
    function above(path) { while (sub("/[^/]*$", "", path) && path != "") parent[path] }
    $1 == "was" { was[slot($2, $3)] = $5; if ($2 == "directory" && $5 == "made") folder[$3]; next }
    $1 == "stood" { stood[$3]; next }
    $1 == "brought" { brought[$2]; next }
    $1 == "installed" { version[$2] = $3; next }
    $1 == "journal" && $2 == "absent" { folder[$3]; next }
    $1 == "journal" && $2 == "unit" { before[$3] = $4; next }
    $1 == "stands" { type[$3] = $2; target[$3] = $4; next }
    $1 == "sum" { sum[$3] = $2; next }
    $1 != "wanted" { next }
    $2 == "file" { above($3); if ($3 in sum) tell("file", $3, sum[$3], $4); next }
    $2 == "link" { above($3); if (type[$3] == "l") tell("link", $3, target[$3], $4); next }
    $2 == "directory" { above($3); tell("directory", $3, "-", $4); next }
    $2 == "package" { if ($3 in version) tell("package", $3, version[$3], $4); next }
    { tell($2, $3, "-", $4) }
    END {
      for (name in brought) if (name in version && !(("package " name) in told)) print "package", name, version[name], "made"
      for (path in folder) {
        if (type[path] != "d" || ("directory " path) in told) continue
        if (path in parent) print "directory", path, "-", "made"
        else print path > leaving
      }
    }' "$run/facts" | sort > "$home/manifest"
  [ -s "$home/manifest" ]
}

# All that the manifest is made of, each line with a word in front.
facts() {
  sed 's/^/was /' "$state/current/manifest" 2> /dev/null
  sed 's/^/stood /' "$run/stood" && sed 's/^/brought /' "$state/brought" && sed 's/^/journal /' "$run/journal" || return 1
  installed_packages | sed 's/^/installed /'
  {
    awk '$1 ~ /^(file|link|directory)$/ { print $2 }' "$run/wanted"
    awk '$1 == "absent" { print $2 }' "$run/journal"
    awk '$1 == "directory" { print $2 }' "$state/current/manifest" 2> /dev/null
  } | sort -u | look_at > "$run/standing" || return 1
  sed 's/^/stands /' "$run/standing"
  awk '$1 == "f" { print $2 }' "$run/standing" | xargs -r sha256sum | sed 's/^/sum /'
  sed 's/^/wanted /' "$run/wanted"
}

# What stood at a path before we came there for the first time, with owner and mode.
keep_originals() {
  while read -r path; do
    original=$state/originals$path before=$run/old$path
    [ -e "$before" ] || [ -L "$before" ] || before=$path
    mkdir -p "${original%/*}" && cp -aT --remove-destination "$before" "$original" || return 1
  done < "$run/found"
}

# A copy of each program of ours that stands there, for a later way back to this generation.
keep_programs() {
  mkdir -p "$state/programs" || return 1
  while read -r digest path; do
    kept=$state/programs/$digest
    if is_digest "$kept" "$digest"; then continue; fi
    cp --reflink=auto "$path" "$kept.new" && is_digest "$kept.new" "$digest" && mv -fT "$kept.new" "$kept" || return 1
  done < "$run/programs"
}

is_digest() { [ -f "$1" ] && printf '%s  %s\n' "$2" "$1" | sha256sum --check --status 2> /dev/null; }

# The generation is in force, whatever happens to the rest.
tidy_up() {
  forget_removed || tell 'output removed accounts could not be deleted: vc4all-agent no longer reads them'
  drop_accounts
  sort -r "$run/leaving" | while read -r path; do rmdir "$path" 2> /dev/null; done
  forget_originals
  prune "$(cat "$run/keep")"
}

# drop USER@DOMAIN FOLDER NAME: the account of a daemon that nobody wants any more goes when the generation is in force.
drop_account() { printf '%s %s %s\n' "$1" "$2" "$3" >> "$run/dropped"; }

# Its files themselves go: prosodyctl says no for a domain that Prosody has forgotten, and leaves the roster.
drop_accounts() {
  [ -f "$run/dropped" ] || return 0
  while read -r account folder name; do
    # `prosodyctl` deletes nothing of a host that its configuration no longer names. No link of Prosody's is followed.
    if [ -d "/var/lib/prosody/$folder" ]; then
      find "/var/lib/prosody/$folder" -mindepth 2 -maxdepth 2 -name "$name.dat" -delete
      find "/var/lib/prosody/$folder" -type d -empty -delete
    fi
    rm -f "$state/accounts/$account"
  done < "$run/dropped"
}

# An original that was put back is nobody's any more.
forget_originals() {
  [ -d "$state/originals" ] || return 0
  find "$state/originals" ! -type d -printf '/%P\n' | awk '
    NR == FNR { if ($4 == "found") found[$2]; next } !($1 in found)' "$state/current/manifest" - |
    while read -r path; do rm -f "$state/originals$path"; done
  find "$state/originals" -mindepth 1 -type d -empty -delete
}

# prune COUNT: so many generations stay, the one in force among them, and the programs that they name. None of them
# keeps copies of old files: those may hold former secrets.
prune() {
  find "$state/generations" -mindepth 1 -maxdepth 1 -printf '%f\n' | grep -x '[0-9]*' | sort -rn | tail -n "+$(($1 + 1))" |
    while read -r number; do
      [ "$number" = "$generation" ] || rm -rf "$state/generations/$number"
    done
  rm -rf "$state"/generations/*/old "$state"/generations/*/journal
  find "$state/programs" -type f -printf '%f\n' | while read -r digest; do
    cat "$state"/generations/*/programs 2> /dev/null | grep -q "^$digest " || rm -f "$state/programs/$digest"
  done
}
