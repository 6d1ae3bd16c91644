# What breakages share. A daemon that is dimmed reads a changed copy of a file that itself stays as it is: what is broken is
# the running instance, and not what `up` wrote.
domain=DOMAIN
site=/etc/nginx/sites-available/$domain.conf
host_file=/etc/prosody/conf.avail/$domain.cfg.lua
options=/etc/prosody/vc4all.cfg.lua
gate=/usr/local/lib/vc4all/prosody/mod_vc4all_gate.lua
plugins=/usr/share/jitsi-meet/prosody-plugins
headers=/etc/nginx/snippets/vc4all-headers.conf
tls=/etc/nginx/snippets/vc4all-tls.conf
pages=/usr/local/share/vc4all/www
drop_ins=/run/systemd/system

# dim UNIT FILE CHANGE…: the unit alone sees the file with these changes of sed.
dim() {
  unit=$1 file=$(readlink -f "$2")
  shift 2
  copy=/run/dimmed/$unit/$(basename "$file")
  mkdir -p "$(dirname "$copy")" "$drop_ins/$unit.d"
  cp -a "$file" "$copy"
  for change in "$@"; do sed -i "$change" "$copy"; done
  if cmp -s "$file" "$copy"; then
    echo "nothing changes in $file" >&2
    exit 1
  fi
  cover "$unit" "$copy" "$file"
}

# cover UNIT COPY FILE: the unit alone sees the copy in the place of the file.
cover() {
  mkdir -p "$drop_ins/$1.d"
  [ -f "$drop_ins/$1.d/dimmed.conf" ] || echo '[Service]' > "$drop_ins/$1.d/dimmed.conf"
  echo "BindReadOnlyPaths=$2:$3" >> "$drop_ins/$1.d/dimmed.conf"
}

# wake UNIT…: the units begin anew with what they see now, and everything is well again that depends on them.
wake() {
  systemctl daemon-reload
  for unit in "$@"; do systemctl restart "$unit"; done
  settled
}

# lighten UNIT…: everybody sees the same again.
lighten() {
  for unit in "$@"; do rm -f "$drop_ins/$unit.d/dimmed.conf"; done
  wake "$@"
  rm -rf /run/dimmed
}

answers() { bash -c "exec 3<> /dev/tcp/127.0.0.1/$1 && printf 'GET $2 HTTP/1.0\r\n\r\n' >&3 && head -n 1 <&3" 2> /dev/null | grep -q " $3"; }

# Jicofo and the bridge, each over a connection of its own.
connected() { [ "$(ss -Htn state established '( dport = :5222 )' | wc -l)" -ge 2 ]; }

# Jicofo has its bridge again some seconds after Prosody came back; its sign of health is older than that.
settled() {
  tries=0
  until answers 5280 /http-bind 200 && connected && answers 8888 /about/health 200 && answers 8080 /about/health 200; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ]; then
      echo 'the instance does not come back' >&2
      exit 1
    fi
    sleep 0.1
  done
}

# lonely: the host reaches no authority; in_company: it does again.
lonely() {
  nft add table inet lonely
  nft add chain inet lonely out '{ type filter hook output priority 0; }'
  nft add rule inet lonely out tcp dport 14000 reject
}
in_company() { nft delete table inet lonely; }

# listening PORT: waits until something does.
listening() {
  tries=0
  until ss -Hltn "sport = :$1" | grep -q .; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || exit 1
    sleep 0.1
  done
}
