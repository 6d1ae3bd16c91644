# People in meetings are not cut off unnoticed: new meetings wait at the door, and those that go on may be awaited.
# shellcheck shell=sh
# `sh drain.sh lift` opens the door again; systemd calls that when the work ended, in whatever way.

# Prosody's gate reads it: until that second no new meeting begins (vc4all_census.lib.lua). It ends with the machine's run.
drain_mark=/run/vc4all-drain
# How much longer than the longest wait the work may take; after that the mark holds nobody back.
drain_margin=3600

# spare MOST SECONDS: from here on no new meeting begins; waits up to SECONDS until no more than MOST people are in
# meetings, and fails when they stay.
spare_meetings() {
  most=$1 patience=$2
  tell_time
  waits_since=$now told_last=
  close_door "$patience" || return 1
  until are_few "$most"; do
    tell_time
    if [ $((now - waits_since)) -ge $((patience * 1000)) ]; then
      tell "output $crowd: that is more than was agreed to"
      return 1
    fi
    tell_crowd
    sleep 2
  done
  [ -z "$told_last" ] || is_as_planned || { tell 'output the host changed while the meetings went on'; return 1; }
}

# A mark in one piece: half a number would be another moment. The bridge hears it as well; Jicofo prefers other bridges
# then, where there are any.
close_door() {
  printf '%s\n' $(($(date +%s) + $1 + drain_margin)) > "$drain_mark.new" && chmod 644 "$drain_mark.new" &&
    mv -fT "$drain_mark.new" "$drain_mark" || return 1
  [ "$1" -eq 0 ] || tell_bridge enable || tell 'output the bridge takes no drain; Prosody holds new meetings back alone'
}

lift_drain() {
  rm -f "$drain_mark.new"
  [ -e "$drain_mark" ] || return 0
  rm -f "$drain_mark"
  tell_bridge disable || :
}

# One slow answer is no proof that nobody can be counted; three are, as on a host whose Prosody does not run.
are_few() {
  for _ in 1 2 3; do
    # shellcheck disable=SC2046 # three numbers
    set -- "$1" $(sh "$run/probe.sh" people < /dev/null)
    if [ "${2:-}" = people ]; then
      crowd="$(count "$3" person people) in $(count "$4" meeting meetings)"
      [ "$3" -le "$1" ]
      return
    fi
    sleep 1
  done
  tell 'output nobody could say how many people are in meetings'
}

count() { if [ "$1" = 1 ]; then echo "1 $2"; else echo "$1 $3"; fi; }

# Each number once, and the same one again every half minute.
tell_crowd() {
  [ "$crowd" = "${told_crowd:-}" ] && [ $((now - told_last)) -lt 30000 ] && return 0
  told_crowd=$crowd told_last=$now
  tell "waiting $crowd; new meetings have to wait"
}

# The private server of the bridge, on loopback.
# shellcheck disable=SC2016 # bash expands what stands in single quotes
tell_bridge() {
  timeout 5 bash -c '
    exec 3<> /dev/tcp/127.0.0.1/8080 || exit 1
    printf "POST /colibri/drain/%s HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n" "$0" >&3
    read -r _ code _ <&3 && [ "$code" = 200 ]' "$1" 2> /dev/null
}

[ "${1:-}" != lift ] || lift_drain
