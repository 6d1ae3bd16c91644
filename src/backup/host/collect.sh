# Gathers what has to survive the loss of this host, and changes nothing. Reads on standard input the pairs that the host
# signed itself, one a line: NAME KEY CERTIFICATE. Prints `file NAME LENGTH` and so many bytes for each file, packed.
# Ends with 3 where no generation stands, with 4 where somebody is at work, with 5 where something moved meanwhile.
set -u
export LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/lib/vc4all
secrets=/etc/vc4all/secrets
door=/var/lib/vc4all-door

refuse() {
  echo "$2" >&2
  exit "$1"
}

# give NAME PATH: a file, where there is one.
give() {
  [ -f "$2" ] || return 0
  size=$(stat -Lc %s "$2") && printf 'file %s %s\n' "$1" "$size" && head -c "$size" "$2" && echo
}

# The folder is the door's own, so it is read with the door's rights: what the door may have put there leads root nowhere.
# While it is read nobody writes in it; each writer takes this lock.
give_accounts() (
  cd "$door/" 2> /dev/null && [ -d accounts ] || return 0
  owner=$(stat -c %u .) group=$(stat -c %g .)
  # shellcheck disable=SC2016 # the inner shell expands
  timeout 60 setpriv --reuid="$owner" --regid="$group" --clear-groups --no-new-privs sh -c '
    exec 8< accounts && flock -s -w 20 8 || exit 1
    find accounts/ -maxdepth 1 -type f -regextype posix-extended -regex "accounts/[a-z0-9][a-z0-9._-]{1,31}\.json" |
      sort | while read -r file; do
        size=$(stat -c %s "$file") && printf "file %s %s\n" "$file" "$size" && head -c "$size" "$file" && echo || exit 1
      done'
)

gather() {
  printf 'generation %s\n' "$(basename "$before")"
  # What the operator handed over they have in a file of their own, and hand over again.
  given=" $(awk '$1 == "given" { print $2 }' "$state/current/manifest" | tr '\n' ' ')"
  for path in "$secrets"/*; do
    case $given in *" ${path##*/} "*) continue ;; esac
    case ${path##*/} in *[!a-z0-9]*) ;; *) give "secrets/${path##*/}" "$path" || return 1 ;; esac
  done
  if [ -s "$state/tls/live/authority" ]; then
    for part in privkey.pem fullchain.pem authority; do give "certificate/$part" "$state/tls/live/$part" || return 1; done
  fi
  give authority-account.json "$state/acme-account.json" || return 1
  while read -r name key certificate; do
    if [ -f "$key" ] && [ -f "$certificate" ]; then
      give "pairs/$name/key.pem" "$key" && give "pairs/$name/certificate.pem" "$certificate" || return 1
    fi
  done
  for part in who plan record manifest; do give "generation/$part" "$state/current/$part" || return 1; done
  # The door prints these itself: from this word on nothing but accounts is taken.
  echo accounts
  give_accounts || return 1
  echo end
}

before=$(readlink "$state/current") || refuse 3 'no generation'
# Whoever wants the host's lock holds this one first: meanwhile no work begins.
exec 9< "$state/lock.guard" || exit 1
flock -w 30 9 || refuse 4 'the lock is being taken'
[ ! -e "$state/lock" ] || refuse 4 "$(sed -n 4,5p "$state/lock/owner" 2> /dev/null | tr '\n' ' ')"
live=$(readlink "$state/tls/live")
{
  gather || exit 1
} | gzip -1
# A shell without pipefail: what is cut short has no `end`, and its reader says so.
[ "$before $live" = "$(readlink "$state/current") $(readlink "$state/tls/live")" ] || refuse 5 'it changed meanwhile'
