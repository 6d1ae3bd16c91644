# What a backup brings beside secrets: keys and accounts of another host, each in its place before anything needs it.
# shellcheck shell=sh
# Line of the journal:
#   brought NAME     an account of the backup was written

bring_authority_account() {
  data=$run/data/$1 path=$state/acme-account.json
  keep "$path" && cp "$data" "$path.new" && chmod 600 "$path.new" && mv -fT "$path.new" "$path" && rm -f "$data"
}

# split DATA KEY CERTIFICATE: a key and what follows it; both belong together.
split() {
  awk -v key="$2" '
    { print > (certificates ? "/dev/stdout" : key) }
    /^-----END .*PRIVATE KEY-----$/ { certificates = 1 }' "$1" > "$3" || return 1
  of_key=$(openssl pkey -in "$2" -pubout 2> /dev/null) && of_leaf=$(openssl x509 -in "$3" -noout -pubkey 2> /dev/null) &&
    [ "$of_key" = "$of_leaf" ] && return 0
  tell 'output a certificate of the backup does not belong to its key'
  return 1
}

bring_pair() {
  data=$run/data/$1 key=$2 certificate=$3 owner=$4 group=$5 mode=$6
  keep "$key" && keep "$certificate" && make_parents "$key" && make_parents "$certificate" || return 1
  split "$data" "$key.vc4all-new" "$certificate.vc4all-new" &&
    chown "$owner:$group" "$key.vc4all-new" "$certificate.vc4all-new" &&
    chmod "$mode" "$key.vc4all-new" && chmod 644 "$certificate.vc4all-new" &&
    mv -fT "$key.vc4all-new" "$key" && mv -fT "$certificate.vc4all-new" "$certificate" && rm -f "$data"
}

# The pair stands as `install.sh` of a new certificate would have put it there.
bring_certificate() {
  data=$run/data/$1 serial=$2 authority=$3 hsts=$4
  tls=$state/tls pair=$state/tls/pairs/$2
  for path in "$tls" "$tls/pairs" "$pair"; do
    [ -d "$path" ] || { keep "$path" && mkdir "$path"; } || return 1
  done
  for path in "$pair/privkey.pem" "$pair/fullchain.pem" "$pair/authority" "$pair/hsts.conf" "$tls/live"; do
    keep "$path" || return 1
  done
  split "$data" "$pair/privkey.pem" "$pair/fullchain.pem" || return 1
  printf '%s\n' "$authority" > "$pair/authority" && : > "$pair/hsts.conf" || return 1
  [ "$hsts" != hsts ] ||
    echo 'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;' > "$pair/hsts.conf"
  chown -R root:turnserver "$tls" && chmod 750 "$tls" "$tls/pairs" "$pair" && chmod 640 "$pair"/* || return 1
  ln -sfn "pairs/$serial" "$tls/live.new" && mv -fT "$tls/live.new" "$tls/live" && rm -f "$data"
}

# bring_accounts DATA: lines `NAME JSON`. The door runs, so their folder is there and its owner is known.
bring_accounts() {
  data=$run/data/$1
  [ -d "$door/accounts/" ] || { tell 'output the door has no folder for accounts'; return 1; }
  as_door sweep || return 1
  while read -r name _; do
    as_door free "$name" || { tell "output the account $name is on the host already"; return 1; }
    printf 'brought %s\n' "$name" >> "$run/noted"
  done < "$data"
  write_down && let_the_door_write "$data" && rm -f "$data"
}

# What proves who somebody is travels over standard input: in the arguments of a process, everybody could read it.
let_the_door_write() (
  cd "$door/" || return 1
  owner=$(stat -c %u .) group=$(stat -c %g .)
  # shellcheck disable=SC2016 # the inner shell expands
  timeout 60 setpriv --reuid="$owner" --regid="$group" --clear-groups --no-new-privs sh -c '
    umask 077
    set -C
    while IFS= read -r line; do
      printf "%s\n" "${line#* }" > "accounts/${line%% *}.json" || exit 1
    done' < "$1" > "$run/output" 2>&1 && return 0
  show "$run/output"
  return 1
)
