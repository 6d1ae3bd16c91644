# Asks the repositories what they offer, and says which versions there are of each package named on standard input, one a
# line. Changes apt's lists and nothing else.
#   offered NAME VERSION   the repository has it      kept NAME VERSION   it waits on the host, for a way back
set -u
export LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
names=$(cat)
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT

refresh() {
  timeout -k 30 600 apt-get -q -o APT::Update::Error-Mode=any -o Acquire::Retries=2 update > "$said" 2>&1 < /dev/null
}

# Somebody else's look at the repositories is over in a moment.
patience=$(($(date +%s) + 300))
until refresh; do
  if ! grep -q 'Could not get lock' "$said" || [ "$(date +%s)" -ge "$patience" ]; then
    grep -E '^(E|W|Err)' "$said" | tail -n 8 >&2
    exit 1
  fi
  sleep 1
done

for name in $names; do
  apt-cache madison "$name" 2> /dev/null | awk -v name="$name" '$1 == name && $2 == "|" { print "offered", name, $3 }' | sort -u
done
# shellcheck disable=SC2016 # the names belong to dpkg-deb
find /var/lib/vc4all/packages -maxdepth 1 -name '*.deb' -exec \
  dpkg-deb -W --showformat='kept ${Package} ${Version}\n' {} \; 2> /dev/null
echo end
