#!/bin/sh
# The program's manual page has every command and every option that --help has, and no other; and the pages are well
# formed. The page of the library is held against its header by library.sh.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
commands=$("${ASSAY:?}" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')
for command in $commands; do
    echo "command $command"
    "$ASSAY" "$command" --help | sed -n 's/^  --\([a-z0-9.-]*\) .*/option \1/p'
done | sort -u >"$folder/help"
sed -n -e 's/^\.It Cm \([a-z]*\)$/command \1/p' -e 's/^\.It Fl -\([a-z0-9.-]*\).*/option \1/p' docs/assay.1 | sort >"$folder/manual"
grep -q '^command run$' "$folder/help"
grep -q '^option grep$' "$folder/help"
diff -u "$folder/help" "$folder/manual"
if command -v groff >/dev/null; then
    # 90 columns, for no line can be broken within a prototype's argument.
    for page in docs/*.[13]; do
        groff -mdoc -Tutf8 -rLL=90n -ww -z "$page" 2>"$folder/mistakes"
        diff /dev/null "$folder/mistakes"
    done
else
    echo "groff is not here: whether the pages can be set was left out"
fi
