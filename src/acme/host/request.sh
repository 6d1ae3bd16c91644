# Makes a new key for the names given, such as DNS:NAME or IP:ADDRESS, and prints a certificate request (DER); the key stays
# here, in the folder PLACE beside the pairs: request.sh PLACE NAME…
set -eu
export LC_ALL=C
umask 027
pairs=/var/lib/vc4all/tls/pairs
place=$pairs/$1
shift
mkdir -p "$pairs"
# What an attempt left behind that was killed: keys that nobody needs, and answers to questions that nobody asks any more.
rm -rf "$pairs/pending" "$pairs/rehearsal"
find /var/lib/vc4all/acme/.well-known/acme-challenge -type f -delete 2> /dev/null || :
mkdir "$place"
names=
for name in "$@"; do names="$names${names:+,}$name"; done
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -subj / \
  -addext "subjectAltName=$names" -keyout "$place/privkey.pem" -outform DER 2> "$place/said" ||
  { cat "$place/said" >&2; exit 1; }
rm -f "$place/said"
