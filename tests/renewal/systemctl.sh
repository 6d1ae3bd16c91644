#!/bin/sh
# Plays systemctl for the two servers of the stage and for what systemd-run.sh started.
pid() {
  case $1 in
    nginx.service) cat /run/nginx.pid ;;
    coturn.service) cat /run/turn.pid ;;
    *) cat "/run/units/$1" ;;
  esac 2> /dev/null
}
runs() { number=$(pid "$1") && [ -n "$number" ] && kill -0 "$number" 2> /dev/null; }

verb=$1
shift
while [ "${1#-}" != "${1-}" ]; do
  case $1 in
    --property) property=$2; shift 2 ;;
    *) shift ;;
  esac
done
case $verb in
  is-active) runs "$1" ;;
  is-failed) false ;;
  reload)
    case $1 in
      nginx.service) nginx -s reload ;;
      coturn.service) kill -USR2 "$(pid "$1")" ;;
    esac ;;
  show)
    case $property in
      MainPID) if runs "$1"; then pid "$1"; else echo 0; fi ;;
      ActiveState) if runs "$1"; then echo active; else echo inactive; fi ;;
    esac ;;
  list-units | daemon-reload) ;;
  *) echo "systemctl $verb is not played" >&2; exit 1 ;;
esac
