# Looks at what vc4all-deploy left on a host and changes nothing. Reads questions on standard input, one a line:
#   path P   what stands at P          package P   whether dpkg still knows P
# and asks itself about everything that the manifest names. Answers in lines; `look.sh digest` prints their digest alone.
set -u
export LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/lib/vc4all
questions=$(cat)

# Without a generation, packages that a run brought before it failed are still ours.
entries() {
  if [ -f "$state/current/manifest" ]; then
    cat "$state/current/manifest"
  elif [ -s "$state/brought" ]; then
    # shellcheck disable=SC2016 # the names belong to dpkg-query
    xargs -r dpkg-query -W -f '${db:Status-Abbrev} package ${Package} ${Version} made\n' < "$state/brought" 2> /dev/null |
      awk '$1 !~ /^.[cn]/ { print $2, $3, $4, $5 }'
  fi
}

asked() { printf '%s\n' "$questions" | awk -v kind="$1" '$1 == kind { print $2 }'; }
named() { printf '%s\n' "$manifest" | awk -v kinds="$1" '$1 ~ "^(" kinds ")$" { print $2 }'; }
brought() { printf '%s\n' "$manifest" | awk '$1 == "package" && $4 == "made" { print $2 }'; }

see_manifest() {
  printf 'generation %s\n' "$(basename "$(readlink "$state/current" 2> /dev/null || echo 0)")"
  sed -n '2s/^/cause /p' "$state/current/who" 2> /dev/null
  printf '%s\n' "$manifest" | sed -n 's/^./entry &/p'
}

see_paths() {
  { asked path; named 'file|link|directory'; } | sort -u > "$folder/paths"
  xargs -r sh -c 'find "$@" -maxdepth 0 -printf "stands %p %y %u:%g:%m %l\n" 2> /dev/null; :' sh < "$folder/paths" \
    > "$folder/stands"
  cat "$folder/stands"
  # Only what is a regular file is read.
  awk '$3 == "f" { print $2 }' "$folder/stands" | xargs -r sha256sum 2> /dev/null | sed 's/^/sum /'
}

see_originals() {
  [ -d "$state/originals" ] || return 0
  find "$state/originals" ! -type d -printf 'original /%P %y %u:%g:%m %l\n' | sort
  (cd "$state/originals" && find . -type f -exec sha256sum {} +) | sed 's,^\([0-9a-f]*\)  \./,original-sum \1 /,' | sort -k 3
}

# What dpkg itself would purge, together and without touching what somebody else needs.
see_packages() {
  # shellcheck disable=SC2016 # the names belong to dpkg-query
  { asked package; named package; } | sort -u | xargs -r dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2> /dev/null |
    awk '$1 !~ /^.n/ { print "package", $2 }' | sort -u
  # shellcheck disable=SC2016 # the name belongs to dpkg-query
  brought | xargs -r dpkg-query -W -f '${Package}\n' 2> /dev/null | sort -u | xargs -r dpkg --no-act --purge 2> /dev/null |
    awk '/^Would remove or purge / { sub(/:.*/, "", $5); print "purge", $5 }' | sort -u
}

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
manifest=$(entries)
{ see_manifest; see_paths; see_originals; see_packages; } > "$folder/answer"
digest=$(sha256sum < "$folder/answer")
if [ "${1:-}" = digest ]; then
  printf '%s\n' "${digest%% *}"
else
  printf 'vc4all-estate 1\n'
  cat "$folder/answer"
  printf 'digest %s\nend\n' "${digest%% *}"
fi
