# The pair in force is revoked: it counts as one of no authority from now on, so that whoever goes on with this host gets another.
set -eu
tls=/var/lib/vc4all/tls
rm -f "$tls/live/authority"
sync -f "$tls"
