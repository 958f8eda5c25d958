#!/bin/sh
# The command line: output, messages, exit statuses. Each row prints what differs.
set -u
assay=${ASSAY:?}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# expect STATUS TEXT COMMAND...: the command exits so, and its output has the text.
expect() {
    want=$1
    text=$2
    shift 2
    "$@" >"$folder/out" 2>&1 </dev/null
    got=$?
    if [ "$got" -ne "$want" ] || ! grep -qF -- "$text" "$folder/out"; then
        echo "$*: status $got, want $want with \"$text\"; got:"
        sed 's/^/    /' "$folder/out"
        failed=1
    fi
}

expect 0 'usage: assay COMMAND' "$assay" --help
expect 0 'assay 0.' "$assay" --version
expect 2 'want a command' "$assay"
expect 2 'unknown command "rnu"; did you mean "run"?' "$assay" rnu
expect 2 'unknown option "--gerp"; did you mean "--grep"?' "$assay" list --gerp=x
expect 2 '--tag wants a value' "$assay" list --tag
expect 2 'unknown option "--strict"' "$assay" list --strict
expect 2 '--color: want auto, always, never, got "red"' "$assay" run --color red
expect 2 '--subject: want bundled, got "curl"' "$assay" run --subject curl
expect 2 '--report: want json=PATH, got "xml=x"' "$assay" run --report xml=x
expect 2 '--grep: "(" is no regular expression' "$assay" list --grep '('
expect 2 'no case is called "smoke/gte"; did you mean "smoke/get"?' "$assay" run smoke/gte
expect 2 'no case is called "zzzzzzzzzzzz", and no file or folder' "$assay" run zzzzzzzzzzzz
expect 4 'no case is selected' "$assay" run --tag nothing-bears-this
expect 4 'no case is selected' "$assay" list smoke --grep nothing-bears-this
expect 0 'smoke/get ' "$assay" list smoke
expect 0 'smoke/get ' "$assay" list 's*/g*'
expect 0 'no mistakes' "$assay" check
expect 0 '1 passed' "$assay" run smoke/get
expect 0 '1 passed' "$assay" run cases/smoke/get.json
expect 0 '"format": "assay-report/1"' "$assay" run smoke/get --report json=-
expect 3 'No space left on device' "$assay" run smoke/get --report json=/dev/full
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

# A script that ends in silence: the client hangs, and the run ends all the same.
sed 's/{"send": {"reply": "hello"}}/{"send": "HTTP"}/; s/"client": \[{"request": {}}\],/"deadline_ms": 50, &/' \
    "$folder/fail.json" >"$folder/hang.json"
expect 1 'error is hung' "$assay" run "$folder/hang.json"

# What is there is replaced whole; a folder that cannot be written is told.
expect 0 '1 passed' "$assay" run smoke/get --report "json=$folder/new/run.json" --wire all
expect 0 '"received"' cat "$folder/new/run.json"
expect 3 "$folder/fail.json/run.json" "$assay" run smoke/get --report "json=$folder/fail.json/run.json"

exit $failed
