#!/usr/bin/env python3
"""Plays the drivers' protocol against each driver, with a raw origin that is scripted here.

usage: drivers_test.py [DRIVER...]      paths; all of drivers/ unless given

Each row asks steps of one session, and states what the driver answers and what came on the wire. What a
driver does not claim in `can` it has to refuse by `unsupported`; each word that it claims needs a row that
passed. A driver whose interpreter is missing is left out, with a notice. The last line counts.
"""
import base64
import json
import os
import re
import selectors
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

LIMIT = 30  # seconds until a driver counts as hung; no row takes nearly so long
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ABSENT = object()  # a member that an outcome may not have
ANY = object()  # a member of which nothing is asked
MAPPED = ("node-http", "perl-http-tiny", "python-http.client")  # their words for errors are known; others may say `other`


class Hung(Exception):
    pass


# Certificates, minted anew each time.

class Mint:
    """An authority, `ca`, and a context a certificate: "valid", or one of the faults that a client has to see."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.ca = os.path.join(self.folder.name, "ca.pem")
        self.authority("ca")
        self.authority("unknown")
        names = "DNS:localhost,DNS:origin.test,IP:127.0.0.1"
        self.contexts = {"valid": self.context("ca", names), "wrong host": self.context("ca", "DNS:other.test"),
                         "unknown authority": self.context("unknown", names)}

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder.name, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def authority(self, name):
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem",
                     "-days", "2", "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE")

    def context(self, authority, names):
        with open(os.path.join(self.folder.name, "names"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf")
        self.openssl("x509", "-req", "-in", "leaf.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
                     "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "leaf.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*(os.path.join(self.folder.name, name) for name in ("leaf.pem", "leaf.key")))
        return context


MINT = Mint() if shutil.which("openssl") else None


# The origin, which may be the proxy: a script for each connection, in the order in which they come.

def head(connection):
    return until(b"\r\n\r\n")(connection)


def until(end):
    def action(connection):
        while end not in connection.unread:
            if not connection.receive():
                raise EOFError
        connection.unread = connection.unread.split(end, 1)[1]
    return action


def send(*octets):
    return lambda connection: connection.socket.sendall(b"".join(octets))


def reply(body, *lines):
    lines = (b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body)) + lines
    return send(b"\r\n".join(lines), b"\r\n\r\n", body)


def fin(connection):
    connection.socket.shutdown(socket.SHUT_WR)


def rst(connection):
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.socket.close()
    raise EOFError


def tls(certificate="valid"):
    def action(connection):
        connection.socket = MINT.contexts[certificate].wrap_socket(connection.socket, server_side=True)
    return action


def no_tls(connection):
    """Octets beside the TLS that is there."""
    os.write(connection.socket.fileno(), b"these are no TLS records")


def signal(connection):
    connection.origin.event.set()


def wait(connection):
    """Until signal, or until the driver has told of the head."""
    if not connection.origin.event.wait(LIMIT):
        raise Hung("nothing set the origin free")


class Connection(threading.Thread):
    """Plays its script, then reads until the client leaves; `seen` is all that came."""

    def __init__(self, origin, sock, script):
        super().__init__(daemon=True)
        self.origin, self.socket, self.script = origin, sock, script
        self.seen = self.unread = b""
        sock.settimeout(LIMIT)

    def receive(self):
        data = self.socket.recv(65536)
        self.seen += data
        self.unread += data
        return data

    def run(self):
        try:
            for action in self.script:
                action(self)
            while self.receive():
                pass
        except (OSError, EOFError):
            pass
        finally:
            self.socket.close()


class Origin(threading.Thread):
    def __init__(self, scripts):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.event = threading.Event()
        self.scripts, self.connections = scripts, []
        if not scripts:
            self.listener.close()  # who connects is refused
        self.start()

    def run(self):
        try:
            for script in self.scripts:
                connection = Connection(self, self.listener.accept()[0], script)
                self.connections.append(connection)
                connection.start()
        except OSError:
            pass

    def stop(self):
        """What came on each connection, once all are ended."""
        if self.scripts:
            try:
                self.listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self.join(LIMIT)
            self.listener.close()
        for connection in self.connections:
            connection.join(LIMIT)
        return [connection.seen for connection in self.connections]


class Driver:
    def __init__(self, path):
        self.path = path
        self.home = tempfile.TemporaryDirectory()
        self.error = tempfile.TemporaryFile()
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": self.home.name}
        self.process = subprocess.Popen([os.path.abspath(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.error, cwd=self.home.name, env=environment)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.buffer = b""

    def say(self, *messages):
        for message in messages:
            line = message if isinstance(message, bytes) else json.dumps(message).encode()
            self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def hear(self):
        while b"\n" not in self.buffer:
            if not self.selector.select(LIMIT):
                raise Hung("no answer")
            data = os.read(self.process.stdout.fileno(), 1 << 20)
            if not data:
                raise EOFError("it ended: " + self.stderr())
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def stderr(self):
        self.error.seek(0)
        return self.error.read().decode("utf-8", "replace")

    def stop(self):
        """Its exit status after the end of input."""
        self.process.stdin.close()
        try:
            return self.process.wait(LIMIT)
        except subprocess.TimeoutExpired as late:
            self.process.kill()
            self.process.wait()
            raise Hung("does not end when its input does") from late
        finally:
            self.selector.close()
            self.process.stdout.close()
            self.error.close()
            self.home.cleanup()


# Requests as steps ask for them.

def b64(data):
    return {"b64": base64.b64encode(data).decode()}


def ask(method="GET", target="/", **members):
    return {"request": {"method": method, "target": target, "headers": []} | members}


def up(*pieces, **members):
    """A POST of pieces from a source: octets, or what else a source does."""
    stream = [piece if isinstance(piece, dict) else [b64(piece)] for piece in pieces]
    return ask("POST", "/up", body={"stream": stream} | members.pop("body", {}), **members)


def by_proxy(target="/", scheme="http", method="GET", timeout_ms=None, **proxy):
    limit = {} if timeout_ms is None else {"timeout_ms": timeout_ms}
    return ask(method, target, origin=f"{scheme}://origin.test", proxy=proxy, **limit)


def got(body, **members):
    return {"status": 200, "body": body, "error": ABSENT} | members


def failed(*words, **members):
    """An error by one of these words, the first where it is known."""
    return {"error": words} | members


class Row:
    """`uses_tls`: the origin's URL is https. `want` has an outcome a step, or a table of such lists by driver (None for all others); `wire` has a
    pattern a connection, or such a table. `words` are those of `can` that it takes, besides what its steps do."""

    def __init__(self, name, asks, scripts, want, wire=None, words=(), heads=False, uses_tls=False):
        self.name, self.asks, self.scripts, self.heads, self.uses_tls = name, asks, scripts, heads, uses_tls
        self.want, self.wire = want, wire
        self.words = set(words).union(*(needs(ask["request"]) for ask in asks))
        if uses_tls:
            self.words.add("tls")
        if len(asks) > 1 and scripts:
            self.words.add("session")


def needs(request):
    """The words that a step takes."""
    body, read = request.get("body", {}), request.get("read", "all")
    marks = {mark for piece in body.get("stream", []) if isinstance(piece, dict) for mark in piece}
    scheme, proxy = request.get("origin", "http:").split(":")[0], request.get("proxy")
    tunnel = "proxy.tunnel" if scheme == "https" else "proxy.tunnel.plain"
    reads = {str: f"read.{read}", list: "read.amount", dict: "read.abandon"}
    return {word for word, is_needed in {
        "method.any": request["method"] not in ("GET", "HEAD", "POST"),
        "headers.any": request["headers"],
        "body.bytes": "bytes" in body,
        "body.stream": "stream" in body and "length" not in body,
        "body.stream.length": "length" in body,
        "body.hold": "hold" in marks,
        "body.fail": "fail" in marks,
        "body.file": "file" in body,
        "trailers.send": "trailers" in request,
        "expect_continue": "expect_continue" in request,
        "timeout": "timeout_ms" in request,
        "concurrent": "background" in request,
        "tls": scheme == "https",
        "proxy.http": proxy is not None and scheme == "http" and "tunnel" not in proxy,
        tunnel: proxy is not None and (scheme == "https" or "tunnel" in proxy),
        "proxy.auth": proxy is not None and "auth" in proxy,
        "proxy.headers": proxy is not None and "headers" in proxy,
        reads[type(read)]: read != "all",
    }.items() if is_needed}


def named(do, port):
    """With the port in the URL of the origin, where that is another."""
    request = do["request"]
    return {"request": request | {"origin": request["origin"].format(port=port)}} if "origin" in request else do


def is_asked(word):
    """Whether a step asks for it, so that it can be refused; the others tell what to expect."""
    return not word.startswith(("report.", "event.")) and word not in ("session", "target.raw")


def of(table, driver):
    return table.get(driver, table[None]) if isinstance(table, dict) else table


CUT = [head, send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), fin]
OPEN = send(b"HTTP/1.1 200 Connection established\r\n\r\n")
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
FILE = tempfile.NamedTemporaryFile()
FILE.write(b"0123456789" * 100)
FILE.flush()
ODD_TARGET = b"/a%20b;c=%C3%A9?q=[1]|{}'~&&=$"

ROWS = [
    Row("a body with its length", [ask()], [[head, reply(b"hello", b"X-A: 1", b"X-B: 2", b"X-A: 3")]],
        [got("hello", reason="OK", headers=[("x-a", "1"), ("x-a", "3"), ("x-b", "2")])],
        [rb"GET / HTTP/1\.1\r\n.*\r\n\r\n"], ["report.reason", "report.headers"]),
    Row("octets that are no text", [ask(headers=[["X-Octets", "a\tb"], ["X-Quote", '"\\']])],
        [[head, reply(b'\x00"\\\xff', b"X-Latin: \xe9")]], [got('\x00"\\\xff', headers=[("x-latin", "\xe9")])],
        [rb'.*X-Octets: a\tb\r\n.*']),
    Row("an empty body", [ask()], [[head, reply(b"")]], [got("")]),
    Row("chunks and trailers", [ask()],
        [[head, send(CHUNKED, b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Sum: abc\r\n\r\n")]],
        [got("hello world", trailers=[["X-Sum", "abc"]])], words=["report.trailers"]),
    Row("chunks", [ask()], [[head, send(CHUNKED, b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n")]], [got("hello world")]),
    Row("an error status is no error", [ask()], [[head, send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")]],
        [got("no", status=404, reason="Not Found")]),
    Row("a redirect is not followed", [ask()],
        [[head, send(b"HTTP/1.1 302 Found\r\nLocation: /2\r\nContent-Length: 0\r\n\r\n")]], [got("", status=302)], [rb".*"]),
    Row("nothing is decoded", [ask()], [[head, reply(b"\x1f\x8b\x08", b"Content-Encoding: gzip")]], [got("\x1f\x8b\x08")]),
    Row("HEAD, and GET on the same connection", [ask("HEAD"), ask(target="/2")],
        [[head, send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), head, reply(b"two")]],
        [got(""), got("two")], [rb"HEAD / .*GET /2 .*"]),
    Row("two requests on one connection", [ask(target="/1"), ask(target="/2")],
        [[head, reply(b"one"), head, reply(b"two")]], [got("one"), got("two")], [rb"GET /1 .*GET /2 .*"]),
    Row("a connection that the origin closes", [ask(target="/1"), ask(target="/2")],
        [[head, reply(b"one", b"Connection: close"), fin], [head, reply(b"two")]],
        [got("one"), got("two")], [rb"GET /1 .*", rb"GET /2 .*"]),
    Row("any method", [ask("PURGE")], [[head, reply(b"")]], [got("")], [rb"PURGE / HTTP.*"]),
    Row("any target", [ask(target=ODD_TARGET.decode())], [[head, reply(b"")]], [got("")],
        [rb"GET " + re.escape(ODD_TARGET) + rb" HTTP.*"], ["target.raw"]),
    Row("field lines", [ask(headers=[["X-Two", "1"], ["X-One", "a  b"], ["X-Two", "2"]])], [[head, reply(b"")]], [got("")],
        [rb"(?=.*\r\nX-Two: 1\r\n(.*\r\n)?X-Two: 2\r\n)(?=.*\r\nX-One: a  b\r\n).*"]),
    Row("a field line that would be two is refused", [ask(headers=[["X-A", b64(b"1\r\nX-B: 2")]])], [[head, reply(b"")]],
        [failed("invalid_request", status=ABSENT)], []),
    Row("POST without content", [ask("POST")], [[head, reply(b"")]], [got("")], [rb"POST .*Content-Length: 0\r\n.*"]),
    Row("content of known length", [ask("POST", body={"bytes": [b64(b"a\x00"), b64(b"xy") | {"times": 3}]})],
        [[until(b"xyxyxy"), reply(b"ok")]], [got("ok")], [rb"POST .*Content-Length: 8\r\n(.*\r\n)?\r\na\x00xyxyxy"]),
    Row("a large content", [ask("POST", body={"bytes": [b64(b"0123456789") | {"times": 300000}]})],
        [[until(b"0123456789" * 300000), reply(b"ok")]], [got("ok")]),
    Row("content of a length that the caller names",
        [ask("POST", headers=[["Content-Length", "5"]], body={"bytes": [b64(b"hello")]})],
        [[until(b"hello"), reply(b"ok")]], [got("ok")],
        [rb"POST (?!.*Content-Length.*Content-Length).*Content-Length: 5\r\n.*hello"]),
    Row("content of a coding that the caller names",
        [ask("POST", headers=[["Transfer-Encoding", "chunked"]], body={"stream": [[b64(b"hello")]]})],
        [[until(b"0\r\n\r\n"), reply(b"ok")]], [got("ok")],
        [rb"POST (?!.*Transfer-Encoding.*Transfer-Encoding).*5\r\nhello\r\n0\r\n\r\n"]),
    Row("content from a source", [up(b"hello", b" ", b"world")], [[until(b"0\r\n\r\n"), reply(b"ok")]], [got("ok")],
        [rb"POST /up .*Transfer-Encoding: chunked\r\n(.*\r\n)?\r\n5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n"]),
    Row("content from a source, of known length", [up(b"hello", b"!", body={"length": 6})], [[until(b"hello!"), reply(b"ok")]],
        [got("ok")], [rb"POST .*Content-Length: 6\r\n(.*\r\n)?\r\nhello!"]),
    Row("a source that stands", [up(b"hello", {"hold": "there"}, b"world")], [[until(b"0\r\n\r\n"), reply(b"ok")]],
        [got("ok")], [rb"POST .*5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n"]),
    Row("a source that breaks, and a request behind it", [up(b"hello", {"fail": True}), ask()],
        [[head], [head, reply(b"two")]], [failed("other", status=ABSENT), got("two")],
        [rb"(POST (?!.*\r\n0\r\n\r\n).*)?", rb"GET .*"]),
    Row("content from a file", [ask("PUT", "/up", body={"file": FILE.name})],
        [[until(b"0123456789" * 100), reply(b"ok")]], [got("ok")],
        [rb"PUT /up (?=.*\r\n(Content-Length: 1000|Transfer-Encoding: chunked)\r\n)"
         rb".*\r\n\r\n((?i:3e8)\r\n)?(0123456789){100}(\r\n0\r\n\r\n)?"]),
    Row("trailers behind the content", [up(b"hello", trailers=[["X-Sum", "abc"]])],
        [[until(b"0\r\nX-Sum: abc\r\n\r\n"), reply(b"ok")]], [got("ok")]),
    Row("a trailer that is refused", [up(b"hello", trailers=[["X Sum", "abc"]])], [[head]],
        [failed("other")]),
    Row("content once it is wanted", [ask("POST", expect_continue=True, body={"bytes": [b64(b"hello")]})],
        [[head, send(b"HTTP/1.1 100 Continue\r\n\r\n"), until(b"hello"), reply(b"ok")]], [got("ok")],
        [rb"POST .*\r\nExpect: 100-continue\r\n.*hello.*"]),
    Row("content that is not wanted", [ask("POST", expect_continue=True, body={"bytes": [b64(b"hello")]}), ask()],
        [[head, send(b"HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno")], [head, reply(b"two")]],
        [got("no", status=417), got("two")], [rb"POST (?!.*hello).*", rb"GET .*"]),
    Row("interim responses", [ask()],
        [[head, send(b"HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n"), reply(b"ok")]],
        [got("ok", interim=[{"status": 103, "headers": [["X-A", "1"]]}])], words=["report.interim"]),
    Row("the head before the body", [ask()], [[head, send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), wait, send(b"ok")]],
        [got("ok")], words=["event.head"], heads=True),
    Row("read piece by piece", [ask(read="stream")], [[head, send(CHUNKED, b"5\r\nhello\r\n"), send(b"1\r\n!\r\n0\r\n\r\n")]],
        [got("hello!")]),
    Row("read by amounts", [ask(read=[1, 2]), ask()], [[head, reply(b"hello!"), head, reply(b"two")]],
        [got("hello!"), got("two")]),
    Row("a cut body read by amounts", [ask(read=[2])], [CUT, CUT],
        {None: [{"status": 200}], "node-http": [failed("reset", status=200, body="hell")], "python-http.client": [got("hello")]}),
    Row("a response that is left", [ask(read={"abandon": 3}), ask(target="/2")], [[head, reply(b"hello")], [head, reply(b"two")]],
        [got("hel"), got("two")], [rb"GET / .*", rb"GET /2 .*"]),
    Row("a body of 3 MB", [ask()], [[head, reply(b"head!" + b"x" * 3000000 + b"tail!")]],
        [{"status": 200, "len": 3000010, "ends": True}]),
    Row("a body that is cut", [ask("POST")], [CUT],
        {None: [failed("reset", "incomplete", "closed", status=200, body="hello")],
         "python-http.client": [failed("incomplete", status=200, body="hello")],
         "perl-http-tiny": [failed("incomplete", status=ABSENT, body=ABSENT)]}, [rb"POST .*"], ["report.partial"]),
    Row("a client's own second try", [ask()], [CUT, CUT],
        {None: [{"error": ANY}], "perl-http-tiny": [failed("incomplete")]}, {None: None, "perl-http-tiny": [rb".*", rb".*"]}),
    Row("a chunked body that is cut", [ask("POST")], [[head, send(CHUNKED, b"5\r\nhello\r\n5\r\nwo"), fin]],
        {None: [failed("reset", "incomplete", "closed")], "python-http.client": [failed("incomplete", status=200, body="hello")],
         "perl-http-tiny": [failed("incomplete")]}),
    Row("an end instead of an answer", [ask("POST")], [[head, fin]],
        {None: [failed("reset", "closed", status=ABSENT)], "python-http.client": [failed("closed")],
         "perl-http-tiny": [failed("other")]}),
    Row("a reset instead of an answer", [ask("POST")], [[head, rst]], [failed("reset", status=ABSENT)]),
    Row("no status line", [ask("POST"), ask()], [[head, send(b"HTTX/1.1 200 OK\r\n\r\n"), fin], [head, reply(b"two")]],
        [failed("malformed", status=ABSENT), got("two")]),
    Row("a status line with octets that are no text", [ask("POST")], [[head, send(b"\x00\xff\x1b 200 OK\r\n\r\n"), fin]],
        [failed("malformed", status=ABSENT)]),
    Row("refused", [ask(), ask()], [], [failed("refused", status=ABSENT, body=ABSENT)] * 2),
    Row("out of time", [ask("POST", timeout_ms=500), ask()], [[head], [head, reply(b"two")]],
        [failed("timeout", status=ABSENT), got("two")]),
    Row("another origin", [ask(target="/1"), ask(target="/2", origin="http://localhost:{port}")],
        [[head, reply(b"one")], [head, reply(b"two")]], [got("one"), got("two")],
        [rb"GET /1 .*Host: 127\.0\.0\.1:\d+\r\n.*", rb"GET /2 .*Host: localhost:\d+\r\n.*"]),
    Row("https", [ask(target="/1"), ask(target="/2")], [[tls(), head, reply(b"one"), head, reply(b"two")]],
        [got("one"), got("two")], [rb"GET /1 .*GET /2 .*"], uses_tls=True),
    Row("a certificate of an unknown authority, and a good one", [ask(), ask()],
        [[tls("unknown authority")], [tls(), head, reply(b"two")]],
        [failed("tls", status=ABSENT), got("two")], uses_tls=True),
    Row("a certificate of another host", [ask()], [[tls("wrong host")]], [failed("tls", status=ABSENT)], uses_tls=True),
    Row("no TLS where it should be", [ask()], [[send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), fin]],
        [failed("tls", status=ABSENT)], uses_tls=True),
    Row("no TLS any more", [ask("POST")], [[tls(), head, no_tls]], [failed("other", status=ABSENT)], uses_tls=True),
    Row("no TLS any more, on a connection that is used again", [ask("POST"), ask("POST")],
        [[tls(), head, reply(b"one"), head, no_tls]], [got("one"), failed("other", status=ABSENT)], uses_tls=True),
    Row("a reset of TLS while content is sent", [ask("POST", body={"bytes": [b64(b"0123456789") | {"times": 300000}]})],
        [[tls(), head, rst]], [{"error": {"reset", "closed", "other"}}], uses_tls=True),
    Row("by proxy", [by_proxy("/1"), by_proxy("/2?q")],
        [[head, reply(b"one"), head, reply(b"two")], [head, reply(b"two")]],
        [got("one"), got("two")],
        {None: [rb"GET http://origin\.test/1 HTTP/1\.1\r\n(.*\r\n)?Host: origin\.test\r\n.*"
                rb"GET http://origin\.test/2\?q HTTP/1\.1\r\n.*"],
         "perl-http-tiny": [rb"GET http://origin\.test/1 .*", rb"GET http://origin\.test/2\?q .*"]}),
    Row("by proxy, and without it", [by_proxy("/1"), ask(target="/2", origin="http://localhost:{port}")],
        [[head, reply(b"one")], [head, reply(b"two")]],
        [got("one"), got("two")], [rb"GET http://origin\.test/1 .*", rb"GET /2 .*"]),
    Row("by proxy, with credentials", [by_proxy(auth="user:s@/%")], [[head, reply(b"")]], [got("")],
        [rb"GET (?i:.*\r\nProxy-Authorization): Basic dXNlcjpzQC8l\r\n.*"]),
    Row("by proxy, with field lines for it", [by_proxy(headers=[["X-A", "1"]])], [[head, reply(b"")]], [got("")],
        [rb"GET .*\r\nX-A: 1\r\n.*"]),
    Row("no proxy there", [by_proxy()], [], [failed("refused", status=ABSENT)]),
    Row("a tunnel", [by_proxy("/1", "https"), by_proxy("/2", "https")],
        [[head, OPEN, tls(), head, reply(b"one"), head, reply(b"two")], [head, OPEN, tls(), head, reply(b"two")]],
        [got("one"), got("two")],
        {None: [rb"CONNECT origin\.test:443 .*GET /1 HTTP/1\.1\r\n(.*\r\n)?Host: origin\.test\r\n.*GET /2 .*"],
         "perl-http-tiny": [rb"CONNECT origin\.test:443 .*GET /1 .*", rb"CONNECT origin\.test:443 .*GET /2 .*"]}),
    Row("a tunnel, with credentials", [by_proxy("/", "https", auth="user:secret")],
        [[head, OPEN, tls(), head, reply(b"")]], [got("")],
        [rb"CONNECT (?i:.*\r\nProxy-Authorization): Basic dXNlcjpzZWNyZXQ=\r\n.*GET / (?!(?i:.*Proxy-Auth)).*"]),
    Row("a tunnel, with field lines for the proxy", [by_proxy("/", "https", headers=[["X-A", "1"], ["X-A", "2"]])],
        [[head, OPEN, tls(), head, reply(b"")]], [got("")], [rb"CONNECT .*\r\nX-A: 1\r\nX-A: 2\r\n.*GET / (?!.*X-A).*"]),
    Row("a tunnel for http", [by_proxy(tunnel=True)], [[head, OPEN, head, reply(b"hello")]], [got("hello")],
        [rb"CONNECT origin\.test:80 .*GET / HTTP/1\.1\r\n(.*\r\n)?Host: origin\.test\r\n.*"]),
    Row("two tunnels, by what the proxy is sent", [by_proxy("/1", "https", auth="a:b"), by_proxy("/2", "https", auth="c:d")],
        [[head, OPEN, tls(), head, reply(b"one")], [head, OPEN, tls(), head, reply(b"two")]], [got("one"), got("two")],
        [rb"CONNECT .*YTpi\r\n.*GET /1 .*", rb"CONNECT .*Yzpk\r\n.*GET /2 .*"]),
    Row("a tunnel that is refused, and one that is not", [by_proxy("/1", "https"), by_proxy("/2", "https")],
        [[head, send(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")], [head, OPEN, tls(), head, reply(b"two")]],
        {None: [failed("tunnel", status=ABSENT), got("two")],
         "perl-http-tiny": [got("", status=407), got("two")]}, [rb"CONNECT .*\r\n\r\n", rb"CONNECT .*GET /2 .*"]),
    Row("an end instead of an answer to CONNECT", [by_proxy(scheme="https", method="POST")], [[head, fin]],
        {None: [failed("reset", "closed", status=ABSENT)], "python-http.client": [failed("closed", status=ABSENT)],
         "perl-http-tiny": [failed("other")]}),
    Row("garbage instead of an answer to CONNECT", [by_proxy(scheme="https")], [[head, send(b"\x00\xff 200 OK\r\n\r\n"), fin]],
        [failed("malformed", status=ABSENT)]),
    Row("out of time in CONNECT", [by_proxy(scheme="https", method="POST", timeout_ms=500), by_proxy("/2", "https")],
        [[head], [head, OPEN, tls(), head, reply(b"two")]], [failed("timeout", status=ABSENT), got("two")]),
    Row("octets of the tunnel with the answer to CONNECT", [by_proxy(tunnel=True)],
        [[head, send(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly"), head, fin]],
        {None: [got("early")], "python-http.client": [{"error": ANY}]}),
    Row("an unknown authority in a tunnel", [by_proxy(scheme="https")], [[head, OPEN, tls("unknown authority")]],
        [failed("tls", status=ABSENT)]),
    Row("a cut body in a tunnel", [by_proxy(scheme="https", method="POST")], [[head, OPEN, tls()] + CUT],
        {None: [failed("reset", "incomplete", "closed", status=200, body="hello")],
         "python-http.client": [failed("incomplete", status=200, body="hello")],
         "perl-http-tiny": [failed("incomplete", status=ABSENT, body=ABSENT)]}),
    Row("two at once", [ask(target="/1", background=True), ask(target="/2")],
        [[head, wait, reply(b"one")], [head, reply(b"two"), signal]], [got("one"), got("two")]),
]

JUNK = [b"", b"{", b"[]", b"null", b'{"begin": {}}', b'{"id": 9, "end": true}',
        b'{"id": 9, "step": 0, "do": {"request": {"method": "GET", "target": "/"}}}', b'{"id": 9, "go": "there"}']
JUNK_IN_SESSION = [b'{"id": 1, "step": 0, "do": {"request": {"target": "/"}}}',
                   b'{"id": 1, "step": 0, "do": {}}',
                   b'{"id": 1, "step": 0, "do": {"request": {"method": {}, "target": "/"}}}', b'{"id": 2, "end": true}',
                   b'{"id": 1, "what": true}', b'{"id": 1, "begin": {"origin": "http://127.0.0.1:1"}}']


# Looking at answers.

def plain(value):
    """Octets of the protocol as a str, latin-1; lists of them too."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict) and set(value) == {"b64"}:
        data = base64.b64decode(value["b64"], validate=True).decode("latin-1")
        assert re.search(r"[^\x20-\x7e]", data), f"{value}: a plain string would do"
        return data
    return value


