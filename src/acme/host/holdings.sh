# Tells which certificates of authorities the host holds, and which ones an earlier run left to be revoked: lines
# `certificate PLACE SERIAL AUTHORITY`, each followed by the certificate (PEM). `rest` and `account` say what else was left. It changes
# nothing.
set -eu
export LC_ALL=C
tls=/var/lib/vc4all/tls
live=$(readlink "$tls/live" 2> /dev/null || :)

# A pair without an authority is one that the host signed itself.
give() {
  [ -s "$2/authority" ] && [ -s "$2/$3" ] || return 0
  pem=$(openssl x509 -in "$2/$3" 2> /dev/null) || return 0
  printf 'certificate %s %s %s\n%s\n' "$1" "${2##*/}" "$(head -n 1 "$2/authority" | head -c 1000)" "$pem"
}

for pair in "$tls"/pairs/*; do
  case ${pair##*/} in *[!0-9A-F]*) continue ;; esac
  if [ "pairs/${pair##*/}" = "$live" ]; then give in-force "$pair" fullchain.pem; else give former "$pair" fullchain.pem; fi
done
for left in "$tls"/compromised/*; do
  case ${left##*/} in *[!0-9A-F]*) continue ;; esac
  # The one in force stands above.
  [ "pairs/${left##*/}" = "$live" ] || give left "$left" certificate.pem
done
if [ -e "$tls/compromised/rest" ]; then echo rest; fi
if [ -e "$tls/compromised/account" ]; then echo account; fi
echo end
