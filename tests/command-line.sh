#!/bin/sh
# The command line: output, messages, exit statuses. Each row prints what differs.
set -u
assay=${ASSAY:?}
. tests/expect.inc

expect 0 'usage: assay COMMAND' "$assay" --help
expect 0 'assay 0.' "$assay" --version
expect 2 'want a command' "$assay"
expect 2 'unknown command "rnu"; did you mean "run"?' "$assay" rnu
expect 2 'unknown option "--gerp"; did you mean "--grep"?' "$assay" list --gerp=x
expect 2 '--tag wants a value' "$assay" list --tag
expect 2 '--thin takes no value' "$assay" run --thin=3
expect 2 'no subject is called "nope"' "$assay" observe smoke/get --subject nope
expect 2 'bundled is assay itself: nothing rests on it' "$assay" observe smoke/get --subject bundled
expect 2 'unknown option "--strict"' "$assay" list --strict
expect 0 '18 cases (58 runs): 17 passed, 1 skipped' "$assay" run tests/engine
expect 2 '--jobs: want a number from 1 to 1000, got "0"' "$assay" run --jobs 0
expect 2 '--jobs: want a number from 1 to 1000, got "x"' "$assay" run --jobs x
expect 2 '--jobs: want a number from 1 to 1000, got "1001"' "$assay" run --jobs 1001
expect 2 '--jobs: want a number from 1 to 1000, got "-1"' "$assay" run --jobs=-1
expect 2 '--jobs: want a number from 1 to 1000, got ""' "$assay" run --jobs=
expect 2 '--repeat: want a number from 1 to 1000000, got "0"' "$assay" run --repeat 0
expect 2 '--repeat: want a number from 1 to 1000000, got "99999999999999999999"' \
    "$assay" run --repeat 99999999999999999999
expect 2 '--slow: want a number from 1 to 1000, got "1.5"' "$assay" run --slow 1.5
expect 2 'unknown option "--jobs"' "$assay" list --jobs 2
expect 2 '--admin: want a number from 0 to 65535, got "65536"' "$assay" serve --admin 65536
expect 2 '--admin: want a number from 0 to 65535, got ""' "$assay" serve --admin ''
expect 2 '--reports: "none/such": No such file or directory' "$assay" serve --reports none/such
expect 2 '--reports: "README.md": Not a directory' "$assay" serve --reports README.md
expect 2 'no case is called "smoke/gte"' "$assay" serve smoke/gte
expect 2 'unknown option "--jobs"' "$assay" serve --jobs 2
expect 2 'unknown option "--admin"' "$assay" run --admin 0
expect 3 'cannot write to the standard output' sh -c "\"$assay\" serve --admin 0 >&-"
expect 2 '--color: want auto, always, never, got "red"' "$assay" run --color red
expect 2 'no subject is called "bundlde"; there are: ' "$assay" run --subject bundlde
expect 2 '--report: want json=PATH, junit=PATH, tap=PATH, got "xml=x"' "$assay" run --report xml=x
expect 2 '--grep: "(" is no regular expression' "$assay" list --grep '('
expect 2 'no case is called "smoke/gte"; did you mean "smoke/get"?' "$assay" run smoke/gte
expect 2 'no case is called "zzzzzzzzzzzz", and no file or folder' "$assay" run zzzzzzzzzzzz
expect 2 'the case "smoke/get" has no point "[cut=1]": it is played once' "$assay" run 'smoke/get[cut=1]'
expect 4 'no case is selected' "$assay" run --tag nothing-bears-this
expect 4 'no case is selected' "$assay" list smoke --grep nothing-bears-this
expect 0 'smoke/get ' "$assay" list smoke
expect 0 'smoke/get ' "$assay" list 's*/g*'
expect 0 'no mistakes' "$assay" check
expect 0 '1 passed' "$assay" run smoke/get
expect 0 '1 passed' "$assay" run cases/smoke/get.json
expect 0 '1 case: 1 passed' "$assay" run smoke/get --thin --slow 4
sed 's/"smoke"\]/"slow"]/' cases/smoke/get.json >"$folder/slow.json"
expect 0 '1 case: 1 passed' "$assay" run "$folder/slow.json"
expect 4 'no case is selected' "$assay" run "$folder"
expect 0 '1 case (3 runs): 1 passed' "$assay" run smoke/get --repeat 3 --jobs 2
expect 0 '"run": "smoke/get#1"' "$assay" run smoke/get --repeat 3 --report json=-
expect 0 '"format": "assay-report/1"' "$assay" run smoke/get --report json=-
expect 0 '<testsuites name="assay" tests="1" failures="0"' "$assay" run smoke/get --report junit=-
expect 0 'ok 1 - smoke/get [bundled]' "$assay" run smoke/get --report tap=-
expect 2 'want json=PATH, junit=PATH, tap=PATH, got "tap="' "$assay" run --report tap=
expect 3 'No space left on device' "$assay" run smoke/get --report json=/dev/full
expect 3 'No space left on device' "$assay" run smoke/get --report junit=/dev/full
expect 3 'No space left on device' "$assay" run smoke/get --report tap=/dev/full
expect 3 'cannot write to the standard output' sh -c "exec \"$assay\" list >/dev/full"

