# Searches what the host has written down for the words on standard input; changes nothing. The first two lines say from
# when to when (UTC), each other line is a word. Nothing of it stands in an argument. Each answer is a line with its kind
# before it, so that no log can pass for an answer.
set -u
umask 077
IFS= read -r since && IFS= read -r until || exit 125
words=$(mktemp /run/vc4all-search.XXXXXX) || exit 125
trap 'rm -f "$words"' EXIT
trap 'exit 130' HUP INT TERM
cat > "$words"
[ -s "$words" ] || exit 125

# Lines of standard input that hold a word; a line of a log may be endless, and there may be too many, which is said.
lines_of() {
  printf 'place %s\n' "$1"
  grep -aiFf "$words" | cut -b 1-2000 | awk 'NR > 5000 { print "cut"; exit } { print "line " $0 }'
}

echo "zone $(date -d "$since UTC" +%z)"

if journalctl --quiet --no-pager --lines=0 > /dev/null 2>&1; then
  journalctl --quiet --no-pager --utc --output=short-iso --since "$since UTC" --until "$until UTC" | lines_of journal
else
  echo "unread journal"
fi

# Files that ended before the time began hold nothing of it. A file's name is said beside what it holds, not written to.
# shellcheck disable=SC2094
find /var/log -xdev -type f ! -name '*[[:cntrl:]]*' ! -path '/var/log/journal/*' -newermt "$since UTC" | sort | while IFS= read -r file; do
  if [ ! -r "$file" ]; then
    echo "unread $file"
    continue
  fi
  case $file in
    *.gz)
      if gzip -t -- "$file" 2> /dev/null; then
        gzip -dc -- "$file" | lines_of "$file"
      else
        echo "unread $file"
      fi
      ;;
    *.xz | *.zst | *.bz2) echo "unread $file" ;;
    */wtmp* | */btmp*)
      if command -v last > /dev/null; then
        last -i -F -w -f "$file" | lines_of "$file"
      else
        echo "unread $file"
      fi
      ;;
    */lastlog | */faillog) echo "unread $file" ;;
    *) lines_of "$file" < "$file" ;;
  esac
done

[ ! -e /var/lib/wtmpdb/wtmp.db ] || echo "unread /var/lib/wtmpdb/wtmp.db"
odd=$(find /var/log -xdev -type f -name '*[[:cntrl:]]*' -print -quit)
[ -z "$odd" ] || echo "unread a file with a control character in its name"
echo end
