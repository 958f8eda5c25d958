#!/bin/sh
# Baselines and shards from the command line: what is known, stale, missing; what an update writes.
set -u
assay=${ASSAY:?}
python=${PYTHON:-/usr/bin/python3}
. tests/expect.inc

# same FILE: it holds what the standard input does.
same() {
    diff - "$1" || failed=1
}

# A corpus of two cases that deviate, one of many points, and one that passes.
mkdir "$folder/corpus"
cat >"$folder/corpus/all.json" <<'CASES'
{
  "suite": "expected",
  "defs": {"answer": [{"read": "request"}, {"send": {"reply": "hello"}}]},
  "cases": [
    {"id": "test/fails", "title": "Fails", "client": [{"request": {}}], "origin": [{"use": "answer"}],
     "behaviours": [{"name": "takes the body", "verdict": "fail", "why": "truncation", "client": [{"status": 200}]}]},
    {"id": "test/strange", "title": "Is not recognised", "client": [{"request": {}}], "origin": [{"use": "answer"}],
     "behaviours": [{"name": "takes it", "verdict": "pass", "client": [{"status": 404}]}]},
    {"id": "test/many", "title": "Passes at its first point alone", "matrix": {"word": ["one", "two"]},
     "client": [{"request": {"target": "/{{word}}"}}], "origin": [{"use": "answer"}],
     "behaviours": [
       {"name": "passes", "verdict": "pass", "when": {"word": "one"}, "client": [{"status": 200}]},
       {"name": "fails", "verdict": "fail", "why": "leak", "when": {"word": "two"}, "client": [{"status": 200}]}]},
    {"id": "other/passes", "title": "Passes", "client": [{"request": {}}], "origin": [{"use": "answer"}],
     "expect": {"client": [{"status": 200}]}}
  ]
}
CASES
baseline=$folder/baseline.json
play() {
    "$assay" run "$folder/corpus" --baseline "$baseline" "$@"
}
expect 2 '--update-baseline wants a --baseline FILE' "$assay" run --update-baseline
expect 2 '--baseline wants a value' "$assay" run --baseline
expect 2 'baseline.json: cannot read: No such file or directory' play
expect 2 'corpus: want a file' "$assay" run "$folder/corpus" --baseline "$folder/corpus"
expect 2 'all.json/new.json: cannot read: Not a directory' \
    "$assay" run "$folder/corpus" --baseline "$folder/corpus/all.json/new.json" --update-baseline

# Written, it makes the same run an expected one: of every report.
expect 0 'baseline.json: 3 known, of these 3 new; 0 taken out' play --update-baseline
same "$baseline" <<'WANT'
{
  "format": "assay-baseline/1",
  "subjects": {
    "bundled": {
      "cases": 4,
      "known": [
        {"case": "test/fails", "reason": "to be filled in (takes the body)"},
        {"case": "test/many", "reason": "to be filled in (fails)"},
        {"case": "test/strange", "reason": "to be filled in (unrecognised)"}
      ]
    }
  }
}
WANT
sed -i 's/"to be filled in (takes the body)"/"ticket #7"/' "$baseline"
expect 0 'KNOWN  test/fails  [bundled]  ticket #7' play
expect 0 '4 cases (5 runs): 1 passed, 3 known' play --jobs 4
expect 0 '4 cases (15 runs): 1 passed, 3 known' play --repeat 3
expect 0 'not ok 1 - test/fails [bundled] # TODO ticket \#7' play --report tap=-
expect 0 'failures="0"' play --report junit=-
expect 0 '  baseline   ticket #7' play --report junit=-
expect 0 '"baseline": {"reason": "ticket #7", "stale": false}' play --report "json=$folder/known.json" --report json=-
cp "$baseline" "$folder/before.json"
expect 0 '3 known, of these 0 new; 0 taken out' play --update-baseline
same "$baseline" <"$folder/before.json"

# Another subject has a list of its own; the other's stays, and so it does where the run breaks.
fake=tests/drivers/fake
expect 1 'FAIL  test/fails  [tests/drivers/fake]' play --subject $fake --subject bundled
expect 3 'baseline.json: not updated, for the run did not end as it should' \
    play --subject /bin/false --subject bundled --update-baseline
expect 3 'baseline.json: not updated' play --report json=/dev/full --update-baseline
same "$baseline" <"$folder/before.json"
expect 0 ' new; 0 taken out' play --subject $fake --update-baseline
expect 0 '"tests/drivers/fake": {' cat "$baseline"
expect 0 '"ticket #7"' cat "$baseline"
expect 0 '8 cases' play --subject $fake --subject bundled
"$python" tests/check_schema.py harness/baseline.schema.json "$baseline" || failed=1
cp "$folder/before.json" "$baseline"

