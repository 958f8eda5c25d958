#!/bin/sh
# What is bad, used up or taken away costs its own part alone: a clear message, the status that the README names, nothing
# left behind, and an end in bounded time and memory.
set -u
assay=$(pwd)/${ASSAY:?}
. tests/expect.inc
fake=$(pwd)/tests/drivers/fake
TMPDIR=$folder/tmp
export TMPDIR
mkdir "$TMPDIR"

# tell TEXT: what is wrong.
tell() {
    echo "$1"
    failed=1
}

# has TEXT FILE: the file has the text.
has() {
    grep -qF -- "$1" "$2" || tell "$2 has no \"$1\""
}

# limited LIMITS COMMAND...: the command under what ulimit sets.
limited() {
    limits=$1
    shift
    sh -c "ulimit $limits; exec \"\$@\"" limited "$@"
}

# A sanitizer's own memory is larger than any bound.
memory='-v 600000'
grep -q __asan_init "$assay" && memory='-v unlimited'

# --- case files ------------------------------------------------------------------------------
mkdir "$folder/cases" "$folder/none" "$folder/none.json"
cp cases/smoke/get.json "$folder/cases/a.json"
: >"$folder/empty.json"
head -c 100000000 /dev/zero | tr '\0' '[' >"$folder/deep.json"
head -c 16777216 "$folder/deep.json" >"$folder/less-deep.json"
printf '{"id":\0 "a/b"}' >"$folder/nul.json"
printf '{"id": "a\\u0000/b"}' >"$folder/escaped-nul.json"
printf '{"id": "a\377"}' >"$folder/utf8.json"
printf '{"id\377": "a"}' >"$folder/utf8-key.json"
for command in check run; do
    expect 2 'empty.json:1: want a JSON value, got the end of the text' "$assay" $command "$folder/empty.json"
    expect 2 'deep.json: larger than 16777216 octets' limited "$memory" "$assay" $command "$folder/deep.json"
    expect 2 'want at most 64 levels of arrays and objects' limited "$memory" "$assay" $command "$folder/less-deep.json"
    expect 2 'nul.json:1: want a JSON value, got "\x00"' "$assay" $command "$folder/nul.json"
    expect 2 'escaped-nul.json:1: \u0000 cannot stand in a string' "$assay" $command "$folder/escaped-nul.json"
    expect 2 'utf8.json:1: want UTF-8, got octet 0xff' "$assay" $command "$folder/utf8.json"
    expect 2 'utf8-key.json:1: want UTF-8, got octet 0xff' "$assay" $command "$folder/utf8-key.json"
done
expect 4 'no case is selected' "$assay" run "$folder/none"
expect 4 'no case is selected' "$assay" run "$folder/none.json"
expect 4 '0 cases, no mistakes' "$assay" check "$folder/none"
expect 2 'was loaded before' "$assay" run "$folder/cases/a.json" "$folder/cases/a.json"
expect 2 'was loaded before' "$assay" run "$folder/cases/a.json" "$folder/cases/./a.json"
expect 2 'was loaded before' "$assay" run "$folder/cases/a.json" "$folder/cases"
cp "$folder/cases/a.json" "$folder/secret.json"
chmod 0 "$folder/secret.json"
if [ ! -r "$folder/secret.json" ]; then
    expect 2 'secret.json: cannot read: Permission denied' "$assay" run "$folder/secret.json"
fi

# --- clients that wait, or never end -----------------------------------------------------------
cat >"$folder/two.json" <<'CASE'
{
  "id": "test/two",
  "title": "Two requests are awaited, and one comes",
  "deadline_ms": 50,
  "client": [{"request": {}}],
  "origin": [{"read": "request"}, {"read": "request"}, {"send": {"reply": "hello"}}],
  "expect": {"client": [{"status": 200}]}
}
CASE
expect 0 'UNEXERCISED  test/two  [bundled]  the run never reached its mark' "$assay" run "$folder/two.json"
cat >"$folder/ways.json" <<'CASE'
{
  "id": "test/ways",
  "title": "Whoever never reads, or sends for ever, hangs when the time is over",
  "deadline_ms": 50,
  "mark": "none",
  "client": [{"request": {"target": "/{{way}}"}}],
  "origin": [{"read": "request"}, {"send": {"reply": {"repeat": "x", "times": 100000000000}}}],
  "matrix": {"way": ["never-reads", "chunks-for-ever", "content-for-ever", "fields-for-ever", "line-for-ever"]},
  "behaviours": [{"name": "hangs", "verdict": "fail", "why": "hang", "client": [{"error": "hung"}]}]
}
CASE
expect 1 '5 of 5  hangs' limited "$memory" "$assay" run "$folder/ways.json" "$folder/cases/a.json" --subject "$fake" --jobs 1
has '2 cases (6 runs): 1 passed, 1 failed' "$folder/out"

