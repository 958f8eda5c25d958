#!/bin/sh
# JUnit and TAP reports are read by programs that are not ours: of the whole corpus, and of cases with
# awkward texts in every place that a case file, a client or a wire has.
set -eu
assay=${ASSAY:?}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# tell TEXT: what is wrong.
tell() {
    echo "$1"
    failed=1
}

# check_junit NAME: NAME.xml is well-formed, its counts hold, no two cases have one name.
check_junit() {
    xmllint --noout "$folder/$1.xml" || tell "$1.xml is not well-formed"
    for count in tests:testcase failures:testcase/failure errors:testcase/error skipped:testcase/skipped; do
        counted="count(//${count#*:}) = /testsuites/@${count%:*} and count(//${count#*:}) = //testsuite/@${count%:*}"
        [ "$(xmllint --xpath "$counted" "$folder/$1.xml")" = true ] || tell "$1.xml: not $counted"
    done
    twice=$(grep -o '<testcase classname="[^"]*" name="[^"]*"' "$folder/$1.xml" | sort | uniq -d)
    [ -z "$twice" ] || tell "$1.xml: twice: $twice"
}

# play NAME CASES...: a report of each kind of them, whatever comes out.
play() {
    name=$1
    shift
    "$assay" run --report "junit=$folder/$name.xml" --report "tap=$folder/$name.tap" \
        --report "json=$folder/$name.json" "$@" >/dev/null || [ $? -eq 1 ]
    "$assay" show "$folder/$name.json" --report "junit=$folder/$name-again.xml" \
        --report "tap=$folder/$name-again.tap" >/dev/null
    for again in "$name" "$name-again"; do
        check_junit "$again"
        tests/check_tap.pl "$folder/$again.tap" || failed=1
    done
}

# has FILE TEXT: the text stands in the report.
has() {
    grep -qF -- "$2" "$folder/$1" || tell "$1 lacks: $2"
}

play corpus --thin
[ "$(grep -c '<testcase ' "$folder/corpus.xml")" -eq "$("$assay" list | wc -l)" ] ||
    tell 'corpus.xml has not all cases'

# Markup, what ends a CDATA section, commands to a terminal, invalid octets, characters that no XML
# may hold; what begins a directive or a YAML block, quotes, escapes.
text='<&>\"'"'"' ]]> \u0001\u001b[31m\r\n\ufffe\u202e # SKIP it \\ --- ... é'
cat >"$folder/a & 'b' # <c>.json" <<CASES
{
  "suite": "awkward",
  "defs": {
    "said": [{"read": "request"},
      {"send": [{"head": ["HTTP/1.1 200 OK <&>", "X: \"]]>' # SKIP", "Content-Length: 12"]},
                {"hex": "00011b5d5d3e3c2623ff5c27"}]},
      {"close": "fin"}]
  },
  "cases": [
    {"id": "awkward/passes", "title": "passes $text", "client": [{"request": {}}],
     "origin": [{"use": "said"}], "expect": {"client": [{"status": 200}]}},
    {"id": "awkward/informs", "title": "$text", "client": [{"request": {}}], "origin": [{"use": "said"}],
     "behaviours": [{"name": "informs $text", "verdict": "info", "client": [{"status": 200}]}]},
    {"id": "awkward/warns", "title": "$text", "client": [{"request": {}}], "origin": [{"use": "said"}],
     "behaviours": [{"name": "warns $text", "verdict": "warn", "why": "leak", "client": [{"status": 200}]}]},
    {"id": "awkward/fails", "title": "$text", "client": [{"request": {}}], "origin": [{"use": "said"}],
     "behaviours": [{"name": "fails $text", "verdict": "fail", "why": "leak", "client": [{"status": 200}]}]},
    {"id": "awkward/unrecognised", "title": "$text", "client": [{"request": {}}], "requirements": ["9112-8-1"],
     "origin": [{"use": "said"}],
     "behaviours": [{"name": "$text", "verdict": "pass", "client": [{"body": "$text"}]}]},
    {"id": "awkward/unexercised", "title": "$text", "client": [{"request": {}}], "origin": [{"use": "said"}],
     "behaviours": [{"name": "$text", "verdict": "unexercised", "client": [{"status": 200}]}]}
  ]
}
CASES
play awkward "$folder/a & 'b' # <c>.json"
diff "$folder/awkward.tap" "$folder/awkward-again.tap" || tell 'awkward.tap is another when it is written of awkward.json'
for kind in xml tap; do
    has "awkward.$kind" '\x01\x1b[31m\r\n\xef\xbf\xbe\xe2\x80\xae'
    has "awkward.$kind" '(MUST): A response cut short'
done
has awkward.xml 'tests="6" failures="2" errors="0" skipped="1"'
has awkward.xml '\x00\x01\x1b]]&gt;&lt;&amp;#\xff\\'
has awkward.tap 'ok 3 - awkward/warns [bundled]'
has awkward.tap 'not ok 4 - awkward/fails [bundled]'
has awkward.tap 'unexercised [bundled] # SKIP unexercised: <&>"'

exit $failed
