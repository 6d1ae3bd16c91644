#!/bin/bash
# Starts the videobridge stand-in with the flags that the Java program would get; a Java virtual machine proves them first.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
if [[ -f $here/lib/videobridge.rc ]]; then . "$here/lib/videobridge.rc"; fi

# The properties are words separated by spaces, as in the file that they come from.
read -r -a properties <<< "$JAVA_SYS_PROPS"
read -r -a debug <<< "$VIDEOBRIDGE_DEBUG_OPTIONS"
flags=("-Xmx${VIDEOBRIDGE_MAX_MEMORY:-3072m}" "${debug[@]}" "-XX:+Use${VIDEOBRIDGE_GC_TYPE:-G1GC}"
    -XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=/tmp -Djdk.tls.ephemeralDHKeySize=2048 "${properties[@]}")

if ! refusal=$(java "${flags[@]}" -version 2>&1); then
    echo "Java refuses its flags: $refusal" >&2
    exit 1
fi
exec ruby "$here/jvb.rb" "${flags[@]}" "$@"