# --- proxies and TLS ---------------------------------------------------------------------------------
cat >"$folder/much.json" <<'CASE'
{
  "id": "test/much",
  "title": "A gigabyte comes through a tunnel",
  "mark": "opened",
  "deadline_ms": 60000,
  "client": [{"request": {"proxy": {"tunnel": true}, "read": "stream"}}],
  "proxy": [{"read": "request"}, {"send": [{"head": ["HTTP/1.1 200 OK"]}], "as": "opened"}, {"relay": "origin"}],
  "origin": [{"read": "request"}, {"send": {"reply": {"repeat": "0123456789abcdef", "times": 67108864}}}],
  "expect": {"client": [{"status": 200, "body": {"length": 1073741824}}]}
}
CASE
expect 0 '1 case: 1 passed' limited "$memory" "$assay" run "$folder/much.json" --wire all --report "json=$folder/much.report.json"
has '"tail_b64"' "$folder/much.report.json"
has '"digest"' "$folder/much.report.json"
printf 'openssl_conf = all\n[all]\nproviders = some\n[some]\nnull = one\n[one]\nactivate = 1\n' >"$folder/openssl.cnf"
cat >"$folder/secured.json" <<'CASE'
{
  "id": "test/secured",
  "title": "A reply comes over TLS",
  "client": [{"request": {}}],
  "origin": {"tls": {}, "steps": [{"read": "request"}, {"send": {"reply": "hello"}}]},
  "expect": {"client": [{"status": 200, "body": "hello"}]}
}
CASE
expect 3 'OpenSSL makes no certificates: ' env "OPENSSL_CONF=$folder/openssl.cnf" "$assay" run "$folder/secured.json"
expect 0 '1 case: 1 passed' env "OPENSSL_CONF=$folder/openssl.cnf" "$assay" run smoke/get
expect 3 'none/keys: cannot write the key log: No such file or directory' \
    "$assay" run "$folder/secured.json" --key-log "$folder/no/none/keys"
expect 3 'cannot make a temporary folder: No such file or directory' env "TMPDIR=$folder/no" "$assay" run "$folder/secured.json"
expect 0 '1 case: 1 passed' "$assay" run "$folder/secured.json" --key-log "$folder/keys"
has 'SERVER_TRAFFIC_SECRET_0 ' "$folder/keys"

# --- no descriptors, no ports, no network ----------------------------------------------------------
for count in 8 16; do
    expect 3 "want at least 44 file descriptors, got $count (ulimit -n)" limited "-n $count" "$assay" run smoke/get
    expect 3 "want at least 44 file descriptors, got $count (ulimit -n)" limited "-n $count" "$assay" serve --admin 0
done
expect 0 '1 case (100 runs): 1 passed' limited '-n 44' "$assay" run smoke/get --repeat 100 --jobs 64
has '1 at once, not 64: only 44 file descriptors are allowed (ulimit -n)' "$folder/out"
expect 0 '1 case (9 runs): 1 passed' limited '-n 44' "$assay" run smoke/get --repeat 9 --jobs 64 --subject "$fake"
if unshare -rn ip link set lo up 2>"$folder/out"; then
    expect 3 'Network is unreachable' unshare -rn "$assay" run smoke/get
    ports='ip link set lo up && echo "$1" >/proc/sys/net/ipv4/ip_local_port_range && shift && exec "$@"'
    expect 3 'Cannot assign requested address' unshare -rn sh -c "$ports" ports '50000 50000' "$assay" run smoke tests/engine
    expect 0 '1 case (200 runs): 1 passed' unshare -rn sh -c "$ports" ports '50000 50003' "$assay" run smoke/get --repeat 200
else
    echo "without network namespaces: used-up ports are left out: $(cat "$folder/out")"
fi

# A file that the client is to read, and cannot be written, is no fault of the client's.
expect 3 'the file of step 1 cannot be written: File too large' limited '-f 2' "$assay" run 'upload/from-file[size=a block]'