def brief(value):
    return "absent" if value is ABSENT else repr(value)[:200]


def differences(want, outcome, driver):
    for name, value in want.items():
        value = of(value, driver)
        found = plain(outcome.get(name, ABSENT))
        if name == "headers":
            lines = [(line[0].lower(), line[1]) for line in found]
            if any(line not in lines for line in value):
                yield f"headers are {found}, want {value}"
        elif name in ("len", "ends"):
            body = outcome["body"]
            ends = [base64.b64decode(body[end]["b64"]) for end in ("head", "tail")]
            if body["len"] != want["len"] or not ends[0].startswith(b"head!x") or not ends[1].endswith(b"xtail!"):
                yield f"body is {str(body)[:100]}"
        elif name == "error" and isinstance(value, tuple):
            words = value[:1] if driver in MAPPED else value + ("other",)
            if found not in words:
                yield f"error is {outcome.get('error', 'absent')}, want {' or '.join(words)}"
        elif isinstance(value, set):
            if found not in value:
                yield f"{name} is {brief(found)}, want one of {sorted(value)}"
        elif value is not ANY and found != value:
            yield f"{name} is {brief(found)}, want {brief(value)}"
    if "error" in outcome and not re.fullmatch(r"[ -~]+", outcome.get("text", "")):
        yield f"an error without a text, or with one that not all can read: {outcome.get('text')!r}"


