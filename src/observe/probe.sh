# Looks at a host and changes nothing. Reads questions on standard input, one a line, answers in lines.
#   path P   what stands at P          text P     the same, with its text      digest P   the same, with its SHA-256
#   package P   unit U   secret S      given S    account USER@DOMAIN PATH SECRET
#   answer Q  what debconf was told when it asked Q
#   roster    who has an account at the door
#   domain D  where D leads, asked only while no authority has issued a certificate for it
set -u
export LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/lib/vc4all
secrets=/etc/vc4all/secrets
debconf=/var/cache/debconf
questions=$(cat)

asked() { printf '%s\n' "$questions" | awk -v kind="$1" '$1 == kind { print $2 }'; }

see_system() {
  # shellcheck disable=SC1091 # the host's own file
  (. /etc/os-release && printf 'os %s %s\n' "${ID:-?}" "${VERSION_ID:-?}")
  printf 'machine %s\n' "$(uname -m)"
  awk '$1 == "MemTotal:" { print "memory", $2 }' /proc/meminfo
  ip -o addr show scope global 2>/dev/null | awk '
    $2 ~ /^(docker|br-|veth|wg|tun|tap)/ || /temporary|deprecated|tentative|dadfailed/ { next }
    { split($4, part, "/"); print "address", part[1] }' | sort
  ss -Hltnp 2>/dev/null | awk '
    /"sshd"/ || ($4 ~ /:22$/ && /"systemd"/) { sub(/^.*:/, "", $4); print "ssh", $4 }' | sort -u
}

see_packages() {
  # shellcheck disable=SC2016 # the names belong to dpkg-query
  asked package | xargs -r dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' 2>/dev/null |
    awk '$1 ~ /^.i$/ { print "package", $2, $3, $1 }'
}

see_units() {
  asked unit | xargs -r systemctl show -p Id -p LoadState -p UnitFileState -p ActiveState 2>/dev/null | awk -F= '
    function tell() { if (load == "loaded") print "unit", id, (file == "" ? "none" : file), active }
    $1 == "Id" { id = $2 } $1 == "LoadState" { load = $2 }
    $1 == "UnitFileState" { file = $2 } $1 == "ActiveState" { active = $2 }
    /^$/ { tell(); load = "" }
    END { tell() }'
}

see_paths() {
  { asked path; asked text; asked digest; } | xargs -r sh -c \
    'find "$@" -maxdepth 0 -printf "path %p %y %u %g %m %s %l\n" 2>/dev/null' sh
}

# For awk: the text with each secret replaced by its mark.
# shellcheck disable=SC2016 # awk expands
masked='
  function masked(text,   name, out, at) {
    for (name in value) {
      out = ""
      while ((at = index(text, value[name])) > 0) {
        out = out substr(text, 1, at - 1) "__vc4all_secret_" name "__"
        text = substr(text, at + length(value[name]))
      }
      text = out text
    }
    return text
  }
  BEGIN {
    listing = "ls " folder " 2>/dev/null"
    while ((listing | getline name) > 0)
      if ((getline held < (folder "/" name)) > 0 && length(held) >= 16) value[name] = held
  }'

# A text that is too large or holds a control byte 0 or 1 is left out: the shell drops the one, the other cuts.
see_texts() {
  asked text | awk -v folder="$secrets" "$masked"'
    { files[++count] = $1 }
    END {
      RS = "\001"
      for (i = 1; i <= count; i++) {
        text = ""; parts = 0
        while ((getline part < files[i]) > 0) { text = text part; if (++parts > 1 || length(text) > 262144) break }
        close(files[i])
        if (parts > 1 || length(text) > 262144 || text ~ /\000/) continue
        text = masked(text)
        printf "text %s %d\n%s\n", files[i], length(text), text
      }
    }'
}

see_digests() {
  for path in $(asked digest); do
    [ -f "$path" ] && sum=$(sha256sum < "$path") && printf 'text %s 64\n%s\n' "$path" "${sum%% *}"
  done
}

