#!/bin/bash
# Starts the jicofo stand-in with the flags that the Java program would get; a Java virtual machine proves them first.

if [[ $JAVA_SYS_PROPS != *-Dconfig.file=* ]]; then
    if [[ ! -f /etc/jitsi/jicofo/jicofo.conf ]]; then
        echo "No configuration: JAVA_SYS_PROPS lacks -Dconfig.file and /etc/jitsi/jicofo/jicofo.conf is not there." >&2
        exit 2
    fi
    JAVA_SYS_PROPS="$JAVA_SYS_PROPS -Dconfig.file=/etc/jitsi/jicofo/jicofo.conf"
fi

# The properties are words separated by spaces, as in the file that they come from.
read -r -a properties <<< "$JAVA_SYS_PROPS"
flags=("-Xmx${JICOFO_MAX_MEMORY:-3072m}" -XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=/tmp
    -Djdk.tls.ephemeralDHKeySize=2048 "${properties[@]}")

if ! refusal=$(java "${flags[@]}" -version 2>&1); then
    echo "Java refuses its flags: $refusal" >&2
    exit 1
fi
exec ruby "$(dirname "$(readlink -f "$0")")/jicofo.rb" "${flags[@]}" "$@"
