# Forgets what was laid aside: forget.sh WHAT…, where WHAT is `account`, `rest`, a serial number, or `pairs/SERIAL` for a pair that
# goes with its key, unless the servers show it.
set -eu
tls=/var/lib/vc4all/tls
live=$(readlink "$tls/live" 2> /dev/null || :)
for what; do
  case $what in
    "$live") ;;
    pairs/*) rm -rf "${tls:?}/$what" ;;
    *) rm -rf "$tls/compromised/${what:?}" ;;
  esac
done
rmdir "$tls/compromised" 2> /dev/null || :
sync -f "$tls"
