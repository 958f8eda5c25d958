"""The model's request: what of it is refused, and the octets that it becomes (RFC 9112, sections 3, 6 and 7.1)."""
import re

import reading
from world import Failure

TOKEN = re.compile(reading.TOKEN)
TARGET = re.compile(rb"[\x21-\x7e]*")
VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
NAME = re.compile(rb"[-A-Za-z0-9._~!$&'()*+,;=]{1,253}")
AUTHORITY = re.compile(rb"(?i:https?)://(?:[^/?#]*@)?([^/?#]+)")
BODY_EXPECTED = (b"PATCH", b"POST", b"PUT")


def is_ipv6(text):
    import socket

    try:
        socket.inet_pton(socket.AF_INET6, text.decode("latin-1"))
    except (OSError, ValueError):
        return False
    return True


def read_host(host, port, default_port):
    """A host, without brackets, and a port; RFC 3986, section 3.2.2."""
    text = host
    if port is None and not is_ipv6(host):
        match = re.fullmatch(rb"(.*):([^:\]]*)", host, re.DOTALL)
        if match:
            text = match[1]
            port = match[2] or None
            if port is not None and not re.fullmatch(rb"[0-9]+", port):
                raise Failure("InvalidURL")
    port = int(port) if port is not None else default_port
    if not 1 <= port <= 65535:
        raise Failure("InvalidURL")
    if text[:1] == b"[" and text[-1:] == b"]" and is_ipv6(text[1:-1]):
        return text[1:-1], port
    is_number = text.rstrip(b".").split(b".")[-1].isdigit() and not re.fullmatch(rb"[0-9]+(\.[0-9]+){3}", text)
    if is_ipv6(text) or (NAME.fullmatch(text) and not is_number):
        return text, port
    raise Failure("InvalidURL")


def authority(host, port, hidden_port=None):
    shown = b"[%s]" % host if b":" in host else host
    return shown if port == hidden_port else b"%s:%d" % (shown, port)


def check_field(name, value, depart):
    """RFC 9110, sections 5.1 and 5.5. What http.client refuses too is no departure."""
    if not TOKEN.fullmatch(name):
        if not name.isascii():
            depart("not-ascii")
        if name and not re.search(rb"[:\r\n]|^\s", name):
            depart("field-name-given")
        raise Failure("InvalidHeader")
    if not VALUE.fullmatch(value):
        if not re.search(rb"\n(?![ \t])|\r(?![ \t\n])", value):
            depart("field-value-given")
        raise Failure("InvalidHeader")


def is_authority(text):
    """RFC 3986, section 3.2.2: brackets stand around an address alone."""
    return re.fullmatch(rb"[^\[\]]*|\[[^\[\]]+\](:[0-9]*)?", text) is not None


def is_authority_as_python(text):
    """That http.client takes whole: it cuts a zone, with all behind it."""
    return re.fullmatch(rb"[^%\[\]]*|\[[^%\[\]]+\](:[0-9]*)?", text) is not None


