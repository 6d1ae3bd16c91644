# Says, on a connection that was made for it, that people still get in: confirm.sh NAME. Who comes too late, fails.
folder=/var/lib/vc4all/run/$1
tail -n 1 "$folder/events" 2> /dev/null | grep -q '^confirm ' && : > "$folder/confirmed"
