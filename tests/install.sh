#!/bin/sh
# What is installed, wherever the folders are said to be, finds its corpus and drivers from anywhere; what is
# uninstalled leaves nothing.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
set -- BUILD="$folder/build" PREFIX="$folder/usr" BINDIR="$folder/usr/programs" LIBDIR="$folder/usr/libraries" \
    INCLUDEDIR="$folder/usr/headers" DATADIR="$folder/usr/data" MANDIR="$folder/usr/manuals"
make -s -j2 install "$@" >/dev/null
(cd / && "$folder/usr/programs/assay" run smoke/get) | grep -q '1 passed'
(cd / && "$folder/usr/programs/assay" run smoke/get --subject none 2>&1 || true) | grep -q 'python-http.client'
test -x "$folder/usr/data/assay/drivers/python-http.client"
test -s "$folder/usr/manuals/man1/assay.1"
test -s "$folder/usr/manuals/man3/libassay-client.3"
test -s "$folder/usr/libraries/libassay-client.so"
test -s "$folder/usr/headers/assay/client.h"
make -s uninstall "$@"
[ -z "$(find "$folder/usr" ! -type d)" ]
