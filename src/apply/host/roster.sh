# The accounts at the door: whether they are there. What proves them is the door's own.
# shellcheck shell=sh

# set_roster DATA: lines `add NAME JSON` and `remove NAME`.
set_roster() {
  accounts=/var/lib/vc4all-door/accounts
  [ -d "$accounts/" ] || { tell "output the door has no folder for accounts"; return 1; }
  while read -r order name json; do
    keep "$accounts/$name.json" && as_door "$order" "$name.json" "$json" || return 1
  done < "$run/data/$1"
}

# The folder is the door's own, so the work in it is done with the door's rights: what it may have put there leads root
# nowhere. An account begins without anything that would prove it.
as_door() (
  owner=$(stat -Lc %u "$accounts") group=$(stat -Lc %g "$accounts")
  cd "$accounts" || return 1
  # shellcheck disable=SC2016 # the inner shell expands
  quietly setpriv --reuid="$owner" --regid="$group" --clear-groups sh -c '
    umask 077
    case $1 in
      add) [ -e "$2" ] || { set -C && printf "%s\n" "$3" > "$2"; } ;;
      remove) rm -f "$2" ;;
      *) exit 1 ;;
    esac' sh "$@"
)
