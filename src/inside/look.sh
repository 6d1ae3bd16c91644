# Looks at a host from inside and changes nothing. Reads questions on standard input, one a line, answers in lines.
#   ago S            a visit began so many seconds ago
#   unit U           how it is
#   needle KIND W    whether the visit left W in a log; W never stands in an argument, in a file or in the answer
set -u
export LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/lib/vc4all
# Bytes of one log that are searched, from its end.
most=16777216
questions=$(cat)

asked() { printf '%s\n' "$questions" | awk -v kind="$1" '$1 == kind { print $2 }'; }
begin=$(($(date +%s) - $(asked ago | grep -E '^[0-9]{1,5}$' || echo 0) - 2))

see_moment() {
  printf 'clock %s\n' "$(date +%s)"
  synchronised=$(timeout 2 timedatectl show -p NTPSynchronized --value 2>/dev/null) && printf 'ntp %s\n' "${synchronised:-?}"
  systemd-detect-virt --quiet --container 2>/dev/null && echo container
  awk '{ print "uptime", int($1) }' /proc/uptime
}

see_sockets() {
  ss -Hltunp 2>/dev/null | awk '{ name = $7; sub(/,.*/, "", name); print "socket", $1, $5, name }'
}

see_units() {
  now=$(awk '{ print int($1) }' /proc/uptime)
  asked unit | xargs -r systemctl show -p Id -p LoadState -p ActiveState -p SubState -p UnitFileState -p Result \
    -p NRestarts -p ActiveEnterTimestampMonotonic 2>/dev/null | awk -F= -v now="$now" '
    function word(name) { return value[name] == "" ? "-" : value[name] }
    function tell() {
      if (value["LoadState"] != "loaded" && value["LoadState"] != "masked") return
      since = value["ActiveEnterTimestampMonotonic"] / 1000000
      print "unit", value["Id"], word("ActiveState"), word("SubState"), word("UnitFileState"), word("Result"), \
        value["NRestarts"] + 0, int(now > since ? now - since : 0)
    }
    /^$/ { tell(); split("", value); next }
    { value[$1] = $2 }
    END { tell() }'
  systemctl list-units --failed --plain --no-legend --no-pager 2>/dev/null | awk '{ print "failed", $1 }'
}

# The answers of the daemons on loopback: each line is one write.
# shellcheck disable=SC2016 # bash expands what stands in single quotes
see_bridge() {
  timeout 4 bash -c '
    ask() {
      timeout 2 bash -c "exec 3<> /dev/tcp/127.0.0.1/\$0 || exit 1
        printf \"GET /%s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n\" \"\$1\" >&3
        head -c 262144 <&3" "$1" "$2" 2> /dev/null | tr -d "\000\r"
    }
    health() { read -r _ code _ <<< "$(ask "$2" about/health)"; [ -z "$code" ] || echo "health $1 $code"; }
    bridges() {
      pattern="s/.*\"operational_bridge_count\":[ ]*\([0-9]*\).*/bridges \1/p"
      said=$(ask 8888 stats | sed -n "$pattern")
      [ -n "$said" ] || said=$(ask 8888 metrics | sed -n "s/^jicofo_bridge_selector_bridge_count_operational \([0-9]*\).*/bridges \1/p")
      [ -z "$said" ] || echo "$said"
    }
    health bridge 8080 & health jicofo 8888 & bridges & wait' 2> /dev/null
}

