# Units are woken once, in order, and each has to show its signs of health.
# shellcheck shell=sh

refresh() {
  case $1 in
    systemd) quietly systemctl daemon-reload ;;
    trust) trust_own_certificates ;;
    # A container may not set every key; what counts is looked at by `verify`.
    sysctl) sysctl --system > /dev/null 2>&1 || : ;;
    tmpfiles) quietly systemd-tmpfiles --create ;;
    clock) quietly systemctl restart systemd-timesyncd.service ;;
    *) return 1 ;;
  esac
}

set_unit() {
  name=$1 act=$2
  shift 2
  case $act in
    start | restart) enable "$name" && quietly systemctl restart "$name" ;;
    reload) quietly systemctl reload-or-restart "$name" ;;
    stop) note_switch "$name" && quietly systemctl disable --now "$name" ;;
    *) return 1 ;;
  esac || { complain "$name"; return 1; }
  for gate in "$@"; do
    wait_for "$name" "$gate" || { tell "output $name does not show its sign of health: $gate"; complain "$name"; return 1; }
  done
}

# A link that is gone counts as a new certificate, so Java hears of one that changed under its old name; `--fresh` would
# tell it of all others too. What is trusted no more is told to Java by ourselves: the tool forgets to.
java_hook=/etc/ca-certificates/update.d/jks-keystore
trust_own_certificates() {
  gone=$(find /etc/ssl/certs -lname '/usr/local/share/ca-certificates/*' -xtype l -printf '-%p\n')
  find /etc/ssl/certs -lname '/usr/local/share/ca-certificates/*' -delete && quietly update-ca-certificates || return 1
  if [ -z "$gone" ] || [ ! -x "$java_hook" ]; then return 0; fi
  printf '%s\n' "$gone" > "$run/gone" && quietly sh -c '"$0" < "$1"' "$java_hook" "$run/gone"
}

# systemd reads all units anew whenever one is enabled, so nothing is asked for that is so already.
enable() {
  systemctl is-enabled --quiet "$1" 2> /dev/null || { note_switch "$1" && quietly systemctl enable "$1"; }
}

# systemctl switches the links below rc?.d first, where there are any, and then its own; whoever is cut off in between finds
# a unit that looks as it was.
note_switch() { printf 'switching %s\n' "$1" >> "$run/noted" && write_down; }

# The last lines of the unit itself.
complain() {
  journalctl --no-pager -q -o cat -n 15 -u "$1" > "$run/output" 2>&1
  show "$run/output"
}

wait_for() {
  patience=$(($(date +%s) + 90))
  until sign "$2"; do
    case $(systemctl is-active "$1") in failed | inactive) return 1 ;; esac
    [ "$(date +%s)" -lt "$patience" ] || return 1
    sleep 0.1
  done
}

# tcp:PORT and udp:PORT listen, http:PORT:PATH answers 200.
# shellcheck disable=SC2016 # bash expands what stands in single quotes
sign() {
  kind=${1%%:*} rest=${1#*:}
  case $kind in
    tcp) [ -n "$(ss -Hltn "sport = :$rest")" ] ;;
    udp) [ -n "$(ss -Hlun "sport = :$rest")" ] ;;
    http) timeout 5 bash -c '
      exec 3<> "/dev/tcp/127.0.0.1/$0" || exit 1
      printf "GET /%s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n" "$1" >&3
      read -r _ code _ <&3 && [ "$code" = 200 ]' "${rest%%:*}" "${rest#*:}" 2> /dev/null ;;
    *) return 1 ;;
  esac
}