# --- reports that cannot be written --------------------------------------------------------------
mkdir "$folder/reports"
for kind in json junit tap; do
    echo old >"$folder/reports/run"
    expect 3 "$folder/reports/run: cannot write: File too large" limited '-f 1' \
        "$assay" run partial-read --thin --report "$kind=$folder/reports/run"
    has ' passed' "$folder/out"
    if unshare -rm mount -t tmpfs -o size=4k none "$TMPDIR" 2>"$folder/out"; then
        full='mount -t tmpfs -o size=8k none "$1" && head -c 4096 /dev/zero >"$1/full" && echo old >"$1/run" && shift && "$@"
            status=$?; cat "$folder/reports/run"; ls "$folder/reports"; exit $status'
        export folder
        expect 3 "$folder/reports/run: cannot write: No space left on device" unshare -rm sh -c "$full" full \
            "$folder/reports" "$assay" run partial-read --report "$kind=$folder/reports/run"
        [ "$(tail -n 3 "$folder/out" | tr '\n' ' ')" = 'old full run ' ] || tell "$kind: the old report is not there, or not alone"
    else
        echo "without mount namespaces: a full disk is left out: $(cat "$folder/out")"
    fi
    [ "$(cat "$folder/reports/run")" = old ] || tell "$kind: the old report is gone"
    [ "$(ls "$folder/reports")" = run ] || tell "$kind: more than the report is left: $(ls "$folder/reports")"
done
for to in '>/dev/full' '>&-'; do
    expect 3 'cannot write to the standard output' sh -c "exec \"$assay\" run smoke/get $to"
    expect 3 '/dev/stdout: cannot write' sh -c "exec \"$assay\" run smoke/get --report json=- $to"
done
# The pipe's reader leaves after a line, with more to come than a pipe holds: what it left is an error of the write, and the report in a file is whole.
{
    "$assay" run partial-read tests/engine --thin --wire all --report json=- \
        --report "tap=$folder/left.tap" 2>"$folder/left"
    echo $? >"$folder/status"
} | head -n 1 >"$folder/out"
has '{' "$folder/out"
[ "$(cat "$folder/status")" = 3 ] || tell "the reader left: status $(cat "$folder/status"), want 3"
has '/dev/stdout: cannot write: Broken pipe' "$folder/left"
has ' cases: ' "$folder/left"
tests/check_tap.pl "$folder/left.tap" || failed=1

# --- signals -------------------------------------------------------------------------------------------
sed -e 's/"deadline_ms": 50/"deadline_ms": 60000/' -e 's/"matrix".*/"matrix": {"way": ["WAY"]},/' \
    -e 's/{"send": .*}],/{"read": "request"}],/' "$folder/ways.json" >"$folder/way.json"
sed -e 's/WAY/plays/' "$folder/way.json" >"$folder/waits.json"
sed -e 's/WAY/silent/' "$folder/way.json" >"$folder/stalls.json"
sed -e 's/"test\/two"/"test\/fails"/' -e 's/, {"read": "request"}//' -e 's/"status": 200/"status": 404/' \
    "$folder/two.json" >"$folder/fails.json"
mkfifo "$folder/told"

# play CASE: a case that fails, then that one; both with one driver. Comes back when the first is told.
play() {
    rm -f "$folder/reports"/*
    "$assay" run "$folder/fails.json" "$1" --subject "$fake" --jobs 1 --report "json=$folder/reports/json" \
        --report "junit=$folder/reports/junit" --report "tap=$folder/reports/tap" >"$folder/told" 2>&1 &
    player=$!
    exec 3<"$folder/told"
    grep -qF -m 1 'run it' <&3
}

# ended STATUS: the player has ended so.
ended() {
    { wait $player; } 2>/dev/null
    got=$?
    exec 3<&-
    [ $got -eq "$1" ] || tell "by a signal: status $got, want $1"
}

# drivers: the processes that live in a folder of ours.
drivers() {
    for process in /proc/[0-9]*; do
        case $(readlink "$process/cwd") in "$TMPDIR"/assay-*) echo "${process#/proc/}" ;; esac
    done
}

# mask NAME: a set of signals of the player's.
mask() {
    sed -n "s/^$1:[[:space:]]*/0x/p" "/proc/$player/status"
}

signals='INT TERM HUP'
if [ $(($(sed -n 's/^SigIgn:[[:space:]]*/0x/p' /proc/$$/status) & 1)) -ne 0 ]; then
    echo 'SIGHUP is ignored here: left out'
    signals='INT TERM'
fi
for signal in $signals; do
    play "$folder/waits.json"
    kill -s $signal $player
    ended 130
    has '"interrupted": true' "$folder/reports/json"
    has 'interrupted: 1 of 2 cases were played' "$folder/reports/junit"
    has 'not ok 1 - test/fails' "$folder/reports/tap"
    [ -z "$(drivers)" ] || tell "SIG$signal leaves processes: $(drivers)"
    [ -z "$(ls "$TMPDIR")" ] || tell "SIG$signal leaves folders: $(ls "$TMPDIR")"
