#!/bin/sh
# `assay serve`: says where it listens, answers as tests/serve_test.py wants, and ends when it is told to.
set -u
assay=$(pwd)/${ASSAY:?}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# Reports, and what is none: a link out, a folder, a pipe, a hidden file, one that is being written.
mkdir "$folder/reports" "$folder/reports/folder.json"
echo '{"report": 1}' >"$folder/reports/run.json"
echo 'a page' >"$folder/reports/run.html"
: >"$folder/reports/empty.tap"
echo 'odd' >"$folder/reports/<b>&\"'%2e #?.txt"
echo 'secret' >"$folder/secret.json"
ln -s "$folder/secret.json" "$folder/reports/link.json"
ln -s "$folder/reports/run.json" "$folder/reports/link-within.json"
mkfifo "$folder/reports/pipe.json"
echo 'hidden' >"$folder/reports/.hidden.json"
echo 'unfinished' >"$folder/reports/run.json.12-0.tmp"
sed 's/"id": "[^"]*"/"id": "odd\/case"/; s/"title": "[^"]*"/"title": "<script>alert(1)<\/script> \&amp; \\"é"/' \
    cases/smoke/get.json >"$folder/odd.json"

# serve SIGNAL COMMAND...: the command is given the port, then the signal ends the server with status 0.
serve() {
    signal=$1
    shift
    rm -f "$folder/told"
    mkfifo "$folder/told"
    "$assay" serve smoke/get partial-read "$folder/odd.json" --admin 0 --reports "$folder/reports" \
        >"$folder/told" 2>"$folder/errors" &
    server=$!
    exec 3<"$folder/told"
    read -r line <&3
    port=$(printf '%s\n' "$line" | sed -n 's|^assay [0-9.]* listens at http://127\.0\.0\.1:\([0-9]*\)/$|\1|p')
    if [ -n "$port" ]; then
        "$@" "$port" || failed=1
        kill -s "$signal" "$server"
    fi
    wait "$server"
    got=$?
    exec 3<&-
    if [ -z "$port" ] || [ $got -ne 0 ] || [ -s "$folder/errors" ]; then
        echo "serve said \"$line\", and ended by $signal with status $got, want 0:"
        cat "$folder/errors"
        failed=1
    fi
}

# A port that is taken is told.
port_is_taken() {
    if "$assay" serve smoke/get --admin "$1" >"$folder/out" 2>&1 ||
        ! grep -q "cannot listen at 127.0.0.1:$1: Address already in use" "$folder/out"; then
        echo "a second server at the same port:"
        cat "$folder/out"
        return 1
    fi
}

serve INT "${PYTHON:-/usr/bin/python3}" tests/serve_test.py "$folder/reports"
serve TERM port_is_taken

exit $failed
