# shellcheck shell=dash
# Starts a real turnserver with a rendered file in a network of its own, talks to it, and says what came of it.
# $1 folder with turnserver.conf and a pair, $2 its address, $3 the secret, $4 realm
set -u
cd "$1" || exit 1
ip link set lo up
ip addr add "$2/32" dev lo
ip addr add 198.51.100.9/32 dev lo
turnserver -c "$1/turnserver.conf" --pidfile= > out 2> err &
daemon=$!
tries=0
until ss -Hltn | grep -q ":5349 " && ss -Hlun | grep -q ":3478 "; do
  tries=$((tries + 1))
  if [ "$tries" -ge 100 ]; then echo "never listened"; cat out err; exit 1; fi
  sleep 0.1
done
echo "listens $(ss -Hltun | awk '{print $1, $5}' | sort -u | tr '\n' ' ')"
shake() {
  address=$1; shift
  openssl s_client -connect "$address:5349" "$@" < /dev/null 2>&1
}
echo "stun $(turnutils_stunclient -p 3478 "$2" 2>&1 | grep -c 'reflexive addr: ')"
for version in tls1_1 tls1_2 tls1_3; do
  echo "$version $(shake "$2" -$version | sed -n 's/.*Cipher is //p')"
done
echo "weak $(shake "$2" -tls1_2 -cipher 'AES128-SHA:ECDHE-RSA-AES128-SHA' | sed -n 's/.*Cipher is //p')"
relay() { # what, peer, secret, more
  what=$1 peer=$2 secret=$3
  shift 3
  text=$(timeout 20 turnutils_uclient -c -n 1 -m 1 -W "$secret" -u test -e "$peer" -L 198.51.100.9 "$@" 2>&1)
  case $text in
    *Forbidden*) echo "$what forbidden" ;;
    *"rror 401"* | *"annot complete Allocation"*) echo "$what refused" ;;
    *"allocate response received: success"* | *"Total transmit time"* | *tot_send_msgs=*) echo "$what done" ;;
    *) echo "$what unclear: $text" ;;
  esac
}
relay own-udp "$2" "$3" -p 3478 "$2" &
talks=$!
relay own-tls "$2" "$3" -t -S -p 5349 "$2" &
talks="$talks $!"
for peer in 10.0.0.1 127.0.0.1 169.254.169.254 192.168.1.1 198.51.100.9 8.8.8.8; do
  relay "peer-$peer" "$peer" "$3" -p 3478 "$2" &
  talks="$talks $!"
done
relay wrong-secret "$2" "notthesecret" -p 3478 "$2" &
# shellcheck disable=SC2086
wait $! $talks
before=$(shake "$2" | openssl x509 -noout -fingerprint)
mv new-fullchain.pem fullchain.pem && mv new-privkey.pem privkey.pem
kill -USR2 "$daemon"
tries=0
until [ "$(shake "$2" | openssl x509 -noout -fingerprint)" != "$before" ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge 100 ]; then echo "never reloaded"; break; fi
  sleep 0.1
done
[ "$tries" -ge 100 ] || echo "reloaded"
kill "$daemon"
wait "$daemon"
sed 's/^/journal: /' out err
