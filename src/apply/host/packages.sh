# Packages by apt, without starting anything that is not configured yet.
# shellcheck shell=sh
policy=/usr/sbin/policy-rc.d
debconf=/var/cache/debconf

# invoke-rc.d asks this script; 101 means "not now" (Debian Policy §9.3.3.1).
forbid_starts() {
  [ -e "$policy" ] && return 0
  printf '#!/bin/sh\n# vc4all-deploy: nothing starts before it is configured\nexit 101\n' > "$policy"
  chmod 755 "$policy"
}

allow_starts() {
  if grep -qs '^# vc4all-deploy' "$policy"; then rm -f "$policy"; fi
}

# The first process that holds a lock on one of these files, as the kernel says (fcntl(2), F_GETLK); /proc/locks names files by numbers
# that two file systems may share.
lock_holder() {
  perl -MFcntl -e '
    for my $path (@ARGV) {
      open my $file, "<", $path or next;
      my $lock = pack "s! s! x![q] q q i x![q]", F_WRLCK, 0, 0, 0, 0;
      fcntl $file, F_GETLK, $lock or next;
      my ($kind, undef, undef, undef, $holder) = unpack "s! s! x![q] q q i", $lock;
      if ($kind != F_UNLCK) { print $holder; exit }
    }
    exit 1' "$@" 2> /dev/null
}

# Who holds one of apt's locks.
apt_holder() {
  holder=$(lock_holder /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock) ||
    return 1
  printf '%s (process %s)' "$(cat "/proc/$holder/comm" 2> /dev/null || echo another program)" "$holder"
}

wait_for_apt() {
  patience=$(($(date +%s) + ${apt_patience:-900}))
  told=
  while holder=$(apt_holder); do
    if [ "$told" != "$holder" ]; then
      tell "waiting apt is locked by $holder"
      told=$holder
    fi
    if [ "$(date +%s)" -ge "$patience" ]; then
      tell "output apt is still locked by $holder after $((${apt_patience:-900} / 60)) minutes"
      return 1
    fi
    sleep 1
  done
}

apt() {
  wait_for_apt || return 1
  # shellcheck disable=SC2086 # a command with its arguments, or nothing
  quietly ${limit:-} apt-get -q -y -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef \
    -o DPkg::Lock::Timeout=120 -o APT::Get::Allow-Downgrades=false -o Dpkg::Use-Pty=0 \
    -o Acquire::Retries=2 "$@" && return 0
  if grep -qs 'No space left on device' "$run/output"; then tell 'output the disk is full (No space left on device)'; fi
  return 1
}

# On a full disk this waits for ever (apt 2.6); an installation, in contrast, must not be broken off.
refresh_lists() {
  [ ! -e "$run/lists-are-fresh" ] || return 0
  limit='timeout -k 30 900'
  apt -o APT::Update::Error-Mode=any update
  result=$?
  limit=
  [ "$result" = 0 ] && touch "$run/lists-are-fresh"
}

# An installation that was cut off (a kill, a power cut) has to be finished before apt does anything else. `offline`
# does without fetching packages anew.
mend_packages() {
  [ -z "$(dpkg --audit; ls -A /var/lib/dpkg/updates)" ] && return 0
  wait_for_apt || return 1
  quietly dpkg --force-confold --force-confdef --configure -a && return 0
  [ "${1:-}" != offline ] && apt --fix-broken install
}

install_packages() {
  export APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1
  forbid_starts
  mend_packages && refresh_lists && apt install --no-install-recommends "$@"
  result=$?
  allow_starts
  return "$result"
}

preseed() {
  wait_for_apt && expand "$run/data/$1" > "$run/answers" || return 1
  # shellcheck disable=SC2016 # the inner shell expands
  quietly sh -c 'debconf-set-selections < "$1"' sh "$run/answers"
  result=$?
  rm -f "$run/answers"
  return "$result"
}

# The same for packages that are installed: the answers until now are kept for the way back.
answer_anew() {
  wait_for_apt && expand "$run/data/$1" > "$run/questions-of" || return 1
  awk -v files="$debconf/config.dat $debconf/passwords.dat" '
    { owner[$2] = $1; type[$2] = $3 }
    END {
      count = split(files, file, " ")
      for (i = 1; i <= count; i++)
        while ((getline line < file[i]) > 0) {
          if (line ~ /^Name: /) name = substr(line, 7)
          if (line ~ /^Value: / && name in owner) print owner[name], name, type[name], substr(line, 8)
        }
    }' "$run/questions-of" >> "$run/old/answers-before"
  rm -f "$run/questions-of"
  sync "$run/old/answers-before" && echo 'answered -' >> "$run/noted" && write_down && preseed "$1" || return 1
  # Debconf's own copy of the answers before.
  rm -f "$debconf/config.dat-old" "$debconf/passwords.dat-old"
}

answer_as_before() {
  [ -s "$1" ] || return 0
  # shellcheck disable=SC2016 # the inner shell expands
  quietly sh -c 'debconf-set-selections < "$1"' sh "$1" && rm -f "$1"
}

# Fetches a signing key and keeps it only when its fingerprint is the pinned one; nothing else gets into the keyring.
fetch_key() {
  url=$1 fingerprint=$2 keyring=$3
  home=$run/gnupg
  rm -rf "$home" "$run/key" && mkdir "$home" || return 1
  quietly /usr/lib/apt/apt-helper download-file "$url" "$run/key" || return 1
  chmod 600 "$run/key"
  quietly gpg --homedir "$home" --batch --no-autostart --import "$run/key" || return 1
  if ! gpg --homedir "$home" --batch --no-autostart --with-colons --list-keys 2> /dev/null |
    awk -F: '$1 == "pub" { main = 1 } $1 == "fpr" && main { print $10; main = 0 }' | grep -qx "$fingerprint"; then
    tell "output the key at $url does not have the fingerprint $fingerprint"
    return 1
  fi
  make_parents "$keyring" && keep "$keyring" || return 1
  gpg --homedir "$home" --batch --no-autostart --export "$fingerprint" > "$keyring.vc4all-new" || return 1
  chmod 644 "$keyring.vc4all-new" && mv -fT "$keyring.vc4all-new" "$keyring" || return 1
  rm -rf "$home" "$run/lists-are-fresh"
}

# The way back lets go of those that were not held before.
hold_at_version() {
  wait_for_apt || return 1
  held=" $(apt-mark showhold | tr '\n' ' ')"
  for name; do
    case $held in *" $name "*) ;; *) printf 'loose %s\n' "$name" >> "$run/noted" ;; esac
  done
  write_down && quietly apt-mark hold "$@"
}

let_go() { wait_for_apt && quietly apt-mark unhold "$1"; }
