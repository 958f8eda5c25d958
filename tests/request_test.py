#!/usr/bin/env python3
"""Plays `assay request` against an origin, or a proxy, that is scripted here.

usage: request_test.py ASSAY

Each row is a command line, the script of each connection, and what is wanted: the exit status, what is printed, what
came on each connection. The last line counts.
"""
import contextlib
import http.client
import io
import os
import pty
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from drivers_test import LIMIT, MINT, OPEN, Origin, fin, head, reply, rst, send, tls, until

GIGABYTE = 1 << 30
MEMORY_MAX = 64 << 20  # of the process, whatever comes
FOLDER = tempfile.TemporaryDirectory()
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HOST = "Host: 127.0.0.1:{port}\r\n"
OWN = HOST + "Accept-Encoding: identity\r\n"
SHOWN = "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"
HI = reply(b"hi")
GET = [head, HI]


def path(name, octets=None):
    full = os.path.join(FOLDER.name, name)
    if octets is not None:
        with open(full, "wb") as file:
            file.write(octets)
    return full


def body(end):
    """A request up to its head's end, and to what its body ends in."""
    return [head, until(end), HI]


def endless(octets, start=OK):
    """Sends `octets` again and again until the client has left."""
    def action(connection):
        connection.socket.sendall(start)
        block = octets * (65536 // len(octets) + 1)
        while True:
            connection.socket.sendall(block)
    return [head, action]


def zeros(count):
    def action(connection):
        connection.socket.sendall(OK + b"Content-Length: %d\r\n\r\n" % count)
        block = bytes(1 << 20)
        for _ in range(count >> 20):
            connection.socket.sendall(block)
    return [head, action]


def until_read(name):
    """Waits until the client has written what came into this file."""
    def action(connection):
        while not os.path.exists(name) or os.path.getsize(name) == 0:
            if connection.origin.event.wait(0.01):
                raise EOFError
    return action


def client_certificate(connection):
    connection.socket = CLIENTS.wrap_socket(connection.socket, server_side=True)


class Row:
    """`err`: the standard error has this text; "" wants none. `out`: all that is printed, or a pattern. `seen`: all that
    came on each connection. "{port}" is the origin's port in all of them."""

    def __init__(self, name, words, *scripts, status=0, out=None, err="", seen=None, stdin=b"", files=None, memory=False):
        self.name, self.words, self.scripts, self.status = name, words, scripts, status
        self.out, self.err, self.seen, self.stdin = out, err, seen, stdin
        self.files, self.memory = files or {}, memory


def refused(name, words, err):
    """Nothing is connected to."""
    return Row(name, words, GET, status=2, out="", err=err, seen=[])


def octets_of(text, port):
    return text.replace("{port}", str(port)).encode() if isinstance(text, str) else text


URL = "http://127.0.0.1:{port}/a"
ROWS = [
    Row("a GET", [URL], GET, out=SHOWN, seen=["GET /a HTTP/1.1\r\n" + OWN + "\r\n"]),
    Row("a fragment stays here, a query alone has a path", ["http://127.0.0.1:{port}?q#f"], GET, out=SHOWN,
        seen=["GET /?q HTTP/1.1\r\n" + OWN + "\r\n"]),
    Row("the scheme in upper case", ["HTTP://127.0.0.1:{port}"], GET, out=SHOWN,
        seen=["GET / HTTP/1.1\r\n" + OWN + "\r\n"]),
    Row("HEAD has no body", ["HEAD", URL], [head, send(OK, b"Content-Length: 9\r\n\r\n")],
        out="HTTP/1.1 200 OK\nContent-Length: 9\n\n", seen=["HEAD /a HTTP/1.1\r\n" + OWN + "\r\n"]),
    Row("OPTIONS *", ["OPTIONS", URL, "--target", "*"], GET, out=SHOWN,
        seen=["OPTIONS * HTTP/1.1\r\n" + OWN + "\r\n"]),
    Row("CONNECT by hand", ["CONNECT", URL, "--target", "origin.test:443"], [head, OPEN],
        out="HTTP/1.1 200 Connection established\n\n", seen=["CONNECT origin.test:443 HTTP/1.1\r\n" + OWN + "\r\n"]),
    Row("a method of one's own", ["brew", URL], GET, out=SHOWN, seen=["brew /a HTTP/1.1\r\n" + OWN + "\r\n"]),
    Row("fields", [URL, "-H", "A: 1", "--header", "B:", "--header=c: \t2", "-H", "Host: x"], GET, out=SHOWN,
        seen=["GET /a HTTP/1.1\r\nAccept-Encoding: identity\r\nA: 1\r\nB: \r\nc: 2\r\nHost: x\r\n\r\n"]),
    Row("HTTP/1.0", [URL, "--http1.0"], GET, out=SHOWN, seen=["GET /a HTTP/1.0\r\n\r\n"]),
    Row("a status of 404 is whole", [URL], [head, send(b"HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n")],
        out="HTTP/1.1 404\nContent-Length: 0\n\n"),
    Row("an address to connect from", [URL, "--source", "127.0.0.7"],
        [head, lambda connection: send(OK, b"\r\n", connection.socket.getpeername()[0].encode())(connection), fin],
        out="HTTP/1.1 200 OK\n\n127.0.0.7"),

    # Bodies that are sent.
    Row("data", [URL, "-d", "hello"], body(b"hello"), out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Content-Length: 5\r\n\r\nhello"]),
    Row("no data is a body, too", ["PUT", URL, "--data", ""], GET, out=SHOWN,
        seen=["PUT /a HTTP/1.1\r\n" + OWN + "Content-Length: 0\r\n\r\n"]),
    Row("data in chunks", [URL, "--data", "hello", "--chunked"], body(b"0\r\n\r\n"), out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]),
    Row("chunks of one's own", [URL, "--data", "1\r\na\r\n0\r\n\r\n", "-H", "Transfer-Encoding: chunked"],
        body(b"0\r\n\r\n"), out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"]),
    Row("a file by its length", ["PUT", URL, "--data-file", path("sent", b"hello")], body(b"hello"), out=SHOWN,
        seen=["PUT /a HTTP/1.1\r\n" + OWN + "Content-Length: 5\r\n\r\nhello"]),
    Row("a file in chunks", [URL, "--data-file", path("sent"), "--chunked"], body(b"0\r\n\r\n"), out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]),
    Row("an empty file", [URL, "--data-file", path("nothing", b"")], GET, out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Content-Length: 0\r\n\r\n"]),
    Row("a file whose size is not told", [URL, "--data-file", "/proc/sys/kernel/ostype"], body(b"0\r\n\r\n"), out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Transfer-Encoding: chunked\r\n\r\n6\r\nLinux\n\r\n0\r\n\r\n"]),
    Row("the standard input, a pipe", [URL, "--data-file", "-"], body(b"0\r\n\r\n"), stdin=b"hello", out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]),
    Row("trailers", [URL, "--data", "hello", "--trailer", "X: 1", "--trailer", "Y: 2"], body(b"2\r\n\r\n"), out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Transfer-Encoding: chunked\r\nTrailer: X, Y\r\n\r\n"
              "5\r\nhello\r\n0\r\nX: 1\r\nY: 2\r\n\r\n"]),
    Row("100 and then the body", [URL, "--data", "hello", "--expect-continue"],
        [head, send(b"HTTP/1.1 100 Continue\r\n\r\n"), until(b"hello"), HI], out="-- interim response 100\n\n" + SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"]),
    Row("a final response in place of 100", [URL, "--data", "hello", "--expect-continue"], GET, out=SHOWN,
        seen=["POST /a HTTP/1.1\r\n" + OWN + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"]),

    # What comes.
    Row("interim responses and trailers", [URL],
        [head, send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", CHUNKED, b"5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n")],
        out="-- interim response 103\nLink: </x>\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nhello\n"
            "-- trailers\nX-Sum: 7\n"),
    Row("octets go out as they are", [URL], [head, reply(b"\x00\x1b[2J\xff\r\n")],
        out=b"HTTP/1.1 200 OK\nContent-Length: 8\n\n\x00\x1b[2J\xff\r\n"),
    Row("raw", [URL, "--raw"],
        [head, send(b"HTTP/1.1 102 \r\n\r\n", CHUNKED, b"5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n")], out="hello"),
    Row("a file for the body", [URL, "--output", path("got")], GET, out=SHOWN[:-2], files={"got": b"hi"}),
    Row("the standard output by its name", [URL, "--output", "-"], GET, out=SHOWN),
    Row("a file for the body, and nothing else", [URL, "--output", path("got"), "--raw"], [head, reply(b"")], out="",
        files={"got": b""}),

    # Bodies that are not whole: what came is printed.
    Row("a body cut short", [URL], [head, send(OK, b"Content-Length: 8\r\n\r\nhello"), fin], status=5,
        out="HTTP/1.1 200 OK\nContent-Length: 8\n\nhello",
        err="assay: request: IncompleteRead: the connection ended after 5 octets of the body; want 3 more\n"),
    Row("chunks cut short", [URL, "--raw"], [head, send(CHUNKED, b"5\r\nhello\r\n6\r\nwor"), fin], status=5, out="hellowor",
        err="IncompleteRead: the connection ended after 8 octets of the body; want 3 more\n"),
    Row("chunks without an end", [URL, "--raw"], [head, send(CHUNKED, b"5\r\nhello\r\n"), fin], status=5, out="hello",
        err="IncompleteRead: the connection ended inside the body, after 5 octets of it\n"),
    Row("a bad chunk", [URL, "--raw"], [head, send(CHUNKED, b"5\r\nhello\r\nx\r\n")], status=5, out="hello",
        err="BadChunk: a chunk size that is not hexadecimal digits"),
    Row("a reset within the body", [URL, "--raw", "--output", path("partial")],
        [head, send(OK, b"Content-Length: 8\r\n\r\nhello"), until_read(path("partial")), rst],
        status=5, out="", files={"partial": b"hello"},
        err="ConnectionResetError: cannot receive from 127.0.0.1:{port}: Connection reset by peer; 5 octets of the body came"),
    Row("no more of the body in time", [URL, "--raw", "--timeout", "300"], [head, send(OK, b"Content-Length: 8\r\n\r\nhello")],
        status=5, out="hello", err="TimeoutError: "),

    # No response.
    Row("nobody there", [URL], status=1, out="", err="ConnectionRefusedError: cannot connect to 127.0.0.1:{port}: "),
    Row("no such address", ["http://127.0.0.1:{port}", "--source", "192.0.2.1"], GET, status=1, out="", err="CannotConnect: "),
    Row("a name that nobody has", ["http://none.invalid/"], status=1, out="", err="CannotConnect: cannot find none.invalid: "),
    Row("no answer in time", [URL, "--timeout", "300"], [head], status=1, out="", err="TimeoutError: "),
    Row("no answer", [URL], [head, fin], status=1, out="", err="RemoteDisconnected: "),
    Row("a head cut short, behind an interim response", [URL], [head, send(b"HTTP/1.1 103 \r\nA: b\r\n\r\nHTTP/1.1 2"), fin],
        status=1, out="-- interim response 103\nA: b\n\n", err="IncompleteRead: "),
    Row("no HTTP", [URL], [head, send(b"SSH-2.0-x\r\n")], status=1, out="", err="BadStatusLine: "),
    Row("two lengths", [URL], [head, send(OK, b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n")], status=1, out="",
        err="BadFraming: "),
    Row("a coding that nobody knows", [URL], [head, send(OK, b"Transfer-Encoding: br, chunked\r\n\r\n")], status=1, out="",
        err="UnknownTransferEncoding: "),

    # Limits: each is named, with the option that sets it.
    Row("a line without end", [URL], endless(b"x"), status=1, out="",
        err="LineTooLong: a line longer than the limit (line_size_max), at octet ", memory=True),
    Row("a line at its limit", [URL, "--max-line", "99"], [head, send(OK, b"A: " + b"x" * 95, b"\r\n\r\n")], status=1, out="",
        err="; --max-line N sets it\n"),
    Row("a head without end", [URL], endless(b"A: b\r\n"), status=1, out="",
        err="TooManyHeaders: more field lines than the limit (field_count_max), at octet ", memory=True),
    Row("more fields than wanted", [URL, "--max-fields", "1"], [head, send(OK, b"A: b\r\nC: d\r\n\r\n")], status=1, out="",
        err="; --max-fields N sets it\n"),
    Row("larger fields than wanted", [URL, "--max-fields-size", "999"], [head, send(OK, b"A: " + b"x" * 999 + b"\r\n\r\n")],
        status=1, out="", err="larger than 999 octets (fields_size_max); --max-fields-size N sets it\n"),
    Row("100,000 interim responses", [URL, "--raw"], endless(b"HTTP/1.1 103 \r\n\r\n", b""), status=1, out="",
        err="TooManyInterims: more than 99 interim responses (interim_count_max); --max-interims N sets it\n", memory=True),
    Row("more interim responses than wanted", [URL, "--max-interims", "1"], [head, send(b"HTTP/1.1 103 \r\n\r\n" * 2)],
        status=1, out="-- interim response 103\n\n", err="more than 1 interim responses"),
    Row("100,000 interim responses that are wanted", [URL, "--raw", "--max-interims", "100000"],
        [head, send(b"HTTP/1.1 103 \r\n\r\n" * 100000), HI], out="hi", memory=True),
    Row("a chunk extension without end", [URL], endless(b"x", CHUNKED + b"5;"), status=5,
        out="HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", err="(line_size_max), at octet ", memory=True),
    Row("trailers without end", [URL, "--raw"], endless(b"A: b\r\n", CHUNKED + b"1\r\nx\r\n0\r\n"), status=5, out="x",
        err="(field_count_max), at octet ", memory=True),
    Row("chunks of extensions", [URL, "--raw", "--max-overhead", "100"],
        [head, send(CHUNKED, b"1;a=b\r\nx\r\n", b"1;" + b"a" * 200 + b"\r\ny\r\n")], status=5, out="x",
        err="(chunk_overhead_max); --max-overhead N sets it; 1 octet of the body came\n"),
    Row("a chunk of 2^64 + 5", [URL, "--raw"], [head, send(CHUNKED, b"10000000000000005\r\nhello\r\n0\r\n\r\n")], status=5, out="",
        err="BadChunk: a chunk size of 2^63 or more, at octet "),
    Row("5 GB in flat memory", [URL, "--raw", "--output", "/dev/null"], zeros(5 * GIGABYTE), out="", memory=True),
    Row("1 GB by the standard output", [URL, "--raw"], zeros(GIGABYTE), out=GIGABYTE, memory=True),

    # Proxies.
    Row("by a proxy that reads the request",
        ["http://origin.test/a?b", "--proxy", "http://us%40er:p%3A:w@127.0.0.1:{port}/", "--proxy-header", "X: 1", "-H", "Y: 2"], GET,
        out=SHOWN, seen=["GET http://origin.test/a?b HTTP/1.1\r\nHost: origin.test\r\nAccept-Encoding: identity\r\nY: 2\r\n"
                         "Proxy-Authorization: Basic dXNAZXI6cDo6dw==\r\nX: 1\r\n\r\n"]),
    Row("OPTIONS * by a proxy", ["OPTIONS", "http://origin.test", "--target", "*", "--proxy", "http://127.0.0.1:{port}"], GET,
        out=SHOWN, seen=["OPTIONS http://origin.test HTTP/1.1\r\nHost: origin.test\r\nAccept-Encoding: identity\r\n\r\n"]),
    Row("a tunnel for http", ["http://origin.test/a", "--proxy", "http://user@127.0.0.1:{port}", "--tunnel"], [head, OPEN, *GET],
        out=SHOWN, seen=["CONNECT origin.test:80 HTTP/1.1\r\nHost: origin.test:80\r\nProxy-Authorization: Basic dXNlcjo=\r\n\r\n"
                         "GET /a HTTP/1.1\r\nHost: origin.test\r\nAccept-Encoding: identity\r\n\r\n"]),
    Row("a tunnel that is refused", ["https://origin.test/", "--proxy", "http://127.0.0.1:{port}"],
        [head, send(b"HTTP/1.1 407 Who are you\r\n\r\n")], status=1, out="",
        err="TunnelFailed: Tunnel connection failed: 407 Who are you\n"),
]

# The client refuses these, or the command does.
ROWS += [refused(name, words, err) for name, words, err in (
    ("a method that is none", ["G T", URL], "InvalidMethod: a method cannot hold octet 0x20"),
    ("a path with a blank", [URL + " b"], "InvalidURL: a target cannot hold octet 0x20"),
    ("a path with an octet past ASCII", [URL + "é"], "InvalidURL: a target cannot hold octet 0xc3"),
    ("a host that is none", ["http://a_b c/"], "InvalidURL: "),
    ("no host", ["http:///a"], "InvalidURL: "),
    ("a name with a blank", [URL, "-H", "A : b"], "InvalidHeader: a field name cannot hold octet 0x20"),
    ("a value with a line's end", [URL, "-H", "A: b\r\nC: d"], "InvalidHeader: a field value cannot hold octet 0x0d"),
    ("a trailer that frames", [URL, "-d", "x", "--trailer", "Content-Length: 1"], "InvalidHeader: Content-Length may not"),
    ("a length that is another", [URL, "-d", "x", "-H", "Content-Length: 2"], "InvalidBody: the Content-Length is 2"),
    ("chunks in HTTP/1.0", [URL, "-d", "x", "--chunked", "--http1.0"], "InvalidBody: the request speaks HTTP/1.0"),
    ("nothing to be continued", [URL, "--expect-continue"], "InvalidBody: want a body for Expect"),
    ("an address that is none", [URL, "--source", "home"], "InvalidURL: want an address in digits"),
)]

if MINT:
    CLIENTS = MINT.context("ca", "DNS:localhost,DNS:origin.test,IP:127.0.0.1")  # its leaf is the client's, too
    CLIENTS.verify_mode = ssl.CERT_REQUIRED
    CLIENTS.load_verify_locations(MINT.folder.name + "/ca.pem")
    CA = ["--ca", MINT.folder.name + "/ca.pem"]
    WHO = ["--cert", MINT.folder.name + "/leaf.pem", "--key", MINT.folder.name + "/leaf.key"]
    TLS_URL = "https://127.0.0.1:{port}/a"
    ROWS += [
        Row("TLS", [TLS_URL, *CA], [tls(), *GET], out=SHOWN),
        Row("TLS for another host", [TLS_URL, *CA], [tls("wrong host"), *GET], status=1, out="", err="SSLCertVerificationError: "),
        Row("TLS of an authority that nobody knows", [TLS_URL, *CA], [tls("unknown authority"), *GET], status=1, out="",
            err="SSLCertVerificationError: "),
        Row("TLS that the system does not trust", [TLS_URL], [tls(), *GET], status=1, out="", err="SSLCertVerificationError: "),
        Row("any certificate", [TLS_URL, "--insecure"], [tls("unknown authority"), *GET], out=SHOWN),
        Row("no TLS", [TLS_URL, *CA], [send(OK)], status=1, out="", err="SSLError: "),
        Row("a body that ends without close_notify", [TLS_URL, "--raw", *CA], [tls(), head, send(OK, b"\r\nhi"), fin], status=5,
            out="hi", err="IncompleteRead: TLS ended without close_notify, after 2 octets of the body"),
        Row("a proxy with TLS", ["http://origin.test/a", "--proxy", "https://127.0.0.1:{port}", *CA], [tls(), *GET], out=SHOWN),
        Row("a tunnel by a proxy with TLS", ["http://origin.test/a", "--proxy", "https://127.0.0.1:{port}", "--tunnel", *CA],
            [tls(), head, OPEN, *GET], out=SHOWN),
        Row("a tunnel for https", ["https://origin.test/a", "--proxy", "http://127.0.0.1:{port}", *CA], [head, OPEN, tls(), *GET],
            out=SHOWN),
        Row("a client certificate", [TLS_URL, *CA, *WHO],
            [client_certificate, *GET], out=SHOWN),
        Row("a client certificate through a tunnel", ["https://origin.test/a", "--proxy", "http://127.0.0.1:{port}", *CA, *WHO],
            [head, OPEN, client_certificate, *GET], out=SHOWN),
        Row("a client certificate is not the proxy's", ["http://origin.test/a", "--proxy", "https://127.0.0.1:{port}", *CA, *WHO],
            [client_certificate, *GET], status=1, out="", err="SSLError: "),
        Row("a client certificate that is wanted", [TLS_URL, *CA], [client_certificate, *GET], status=1, out="", err="SSLError: "),
    ]


class Done:
    """What became of a command line. `out` is a count where `is_counted`."""

    def __init__(self, words, stdin=b"", is_counted=False, **where):
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([ASSAY, "request", *words], stderr=errors,
                                       stdin=subprocess.PIPE if isinstance(stdin, bytes) else stdin,
                                       **{"stdout": subprocess.PIPE} | where)
            limit = threading.Timer(LIMIT * 4, process.kill)
            limit.start()
            if process.stdin:
                with contextlib.suppress(BrokenPipeError), process.stdin:
                    process.stdin.write(stdin)
            self.out = b""
            if process.stdout:
                with process.stdout:
                    self.out = sum(map(len, iter(lambda: process.stdout.read1(1 << 20), b""))) if is_counted \
                        else process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            limit.cancel()
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.memory = usage.ru_maxrss << 10
            errors.seek(0)
            self.err = errors.read()


def differences(row):
    origin = Origin(row.scripts)
    try:
        done = Done([octets_of(word, origin.port) for word in row.words], row.stdin, isinstance(row.out, int))
    finally:
        origin.event.set()
        seen = origin.stop()
    err = octets_of(row.err, origin.port)
    if done.status != row.status:
        yield f"status {done.status}, want {row.status}"
    if done.out != octets_of(row.out, origin.port):
        yield f"printed {done.out!r}, want {row.out!r}"
    if err not in done.err if err else done.err:
        yield f"told {done.err!r}, want {row.err!r}"
    if row.seen is not None and seen != [octets_of(one, origin.port) for one in row.seen]:
        yield f"sent {seen!r}, want {row.seen!r}"
    for name, octets in row.files.items():
        with open(path(name), "rb") as file:
            got = file.read()
        if got != octets:
            yield f"{name} holds {got!r}, want {octets!r}"
    if row.memory and done.memory > MEMORY_MAX and not IS_SANITIZED:
        yield f"{done.memory >> 20} MiB of memory, want at most {MEMORY_MAX >> 20}"


def debugs_as_http_client():
    """Python's own client says the same of the same exchange."""
    script = [head, send(b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n", OK, b"Content-Length: 2\r\nX: it's \xe9\r\n\r\nhi")]
    origin = Origin([script, script])
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        connection = http.client.HTTPConnection("127.0.0.1", origin.port)
        connection.set_debuglevel(1)
        connection.request("POST", "/a", b"it's", {"B": "c"})
        connection.getresponse().read()
        connection.close()
    done = Done([f"http://127.0.0.1:{origin.port}/a", "--data", "it's", "-H", "B: c", "--debug"])
    origin.stop()
    want = text.getvalue()
    if done.err.decode() != want or "reply: 'HTTP/1.1 200 OK\\r\\n'\n" not in want:
        yield f"told {done.err.decode()!r}, want {want!r}"


def on_a_terminal():
    """What could move a cursor is shown, and lines and characters stay, also where a read cuts them."""
    origin = Origin([[head, send(OK, b"Content-Length: 25\r\nX: \xc2\x9bJ\r\n\r\n\x1b[2J\tq\r\n\rz\\x\x00 \xc3"),
                      send(b"\xa9 \xc3"), send(b"\xff\xe2\x80\xaeend")]])
    ours, theirs = pty.openpty()
    done = Done([f"http://127.0.0.1:{origin.port}/a"], stdout=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):
        while data := os.read(ours, 4096):
            shown += data
    os.close(ours)
    origin.stop()
    want = "HTTP/1.1 200 OK\nContent-Length: 25\nX: \\xc2\\x9bJ\n\n\\x1b[2J\tq\n\\rz\\x\\x00 é \\xc3\\xff\\xe2\\x80\\xaeend\n"
    if shown.decode().replace("\r\n", "\n") != want or done.status != 0:
        yield f"shows {shown!r}, want {want!r}"


def written(want, words, **where):
    """What cannot be written ends it, with a message and status 3, however much is to come."""
    origin = Origin([endless(b"x", OK + b"\r\n")])
    done = Done([f"http://127.0.0.1:{origin.port}/a", *words], **where)
    origin.stop()
    if done.status != 3 or done.err.decode() != f"assay: {want}\n":
        yield f"{want}: status {done.status}, told {done.err!r}"


def writes_where_it_cannot():
    ours, theirs = os.pipe()
    os.close(ours)
    yield from written("cannot write to the standard output: Broken pipe", [], stdout=theirs)
    os.close(theirs)
    with open("/dev/full", "wb") as full:
        yield from written("cannot write to the standard output: No space left on device", ["--raw"], stdout=full)
    yield from written('--output: cannot write "/dev/full": No space left on device', ["--raw", "--output", "/dev/full"])


def connects_in_time():
    """A listener whose queue is full answers no SYN."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as stack:
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        done = Done([f"http://127.0.0.1:{listener.getsockname()[1]}/", "--connect-timeout", "100"])
    if done.status != 1 or b"TimeoutError: cannot connect to 127.0.0.1" not in done.err:
        yield f"status {done.status}, told {done.err!r}"


def sends_a_file_that_shrinks():
    """What was declared cannot be kept: the server may not take it for whole."""
    name = path("shrinks", b"x" * (8 << 20))
    origin = Origin([[until(b"xxxx"), lambda connection: os.truncate(name, 0)]])
    done = Done([f"http://127.0.0.1:{origin.port}/a", "--data-file", name])
    seen = origin.stop()[0]
    if done.status != 3 or b"BodyMismatch: the body is shorter than was declared, after " not in done.err or len(seen) >= 8 << 20:
        yield f"status {done.status}, told {done.err!r}, sent {len(seen)}"


def reads_a_file_from_where_it_stands():
    origin = Origin([body(b"llo")])
    with open(path("sent"), "rb") as file:
        os.lseek(file.fileno(), 2, os.SEEK_SET)
        done = Done([f"http://127.0.0.1:{origin.port}/a", "--data-file", "-"], stdin=file)
    seen = origin.stop()[0]
    if done.status != 0 or not seen.endswith(b"Content-Length: 3\r\n\r\nllo"):
        yield f"status {done.status}, sent {seen!r}"


OTHERS = (debugs_as_http_client, on_a_terminal, writes_where_it_cannot, connects_in_time, sends_a_file_that_shrinks,
          reads_a_file_from_where_it_stands)


def main():
    failed = 0
    plays = [(row.name, lambda row=row: differences(row)) for row in ROWS] + [(play.__name__, play) for play in OTHERS]
    for name, play in plays:
        mistakes = list(play())
        failed += bool(mistakes)
        for mistake in mistakes:
            print(f"request: {name}: {mistake}")
    if not MINT:
        print("openssl is not here: rows with TLS were left out")
    print(f"request: {len(plays) - failed} passed, {failed} failed")
    return failed > 0


ASSAY = sys.argv[1]
with open(ASSAY, "rb") as program:
    IS_SANITIZED = b"__asan_init" in program.read()

if __name__ == "__main__":
    sys.exit(main())
