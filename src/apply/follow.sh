# Prints the events of a run from line FROM on, until its end or until nobody is left to write one: follow.sh NAME FROM.
# Where the host's file system tells `tail` nothing, it looks ten times a second.
folder=/var/lib/vc4all/run/$1
writer=$(systemctl show --property MainPID --value "vc4all-apply-$1.service" 2> /dev/null)
case $writer in
  '' | 0) tail -n "+$2" "$folder/events" ;;
  *) tail -n "+$2" -f -s 0.1 --pid="$writer" "$folder/events" ;;
esac | sed -u '/^end /q'
