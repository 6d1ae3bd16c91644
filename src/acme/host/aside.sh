# Lays the certificates of all pairs of authorities aside, so that they can be revoked when their pairs are gone.
set -eu
export LC_ALL=C
umask 077
tls=/var/lib/vc4all/tls
mkdir -p "$tls/compromised"
for pair in "$tls"/pairs/*; do
  serial=${pair##*/}
  case $serial in *[!0-9A-F]*) continue ;; esac
  [ -s "$pair/authority" ] || continue
  # What is no certificate cannot be revoked.
  openssl x509 -in "$pair/fullchain.pem" -noout 2> /dev/null || continue
  rm -rf "$tls/compromised/$serial.new"
  mkdir "$tls/compromised/$serial.new"
  cp "$pair/authority" "$tls/compromised/$serial.new/authority"
  openssl x509 -in "$pair/fullchain.pem" -out "$tls/compromised/$serial.new/certificate.pem"
  rm -rf "$tls/compromised/$serial"
  mv -T "$tls/compromised/$serial.new" "$tls/compromised/$serial"
done
: > "$tls/compromised/account"
sync -f "$tls"
