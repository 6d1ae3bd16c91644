# Jitsi's packages: which version, from one to another, and back. A word NAME=VERSION stands for a package.
# shellcheck shell=sh
# The packages of the version in force and of the one before it wait here, for the way back; it needs no network.
shelf=$state/packages

# The kept file of a package; its name is not believed.
kept_file() {
  for file in "$shelf/${1%%=*}"_*.deb; do
    # shellcheck disable=SC2016 # the names belong to dpkg-deb
    [ "$(dpkg-deb -W --showformat='${Package}=${Version}' "$file" 2> /dev/null)" = "$1" ] || continue
    printf '%s\n' "$file"
    return 0
  done
  return 1
}

kept_files() {
  for word in "$@"; do kept_file "$word" || return 1; done
}

# A repository may have put another package under the same version; where it still names one, that one counts.
is_in_force() {
  file=$(kept_file "$1") || return 1
  named=$(apt-cache show "$1" 2> /dev/null | awk '$1 == "SHA256:" { print $2; exit }')
  [ -z "$named" ] || [ "$(sha256sum < "$file")" = "$named  -" ]
}

# Fetches what is not kept yet; apt checks it against the signed lists. A file is there wholly or not at all.
fetch_packages() {
  mkdir -p "$shelf" "$run/fetched" || return 1
  for word in "$@"; do
    is_in_force "$word" && continue
    wait_for_apt || return 1
    rm -rf "$run/fetched" && mkdir "$run/fetched" || return 1
    if ! (cd "$run/fetched" && quietly timeout -k 30 900 apt-get -q -o Acquire::Retries=2 download "$word"); then
      tell "output the repository does not give $word"
      return 1
    fi
    sync -f "$run/fetched" && mv -f "$run/fetched"/*.deb "$shelf/" && kept_file "$word" > /dev/null || return 1
  done
  rm -rf "$run/fetched"
}

is_offered() {
  apt-cache madison "${1%%=*}" 2> /dev/null | awk -v wanted="${1#*=}" '$3 == wanted { found = 1 } END { exit !found }'
}

are_offered() {
  for word in "$@"; do is_offered "$word" || return 1; done
}

# The newest set that the repository has, for packages that are not installed: RUN/data/$1 has a set in each line.
choose_versions() {
  sets=$run/data/$1
  shift
  mend_packages && refresh_lists || return 1
  chosen=
  while read -r _ words && [ -z "$chosen" ]; do
    # shellcheck disable=SC2086 # words without spaces
    if are_offered $words; then chosen=$words; fi
  done < "$sets"
  if [ -n "$chosen" ]; then
    :
  elif [ -s "$sets" ] && [ $# -lt 4 ]; then
    tell "output the repository has no version of $* that belongs to Jitsi's other packages on this host"
    return 1
  else
    chosen=$(newest "$@") || return 1
    tell "note The repository has no known-good set; its newest versions were taken, and nobody vouches for them: $chosen"
  fi
  # shellcheck disable=SC2086 # words without spaces
  fetch_packages $chosen && put_packages $chosen
}

newest() {
  for name in "$@"; do
    version=$(apt-cache policy "$name" | awk '$1 == "Candidate:" { print $2 }')
    case $version in '' | '(none)') tell "output the repository has no package $name"; return 1 ;; esac
    printf '%s=%s ' "$name" "$version"
  done
}

# Installs kept packages, with what they depend on; nothing starts before it is configured.
put_packages() {
  export APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1
  files=$(kept_files "$@") || return 1
  forbid_starts
  # shellcheck disable=SC2086 # paths of ours hold no spaces
  apt install --no-install-recommends --allow-downgrades --allow-change-held-packages $files
  result=$?
  allow_starts
  return "$result"
}

# The way back is there before anything is changed. What belongs to no version in force goes.
keep_packages() {
  mend_packages || return 1
  if ! fetch_packages "$@"; then
    tell 'output without the packages of the present version there is no way back, so nothing is changed'
    return 1
  fi
  present=$(kept_files "$@") || return 1
  for file in "$shelf"/*.deb; do
    case "$newline$present$newline" in *"$newline$file$newline"*) ;; *) obsolete="${obsolete:-} $file" ;; esac
  done
  sync -f "$shelf" || return 1
  for word in "$@"; do printf 'package %s %s\n' "${word%%=*}" "${word#*=}"; done > "$run/noted" && write_down
}

# Fetches the other versions, and refuses when apt would do more to the system than they need.
foresee_upgrade() {
  fetch_packages "$@" || return 1
  files=$(kept_files "$@") || return 1
  # What the version before the present one left here is of no more use.
  for file in ${obsolete:-}; do
    case "$newline$files$newline" in *"$newline$file$newline"*) ;; *) rm -f "$file" ;; esac
  done
  # shellcheck disable=SC2086 # paths of ours hold no spaces
  apt -s install --no-install-recommends --allow-downgrades --allow-change-held-packages $files || return 1
  strange=$(awk -v ours=" $(for word in "$@"; do printf '%s ' "${word%%=*}"; done)" '
    { name = $2; sub(/:.*/, "", name) }
    $1 == "Remv" { printf "remove %s, ", name }
    $1 == "Inst" && $3 ~ /^\[/ && index(ours, " " name " ") == 0 { printf "change %s, ", name }' "$run/output")
  [ -z "$strange" ] || { tell "output apt would also ${strange%, }"; return 1; }
}

# The journal has had the present versions since `keep`.
upgrade_packages() {
  echo swapping >> "$run/journal" && sync "$run/journal" || return 1
  mend_packages && put_packages "$@" && hold_packages "$@"
}

hold_packages() {
  for word in "$@"; do quietly apt-mark hold "${word%%=*}" || return 1; done
}

# Takes the packages of a run back to the versions that its journal names, from the kept files, and holds them again.
return_packages() {
  [ -f "$1/journal" ] || return 0
  former=$(awk '$1 == "package" { print $2 "=" $3 }' "$1/journal")
  [ -n "$former" ] || return 0
  strayed= loose=
  for word in $former; do
    # shellcheck disable=SC2016 # the names belong to dpkg-query
    case $(dpkg-query -W -f '${Package}=${Version} ${db:Status-Status} ${db:Status-Want}' "${word%%=*}" 2> /dev/null) in
      "$word installed hold") ;;
      "$word installed "*) loose="$loose $word" ;;
      *) strayed="$strayed $word" loose="$loose $word" ;;
    esac
  done
  [ -n "$loose" ] || return 0
  wait_for_apt || return 1
  back=0
  if [ -n "$strayed" ]; then
    # A daemon that began before this runs from another version.
    rm -f "$1/early"
    forbid_starts
    # shellcheck disable=SC2086 # words without spaces
    files=$(kept_files $strayed) && quietly dpkg --force-confold --force-confdef --install $files &&
      mend_packages offline || back=1
    allow_starts
  fi
  # shellcheck disable=SC2086 # words without spaces
  hold_packages $loose || back=1
  [ "$back" = 0 ] || tell "output could not take the packages back to$strayed"
  return "$back"
}