see_logs() {
  find /var/log -path /var/log/journal -prune -o -type f -size +0 -printf '%T@ %C@ %p\0' 2>/dev/null |
    tr '\n\0' '?\n' | head -n 5000 | sed 's/^/log /'
  for file in /etc/logrotate.conf /etc/logrotate.d/*; do
    case $file in
      *~ | *,v | *.dpkg-* | *.bak | *.disabled | *.swp | *.cfsaved | *.rpm* | *.ucf-* | *.rhn-cfg-tmp-*) continue ;;
    esac
    text=$(head -c 65536 "$file" 2>/dev/null | tr -d '\000'; echo .)
    text=${text%.}
    printf 'rules %s %s\n%s\n' "$file" "${#text}" "$text"
  done
  systemd-analyze cat-config systemd/journald.conf 2>/dev/null |
    awk -F= '/^[[:space:]]*[A-Z][A-Za-z]*[[:space:]]*=/ { gsub(/[[:space:]]/, "", $1); print "journal", $1, $2 }'
  journalctl -q --no-pager -o short-unix 2>/dev/null | awk '{ print "oldest", int($1); exit }'
  stat -c 'first %Y' "$state/generations/1" 2>/dev/null
}

# shellcheck disable=SC2016 # the names belong to apt
see_updates() {
  apt-config dump 2>/dev/null | awk '
    $1 == "APT::Periodic::Unattended-Upgrade" { automatic = ($2 != "\"0\";" && $2 != "\"\";") }
    $1 == "APT::Periodic::Enable" && $2 == "\"0\";" { off = 1 }
    $1 ~ /^Unattended-Upgrade::(Origins-Pattern|Allowed-Origins)::/ && /[Ss]ecurity/ { origin = 1 }
    END { print "updates automatic", (automatic && !off) + 0; print "updates origin", origin + 0 }'
  stat -c 'updates ran %Y' /var/lib/apt/periodic/unattended-upgrades-stamp 2>/dev/null
  stat -c 'updates restart %Y' /run/reboot-required 2>/dev/null
  timeout 5 apt-get indextargets --format '$(SITE)' 2>/dev/null | sed 's#^[a-z+]*://##; s#.*@##; s#/.*##' | sort -u | sed 's/^/server /'
}

see_memory() {
  awk '$1 == "MemTotal:" { total = $2 } $1 == "SwapTotal:" { swap = $2 } END { print "memory", total + 0, swap + 0 }' /proc/meminfo
  awk '$1 == "oom_kill" { print "killed", $2 }' /proc/vmstat
  # shellcheck disable=SC2013 # no such path holds a space
  for file in $(grep -laz -e '^[-]Xmx[0-9]' /proc/[0-9]*/cmdline 2>/dev/null); do
    unit=$(sed -n 's#.*/\([^/]*\.service\).*#\1#p' "${file%cmdline}cgroup" 2>/dev/null | head -n 1)
    tr '\0' '\n' < "$file" 2>/dev/null | sed -n "s/^-Xmx\([0-9]*[kKmMgGtT]\{0,1\}\)\$/heap ${unit:--} \1/p" | tail -n 1
  done
  { df -Pk /var; df -Pi /var; } 2>/dev/null | awk '$2 ~ /^[0-9]+$/ { line = line " " $2 " " $4 } END { print "disk" line }'
  awk '{ print "buffer", $1 }' /proc/sys/net/core/rmem_max 2>/dev/null
}

can_read() {
  if [ ! -e "$2" ] || ! id -u "$1" > /dev/null 2>&1; then return 0; fi
  if setpriv --reuid="$1" --regid="$(id -g "$1")" --init-groups --inh-caps=-all test -r "$2" 2>/dev/null
  then echo "reader $1 yes $2"; else echo "reader $1 no $2"; fi
}

see_locks() {
  find /etc/vc4all/secrets "$state/tls/pairs" "$state/acme-account.json" /var/lib/prosody -maxdepth 2 -type f \
    '(' -path '/etc/vc4all/secrets/*' -o -name privkey.pem -o -name acme-account.json -o -name '*.key' ')' \
    -printf '%u %g %m %p\0' 2>/dev/null | tr '\n\0' '?\n' | head -n 500 | sed 's/^/locked /'
  can_read turnserver /etc/turnserver.conf
  can_read turnserver "$state/tls/live/privkey.pem"
  can_read prosody /etc/prosody/prosody.cfg.lua
  can_read jicofo /etc/jitsi/jicofo/jicofo.conf
  can_read jvb /etc/jitsi/videobridge/jvb.conf
}

# The addresses from which SSH came to this session; sudo hides them from the script itself.
see_peers() {
  pid=$$
  while [ "${pid:-0}" -gt 1 ]; do
    tr '\0' '\n' < "/proc/$pid/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=\([^ ]*\) .*/needle address \1/p'
    pid=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status" 2>/dev/null)
  done | sed 's/ ::ffff:/ /' | sort -u
}

# Words of one kind, one a line.
words() { printf '%s\n' "$needles" | awk -v kind="$1" '$1 == "needle" && $2 == kind { sub(/^needle [a-z]+ /, ""); if ($0 != "") print }'; }

# The end of a log as text.
unpacked() {
  case $1 in
    *.gz) gzip -dc "$1" 2>/dev/null | tail -c "$most" ;;
    *) tail -c "$most" "$1" 2>/dev/null ;;
  esac
}

# Whoever administers the host is no participant: the lines about a login over SSH name the address that it came from.
without_logins() {
  grep -avE ' (sshd|sshd-session|sshd-auth|sudo|su|systemd-logind)(\[[0-9]+\])?: | systemd\[1\]: .*sshd?@|\[sshd\]|exe="[^"]*/(sshd|sshd-session|sshd-auth|sudo|su)"'
}

