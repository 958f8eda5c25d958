#!/bin/sh
# Recorded calls of Python's http.client against the client; the player lies beside the suites.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if "${PYTHON:-/usr/bin/python3}" tests/golden/golden.py tests/golden/golden.json tests/golden/more.json --all-rows --player "$(dirname "$1")/golden-play" >"$log"; then
    tail -n 2 "$log"
else
    cat "$log"
    exit 1
fi