# A broken case file: every mistake is told with its place, and nothing runs.
sed 's/"send"/"sned"/; s/"title"/"titel"/' cases/smoke/get.json >"$folder/broken.json"
expect 2 'did you mean "send"?' "$assay" run "$folder/broken.json"
expect 2 'did you mean "title"?' "$assay" check "$folder/broken.json"
printf '{"id": "a/b",\n "id": 1}' >"$folder/twice.json"
expect 2 'twice.json:2: /id: duplicate key "id", first at line 1' "$assay" check "$folder/twice.json"
expect 2 "$folder/none.json" "$assay" check "$folder/none.json"

# A case that the client fails: the block shows the wire, the status says so.
cat >"$folder/fail.json" <<'CASE'
{
  "id": "test/always-fails",
  "title": "Nothing passes this",
  "requirements": ["9112-8-1"],
  "client": [{"request": {}}],
  "origin": [{"read": "request"}, {"send": {"reply": "hello"}}],
  "behaviours": [
    {"name": "takes the body", "verdict": "fail", "why": "truncation", "client": [{"status": 200}]}
  ]
}
CASE
expect 1 'takes the body' "$assay" run "$folder/fail.json"
expect 1 'GET / HTTP/1.1' "$assay" run "$folder/fail.json"
sed 's/"status": 200/"status": 404/' "$folder/fail.json" >"$folder/unrecognised.json"
expect 1 'status is 200, want 404' "$assay" run "$folder/unrecognised.json"
sed 's/"fail"/"warn"/' "$folder/fail.json" >"$folder/warn.json"
expect 0 '1 warn' "$assay" run "$folder/warn.json"
expect 1 '1 warn' "$assay" run --strict "$folder/warn.json"
sed 's/always-fails/warns/' "$folder/warn.json" >"$folder/warn2.json"
expect 1 '<failure type="warn"' "$assay" run --strict "$folder/warn.json" --report junit=-
expect 1 'not ok 1 - test/always-fails' "$assay" run --strict "$folder/warn.json" --report tap=-

# A script that ends in silence: the client hangs, and the run ends all the same.
sed 's/{"send": {"reply": "hello"}}/{"send": "HTTP"}/; s/"client": \[{"request": {}}\],/"deadline_ms": 50, &/' \
    "$folder/fail.json" >"$folder/hang.json"
expect 1 'error is hung' "$assay" run "$folder/hang.json"

# Of a behaviour that does not pass 20 runs are shown; all are counted.
expect 1 '30 of 30  takes the body' "$assay" run "$folder/fail.json" --repeat 30 --jobs 4 \
    --report "json=$folder/many.json"
shown=$(grep -c '"run": "test/always-fails' "$folder/many.json")
if [ "$shown" -ne 20 ]; then
    echo "$shown of 30 runs that fail are shown, want 20"
    failed=1
fi

# However many runs are in flight: the same verdicts and behaviours, in the same order. Cases of `reuse` wait for clocks.
play_with() {
    jobs=$1
    shift
    expect 0 ' passed' "$assay" run --jobs "$jobs" --report "json=$folder/$jobs.json" "$@"
    grep -E '^ *"(case|verdict|behaviour|runs|run)":' "$folder/$jobs.json" |
        grep -v duration_ms >"$folder/$jobs.txt"
}
for options in '' '--thin --repeat 5 reuse' \
    '--thin --repeat 50 body chunked head interim length partial-read seed smoke upload'; do
    # shellcheck disable=SC2086 # several words, or none
    play_with 1 $options
    # shellcheck disable=SC2086
    play_with 8 $options
    if ! diff "$folder/1.txt" "$folder/8.txt"; then
        echo "--jobs 8 $options gives other results than --jobs 1"
        failed=1
    fi
