# Puts the chain on standard input beside the key of a rehearsal, looks whether they belong together and whether the servers could
# be given them, and removes both. What is in force is not touched.
set -eu
export LC_ALL=C
umask 027
place=/var/lib/vc4all/tls/pairs/rehearsal

fail() {
  echo "$1" >&2
  exit 1
}

trap 'rm -rf "$place"' EXIT
cat > "$place/fullchain.pem"
of_key=$(openssl pkey -in "$place/privkey.pem" -pubout) || fail 'the key of the request is gone'
of_leaf=$(openssl x509 -in "$place/fullchain.pem" -noout -pubkey) || fail 'the chain cannot be read'
[ "$of_key" = "$of_leaf" ] || fail 'the certificate is for another key'
[ -n "$(openssl x509 -in "$place/fullchain.pem" -noout -serial)" ] || fail 'the certificate has no serial number'
sync -f "$place"
# What else the real one needs, and may not have in the sandbox of a unit: coturn's group for the pair, nginx's own judgement,
# and systemd's ear.
if getent group turnserver > /dev/null; then
  chown -R root:turnserver "$place" || fail "the pair could not be handed to coturn's group"
fi
if systemctl is-active --quiet nginx.service; then
  nginx -t -q || fail 'nginx does not take its configuration'
fi
