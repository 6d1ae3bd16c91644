# What may lock people out stays only when somebody comes in anew and says so.
# shellcheck shell=sh

timer_name() { printf 'vc4all-revert-%s' "$(basename "$run")"; }

# The timer is systemd's: it needs nobody of us. It leaves the script the time to go back by itself.
set_timer() {
  rm -f "$run/confirmed"
  quietly systemd-run --collect --unit="$(timer_name)" --on-active="$(($1 + 15))s" --timer-property=AccuracySec=1s \
    /bin/sh -c ': > "$0/unconfirmed"; systemctl kill --signal=KILL "$1"' "$run" "vc4all-apply-$(basename "$run").service"
}

# A new connection writes RUN/confirmed, see the order of the same name.
await_confirmation() {
  tell "confirm $1"
  tell_time
  patience=$((now + $1 * 1000))
  until [ -e "$run/confirmed" ]; do
    if [ "$now" -ge "$patience" ]; then
      tell "output no second connection came within $1 s"
      return 1
    fi
    sleep 0.2
    tell_time
  done
  stop_timer
}

stop_timer() { systemctl stop "$(timer_name).timer" 2> /dev/null || :; }
