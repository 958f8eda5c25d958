#!/bin/sh
# Subjects behind a driver: what one does wrong costs its own run alone; several are played; how they are named.
set -u
assay=$(pwd)/${ASSAY:?}
. tests/expect.inc

# has TEXT FILE
has() {
    if ! grep -qF -- "$1" "$2"; then
        echo "$2 has no \"$1\""
        failed=1
    fi
}

# A checkout of its own, with the fake driver by several names.
mkdir "$folder/checkout" "$folder/checkout/drivers"
ln -s "$(pwd)/cases" "$folder/checkout/cases"
for name in fake dies-at-start wrong-hello patient; do
    ln -s "$(pwd)/tests/drivers/fake" "$folder/checkout/drivers/$name"
done
echo '{}' >"$folder/checkout/drivers/described.json"
sed -e "s|\./cli|$(pwd)/tests/drivers/cli|g" tests/drivers/cli.json >"$folder/checkout/drivers/cli.json"
sed -e 's|/drivers/cli"|/drivers/nothing"|g' "$folder/checkout/drivers/cli.json" >"$folder/checkout/drivers/missing.json"
echo 'no driver' >"$folder/checkout/drivers/README.md"
cd "$folder/checkout" || exit 1

# A point for each way to go wrong, and a good one behind it: these pass. One driver plays them all, or the next one.
cat >"$folder/ways.json" <<'CASE'
{
  "id": "test/ways",
  "title": "Whatever a driver does wrong, the next run is played",
  "requirements": ["9112-8-1"],
  "client": [{"request": {"target": "/{{way}}"}}],
  "origin": [{"read": "request"}, {"send": {"reply": "hello"}}],
  "matrix": {"way": [WAYS]},
  "behaviours": [{"name": "plays it", "verdict": "pass", "client": [{"status": 200, "body": "hello"}]}]
}
CASE
ways='dies is-killed garbage wrong-shape wrong-id wrong-step twice ends-early stands-nowhere floods-stdout dies-after-answer'
listed=
for way in $ways floods-stderr; do
    listed="$listed${listed:+, }\"$way\", \"good-behind-$way\""
done
sed -e "s/WAYS/$listed/" "$folder/ways.json" >"$folder/all-ways.json"
expect 3 'its driver ended: exit status 3' "$assay" run "$folder/all-ways.json" --subject fake --jobs 1 \
    --report "json=$folder/ways.report"
has 'this is the end' "$folder/out"
has '"runs": {"pass": 13, "error": 11}' "$folder/ways.report"
for reason in 'exit status 0' 'exit status 3' 'signal 11' 'want a JSON value, got' 'want a number, got a string' \
    'which is not on' 'which was not asked for' 'which it has answered' 'was not asked to end it' 'where it has no hold' \
    'a line of more than 16777216 octets'; do
    has "$reason" "$folder/ways.report"
done

# What a client cannot do is no fault.
sed -e 's/WAYS/"unsupported"/' "$folder/ways.json" >"$folder/unsupported.json"
expect 0 'cannot do step 1: it is not for me' "$assay" run "$folder/unsupported.json" --subject fake

# A driver that stalls is a client that hangs; it is killed, and the next run is played.
sed -e 's/WAYS/"half-line"/' -e 's/"id"/"deadline_ms": 100, "id"/' \
    -e 's/"behaviours": \[/&{"name": "hangs", "verdict": "fail", "why": "hang", "client": [{"error": "hung"}]}, /' \
    -e 's/test\/ways",/test\/stalls", "mark": "none",/' "$folder/ways.json" >"$folder/stalls.json"
sed -e 's/WAYS/"good"/' "$folder/ways.json" >"$folder/good.json"
expect 1 '2 cases: 1 passed, 1 failed' "$assay" run "$folder/stalls.json" "$folder/good.json" --subject fake --jobs 1
has 'behaviour  hangs' "$folder/out"

# Each subject plays all; the worst decides.
expect 0 'fake  3 cases: 3 passed' "$assay" run smoke --subject bundled --subject fake --report "json=$folder/two.report"
has '6 cases: 6 passed' "$folder/out"
has 'bundled  3 cases: 3 passed' "$folder/out"
has '{"name": "fake", "version": "7", "client": "fake", "engine": "socket", "patience": 1,' "$folder/two.report"
has '"bundled": {"cases": {"pass": 3}, "runs": {"pass": 3}}' "$folder/two.report"
has '"fake": {"cases": {"pass": 3}, "runs": {"pass": 3}}' "$folder/two.report"
expect 3 '2 cases (48 runs): 1 passed, 1 in error' "$assay" run "$folder/all-ways.json" --subject bundled --subject fake
expect 0 '1 passed' "$assay" run smoke/get --subject patient --report "json=$folder/patient.report"
has '"patience": 3' "$folder/patient.report"
sed -e 's/WAYS/"deadline"/' -e 's/ways",/ways", "mark": "none",/' -e 's/"body": "hello"/"body": "30000"/' "$folder/ways.json" \
    >"$folder/deadline.json"
