# A run becomes a generation.
# shellcheck shell=sh

# Makes the run the next generation; the link is what counts.
commit() {
  last=$(basename "$(readlink "$state/current" 2> /dev/null || echo 0)")
  generation=$((last + 1))
  home=$state/generations/$generation
  mkdir -p "$state/generations" && rm -rf "$home" && mkdir "$home" || return 1
  # Until the link turns, the run keeps its journal and can still be restored.
  cp "$run/who" "$run/record" "$run/steps" "$run/plan" "$run/journal" "$home/" && cp -a "$run/old" "$home/" || return 1
  printf '%s\n' "$run" > "$home/run" && sync "$home" || return 1
  ln -sfn "generations/$generation" "$state/current.new" && mv -fT "$state/current.new" "$state/current" || return 1
  sync "$state"
}
