#!/bin/sh
# Makes a host of this machine for one command, in namespaces of its own: stage.sh SCRIPTS COMMAND…
# nginx, turnserver, openssl and all scripts of the project are the real ones; systemd alone is played, by systemctl.sh and
# systemd-run.sh of the folder SCRIPTS, because the machine's own is not to be touched.
set -eu
scripts=$1
shift
mount --make-rprivate /
ip link set lo up
mount -t tmpfs none /run
# faketime names its semaphore by its process, and in each of these hosts the numbers of processes begin anew.
mount -t tmpfs -o mode=1777 none /dev/shm
mount -t tmpfs none /etc/systemd/system
mount -t tmpfs none /var/log
mount -t tmpfs none /usr/local/sbin
mount -t tmpfs -o mode=755 none /var/lib
mkdir -p /var/log/nginx /var/lib/nginx /var/lib/vc4all/acme/.well-known/acme-challenge /var/lib/vc4all/tls/pairs/first /run/units
for name in systemctl systemd-run; do
  cp "$scripts/$name.sh" "/usr/local/sbin/$name"
  chmod 755 "/usr/local/sbin/$name"
done
printf '127.0.0.1 localhost meet.vc4all.example video.vc4all.example\n' > /run/hosts
mount --bind /run/hosts /etc/hosts
chmod 755 /var/lib/vc4all
cp "$scripts/nginx.conf" /run/nginx.conf
mount --bind /run/nginx.conf /etc/nginx/nginx.conf

# A pair of another authority than the one that is ordered from.
first=/var/lib/vc4all/tls/pairs/first
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=first \
  -addext subjectAltName=DNS:meet.vc4all.example -keyout $first/privkey.pem -out $first/fullchain.pem 2> /run/said ||
  { cat /run/said >&2; exit 1; }
echo https://elsewhere.example/dir > $first/authority
: > $first/hsts.conf
chgrp -R turnserver $first && chmod 640 $first/*
ln -s pairs/first /var/lib/vc4all/tls/live

nginx
turnserver -n --listening-ip 127.0.0.1 --relay-ip 127.0.0.1 --tls-listening-port 5349 --no-udp --no-tcp --no-dtls \
  --cert /var/lib/vc4all/tls/live/fullchain.pem --pkey /var/lib/vc4all/tls/live/privkey.pem --no-cli \
  --log-file /run/turn.log --simple-log --pidfile /run/turnserver.pid --no-auth > /run/turn.said 2>&1 &
echo $! > /run/turn.pid
"$@"
