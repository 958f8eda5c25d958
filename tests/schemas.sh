#!/bin/sh
# Every case file and a whole report are valid by their schemas.
set -eu
python=${PYTHON:-/usr/bin/python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${ASSAY:?}" run --wire all --report "json=$folder/run.json" >/dev/null || [ $? -eq 1 ]
"$python" tests/check_schema.py reports/report.schema.json "$folder/run.json"

# The schema refuses what the loader refuses, but for what no schema can say.
mkdir "$folder/bad"
"$1" --bad-cases "$folder/bad"
"$python" tests/check_schema.py --refuse cases/case.schema.json "$folder"/bad/*.json
find cases/* tests/engine tests/load -mindepth 1 -name '*.json' -exec "$python" tests/check_schema.py cases/case.schema.json {} +
