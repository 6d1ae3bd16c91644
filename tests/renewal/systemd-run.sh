#!/bin/sh
# Plays systemd-run: the command runs apart from whoever asked; where it ends badly, the script of recovery runs.
while [ "${1#--}" != "$1" ]; do
  case $1 in
    --unit=*) unit=${1#--unit=}.service ;;
  esac
  shift
done
# The last words are the script and the folder of its run.
# shellcheck disable=SC2016 # the inner shell has its own words
setsid sh -c '
  unit=$1
  run=$4
  shift
  "$@" &
  echo $! > "/run/units/$unit.new" && mv "/run/units/$unit.new" "/run/units/$unit"
  wait $! || sh "$run/recover.sh" "$run"
' played "$unit" "$@" < /dev/null > "/run/units/$unit.said" 2>&1 &
# As the real one: the unit has a process when this ends.
until [ -e "/run/units/$unit" ]; do sleep 0.05; done
