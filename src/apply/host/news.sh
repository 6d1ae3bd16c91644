# What the client hears.
# shellcheck shell=sh

tell() { printf '%s\n' "$*" >> "$events"; }

# Hands the last lines of a command's output to the client; control characters are the client's to strip.
show() { tail -n 15 "$1" | while IFS= read -r line; do tell "output $line"; done; }

# Runs a command quietly; its output is shown only when it fails.
quietly() {
  "$@" > "$run/output" 2>&1 < /dev/null && return 0
  show "$run/output"
  return 1
}

# A host that stops starts no unit any more: what is unfinished then is set right when it comes back.
is_stopping() { [ "$(systemctl is-system-running 2> /dev/null)" = stopping ]; }

# Milliseconds since the boot: no process of its own, and nobody sets this clock.
tell_time() {
  read -r now _ < /proc/uptime
  now=${now%.*}${now#*.}0
}
