# Starts a unit that runs once, and hands out what it says until it has ended: unit.sh UNIT SECONDS [CLOCK CURSOR].
# With a clock and a cursor it starts nothing and goes on from there. systemd does the work, whatever becomes of us.
unit=$1
deadline=$(($(date +%s) + $2))
clock=${3:-}
cursor=${4:-}

# Lines that begin with + are not the unit's.
tell() {
  from=--since=@$clock
  [ -z "$cursor" ] || from=--after-cursor=$cursor
  news=$(journalctl -q -o cat --no-pager --show-cursor "$from" "_SYSTEMD_UNIT=$unit" 2> /dev/null)
  mark=$(printf '%s\n' "$news" | sed -n '$s/^-- cursor: //p')
  [ -n "$mark" ] || return 0
  printf '%s\n' "$news" | sed '$d; s/^/- /'
  cursor=$mark
  printf '+ cursor %s\n' "$cursor"
}

is_at_work() {
  systemctl show -p ActiveState -p Job "$unit" | grep -qE '^(ActiveState=(activating|deactivating|reloading)|Job=[1-9])'
}

if [ -z "$clock" ]; then
  clock=$(date +%s)
  printf '+ clock %s\n' "$clock"
  systemctl start --no-block "$unit" || exit 1
fi
while is_at_work; do
  tell
  [ "$(date +%s)" -lt "$deadline" ] || exit 0
  sleep 1
done
journalctl -q --sync 2> /dev/null
tell
echo '+ end'
