# Carries out the lines of RUN/steps, each by the `perform` of the script that reads this part.
# shellcheck shell=sh
tab=$(printf '\t')
step=0

carry_out() {
  while IFS= read -r line <&3; do
    step=$((step + 1))
    tell_time
    began=$now
    tell "started $step"
    IFS=$tab
    # shellcheck disable=SC2086 # the fields of a step hold no spaces that matter and no patterns
    set -f -- $line
    unset IFS
    set +f
    perform "$@" || return 1
    tell_time
    tell "done $step $((now - began))"
  done 3< "$run/steps"
}
