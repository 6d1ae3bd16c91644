# Comes before each step of work under a held lock: step.sh NAME. Says whose process the step came from: an operator's
# connection, or the host's own agent.
held=/var/lib/vc4all/run/$1
owner=$(sed -n 1p /var/lib/vc4all/lock/owner 2> /dev/null)
if [ "$(sed -n 3p /var/lib/vc4all/lock/owner 2> /dev/null)" != "$held" ] || [ ! -d "/proc/$owner" ]; then
  echo 'the lock of the host was taken away, by --force-unlock or after a long silence' >&2
  exit 1
fi
process=$$
while [ "$process" -gt 1 ]; do
  case $(cat "/proc/$process/comm") in sshd* | vc4all-agent*) break ;; esac
  process=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status")
done
[ "$process" -gt 1 ] || process=
echo "$process" > "$held/operator"
