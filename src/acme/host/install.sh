# Puts the chain on standard input beside its key and swaps the pair: install.sh NAME AUTHORITY HSTS UNIT…
# where UNIT is reload:NAME or restart:NAME. The old pair comes back when anything fails; when this script is killed, by the
# journal in the folder $held of whoever holds the lock for it.
set -eu
export LC_ALL=C
umask 027
name=$1 authority=$2 hsts=$3
shift 3
tls=/var/lib/vc4all/tls
pending=$tls/pairs/pending
held=${held:?}

fail() {
  echo "$1" >&2
  exit 1
}

cat > "$pending/fullchain.pem"
of_key=$(openssl pkey -in "$pending/privkey.pem" -pubout) || fail 'the key of the request is gone'
of_leaf=$(openssl x509 -in "$pending/fullchain.pem" -noout -pubkey) || fail 'the chain cannot be read'
[ "$of_key" = "$of_leaf" ] || fail 'the certificate is for another key'
printf '%s\n' "$authority" > "$pending/authority"
if [ "$hsts" = hsts ]; then
  echo 'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;' > "$pending/hsts.conf"
else
  : > "$pending/hsts.conf"
fi
serial=$(openssl x509 -in "$pending/fullchain.pem" -noout -serial)
serial=${serial#serial=}
[ -n "$serial" ] || fail 'the certificate has no serial number'
group=root
getent group turnserver > /dev/null && group=turnserver
chown -R "root:$group" "$pending"
chmod 750 "$pending"
chmod 640 "$pending"/*
[ "$(readlink "$tls/live" || :)" != "pairs/$serial" ] || fail 'the authority used the serial number in force again'
rm -rf "$tls/pairs/$serial"
mv -T "$pending" "$tls/pairs/$serial"
before=$(readlink "$tls/live" || :)

point_to() {
  ln -sfn "$1" "$tls/live.new" && mv -fT "$tls/live.new" "$tls/live"
}

# A server opens chain and key one after the other, both by the link: one that somebody else starts in the very moment of the
# swap may read two that do not belong together, and fail. It is started again; one that runs goes on with what it has.
wake() {
  for unit in "$@"; do
    if systemctl is-failed --quiet "${unit#*:}"; then
      systemctl restart "${unit#*:}" || return 1
    fi
    systemctl is-active --quiet "${unit#*:}" || continue
    systemctl "${unit%%:*}" "${unit#*:}" || return 1
  done
}

# The serial that a port shows; the daemon may need a moment after its reload.
shows() {
  tries=0
  while [ "$tries" -lt 50 ]; do
    shown=$(timeout 5 openssl s_client -connect "$1" -servername "$name" < /dev/null 2> /dev/null |
      openssl x509 -noout -serial 2> /dev/null || :)
    [ "$shown" != "serial=$serial" ] || return 0
    tries=$((tries + 1))
    sleep 0.2
  done
  echo "$1 does not show the new certificate" >&2
  return 1
}

in_force() {
  nginx -t -q && wake "$@" && shows "127.0.0.1:443" || return 1
  # coturn listens on the host's own addresses alone.
  if systemctl is-active --quiet coturn.service; then
    # None of a link alone: it cannot be called without the name of the link.
    addresses=$(ss -Hltn 'sport = :5349' | awk '{ print $4 }' | sed 's/^\*:/127.0.0.1:/' | grep -v '^\[fe80:' | sort -u)
    [ -n "$addresses" ] || return 1
    for address in $addresses; do shows "$address" || return 1; done
  fi
}

# The pair is on the disk before the link counts.
sync -f "$tls"
echo swapping >> "$held/journal"
sync "$held/journal"
point_to "pairs/$serial"
if ! in_force "$@"; then
  if [ -n "$before" ]; then
    point_to "$before"
    wake "$@" || :
  fi
  rm -rf "$tls/pairs/$serial" "$held/journal"
  fail 'the servers did not take the new certificate; the old one is back'
fi
sync "$tls"
# The connection may have been silent for so long that the host took the old pair back.
[ "$(readlink "$tls/live")" = "pairs/$serial" ] || fail 'the host took the old certificate back meanwhile'
# Without a journal nothing is brought back any more.
rm -f "$held/journal"
sync "$held"
# The pair before this one stays where it is for the same name; older ones go.
if ! openssl x509 -in "$tls/$before/fullchain.pem" -noout -checkhost "$name" 2> /dev/null | grep -q 'does match'; then before=; fi
for pair in "$tls"/pairs/*; do
  case ${pair#"$tls/"} in
    "$before" | "pairs/$serial") ;;
    *) rm -rf "$pair" ;;
  esac
done
echo "$serial"
