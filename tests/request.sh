#!/bin/sh
# `assay request`: wrong use here, exchanges in request_test.py.
set -u
assay=${ASSAY:?}
. tests/expect.inc

expect 0 'usage: assay request [METHOD] URL [OPTIONS]' "$assay" request --help
expect 0 '5 the body is not whole' "$assay" request --help
expect 2 'want a URL, or a method and a URL, got 0 words' "$assay" request
expect 2 'want a URL, or a method and a URL, got 3 words' "$assay" request GET http://127.0.0.1/ x
expect 2 'CONNECT asks for a host and port, not for a path: want --target HOST:PORT' "$assay" request CONNECT http://127.0.0.1/
expect 2 'want a URL that begins with http:// or https://, got "127.0.0.1:80"' "$assay" request 127.0.0.1:80
expect 2 'want a URL that begins with http:// or https://, got "ftp://127.0.0.1/"' "$assay" request ftp://127.0.0.1/
expect 2 'want a URL that begins with http:// or https://, got ""' "$assay" request ''
expect 2 'want a port from 1 to 65535 behind the host, got "127.0.0.1:0"' "$assay" request http://127.0.0.1:0/
expect 2 'want a port from 1 to 65535 behind the host, got "127.0.0.1:65536"' "$assay" request http://127.0.0.1:65536/
expect 2 'want a port from 1 to 65535 behind the host, got "[::1]:x"' "$assay" request 'http://[::1]:x/'
expect 2 'the URL has a user in it' "$assay" request http://user:secret@127.0.0.1/
expect 2 'the URL has a user in it' "$assay" request http://@127.0.0.1/
expect 2 'unknown option "--haeder"; did you mean "--header"?' "$assay" request --haeder 'A: b' http://127.0.0.1/
expect 2 'unknown option "-x"' "$assay" request -x http://127.0.0.1/
expect 2 'unknown option "-H"' "$assay" list -H x
expect 2 'unknown option "--jobs"' "$assay" request --jobs 2 http://127.0.0.1/
expect 2 'unknown option "--data"' "$assay" run --data x
expect 2 '--data wants a value' "$assay" request http://127.0.0.1/ --data
expect 2 '-H wants a value' "$assay" request http://127.0.0.1/ -H
expect 2 '--raw takes no value' "$assay" request http://127.0.0.1/ --raw=1
expect 2 "--header: want 'NAME: VALUE', got \"A\\x1b\"" "$assay" request http://127.0.0.1/ -H "$(printf 'A\033')"
expect 2 "--trailer: want 'NAME: VALUE', got \"\"" "$assay" request http://127.0.0.1/ --trailer ''
expect 2 "--proxy-header: want 'NAME: VALUE', got \"A\"" "$assay" request http://127.0.0.1/ --proxy-header A
expect 2 '--data is given twice' "$assay" request http://127.0.0.1/ -d a --data b
expect 2 '--data and --data-file both give the body' "$assay" request http://127.0.0.1/ -d a --data-file b
expect 2 '--data-file: "none/such": No such file or directory' "$assay" request http://127.0.0.1/ --data-file none/such
expect 2 '--data-file: "cases": Is a directory' "$assay" request http://127.0.0.1/ --data-file cases
expect 2 '--chunked wants a body' "$assay" request http://127.0.0.1/ --chunked
expect 2 '--tunnel wants a --proxy URL' "$assay" request http://127.0.0.1/ --tunnel
expect 2 '--proxy-header wants a --proxy URL' "$assay" request http://127.0.0.1/ --proxy-header A:b
expect 2 '--key wants a --cert FILE' "$assay" request https://127.0.0.1/ --key x
expect 2 '--ca and --insecure contradict each other' "$assay" request https://127.0.0.1/ --ca x --insecure
expect 2 'cannot read "none/such": No such file or directory' "$assay" request https://127.0.0.1/ --ca none/such
expect 2 'no certificate in PEM can be read in "README.md"' "$assay" request https://127.0.0.1/ --ca README.md
expect 2 'cannot read "none/such": No such file or directory' "$assay" request https://127.0.0.1/ --cert none/such
expect 2 '--proxy: want a URL that begins with http://' "$assay" request http://127.0.0.1/ --proxy 127.0.0.1:80
expect 2 '--proxy: want a port from 1 to 65535 behind the host, got "a:b"' "$assay" request http://a/ --proxy http://a:b
expect 2 '--proxy: want nothing behind host and port, got "/x"' "$assay" request http://127.0.0.1/ --proxy http://a/x
expect 2 '--proxy: want user:password in percent-encoding' "$assay" request http://127.0.0.1/ --proxy http://a%x:b@a
expect 2 '--proxy: want user:password in percent-encoding' "$assay" request http://127.0.0.1/ --proxy http://a%00:b@a
expect 2 'request: InvalidURL: "a_b c" is neither a host name' "$assay" request http://127.0.0.1/ --proxy 'http://a_b c'
expect 2 '--timeout: want a number from 1 to 86400000, got "0"' "$assay" request http://127.0.0.1/ --timeout 0
expect 2 '--connect-timeout: want a number from 1 to 86400000, got "1s"' "$assay" request http://a/ --connect-timeout 1s
expect 2 '--max-line: want a number from 1 to 1073741824, got "-1"' "$assay" request http://127.0.0.1/ --max-line=-1
expect 2 '--max-fields: want a number from 1 to 1000000, got "x"' "$assay" request http://127.0.0.1/ --max-fields x
expect 3 '--output: cannot write "none/such": No such file or directory' "$assay" request http://127.0.0.1/ --output none/such

if [ "$(id -u)" -ne 0 ]; then # who may read everything
    : >"$folder/secret"
    chmod 0 "$folder/secret"
    expect 2 "secret\": Permission denied" "$assay" request http://127.0.0.1/ --data-file "$folder/secret"
fi

"${PYTHON:-/usr/bin/python3}" tests/request_test.py "$assay" || failed=1

exit $failed