done

# The second one ends it at once: no report.
play "$folder/stalls.json"
kill -INT $player
while [ $(($(mask SigCgt) & 2)) -ne 0 ]; do :; done
kill -INT $player
ended 130
[ ! -e "$folder/reports/json" ] || tell 'a second SIGINT waits for the report'
for pid in $(drivers); do
    kill -KILL "$pid"
done

# Nobody can tidy up behind SIGKILL; but a driver finds its input at the end, and goes by itself.
rm -rf "$TMPDIR"/*
play "$folder/waits.json"
driver=$(drivers)
kill -KILL $player
ended 137
timeout 20 tail -s 0.02 --pid="$driver" -f /dev/null || tell "the driver $driver does not end when assay was killed"
rm -rf "$TMPDIR"/* "$folder/reports"/*

# --- options ---------------------------------------------------------------------------------------------
for shard in 0/4 5/4 1/0 x 1/99999999999999999999; do
    expect 2 "--shard: want I/N, a number from 1 to N of N shards, at most 1000; got \"$shard\"" \
        "$assay" run smoke/get --shard $shard
done
expect 0 '1 passed' "$assay" run smoke/get --jobs 500
expect 2 '--jobs: want a number from 1 to 1000, got "99999999999999999999"' "$assay" run --jobs 99999999999999999999
expect 2 '--slow: want a number from 1 to 1000, got "0"' "$assay" run --slow 0
for report in json foo=x json=; do
    expect 2 "want json=PATH, junit=PATH, tap=PATH, got \"$report\"" "$assay" run smoke/get --report $report
done
for option in jobs shard report subject; do
    expect 2 "--$option wants a value" "$assay" run smoke/get --$option
done
expect 2 '--report: "-" is named twice' "$assay" run smoke/get --report json=- --report tap=-
expect 2 "\"$folder/reports/a\" is named twice" "$assay" run smoke/get --report "json=$folder/reports/a" --report "tap=$folder/reports/a"
expect 3 'reports: cannot write: Is a directory' "$assay" run smoke/get --report "json=$folder/reports"
expect 3 'README.md": permission denied' "$assay" run smoke/get --subject ./README.md
expect 2 '--subject: no file is at "./cases"' "$assay" run smoke/get --subject ./cases
expect 3 'empty.json:1: want a JSON value, got the end of the text' "$assay" run smoke/get --subject "$folder/empty.json"
expect 2 'empty.json:1: want a JSON value, got the end of the text' "$assay" run smoke/get --baseline "$folder/empty.json"
[ -z "$(ls "$folder/reports")" ] || tell "wrong use leaves reports: $(ls "$folder/reports")"
cd "$folder" || exit 1
if [ ! -e /usr/local/share/assay ]; then
    for command in run list check serve; do
        expect 2 'no corpus: this folder has no cases/requirements.json, and none is installed in ' "$assay" $command
    done
fi

# --- reports that are read ---------------------------------------------------------------------------------
cd "${fake%/tests/drivers/fake}" || exit 1
expect 0 '1 passed' "$assay" run smoke/get --report "json=$folder/good"
sed '/^  "results"/,$d' "$folder/good" >"$folder/cut"
sed 's/smoke/smo\\u0000ke/' "$folder/good" >"$folder/escaped-nul"
sed 's/"subjects": \[/&\x00/' "$folder/good" >"$folder/nul"
sed 's|assay-report/1|assay-report/2|' "$folder/good" >"$folder/later"
while read -r name message; do
    expect 2 "$folder/$name$message" limited "$memory" "$assay" show "$folder/$name"
    expect 2 "$folder/$name$message" limited "$memory" "$assay" diff "$folder/good" "$folder/$name"
    expect 2 "$folder/$name$message" limited "$memory" "$assay" diff "$folder/$name" "$folder/good"
done <<'ROWS'
empty.json :1: want an array or an object
cut :8: want a key in double quotes
deep.json :1: want an array or object that is closed: the text was cut
escaped-nul :10: /results/0: \u0000 cannot stand in a string
nul :5: /subjects: want a JSON value, got "\x00"
later :2: /format: want the format "assay-report/1", got "assay-report/2"
none : want a file
ROWS

[ -z "$(ls "$TMPDIR")" ] || tell "folders are left: $(ls "$TMPDIR")"
exit $failed