# The folder belongs to the door: what else it may hold is nobody's to repeat.
see_roster() {
  printf '%s\n' "$questions" | grep -qx roster || return 0
  find /var/lib/vc4all-door/accounts/ -maxdepth 1 -type f -regextype posix-extended \
    -regex '[^[:space:]]*/[a-z0-9][a-z0-9._-]{1,31}\.json' -printf '%f\n' 2>/dev/null |
    sed 's/^/meeting-host /; s/\.json$//' | sort
}

see_secrets() {
  for name in $(asked secret); do
    [ -s "$secrets/$name" ] && printf 'secret %s\n' "$name"
  done
}

# Secrets of the operator's by their digest. That is no part of the digest of the whole, which plans print: it would let
# people try what the secret might be.
see_given() {
  for name in $(asked given); do
    given=$secrets/$name
    [ -f "$given" ] && [ ! -L "$given" ] && sum=$(sha256sum < "$given") &&
      printf 'given %s %s %s\n' "$name" "${sum%% *}" "$(stat -c %u:%g:%a "$given")"
  done
}

# Debconf's own files (debconf(7)): stanzas of `Name: QUESTION` and `Value: ANSWER`.
see_answers() {
  asked answer | awk -v folder="$secrets" -v files="$debconf/config.dat $debconf/passwords.dat" "$masked"'
    { asked[$1] }
    END {
      count = split(files, file, " ")
      for (i = 1; i <= count; i++)
        while ((getline line < file[i]) > 0) {
          if (line ~ /^Name: /) name = substr(line, 7)
          if (line ~ /^Value: / && name in asked) print "answer", name, masked(substr(line, 8))
        }
    }' | sort
}

# An account counts when its record holds the digest of the secret that is in force.
see_accounts() {
  printf '%s\n' "$questions" | while read -r kind account path secret; do
    [ "$kind" = account ] || continue
    if [ ! -s "$path" ] || [ ! -s "$secrets/$secret" ]; then continue; fi
    in_force=$(sha256sum < "$secrets/$secret")
    [ "$(cat "$state/accounts/$account" 2>/dev/null)" = "${in_force%% *}" ] && printf 'account %s\n' "$account"
  done
}

see_sites() {
  find /etc/nginx/sites-enabled /etc/nginx/conf.d -mindepth 1 -maxdepth 1 -printf 'site %p\n' 2>/dev/null | sort
}

# A run that ended without an end (a kill, a power cut) still holds the lock.
see_broken_run() {
  [ -s "$state/lock/owner" ] || return 0
  lock_is_alive || echo broken
}

# The owner is the process of that very run, since this start of the host.
lock_is_alive() {
  [ "$(sed -n 2p "$state/lock/owner" 2>/dev/null)" = "$(cat /proc/sys/kernel/random/boot_id)" ] &&
    grep -qsF "$(sed -n 3p "$state/lock/owner")/apply.sh" "/proc/$(sed -n 1p "$state/lock/owner")/cmdline"
}

# Who works here at this moment, since when, and at what.
see_lock() {
  lock_is_alive || return 0
  printf 'lock %s\n' "$(sed -n 4p "$state/lock/owner" | head -c 200)"
  printf 'lock-work %s\n' "$(sed -n 5p "$state/lock/owner" | head -c 200)"
}

# What the generation in force left, and what became of its files and links since; only a regular file is read.
see_standing() {
  manifest=$state/current/manifest
  [ -f "$manifest" ] || return 0
  sed -n '1s/^/author /p; 2s/^/cause /p' "$state/current/who" 2>/dev/null
  stands=$(awk '$1 == "file" || $1 == "link" { print $2 }' "$manifest" |
    xargs -r sh -c 'find "$@" -maxdepth 0 -printf "stands %y %p %l\n" 2>/dev/null' sh)
  {
    printf '%s\n' "$stands"
    printf '%s\n' "$stands" | awk '$2 == "f" { print $3 }' | xargs -r sha256sum 2>/dev/null | sed 's/^/sum /'
    sed 's/^/was /' "$manifest"
  } | awk '
    $1 == "stands" { type[$3] = $2; target[$3] = $4 }
    $1 == "sum" { sum[$3] = $2 }
    $1 == "was" && $2 == "file" { tell(type[$3] == "f" && sum[$3] == $4) }
    $1 == "was" && $2 == "link" { tell(type[$3] == "l" && target[$3] == $4) }
    $1 == "was" && ($2 ~ /^(account|secret|given)$/ || $2 == "unit" && $5 == "made") { print "made", $2, $3 }
    function tell(same) { print "managed", $3, (type[$3] == "" ? "gone" : same ? "as-left" : "edited"), $5 }'
}