class Outgoing:
    def __init__(self, method, target, is_1_0):
        self.method, self.target, self.is_1_0 = method, target, is_1_0
        self.head = b"%s %s HTTP/1.%d\r\n" % (method, target or b"/", 0 if is_1_0 else 1)
        self.framing = None  # "length", "chunked" or "coded": chunks that the caller makes
        self.length = None
        self.sent = 0
        self.coded = b""  # what was sent of a coded body
        self.is_whole = self.is_cut = False
        self.has_host = self.has_close = self.has_upgrade = self.expects_continue = False

    @property
    def answers(self):
        return {b"HEAD": "HEAD", b"CONNECT": "CONNECT"}.get(self.method)

    def add(self, name, value):
        self.head += b"%s: %s\r\n" % (name, value)

    def take_field(self, name, value, is_peer_1_0):
        """What a field means to the client itself."""
        options = [member.lower() for member in reading.members(value)]
        if name == b"content-length":
            if not re.fullmatch(rb"[ \t]*[0-9]+[ \t]*", value) or int(value) >= 2**64:
                raise Failure("InvalidHeader")
            self.frame("length")
            self.length = int(value)
        elif name == b"transfer-encoding":
            if self.is_1_0 or is_peer_1_0:
                raise Failure("InvalidBody")
            if options.count(b"chunked") != 1 or options[-1] != b"chunked":
                raise Failure("InvalidHeader")
            self.frame("chunked")
        elif name == b"host":
            if self.has_host:
                raise Failure("InvalidHeader")
            self.has_host = True
        self.has_close |= name == b"connection" and b"close" in options
        self.has_upgrade |= name == b"upgrade"
        self.expects_continue |= name == b"expect" and b"100-continue" in options

    def frame(self, framing):
        """RFC 9112, section 6.2: a second framing field could only contradict the first."""
        if self.framing is not None:
            raise Failure("InvalidHeader")
        self.framing = framing

    def check_body(self, body, encode_chunked, is_none):
        """`is_none`: it is known that there is no body; else None leaves it to send()."""
        if self.framing == "chunked" and not encode_chunked and not is_none:
            self.framing = "coded"
        is_empty = is_none or (body is not None and body["kind"] == "bytes" and not body["data"])
        if self.framing is None and body is not None and not is_empty:
            raise Failure("InvalidBody")
        if self.expects_continue and (is_empty or (body is None and self.framing is None)):
            raise Failure("InvalidBody")
        length = 0 if is_none else known_length(body)
        if length is not None and self.length is not None and length != self.length:
            raise Failure("InvalidBody")
        if self.framing == "coded" and body is not None and body["kind"] == "bytes" and coded_end(body["data"]) != len(body["data"]):
            raise Failure("InvalidBody")

    def take_piece(self, piece):
        """A piece of the body as it is sent."""
        if self.length is not None and self.sent + len(piece) > self.length:
            raise Failure("BodyMismatch")
        self.coded += piece if self.framing == "coded" else b""
        if self.framing == "coded" and coded_end(self.coded) not in (None, len(self.coded)):
            raise Failure("BodyMismatch")
        self.sent += len(piece)
        return b"%X\r\n%s\r\n" % (len(piece), piece) if self.framing == "chunked" else piece

    def end(self):
        """What ends the body."""
        if self.length is not None and self.sent < self.length:
            raise Failure("BodyMismatch")
        if self.framing == "coded" and coded_end(self.coded) != len(self.coded):
            raise Failure("BodyMismatch")
        return b"0\r\n\r\n" if self.framing == "chunked" else b""


def known_length(body):
    """Octets of a body that is there; of a file, what is left of it."""
    if body is not None and body["kind"] == "bytes":
        return len(body["data"])
    if body is not None and body["kind"] == "file":
        return max(len(body["data"]) - body["pos"], 0)
    return None


def coded_end(data):
    """Where the chunks that `data` begins with end; None: they are not whole, -1: it does not begin with chunks."""
    at = 0
    while True:
        line_end = data.find(b"\n", at) + 1
        if not line_end:
            return None
        match = reading.CHUNK_LINE.fullmatch(data[at : max(at, line_end - 2)])
        if not match or data[line_end - 2 : line_end] != b"\r\n":
            return -1
        at = line_end + int(match[1], 16)
        if int(match[1], 16) == 0:
            return trailers_end(data, line_end)
        if at + 2 > len(data):
            return None
        if data[at : at + 2] != b"\r\n":
            return -1
        at += 2


def trailers_end(data, at):
    while line_end := data.find(b"\r\n", at) + 2:
        if line_end == 1:
            return None
        if line_end == at + 2:
            return line_end
        at = line_end
    return None


def blocks(body, block_size, left, depart):
    """The pieces of a body as they are read: of a file or reader no more than the `left` octets that were declared."""
    if body["kind"] == "stream":
        limit = body["raise_after"]
        yield from body["items"] if limit is None else body["items"][:limit]
        if limit is not None:
            raise Failure("BodyMismatch")
        return
    data = body["data"][body.get("pos", 0) :]
    while data and left != 0:
        size = min(size for size in (block_size, body.get("max_read"), left) if size is not None)
        yield data[:size]
        left = None if left is None else left - len(data[:size])
        data = data[size:]
    if data:
        depart("read-as-declared")
