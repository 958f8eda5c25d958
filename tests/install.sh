#!/bin/sh
# What is installed finds its corpus and drivers from anywhere; what is uninstalled leaves nothing.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
make -s -j2 install BUILD="$folder/build" PREFIX="$folder/usr" >/dev/null
(cd / && "$folder/usr/bin/assay" run smoke/get) | grep -q '1 passed'
(cd / && "$folder/usr/bin/assay" run smoke/get --subject none 2>&1 || true) | grep -q 'python-http.client'
test -x "$folder/usr/share/assay/drivers/python-http.client"
test -s "$folder/usr/share/man/man1/assay.1"
make -s uninstall BUILD="$folder/build" PREFIX="$folder/usr"
[ -z "$(find "$folder/usr" -type f)" ]
