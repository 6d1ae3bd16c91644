# The accounts at the door: whether they are there. What proves them is the door's own, and is copied nowhere.
# shellcheck shell=sh
# Lines of the journal:
#   added NAME       an account was made
#   aside NAME       an account was set aside, under a name that is no account's; the commit deletes it

door=/var/lib/vc4all-door

# set_roster DATA: lines `add NAME JSON` and `remove NAME`.
set_roster() {
  [ -d "$door/accounts/" ] || { tell "output the door has no folder for accounts"; return 1; }
  # What an interrupted commit left behind would come back to life by a restore.
  as_door sweep || return 1
  while read -r order name json; do
    case $order in
      add) printf 'added %s\n' "$name" ;;
      remove) printf 'aside %s\n' "$name" ;;
    esac >> "$run/noted"
    write_down && as_door "$order" "$name" "$json" || return 1
  done < "$run/data/$1"
}

# Deletes the accounts that were set aside.
forget_removed() {
  [ ! -d "$door/accounts/" ] || as_door sweep
}

# The folder is the door's own, so all work in it is done with the door's rights: what it may have put there leads root
# nowhere, and a pipe holds nobody up. Whose rights those are says the folder above, in whose place the door can put
# nothing. An account begins without anything that would prove it; one that was given credentials meanwhile stays.
as_door() (
  cd "$door/" || return 1
  owner=$(stat -c %u .) group=$(stat -c %g .)
  # shellcheck disable=SC2016 # the inner shell expands
  quietly timeout 30 setpriv --reuid="$owner" --regid="$group" --clear-groups --no-new-privs sh -c '
    umask 077
    account=accounts/${2:-}.json aside=accounts/.${2:-}.json.aside
    there() { [ -e "$1" ] || [ -L "$1" ]; }
    case $1 in
      add) there "$account" || { set -C && printf "%s\n" "$3" > "$account"; } ;;
      free) ! there "$account" ;;
      forget) rm -f "$account" ;;
      take_back) [ -f "$account" ] && grep -q "\"passphrase\":" "$account" || rm -f "$account" ;;
      remove) rm -f "accounts/.${2:-}.json.new" && { ! there "$account" || mv -fT "$account" "$aside"; } ;;
      bring_back) ! there "$aside" || there "$account" || mv -fT "$aside" "$account" ;;
      sweep) rm -rf accounts/.*.aside ;;
      *) exit 1 ;;
    esac' sh "$@"
)
