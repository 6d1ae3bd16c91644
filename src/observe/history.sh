# Tells what a host keeps of its past, and hands out one record; changes nothing. Reads one word on standard input: the
# number of a generation, `current`, `previous` (the one before the present) or `none`.
set -u
export LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/lib/vc4all
read -r wish
current=$(basename "$(readlink "$state/current" 2> /dev/null || echo 0)")
numbers=$(find "$state/generations" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' 2> /dev/null | grep -x '[1-9][0-9]*' | sort -n)

printf 'vc4all-history 1\ncurrent %s\n' "$current"
previous=
for number in $numbers; do
  # What lies above the present one was never in force.
  [ "$number" -le "$current" ] || continue
  [ "$number" = "$current" ] || previous=$number
  printf 'generation %s\n' "$number"
  sed -n '1s/^/author /p; 2s/^/cause /p' "$state/generations/$number/who" 2> /dev/null
done
find "$state/programs" -type f -regextype posix-extended -regex '.*/[0-9a-f]{64}' -printf 'program %f\n' 2> /dev/null | sort
systemctl list-units --failed --plain --no-legend 2> /dev/null | awk 'NR <= 50 { print "failed", $1 }'

case $wish in
  current) wish=$current ;;
  previous) wish=$previous ;;
  none) wish= ;;
esac
home=$state/generations/$wish
if [ -n "$wish" ] && [ -f "$home/record" ]; then
  awk '$1 == "package" { print "package", $2, $3 }' "$home/manifest" 2> /dev/null
  printf 'record %s %s\n' "$wish" "$(stat -c %s "$home/record")"
  cat "$home/record"
else
  echo end
fi
