# Makes a new key for the names given, such as DNS:NAME or IP:ADDRESS, and prints a certificate request (DER); the key stays here.
set -eu
export LC_ALL=C
umask 027
pairs=/var/lib/vc4all/tls/pairs
pending=$pairs/pending
mkdir -p "$pairs"
rm -rf "$pending"
mkdir "$pending"
names=
for name in "$@"; do names="$names${names:+,}$name"; done
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -subj / \
  -addext "subjectAltName=$names" -keyout "$pending/privkey.pem" -outform DER 2> "$pending/said" ||
  { cat "$pending/said" >&2; exit 1; }
rm -f "$pending/said"