done

# play_and_signal SIGNAL NAME: a run whose second case hangs gets the signal when the last of its reports has told the first.
sed 's/"deadline_ms": 50,/"deadline_ms": 60000,/; s/always-fails/waits/' "$folder/hang.json" >"$folder/waits.json"
mkfifo "$folder/told"
play_and_signal() {
    "$assay" run "$folder/fail.json" "$folder/waits.json" --jobs 2 --report "json=$folder/$2.json" \
        --report "junit=$folder/$2.xml" --report "tap=$folder/$2.tap" --report tap=- >"$folder/told" 2>&1 &
    player=$!
    exec 3<"$folder/told"
    grep -qF -m 1 'not ok 1 - ' <&3
    kill "-$1" $player
    wait $player 2>/dev/null
    got=$?
    exec 3<&-
}

# Interrupted: what had finished is reported, and the second case is not.
play_and_signal INT int
if [ "$got" -ne 130 ] || ! grep -qF '"interrupted": true' "$folder/int.json" ||
    ! grep -qF '"cases": {"fail": 1}' "$folder/int.json"; then
    echo "interrupted: status $got, want 130 with the report of one case that failed"
    failed=1
fi
expect 0 'interrupted: 1 of 2 cases were played' cat "$folder/int.xml"
expect 0 '1..2' cat "$folder/int.tap"

# Killed: what had finished can still be read.
play_and_signal KILL killed
expect 0 'interrupted: 1 of 2 cases were played' "$assay" show "$folder"/killed.json.*.tmp
expect 0 'FAIL  test/always-fails' "$assay" show "$folder"/killed.json.*.tmp
expect 0 'ends in the middle: taken as what a run had finished' "$assay" show "$folder"/killed.json.*.tmp --report junit=-

# A case in words.
expect 0 'usage: assay explain CASES...' "$assay" explain --help
expect 0 'sends 43 octets' "$assay" explain smoke/get
expect 0 'fail         takes the body' "$assay" explain "$folder/fail.json"
expect 0 'does harm: truncation' "$assay" explain "$folder/fail.json"
expect 0 '9112-8-1 (MUST): A response cut short' "$assay" explain "$folder/fail.json"
expect 0 'told is the first, [cut=0,end=fin]' "$assay" explain partial-read/truncate-length
expect 0 'sends 17 octets' "$assay" explain 'partial-read/truncate-length[cut=17,end=fin]'
expect 0 'nobody listens on its port' "$assay" explain tests/engine
expect 0 '9 cases, no mistakes' "$assay" check tests/load
expect 0 'at 127.0.0.1:34567 localhost 34567' "$assay" explain tests/load
expect 0 'told is the first' "$assay" explain reuse --color always
expect 2 'want a case' "$assay" explain
expect 2 'did you mean "smoke/get"?' "$assay" explain smoke/gte
expect 2 'has no point "[cut=1]": it is played once' "$assay" explain 'smoke/get[cut=1]'
expect 2 'did you mean "send"?' "$assay" explain "$folder/broken.json"
expect 3 'cannot write to the standard output' sh -c "exec \"$assay\" explain smoke/get >/dev/full"

# A report read again: it tells what the run told, and gives what the run gave.
expect 1 '3 cases: 1 passed, 1 failed, 1 warned' "$assay" run smoke/get "$folder/fail.json" "$folder/warn2.json" \
    --report "json=$folder/old.json" --report "tap=$folder/old.tap" --wire all
cp "$folder/out" "$folder/told.txt"
expect 0 '3 cases: 1 passed, 1 failed, 1 warned' "$assay" show "$folder/old.json" --report "json=$folder/again.json" \
    --report "tap=$folder/again.tap"
for pair in told.txt:out old.json:again.json old.tap:again.tap; do
    if ! diff "$folder/${pair%:*}" "$folder/${pair#*:}"; then
        echo "show gives another $pair"
        failed=1
    fi
