#!/bin/sh
# What is installed finds its corpus from anywhere; what is uninstalled leaves nothing.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
make -s -j2 install BUILD="$folder/build" PREFIX="$folder/usr" >/dev/null
(cd / && "$folder/usr/bin/assay" run smoke/get) | grep -q '1 passed'
make -s uninstall BUILD="$folder/build" PREFIX="$folder/usr"
[ -z "$(find "$folder/usr" -type f)" ]