# Looks for all words at once; the filters run only where one was found.
search_files() {
  all=$(for kind in address room token nickname; do words "$kind"; done)
  # Databases of logins at the host itself: wtmp(5), btmp, lastlog and their successors.
  # coturn writes below /var/tmp or /tmp where it is told no log, or none that it can write.
  files=$(find /var/log /var/lib/prosody /var/lib/turn /var/lib/nginx /var/tmp /tmp -path /var/log/journal -prune -o -type f -size +0 \
    -newermt "@$begin" ! -name 'wtmp*' ! -name 'btmp*' ! -name 'lastlog*' ! -name '*[[:space:]]*' -print 2>/dev/null | head -n 500)
  printf 'searched %s\n' "$(printf '%s' "$files" | grep -c .)"
  [ -n "$all" ] || return 0
  for file in $files; do
    unpacked "$file" | grep_for "$all" || continue
    for kind in room token nickname; do
      unpacked "$file" | grep_for "$(words "$kind")" && printf 'trace %s %s\n' "$kind" "$file"
    done
    unpacked "$file" | without_logins | grep_for "$(words address)" -w && printf 'trace address %s\n' "$file"
  done
}

# Whether standard input holds one of the words; they travel in a pipe of their own.
grep_for() {
  [ -n "$1" ] || return 1
  wanted=$1
  shift
  { printf '%s\n' "$wanted" | grep -qaiF "$@" -f /dev/fd/0 /dev/fd/4; } 4<&0
}

# What was written into the journal since the visit began, with all its fields. No participant talks with a renewal: the
# address that it names is the authority's, wherever that stands.
search_journal() {
  journalctl --sync 2>/dev/null
  {
    printf '%s\n' "$needles" | grep '^needle '
    echo
    journalctl -q --no-pager -a -o verbose --since="@$begin" 2>/dev/null | head -c "$most"
  } | awk '
    # The word stands alone: 10.0.0.1 is not in 10.0.0.12.
    function holds(text, word, alone,   at, from, before, after) {
      from = 1
      while ((at = index(substr(text, from), word)) > 0) {
        at += from - 1
        before = at > 1 ? substr(text, at - 1, 1) : " "
        after = substr(text, at + length(word), 1)
        if (!alone || (before !~ /[0-9a-z_]/ && after !~ /[0-9a-z_]/)) return 1
        from = at + 1
      }
      return 0
    }
    function close_entry(   who, login, i) {
      if (!open) return
      entries++
      login = about_login || unit ~ /^sshd?(@.*)?\.service$/ || other ~ /^sshd?@/ || \
        name ~ /^(sshd|sshd-session|sshd-auth|sudo|su|systemd-logind)$/ || command ~ /^sshd/ || \
        unit ~ /^vc4all-(renew|renew-now|rehearse)\.service$/
      who = name != "" ? name : unit
      gsub(/[^A-Za-z0-9_.@-]/, "_", who)
      for (i = 1; i <= count; i++)
        if (found[i] && !(kind[i] == "address" && login)) seen[kind[i] " the journal (" who ")"] = 1
      split("", found); name = unit = other = command = ""; about_login = open = 0
    }
    !journal && /^needle / { kind[++count] = $2; line = $0; sub(/^needle [a-z]+ /, "", line); word[count] = tolower(line); next }
    !journal { journal = 1; next }
    /^[^ ]/ { close_entry(); open = 1; next }
    {
      field = $0; sub(/^ +/, "", field)
      if (field ~ /^SYSLOG_IDENTIFIER=/) name = substr(field, 19)
      else if (field ~ /^_SYSTEMD_UNIT=/) unit = substr(field, 15)
      else if (field ~ /^UNIT=/) other = substr(field, 6)
      else if (field ~ /^_COMM=/) command = substr(field, 7)
      else if (field ~ /^MESSAGE=.*(\[sshd\]|exe="[^"]*\/(sshd|sshd-session|sshd-auth|sudo|su)")/) about_login = 1
      field = tolower(field)
      for (i = 1; i <= count; i++)
        if (!found[i] && word[i] != "" && holds(field, word[i], kind[i] == "address")) found[i] = 1
    }
    END { close_entry(); print "entries", entries + 0; for (line in seen) print "trace", line }'
}

see_traces() {
  needles=$(printf '%s\n' "$questions" | grep '^needle '; see_peers)
  for kind in address room token nickname; do [ -z "$(words "$kind")" ] || echo "looked $kind"; done
  search_files
  search_journal
}

{
  echo 'vc4all-inside 1'
  see_moment; see_sockets; see_units; see_bridge; see_logs; see_updates; see_memory; see_locks; see_traces
  echo end
} | gzip -1
