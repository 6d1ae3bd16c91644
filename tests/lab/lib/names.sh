# shellcheck shell=bash
# Which name points where: one file per host or name in $LAB_RUN/dns, read by the hosts' resolver and
# told to the mock DNS that Pebble asks.

# name_set DOMAIN HOST, or DOMAIN V4 [V6]
name_set() {
    local domain=${1:?domain?} v4=${2:?host or address?} v6=${3:-} n
    if n=$(claim_field "$v4" n); then
        v4=$(address4 "$n")
        v6=$(address6 "$n")
    fi
    with_lock names_write "name-$domain" "$domain" "$v4" "$v6"
}

name_del() { with_lock names_forget "name-${1:?domain?}"; }

names_of_host() {
    local n
    n=$(claim_field "$1" n)
    names_write "$1" "$1.vc4all.test" "$(address4 "$n")" "$(address6 "$n")"
}

names_write() {
    local file=$1 domain=$2 v4=$3 v6=$4
    { [ "$v4" = - ] || echo "$v4 $domain"; [ -z "$v6" ] || echo "$v6 $domain"; } >"$LAB_RUN/dns/$file"
    names_tell "$LAB_RUN/dns/$file"
    names_reread
}

names_forget() {
    local file=$LAB_RUN/dns/$1 domain
    [ -f "$file" ] || return 0
    domain=$(awk '{ print $2; exit }' "$file")
    rm -f "$file"
    [ -z "$domain" ] || names_clear "$domain"
    names_reread
}

names_reread() {
    local pid
    process_lives "$LAB_RUN/services/dns" || return 0
    read -r pid _ <"$LAB_RUN/services/dns"
    kill -HUP "$pid"
}

# names_tell FILE: the mock DNS forgets what it knew of the domain and learns the file's addresses.
names_tell() {
    local address domain kind
    names_clear "$(awk '{ print $2; exit }' "$1")"
    while read -r address domain; do
        kind=a
        [[ $address != *:* ]] || kind=aaaa
        mockdns_post "add-$kind" "{\"host\":\"$domain.\",\"addresses\":[\"$address\"]}"
    done <"$1"
}

names_clear() {
    mockdns_post clear-a "{\"host\":\"$1.\"}"
    mockdns_post clear-aaaa "{\"host\":\"$1.\"}"
}

mockdns_post() {
    process_lives "$LAB_RUN/services/mockdns" || return 0
    curl -sS --max-time 5 --noproxy '*' -o /dev/null -d "$2" "http://$LAB_GATEWAY4:8055/$1"
}