# What is listed and passes fails the run, by name; but not where its first point alone was played.
sed -i 's,"test/strange","**",' "$baseline"
expect 1 'STALE  other/passes  [bundled]  to be filled in (unrecognised)' play
expect 1 '4 cases (5 runs): 1 passed, 3 known, 1 stale' play
expect 1 'baseline.json:9: /subjects/bundled/known/2: "other/passes" deviates no more: take it out' play
expect 1 'not ok 4 - other/passes' play --report tap=-
expect 1 'failures="1"' play --report junit=-
expect 1 '"stale": true' play --report "json=$folder/stale.json" --report json=-
cp "$baseline" "$folder/stars.json"
sed -i 's,"\*\*","test/*",' "$baseline"
expect 0 '4 cases: 2 passed, 2 known' play --thin
cp "$folder/stars.json" "$baseline"
expect 0 'baseline.json: 3 known, of these 0 new; 1 taken out' play --update-baseline
same "$baseline" <"$folder/before.json"

# Of a part of the cases the rest of the file stays as it is.
sed -i '/test.fails/d' "$baseline"
expect 0 '3 known, of these 1 new; 0 taken out' play --grep fails --update-baseline
sed 's/ticket #7/to be filled in (takes the body)/' "$folder/before.json" | same "$baseline"

# Fewer cases than when it was written; but only where all were asked for.
sed -i 's/"cases": 4/"cases": 5/' "$baseline"
fewer='baseline.json:5: /subjects/bundled/cases: want so many cases to run as when this was written, 5; 4 did'
expect 1 "$fewer" play
expect 0 '1 known' play --grep fails
expect 0 '4 cases' play --thin

# What means no case of the corpus is a mistake, whatever is played of it.
sed -i 's,test/fails,test/fials,' "$baseline"
expect 2 'baseline.json:7: /subjects/bundled/known/0: no case matches "test/fials"; did you mean "test/fails"?' \
    play --grep other
expect 2 'no case matches "test/fails"' "$assay" run smoke/get --baseline "$folder/before.json"

# Warnings are deviations where they are asked to be.
sed 's/"verdict": "fail"/"verdict": "warn"/' "$folder/corpus/all.json" >"$folder/warn.json"
expect 1 'test/fails  [bundled]' "$assay" run "$folder/warn.json" --baseline "$folder/before.json"
expect 0 '3 known' "$assay" run "$folder/warn.json" --baseline "$folder/before.json" --strict

# Every file that the program refuses the schema refuses too, but for what no schema can say.
mkdir "$folder/bad"
number=0
while read -r line; do
    number=$((number + 1))
    echo "$line" >"$folder/bad/$number.json"
    expect 2 "bad/$number.json:1: " "$assay" run smoke/get --baseline "$folder/bad/$number.json"
done <<'BAD'
[]
{"format": "assay-baseline/1"}
{"format": "assay-baseline/2", "subjects": {}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1}}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1.5, "known": []}}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1, "known": [], "knwon": []}}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1, "known": ["smoke/get"]}}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1, "known": [{"case": "smoke/get"}]}}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1, "known": [{"case": "smoke/get", "reason": ""}]}}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1, "known": [{"case": "smoke/g**", "reason": "x"}]}}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1, "known": [{"case": "smoke//get", "reason": "x"}]}}}
{"format": "assay-baseline/1", "subjects": {"bundled": {"cases": 1, "known": [{"case": "smoke/get[cut=1]", "reason": "x"}]}}}
BAD
"$python" tests/check_schema.py --refuse harness/baseline.schema.json "$folder"/bad/*.json || failed=1

# Shards: together all cases, each once, and each with all of its points.
expect 2 '--shard: want I/N, a number from 1 to N of N shards, at most 1000; got "4/3"' "$assay" run --shard 4/3
expect 0 'shard 2 of 3)' "$assay" run smoke --shard 2/3
expect 0 '"shard": {"index": 2, "count": 3}' "$assay" run smoke --shard 2/3 --report json=-
expect 0 '"shard": null' "$assay" run smoke/get --report json=-
for index in 1 2 3; do
    "$assay" list --shard $index/3
done | sort >"$folder/shards"
"$assay" list | sort | same "$folder/shards"
sed 's/"cases": 4/"cases": 9/' "$folder/before.json" >"$baseline"
for index in 1 2; do
    play --shard $index/2 --report "json=$folder/shard-$index.json" >/dev/null 2>&1 || [ $? -eq 4 ] || {
        echo "shard $index/2 is not as expected"
        failed=1
    }
done
sed -n 's/^ *"run": "\([^{].*\)",$/\1/p' "$folder"/shard-*.json | sort | same /dev/fd/3 3<<'WANT'
other/passes
test/fails
test/many[word=one]
test/many[word=two]
test/strange
WANT

exit $failed
