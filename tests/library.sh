#!/bin/sh
# libassay-client as others get it: installed below a prefix, found by pkg-config. What it exports, what it calls,
# what it needs; its header in C and C++; its manual; and docs/example/get.c linked with it and run, shared and static.
set -u
assay=$(pwd)/${ASSAY:?}
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
failed=0

fail() {
    echo "$@"
    failed=1
}

# same WHAT WANTED GOT: two files.
same() {
    diff -u "$2" "$3" || fail "$1: above, - is wanted and + is there"
}

# The library of a sanitizer's build would call what the sanitizer does.
install_lib() {
    make -s -j2 "$@" SANITIZE= BUILD="$folder/build" >"$folder/out" 2>&1 || {
        cat "$folder/out"
        exit 1
    }
}

library=$folder/usr/lib
export PKG_CONFIG_PATH="$library/pkgconfig"
cc="${CC:-cc} -Wall -Wextra -Werror -pedantic-errors"
install_lib install-lib PREFIX="$folder/usr"
header=$folder/usr/include/assay/client.h

# --- what it exports: the functions of its header, by their version, and nothing else

grep -v '^#' "$header" | tr '\n' ' ' | grep -o 'ASSAY_API [^;(]*(' | sed 's/.*[ *]\([a-z0-9_]*\)($/\1/' | sort >"$folder/functions"
grep -qx assay_request "$folder/functions" || fail "tests/library.sh cannot read the header"
sed "s/\$/@@ASSAY_CLIENT_0.1/" "$folder/functions" | sort >"$folder/versioned"
nm -D --defined-only "$library/libassay-client.so" | sed 's/^[0-9a-f]* [A-Z] //' | grep -vx 'ASSAY_CLIENT_0\.1' | sort >"$folder/dynamic"
same 'exported by the shared library' "$folder/versioned" "$folder/dynamic"
nm -g --defined-only "$library/libassay-client.a" | sed -n 's/^[0-9a-f]* [A-Z] //p' | sort >"$folder/static"
same 'exported by the static library' "$folder/functions" "$folder/static"

# --- what it calls, what it needs, what it keeps

# Ends the process, handles signals, writes on its own, or changes or shares what is the whole process's.
ends='abort|_?exit|_Exit|quick_exit|atexit|on_exit|__assert.*|raise|kill|pthread_(kill|exit|create)|longjmp|_longjmp'
signals='signal|sigaction|sigprocmask|pthread_sigmask|alarm|setitimer'
writes='v?f?printf|v?dprintf|f?puts|f?putc|putchar|perror|psignal|v?warnx?|v?errx?|error|v?syslog|stderr'
shares='setlocale|setenv|putenv|unsetenv|chdir|umask|fork|vfork|exec.*|posix_spawn.*|system|popen|s?rand|strtok|strerror|gethostby.*|inet_ntoa'
forbidden() {
    nm -D --undefined-only "$1" | sed 's/^ *[Uw] //; s/@.*//; s/^__\(.*\)_chk$/\1/' | grep -Ex "$ends|$signals|$writes|$shares"
}
forbidden "$library/libassay-client.so" >"$folder/calls" && fail "the library calls" $(cat "$folder/calls")
forbidden "$assay" >"$folder/calls" || fail "what tests/library.sh forbids is not even found in the program"

readelf -d "$library/libassay-client.so" >"$folder/dynamic-section"
sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*/\1/p' "$folder/dynamic-section" | grep -vE '^(libssl|libcrypto|libc|ld-linux.*)$' >"$folder/needs" &&
    fail "the library needs" $(cat "$folder/needs")
grep -q '(SONAME).*\[libassay-client\.so\.0\]' "$folder/dynamic-section" || fail "the library has no soname"
grep -E 'RPATH|RUNPATH|TEXTREL' "$folder/dynamic-section" && fail "no distribution takes that"

size -A "$library/libassay-client.a" | awk '$1 ~ /^\.t?(data|bss)/ && $1 !~ /^\.data\.rel\.ro/' >"$folder/state"
grep -q '^\.data' "$folder/state" || fail "tests/library.sh finds no .data"
awk '$2 > 0' "$folder/state" | grep . && fail "the library keeps state of its own"

# --- its header, its manual, its version

for standard in c99 c17; do
    $cc -std=$standard -fsyntax-only -x c "$header" || fail "the header as $standard"
done
cat >"$folder/version.c" <<'END'
#include <assay/client.h>
int main(void) { return strcmp(assay_client_version(), ASSAY_CLIENT_VERSION) != 0 || assay_text("").len != 0; }
END
if command -v c++ >/dev/null; then
    c++ -std=c++11 -Wall -Wextra -Werror -pedantic-errors -x c++ "$folder/version.c" -o "$folder/version" \
        $(pkg-config --cflags --libs assay-client) || fail "the header as C++"
