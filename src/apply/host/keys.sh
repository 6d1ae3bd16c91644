# Secrets, keys and accounts: most are born here and stay here.
# shellcheck shell=sh

# 40 characters of [A-Za-z0-9]: more than 230 bits, and inert in every language.
# A secret that is renewed is kept for the way back, until the commit.
make_secret() {
  if [ "${2:-}" = renew ]; then
    [ -s "$secrets/$1" ] && keep "$secrets/$1" || return 1
  elif [ -s "$secrets/$1" ]; then
    return 0
  fi
  mkdir -p "$secrets" && chmod 700 "$secrets" || return 1
  made=$(head -c 512 /dev/urandom | base64 -w 0 | tr -dc 'A-Za-z0-9' | head -c 40)
  [ "${#made}" -eq 40 ] || return 1
  printf '%s' "$made" > "$secrets/$1.new" && mv -fT "$secrets/$1.new" "$secrets/$1"
}

# put_secret DATA NAME: one that the operator or a backup hands over. What stood there before is kept for the way back.
put_secret() {
  data=$run/data/$1 path=$secrets/$2
  make_parents "$path" && chmod 700 "$secrets" && keep "$path" || return 1
  cp "$data" "$path.new" && chown root:root "$path.new" && chmod 600 "$path.new" && mv -fT "$path.new" "$path" &&
    rm -f "$data"
}

# new_pair NAME KEY CERTIFICATE DAYS
new_pair() {
  quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -days "$4" \
    -subj "/CN=vc4all internal" -addext "subjectAltName=DNS:$1" -addext 'basicConstraints=critical,CA:TRUE' \
    -keyout "$2" -out "$3"
}

make_selfsigned() {
  name=$1 key=$2 certificate=$3 owner=$4 group=$5 mode=$6 days=$7
  keep "$key" && keep "$certificate" || return 1
  make_parents "$key" && make_parents "$certificate" || return 1
  rm -f "$key.vc4all-new" "$certificate.vc4all-new"
  new_pair "$name" "$key.vc4all-new" "$certificate.vc4all-new" "$days" || return 1
  chown "$owner:$group" "$key.vc4all-new" "$certificate.vc4all-new" &&
    chmod "$mode" "$key.vc4all-new" && chmod 644 "$certificate.vc4all-new" &&
    mv -fT "$key.vc4all-new" "$key" && mv -fT "$certificate.vc4all-new" "$certificate"
}

# A pair that the host signed itself, so that the servers can start and answer the authority's question.
make_placeholder() {
  [ ! -e "$state/tls/live" ] || return 0
  pair=$state/tls/pairs/placeholder
  mkdir -p "$pair" && new_pair "$1" "$pair/privkey.pem" "$pair/fullchain.pem" 30 || return 1
  : > "$pair/hsts.conf"
  chown -R root:turnserver "$state/tls" && chmod 750 "$state/tls" "$state/tls/pairs" "$pair" || return 1
  chmod 640 "$pair"/* || return 1
  ln -sfn pairs/placeholder "$state/tls/live"
}

# The password goes to prosodyctl over its standard input, twice as it asks. (`adduser` of Prosody 13 wants a running
# server; `register` writes the account itself in each version.)
set_account() {
  user=$1 domain=$2 secret=$3 roster=$4
  [ -s "$secrets/$secret" ] && keep_account "$user" "$domain" || return 1
  # shellcheck disable=SC2016 # the inner shell expands
  quietly sh -c '{ cat "$3"; echo; cat "$3"; echo; } | prosodyctl register "$1" "$2"' \
    sh "$user" "$domain" "$secrets/$secret" || return 1
  if [ "$roster" != - ]; then
    quietly prosodyctl mod_roster_command subscribe "$roster" "$user@$domain" || return 1
  fi
  in_force=$(sha256sum < "$secrets/$secret")
  mkdir -p "$state/accounts" && printf '%s\n' "${in_force%% *}" > "$state/accounts/$user@$domain"
}

# What Prosody has of an account, and our own note of its secret: on the way back the passwords fit the old secrets again.
keep_account() {
  data=/var/lib/prosody/$(printf %s "$2" | encoded)
  # The folders are Prosody's own: whose they are is not set back, for a link in their place would lead root elsewhere.
  [ -d "$data/" ] || keep "$data" || return 1
  for kind in accounts roster; do
    [ -d "$data/$kind/" ] || keep "$data/$kind" || return 1
    keep "$data/$kind/$(printf %s "$1" | encoded).dat" || return 1
  done
  keep "$state/accounts/$1@$2"
}

# As Prosody names its files (util.datamanager); names of accounts and domains hold no other bytes.
encoded() { sed 's/[.]/%2e/g; s/-/%2d/g; s/_/%5f/g'; }
