#!/bin/sh
# Runs the rendered configuration in the machine's own nginx, in namespaces of its own, and beside it a command.
# serve.sh TREE COMMAND…: TREE holds what a host would hold.
set -eu
tree=$1
shift
work=$tree.work
mkdir -p "$work/etc" "$work/lib/nginx" "$work/log" "$work/share"
mount --make-rprivate /
ip link set lo up

cp -a /etc/nginx /etc/passwd /etc/group /etc/ssl "$work/etc/"
cp -a /usr/local/share/. "$work/share/"
rm -f "$work"/etc/nginx/sites-enabled/*
cp -a "$tree/etc/." "$work/etc/"
cp -a "$tree/var/lib/." "$work/lib/"
cp -a "$tree/usr/local/share/." "$work/share/"
mount -t tmpfs none /run
mount -t overlay overlay -o "lowerdir=$work/etc:/etc" /etc
mount --bind "$work/etc/nginx" /etc/nginx
mount -t overlay overlay -o "lowerdir=$tree/usr/share:/usr/share" /usr/share
mount --bind "$work/share" /usr/local/share
chmod 755 "$work" "$work/lib"
mount --bind "$work/lib" /var/lib
mkdir -p /var/log/nginx
mount --bind "$work/log" /var/log/nginx

# nginx' unit on a host raises it too.
# shellcheck disable=SC3045 # dash knows both.
ulimit -n "$(ulimit -H -n)"
nginx -t 2>"$work/judgement" || { cat "$work/judgement" >&2; exit 3; }
nginx
"$@"
nginx -s quit
