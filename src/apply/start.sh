# Unpacks the bundle on standard input and starts it detached; prints the folder. Where the work ends without saying so,
# systemd lets recover.sh set the host right.
set -eu
umask 077
[ -d /var/lib/vc4all ] || mkdir -m 711 /var/lib/vc4all
mkdir -p /var/lib/vc4all/run
run=$(mktemp -d /var/lib/vc4all/run/XXXXXXXXXX)
tar -xzf - -C "$run" || { rm -rf "$run"; exit 1; }
: > "$run/events"
# However it ends, killed as well, new meetings may begin again, and what a backup brought does not
# stay there.
name=$(basename "$run")
systemd-run --quiet --collect --unit="vc4all-apply-$name" --property=KillSignal=SIGKILL \
  --property="OnFailure=vc4all-recover-$name.service" \
  --property="ExecStopPost=-/bin/sh $run/drain.sh lift" --property="ExecStopPost=-/bin/rm -rf $run/data" \
  /bin/sh "$run/apply.sh" "$run" >&2
echo "$run"