expect 0 '1 passed' "$assay" run "$folder/deadline.json" --subject patient --slow 2
expect 0 '1 passed' "$assay" run smoke/get --subject drivers/fake
expect 0 '50 runs' "$assay" run smoke/get --subject "$folder/checkout/drivers/fake" --repeat 50 --jobs 8
cp drivers/../cases/smoke/get.json "$folder/get.json"
expect 0 'fake' "$assay" run "$folder/get.json" --subject fake --subject ./drivers/fake

# One that does not start is told, and the others are played.
expect 3 'dies-at-start: its driver ended: exit status 4' "$assay" run smoke/get --subject dies-at-start
has 'there is no such client' "$folder/out"
expect 3 'did you mean "session"?' "$assay" run smoke/get --subject wrong-hello
expect 3 '1 case: 1 passed' "$assay" run smoke/get --subject dies-at-start --subject fake
has 'there is no such client' "$folder/out"
expect 3 'cannot start' "$assay" run smoke/get --subject drivers/README.md
expect 3 'described.json:1: want a member "client", got none' "$assay" run smoke/get --subject described

# A command-line client: all steps in one command, gates before those that wait, a source that stands.
expect 0 '3 cases: 2 passed, 1 skipped' "$assay" run smoke --subject cli
cat >"$folder/steps.json" <<'CASE'
{
  "suite": "What a command line can be asked for", "cases": [
  {"id": "test/waits", "title": "A step waits for another, on one connection", "mark": "both", "connection": "keep",
   "client": [{"request": {"target": "/1"}, "as": "one"}, {"request": {"target": "/2"}, "after": "told"}],
   "origin": [{"read": "request"}, {"send": {"reply": "one"}}, {"wait": "drained", "as": "told", "after": "one"}, {"read": "request"}, {"send": {"reply": "two"}, "as": "both"}],
   "behaviours": [{"name": "waits", "verdict": "pass", "client": [{"status": 200, "body": "one"}, {"status": 200, "body": "two"}], "origin": {"connections": 1}}]},
  {"id": "test/stands", "title": "A source stands", "mark": "half",
   "client": [{"request": {"method": "PUT", "body": {"stream": ["hello", {"hold": "half"}, "world"]}}}],
   "origin": [{"read": {"until": "hello"}, "as": "half"}, {"read": "body"}, {"send": {"reply": "done"}}],
   "behaviours": [{"name": "sends both", "verdict": "pass", "client": [{"status": 200, "body": "done"}], "origin": {"requests": [{"body": "helloworld"}]}}]},
  {"id": "test/refused", "title": "Nobody listens", "mark": "none", "client": [{"request": {}}], "origin": {"refuse": true},
   "behaviours": [{"name": "says so", "verdict": "pass", "client": [{"error": "refused"}]}]}
  ]
}
CASE
sed -i -e 's/"can": \[/"can": ["method.any", /' "$folder/checkout/drivers/cli.json"
expect 0 '3 cases: 3 passed' "$assay" run "$folder/steps.json" --subject cli
for way in dies garbage; do
    sed -e "s/WAYS/\"good\", \"$way\", \"good-again\"/" "$folder/ways.json" >"$folder/cli-$way.json"
done
expect 3 'ended (exit status 3) before it had told of step 1: "cli: dies as it was told' \
    "$assay" run "$folder/cli-dies.json" --subject cli
expect 3 'printed for step 1 is wrong' "$assay" run "$folder/cli-garbage.json" --subject cli
has '2 of 3  plays it' "$folder/out"
sed -e 's|"/1"}, "as": "one"|"/leaves"}, "as": "one"|; s|test/|leaves/|' "$folder/steps.json" >"$folder/leaves.json"
expect 3 'cli ended' "$assay" run "$folder/leaves.json" --subject cli
has '2 passed, 1 in error' "$folder/out"
expect 3 'cannot start' "$assay" run smoke/get --subject missing

# How they are named.
expect 2 'no subject is called "faek"; there are: cli, described, dies-at-start, fake, missing, patient, wrong-hello, bundled; did you mean "fake"?' \
    "$assay" run smoke/get --subject faek
expect 2 'no subject is called "README.md"' "$assay" run smoke/get --subject README.md
expect 2 'no subject is called ""' "$assay" run smoke/get --subject ''
expect 2 'no subject is called ".."' "$assay" run smoke/get --subject ..
expect 2 'no file is at "./none"' "$assay" run smoke/get --subject ./none
expect 2 'no file is at "drivers/"' "$assay" run smoke/get --subject drivers/
expect 2 '"fake" is named twice' "$assay" run smoke/get --subject fake --subject fake
many=$(i=0; while [ $i -le 64 ]; do printf ' --subject s%d' $i; i=$((i + 1)); done)
# shellcheck disable=SC2086 # many words
expect 2 '--subject: at most 64 of them' "$assay" run smoke/get $many

exit $failed
