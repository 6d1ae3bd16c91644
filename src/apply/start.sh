# Unpacks the bundle on standard input and starts it detached; prints the folder.
set -eu
umask 077
[ -d /var/lib/vc4all ] || mkdir -m 711 /var/lib/vc4all
mkdir -p /var/lib/vc4all/run
run=$(mktemp -d /var/lib/vc4all/run/XXXXXXXXXX)
tar -xzf - -C "$run" || { rm -rf "$run"; exit 1; }
: > "$run/events"
# However it ends, killed as well: new meetings may begin again, and what a backup brought does not stay there.
systemd-run --quiet --collect --unit="vc4all-apply-$(basename "$run")" \
  --property="ExecStopPost=-/bin/sh $run/drain.sh lift" --property="ExecStopPost=/bin/rm -rf $run/data" \
  /bin/sh "$run/apply.sh" "$run" >&2
echo "$run"
