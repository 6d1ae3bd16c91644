#!/bin/sh
# Stand-in for tests: the real script would get a certificate with a client from elsewhere.
echo "not in the stand-in" >&2
exit 1