see_generation() { printf 'generation %s\n' "$(basename "$(readlink "$state/current" 2>/dev/null || echo 0)")"; }

# How many people are in meetings: three numbers from our own module in Prosody, or nothing where it does not answer so.
# shellcheck disable=SC2016 # bash expands what stands in single quotes
see_people() {
  timeout 5 bash -c '
    exec 3<> /dev/tcp/127.0.0.1/5280 || exit 1
    printf "GET /vc4all-census HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n" >&3
    head -c 2000 <&3' 2>/dev/null | tr -d '\r' | awk '
    NR == 1 && $2 != 200 { exit }
    /^{/ && length($0) < 200 {
      for (i = split("people meetings waiting", name, " "); i > 0; i--) {
        if (!match($0, "\"" name[i] "\":[0-9]+")) exit
        value[i] = substr($0, RSTART + length(name[i]) + 3, RLENGTH - length(name[i]) - 3)
        if (length(value[i]) > 9) exit
      }
      print "people", value[1], value[2], value[3]
      exit
    }'
}

# What the host wrote down about renewals, and when it looks next; its timer may change that at any time.
see_renewal() {
  ledger=$state/renewal.json
  if [ -f "$ledger" ] && [ ! -L "$ledger" ]; then
    notes=$(head -c 65537 "$ledger" | tr -d '\000')
    [ "${#notes}" -gt 65536 ] || printf 'text %s %d\n%s\n' "$ledger" "${#notes}" "$notes"
  fi
  TZ=UTC systemctl show -p LoadState -p NextElapseUSecRealtime -p LastTriggerUSec vc4all-renew.timer 2>/dev/null |
    while IFS='=' read -r name moment; do
      case $name=$moment in
        LoadState=loaded) echo renewal-timer ;;
        NextElapseUSecRealtime=?*) seconds next "$moment" ;;
        LastTriggerUSec=?*) seconds last "$moment" ;;
      esac
    done
}

# Such as `Mon 2026-03-02 03:10:00 UTC`; a timer that never fired says `n/a`.
seconds() {
  moment=$(date -d "$2" +%s 2>/dev/null) && printf 'renewal-%s %s\n' "$1" "$moment"
}

# What moves by itself stands outside of the digest.
see_moving() {
  df -Pk /var | awk 'NR == 2 { print "free", $4 }'
  printf 'clock %s\n' "$(date +%s)"
  ss -Hltunp 2>/dev/null | awk '{ print "listener", $1, $5, $7 }'
  see_lock
  see_people
  see_given
  see_renewal
  for domain in $(asked domain); do
    is_certified "$domain" ||
      timeout 4 getent ahosts "$domain" | awk '{ print "resolved", $1 }' | sort -u
  done
}

# Whether an authority has issued the certificate in force for this name.
is_certified() {
  [ -s "$state/tls/live/authority" ] &&
    openssl x509 -in "$state/tls/live/fullchain.pem" -noout -checkhost "$1" 2>/dev/null | grep -q 'does match'
}

answer() {
  printf 'vc4all-probe 1\n'
  see_system; see_packages; see_units; see_paths; see_secrets; see_accounts; see_answers; see_roster; see_sites; see_generation; see_standing; see_broken_run; see_texts; see_digests
}

if [ "${1:-}" = people ]; then
  see_people
  exit
fi
still=$(answer; echo .)
still=${still%.}
{
  printf '%s' "$still"
  digest=$(printf '%s' "$still" | sha256sum)
  printf 'digest %s\n' "${digest%% *}"
  see_moving
  printf 'end\n'
} | if [ "${1:-}" = digest ]; then sed -n 's/^digest //p'; else gzip -1; fi
