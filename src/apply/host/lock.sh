# The lock of the host: a folder, because mkdir is atomic.
# shellcheck shell=sh
lock=$state/lock
unit_files=/etc/systemd/system

# The owner file has five lines: process, boot, run, who and since when, what.
take_lock() {
  mkdir -p "$state" && guard_lock || return 1
  hold_lock
  held=$?
  exec 9>&-
  return "$held"
}

# One at a time judges a lock that stands or sets the host right: otherwise two could both find it stale, and one take
# the other's.
guard_lock() {
  # With `command` in front, a disk that takes nothing is a failure and not the end of the shell.
  command exec 9> "$state/lock.guard" || return 1
  flock -n 9 && return 0
  tell 'waiting another run on this host takes the lock, or sets right what it had changed'
  flock -w 900 9
}

hold_lock() {
  if [ -d "$lock" ]; then
    if lock_is_alive; then
      taken=yes
      tell "locked $(sed -n 4,5p "$lock/owner" 2> /dev/null | tr '\n' ' ')"
      return 1
    fi
    recover || return 1
  fi
  # In this order: there is never a lock whose owner can die unseen.
  cp /proc/sys/kernel/random/boot_id "$run/boot" && arrange_recovery && mkdir "$lock" || return 1
  { echo $$; cat "$run/boot"; echo "$run"; cat "$run/who"; } > "$lock/owner.new" &&
    mv "$lock/owner.new" "$lock/owner" && sync -f "$state"
}

# An owner is the process of that very run; another one may have got its number.
lock_is_alive() {
  owner=$(sed -n 1p "$lock/owner" 2> /dev/null)
  holder=$(sed -n 3p "$lock/owner" 2> /dev/null)
  [ "$(sed -n 2p "$lock/owner" 2> /dev/null)" = "$(cat /proc/sys/kernel/random/boot_id)" ] && [ -n "$owner" ] &&
    grep -qsF "$holder/apply.sh" "/proc/$owner/cmdline"
}

# Somebody's work ended without an end, and the host could not set itself right.
recover() {
  recovered=yes
  broken=$(sed -n 3p "$lock/owner" 2> /dev/null)
  tell 'output an earlier run ended in the middle; what it had changed is restored first'
  case $broken in
    "$state"/run/*)
      # On top of half of somebody else's work nothing is begun: afterwards nobody could take that half back.
      if [ -d "$broken" ] && ! sh "$run/recover.sh" "$broken" guarded; then
        tell 'output what it had changed could not be restored yet; look whether the disk is full'
        return 1
      fi ;;
  esac
  rm -rf "$lock"
}

# The end of whoever did not get the lock.
end_without_lock() {
  if [ -n "${taken:-}" ]; then
    tell 'end 7'
  else
    tell 'failed the lock of the host could not be taken'
    tell 'end 1'
  fi
}

# A script that was killed does nothing any more, and after a power cut none of ours runs: two units of systemd see to
# it. The first belongs to the start of the host alone, and puts the files back before any daemon reads them. The second
# does everything, also when systemd sees the work fail.
arrange_recovery() {
  name=vc4all-recover-$(basename "$run")
  write_unit "$name-early.service" sysinit.target << UNIT || return 1
[Unit]
Description=Puts back the files that unfinished work of vc4all-deploy had changed
DefaultDependencies=no
RequiresMountsFor=$state /etc /usr
After=local-fs.target
Before=sysinit.target network-pre.target nftables.service systemd-sysctl.service systemd-tmpfiles-setup.service
Conflicts=shutdown.target
Before=shutdown.target

[Service]
Type=oneshot
ExecStart=/bin/sh $run/recover.sh $run boot
TimeoutStartSec=300
UNIT
  write_unit "$name.service" multi-user.target << UNIT
[Unit]
Description=Sets right what unfinished work of vc4all-deploy had changed
After=basic.target $name-early.service
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh $run/recover.sh $run
Restart=on-failure
RestartSec=15
KillSignal=SIGKILL
UNIT
}

# Enabled by its link alone: a start of the host reads all units anyway.
write_unit() {
  (umask 022 && mkdir -p "$unit_files/$2.wants" && cat > "$unit_files/$1" && ln -sfn "../$1" "$unit_files/$2.wants/$1")
}

dismiss_recovery() {
  name=vc4all-recover-$(basename "$run")
  rm -f "$unit_files/sysinit.target.wants/$name-early.service" "$unit_files/multi-user.target.wants/$name.service" \
    "$unit_files/$name-early.service" "$unit_files/$name.service"
  rmdir "$unit_files/sysinit.target.wants" "$unit_files/multi-user.target.wants" 2> /dev/null || :
  # Where systemd has read them meanwhile, it forgets them.
  [ -z "$(systemctl list-units --all --plain --no-legend "$name*" 2> /dev/null)" ] || systemctl daemon-reload
}

# In one rename, so that nobody ever sees a lock of ours without its owner.
release_lock() {
  mv -T "$lock" "$run/lock.gone" 2> /dev/null || rm -rf "$lock"
  rm -rf "$run/lock.gone"
  dismiss_recovery
}
