# Says, on a connection that was made for it, that people still get in: confirm.sh NAME.
folder=/var/lib/vc4all/run/$1
[ -d "$folder" ] && [ ! -s "$folder/end" ] && : > "$folder/confirmed"
