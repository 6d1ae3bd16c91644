# Prints the events of a run from line FROM on, until its end, until it wants something of the client, or until nobody is
# left to write one: follow.sh NAME FROM. Lines that begin with + are not of the events: how the host itself ended the work.
# Where the host's file system tells `tail` nothing, it looks ten times a second.
folder=/var/lib/vc4all/run/$1
unit=vc4all-apply-$1.service
writer=$(systemctl show --property MainPID --value "$unit" 2> /dev/null)
case $writer in
  '' | 0) tail -n "+$2" "$folder/events" ;;
  *) tail -n "+$2" -f -s 0.1 --pid="$writer" "$folder/events" ;;
esac | sed -u -e '/^end /q10' -e '/^confirm /q10' -e '/^held$/q10'
[ $? != 10 ] || exit 0

is_at_work() {
  [ "$(sed -n 3p /var/lib/vc4all/lock/owner 2> /dev/null)" = "$folder" ] && return 0
  case $(systemctl show --property ActiveState --value "$unit" 2> /dev/null) in active | deactivating) return 0 ;; esac
  return 1
}

# The work was killed, or the host started anew: it sets itself right.
tries=0
while [ ! -s "$folder/end" ] && is_at_work && [ "$tries" -lt 1500 ]; do
  [ "$tries" != 2 ] || echo '+ waiting the work was broken off: the host sets itself right'
  tries=$((tries + 1))
  sleep 0.2
done
if [ -s "$folder/end" ]; then
  sed 's/^/+ /' "$folder/end"
elif is_at_work || [ ! -d "$folder" ]; then
  exit 0
elif [ "$(cat /var/lib/vc4all/current/run 2> /dev/null)" = "$folder" ]; then
  # It was killed when all was done, and before it could say so.
  printf '+ committed %s\n+ end 0\n' "$(basename "$(readlink /var/lib/vc4all/current)")"
elif [ -e "$folder/journal.incomplete" ]; then
  printf '+ %s\n' 'failed the restore is not complete' 'end 1'
else
  printf '+ %s\n' 'failed the work on the host was killed' restored 'end 6'
fi