done
expect 0 'usage: assay show REPORT' "$assay" show --help
expect 0 '1 case: 1 failed' "$assay" show "$folder/old.json" --grep always-fails
expect 0 'c0 <- hello' "$assay" show "$folder/old.json" smoke/get
expect 0 '2 cases: 1 failed, 1 warned' "$assay" show "$folder/old.json" test
expect 0 'failures="2"' "$assay" show "$folder/old.json" --strict --report junit=-
expect 0 'takes the body' "$assay" show "$folder/many.json" 'test/always-fails#20'
expect 2 'no run of the reports is called "test/always-fails#21"' "$assay" show "$folder/many.json" 'test/always-fails#21'
expect 2 'no case of the reports is called "smoke/gte"; did you mean "smoke/get"?' "$assay" show "$folder/old.json" smoke/gte
expect 2 'two results of the case "smoke/get" against "bundled"' "$assay" show "$folder/old.json" "$folder/again.json"
expect 2 'want a report' "$assay" show
expect 2 'want a report; there is no file "smoke/get"' "$assay" show smoke/get
expect 2 "$folder/none.json: cannot read" "$assay" show "$folder/none.json"
expect 2 'cases: want a file' "$assay" show cases
expect 2 'cases/smoke/get.json:1: is no report of assay' "$assay" show cases/smoke/get.json
expect 2 'unknown option "--jobs"' "$assay" show "$folder/old.json" --jobs 2
expect 2 'is no regular expression' "$assay" show "$folder/old.json" --grep '('
expect 3 'No space left on device' "$assay" show "$folder/old.json" --report json=/dev/full
expect 4 'no result is selected' "$assay" show "$folder/old.json" --grep nothing-bears-this
head -c 200 "$folder/old.json" >"$folder/cut.json"
expect 2 "$folder/cut.json:5: want an array or object that is closed" "$assay" show "$folder/cut.json"
sed 's|assay-report/1|assay-report/2|' "$folder/old.json" >"$folder/later.json"
expect 2 "$folder/later.json:2: /format: want the format" "$assay" show "$folder/later.json"
expect 0 '1..2' "$assay" show "$folder/int.json" --report tap=-

# The parts of a corpus, read as one.
for part in 1 2; do
    expect 0 "shard $part of 2" "$assay" run reuse smoke --shard $part/2 --report "json=$folder/part$part.json"
done
expect 0 "$("$assay" list reuse smoke | wc -l) cases (" "$assay" show "$folder/part1.json" "$folder/part2.json" \
    --report "json=$folder/parts.json"
expect 0 '"shard": null' cat "$folder/parts.json"
expect 0 'shard 2 of 2' "$assay" show "$folder/part2.json"

# What changed between two reports.
sed 's/"verdict": "fail"/"verdict": "pass"/' "$folder/old.json" >"$folder/new.json"
expect 0 'usage: assay diff OLD NEW' "$assay" diff --help
expect 0 'bundled: 3 as before' "$assay" diff "$folder/old.json" "$folder/old.json"
expect 0 'fixed  test/always-fails  [bundled]  fail -> pass' "$assay" diff "$folder/old.json" "$folder/new.json"
expect 1 'broke  test/always-fails  [bundled]  pass -> fail' "$assay" diff "$folder/new.json" "$folder/old.json"
expect 0 'bundled: 1 as before' "$assay" diff "$folder/new.json" "$folder/old.json" --grep smoke
expect 0 'stopped running  smoke/get  [bundled]  pass -> not there' "$assay" diff "$folder/old.json" "$folder/many.json"
expect 0 'new  smoke/get  [bundled]  pass' "$assay" diff "$folder/many.json" "$folder/old.json"
sed '/"name"/s/bundled/other/' "$folder/new.json" >"$folder/other.json"
expect 2 '/results/0/subject: no subject of the report is called "bundled"' "$assay" diff "$folder/old.json" "$folder/other.json"
sed 's/bundled/other/g' "$folder/new.json" >"$folder/other.json"
expect 0 'bundled -> other: 1 fixed, 2 as before' "$assay" diff "$folder/old.json" "$folder/other.json"
expect 1 'fail' "$assay" diff "$folder/new.json" "$folder/old.json" --color always
expect 2 'want two reports, got 1' "$assay" diff "$folder/old.json"
expect 2 "$folder/cut.json:5: want" "$assay" diff "$folder/old.json" "$folder/cut.json"
expect 4 'nothing to compare' "$assay" diff "$folder/old.json" "$folder/new.json" --grep nothing-bears-this

# What is there is replaced whole; a folder that cannot be written is told.
expect 0 '1 passed' "$assay" run smoke/get --report "json=$folder/new/run.json" --wire all
expect 0 '"received"' cat "$folder/new/run.json"
expect 3 "$folder/fail.json/run.json" "$assay" run smoke/get --report "json=$folder/fail.json/run.json"

exit $failed
