# Ends the work of whoever holds the lock, and waits until the host has set itself right; prints nothing.
state=/var/lib/vc4all
run=$(sed -n 3p "$state/lock/owner" 2> /dev/null)
case $run in "$state"/run/*) ;; *) exit 0 ;; esac
name=$(basename "$run")
holds() { [ "$(sed -n 3p "$state/lock/owner" 2> /dev/null)" = "$run" ]; }
systemctl kill --signal=KILL "vc4all-apply-$name.service" 2> /dev/null
tries=0
while holds; do
  # What systemd does by itself when the work fails, a second time where it did not.
  case $tries in 50 | 300) systemctl start --no-block "vc4all-recover-$name.service" 2> /dev/null || sh "$run/recover.sh" "$run" ;; esac
  tries=$((tries + 1))
  [ "$tries" -lt 3000 ] || { echo 'the host did not set itself right within 10 minutes' >&2; exit 1; }
  sleep 0.2
done
exit 0
