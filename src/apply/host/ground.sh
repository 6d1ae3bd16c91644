# What every script of a run stands on; the first argument is the folder of the run.
# shellcheck shell=sh
# shellcheck disable=SC2034 # read by the other parts
set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
run=$1
state=/var/lib/vc4all
secrets=/etc/vc4all/secrets
events=$run/events
newline='
'