else
    echo "c++ is not here: whether the header is C++ too was left out"
    $cc "$folder/version.c" -o "$folder/version" $(pkg-config --cflags --libs assay-client)
fi
LD_LIBRARY_PATH=$library "$folder/version" || fail "assay_client_version() is not that of the header"
version=$(sed -n 's/^#define ASSAY_CLIENT_VERSION "\(.*\)"$/\1/p' "$header")
[ "$(pkg-config --modversion assay-client)" = "$version" ] || fail "pkg-config has another version than the header"
"${PYTHON:-/usr/bin/python3}" tests/library_manual.py "$header" docs/libassay-client.3 docs/example/get.c || failed=1

# --- the example

link() {
    $cc -std=c17 docs/example/get.c -o "$@" || fail "the example cannot be linked: $*"
}
link "$folder/get" $(pkg-config --cflags --libs assay-client)
link "$folder/get-static" $(pkg-config --cflags assay-client) \
    $(pkg-config --static --libs assay-client | sed 's/-lassay-client/-l:libassay-client.a/')
readelf -d "$folder/get" | grep -q 'NEEDED.*\[libassay-client\.so\.0\]' || fail "get is not linked with the shared library"
readelf -d "$folder/get-static" | grep 'NEEDED.*libassay' && fail "get-static is linked with the shared library"

# get STATUS OUTPUT ARGUMENTS...: both end so, and the output has that line.
get() {
    status=$1
    line=$2
    shift 2
    for program in get get-static; do
        LD_LIBRARY_PATH=$library $check "$folder/$program" "$@" >"$folder/out" 2>&1
        got=$?
        if [ $got -ne "$status" ] || ! grep -qx "$line" "$folder/out"; then
            fail "$program $*: status $got, want $status with \"$line\"; got:"
            cat "$folder/out"
        fi
    done
}
check=
if command -v valgrind >/dev/null; then
    check='valgrind --quiet --leak-check=full --show-leak-kinds=all --error-exitcode=9'
else
    echo "valgrind is not here: whether the example frees everything was left out"
fi

mkdir "$folder/reports"
printf 'what the body is\n' >"$folder/reports/body.txt"
mkfifo "$folder/told"
"$assay" serve smoke/get --admin 0 --reports "$folder/reports" >"$folder/told" 2>&1 &
server=$!
exec 3<"$folder/told"
read -r line <&3
port=$(printf '%s\n' "$line" | sed -n 's|^assay [0-9.]* listens at http://127\.0\.0\.1:\([0-9]*\)/$|\1|p')
[ -n "$port" ] || fail "assay serve said \"$line\""

get 0 200 "127.0.0.1:$port" /reports/body.txt
printf '200\nwhat the body is\n' >"$folder/want"
same 'what get printed' "$folder/want" "$folder/out"
get 0 404 "127.0.0.1:$port" /none
get 1 'get: InvalidURL: .*' "127.0.0.1:$port" '/a b'
get 1 'get: ConnectionRefusedError: .*' 127.0.0.1:1 /
get 2 'get: .*' 127.0.0.1:port /
get 2 'get: usage: .*' 127.0.0.1
LD_LIBRARY_PATH=$library "$folder/get" "127.0.0.1:$port" / >/dev/full && fail "get took a full disk for a written body"

kill "$server"
wait "$server"
server=

# --- where it is installed, and that it goes again

cat >"$folder/want" <<END
-rw-r--r-- include/assay/client.h
-rw-r--r-- lib/of-here/libassay-client.a
-rw-r--r-- lib/of-here/libassay-client.so.$version
-rw-r--r-- lib/of-here/pkgconfig/assay-client.pc
-rw-r--r-- share/man/man3/libassay-client.3
lrwxrwxrwx lib/of-here/libassay-client.so libassay-client.so.0
lrwxrwxrwx lib/of-here/libassay-client.so.0 libassay-client.so.$version
END
set -- DESTDIR="$folder/root" PREFIX=/opt/here LIBDIR=/opt/here/lib/of-here
install_lib install-lib "$@"
find "$folder/root/opt/here" ! -type d -printf '%M %P %l\n' | sed 's/ $//' | sort >"$folder/there"
same 'what is installed' "$folder/want" "$folder/there"
grep -qxF 'libdir=${prefix}/lib/of-here' "$folder/root/opt/here/lib/of-here/pkgconfig/assay-client.pc" ||
    fail "assay-client.pc does not tell LIBDIR"
install_lib uninstall-lib "$@"
install_lib uninstall-lib PREFIX="$folder/usr"
find "$folder/root" "$folder/usr" ! -type d -o -name assay | grep . && fail "that is left after make uninstall-lib"

exit $failed