class Examination:
    def __init__(self, path):
        self.name, self.path = os.path.basename(path), path
        self.passed = self.failed = self.id = 0
        self.shown = set()
        self.driver = Driver(path)
        self.hello = self.driver.hear()
        self.can = set(self.hello["can"])

    def check(self, name, problems):
        problems = list(problems)
        if problems:
            self.failed += 1
            print(f"FAILED: {self.name}: {name}: " + "; ".join(problems))
        else:
            self.passed += 1

    def answers(self, row, origin):
        """An answer a step, by number; what comes in the midst is answered."""
        answers, heads = {}, 0
        while len(answers) < len(row.asks):
            message = self.driver.hear()
            assert message.pop("id") == self.id and message["step"] not in answers, message
            if "held" in message:
                self.driver.say({"id": self.id, "go": message["held"]})
            elif "event" in message:
                heads += 1
                origin.event.set()
            else:
                answers[message.pop("step")] = message
        assert heads == (len(row.asks) if row.heads else 0), f"{heads} heads were told"
        return [answers[step] for step in range(len(row.asks))]

    def session(self, row, scripts):
        """The answers to a row's steps, and what came on the wire. A proxy that is asked for is the origin, too."""
        origin = Origin(scripts)
        self.id += 1
        url = f"https://localhost:{origin.port}" if row.uses_tls else f"http://127.0.0.1:{origin.port}"
        begin = {"case": row.name, "origin": url, "deadline_ms": 5000} | ({"heads": True} if row.heads else {})
        if MINT is not None:
            begin["ca"] = MINT.ca
        if any("proxy" in do["request"] for do in row.asks):
            begin["proxy"] = f"http://127.0.0.1:{origin.port}"
        steps = [{"id": self.id, "step": step, "do": named(do, origin.port)} for step, do in enumerate(row.asks)]
        try:
            self.driver.say({"id": self.id, "begin": begin}, *steps)
            answers = self.answers(row, origin)
            self.driver.say({"id": self.id, "end": True})
            assert self.driver.hear() == {"id": self.id, "ended": True}
        finally:
            wire = [octets for octets in origin.stop() if octets]  # of the others some are gone before they are accepted
        return answers, wire

    def refuses(self, row, lacking):
        """A step that takes what it does not claim has to be refused, all others to be played."""
        answers, _ = self.session(row, [[head, reply(b"")]] * 2)
        if not any("unsupported" in answer for answer in answers):
            yield f"does not claim {lacking}, and does not say `unsupported`: {answers}"

    def problems(self, row):
        if lacking := row.words - self.can:
            yield from self.refuses(row, lacking)
            return
        answers, wire = self.session(row, row.scripts)
        for step, (want, answer) in enumerate(zip(of(row.want, self.name), answers)):
            if "outcome" not in answer:
                yield f"step {step}: {answer}"
                return
            for difference in differences(want, answer["outcome"], self.name):
                yield f"step {step}: {difference} ({answer['outcome'].get('text', 'no error')})"
        patterns = of(row.wire, self.name)
        if patterns is not None and len(patterns) > len(wire):
            patterns = [pattern for pattern in patterns if not re.fullmatch(pattern, b"")]
        if patterns is not None and (len(patterns) != len(wire) or
                                     not all(re.fullmatch(*pair, re.DOTALL) for pair in zip(patterns, wire))):
            yield f"on the wire: {wire}"

    def play(self, row):
        if any(not is_asked(word) for word in row.words - self.can):
            return
        try:
            problems = list(self.problems(row))
        except (Hung, EOFError, AssertionError) as error:
            problems = [f"{type(error).__name__}: {error}"]
            self.driver.process.kill()
            self.driver.stop()
            self.driver = Driver(self.path)
            self.driver.hear()
        self.check(row.name, problems)
        if not problems:
            self.shown |= row.words

    def junk(self, line, in_session):
        driver = Driver(self.path)
        driver.hear()
        if in_session:
            driver.say({"id": 1, "begin": {"origin": "http://127.0.0.1:1", "deadline_ms": 5000}})
        driver.say(line)
        try:
            answer = driver.hear()
            problems = [f"answers {answer}"]
        except EOFError:
            problems = []
        text = driver.stderr()
        status = driver.stop()
        if status <= 0 or "driver of" not in text or "Traceback" in text or "    at " in text:
            problems.append(f"status {status}, says {text!r}")
        self.check(f"junk {line!r}", problems)

    def run(self):
        names = all(isinstance(self.hello.get(name), str) for name in ("client", "version", "engine"))
        self.check("hello", [] if names and self.hello.get("assay") == 1 else [str(self.hello)])
        for row in ROWS:
            if MINT is not None or "tls" not in row.words:
                self.play(row)
        if MINT is None:
            self.shown |= {"tls", "proxy.tunnel"}
        self.check("every word of `can` holds", [f"no row shows {word}" for word in sorted(self.can - self.shown)])
        status = self.driver.stop()
        self.check("ends with its input", [] if status == 0 else [f"status {status}"])
        for line in JUNK:
            self.junk(line, False)
        for line in JUNK_IN_SESSION:
            self.junk(line, True)


def missing_interpreter(path):
    """The program of the first line, where it is not there; None where it is, or none is named."""
    with open(path, "rb") as file:
        words = file.readline().decode("latin-1").removeprefix("#!").split()
    program = words[1] if words[0].endswith("/env") else words[0]
    return None if shutil.which(program) else program


def main(paths):
    folder = os.path.join(ROOT, "drivers")
    paths = paths or sorted(entry.path for entry in os.scandir(folder) if entry.is_file() and os.access(entry.path, os.X_OK))
    passed = failed = 0
    if MINT is None:
        print("left out: TLS, for openssl is not here")
    for path in paths:
        if missing := missing_interpreter(path):
            print(f"left out: {os.path.basename(path)}, for {missing} is not here")
            continue
        try:
            examination = Examination(path)
        except (EOFError, Hung) as error:
            print(f"FAILED: {os.path.basename(path)}: hello: {error}")
            failed += 1
            continue
        examination.run()
        passed, failed = passed + examination.passed, failed + examination.failed
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
