# Comes before each step of work under a held lock: step.sh NAME. Says over which connection the step came.
held=/var/lib/vc4all/run/$1
if [ "$(sed -n 3p /var/lib/vc4all/lock/owner 2> /dev/null)" != "$held" ]; then
  echo 'the lock of the host was taken away, by --force-unlock or after a long silence' >&2
  exit 1
fi
process=$$
while [ "$process" -gt 1 ]; do
  case $(cat "/proc/$process/comm") in sshd*) break ;; esac
  process=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status")
done
[ "$process" -gt 1 ] || process=
echo "$process" > "$held/operator"
