"""What drivers in Python share: the protocol's lines, octets, contents and outcomes (see ../README.md).

A driver calls run() with a Session class of its own:

    Session(begin)              makes the client anew; begin.deadline is seconds, begin.ca the path of the
                                certificates to trust (None: nobody speaks TLS)
    session.play(ask, outcome)  performs one exchange; raises what the client raises
    session.close()             closes all connections

Texts are str, an octet a character (latin-1), as most clients of Python want them; contents are bytes.
"""
import base64
import itertools
import json
import re
import sys

WHOLE_MAX = 1 << 20  # a longer content is told by its length, its first and its last octets
END_SIZE = 1 << 16
CONTENT_MAX = 1 << 28  # a longer one is built for no client
PLAIN = re.compile(rb"[\x20-\x7e]*")


class Unsupported(Exception):
    """The client cannot do what a step asks; the text says why."""


class InvalidRequest(Exception):
    """The client refused a request before it sent an octet: for drivers whose clients tell so by when they raise."""


class SourceBroke(Exception):
    """Raised by the source of a content, where the step says so."""


class Junk(Exception):
    """A line that is not the protocol's."""


def octets(value):
    if isinstance(value, str):
        return value.encode("ascii")
    return base64.b64decode(value["b64"], validate=True)


def text(value):
    return octets(value).decode("latin-1")


def shown(data):
    """Octets as the protocol has them; str is latin-1."""
    data = data.encode("latin-1") if isinstance(data, str) else bytes(data)
    if PLAIN.fullmatch(data):
        return data.decode("ascii")
    return {"b64": base64.b64encode(data).decode("ascii")}


def visible(words):
    """A text for people, in printable ASCII."""
    return re.sub(r"[^\x20-\x7e]", lambda octet: octet.group().encode("unicode_escape").decode("ascii"), words)


def decoded(parts):
    return [(octets(part), part.get("times", 1)) for part in parts]


def built(parts):
    if sum(len(data) * times for data, times in parts) > CONTENT_MAX:
        raise Unsupported(f"more than {CONTENT_MAX} octets at once")
    return b"".join(data * times for data, times in parts)


def by_type(table):
    """A table of (exception class or classes, word), the first that fits, as run() wants it."""
    return lambda error: next((word for types, word in table if isinstance(error, types)), "other")


class Begin:
    def __init__(self, begin):
        self.origin = begin["origin"]
        self.proxy = begin.get("proxy")
        self.ca = begin.get("ca")
        self.deadline = begin.get("deadline_ms", 5000) / 1000
        self.wants_heads = begin.get("heads", False)


class Proxy:
    """The proxy by way of which a step goes: its url, auth ("user:secret" or None), headers for it alone,
    and whether a tunnel is asked for also where the URL is http."""

    def __init__(self, url, proxy):
        self.url = url
        self.auth = text(proxy["auth"]) if "auth" in proxy else None
        self.headers = [(text(name), text(value)) for name, value in proxy.get("headers", [])]
        self.tunnel = proxy.get("tunnel", False)


class Ask:
    """What a step asks.

    origin     scheme and authority of its URL; target is the rest
    proxy      a Proxy, or None
    tunnels    it goes by a tunnel through it
    bytes      the content, where it is given whole, else None
    file       the path of the file that holds it, where the client is to read one, else None
    has_stream its source is stream(), which yields the pieces; length is its length, None where unknown
    timeout    seconds, or None
    read       "all", "stream", "amounts" (an endless iterator, amounts) or "abandon" (that many octets)
    """

    def __init__(self, request, begin, hold):
        self.method = text(request["method"])
        self.origin = text(request.get("origin", begin.origin))
        self.target = text(request["target"])
        self.proxy = Proxy(begin.proxy, request["proxy"]) if "proxy" in request else None
        self.tunnels = self.proxy is not None and (self.origin.startswith("https:") or self.proxy.tunnel)
        self.headers = [(text(name), text(value)) for name, value in request.get("headers", [])]
        self.trailers = [(text(name), text(value)) for name, value in request.get("trailers", [])]
        self.expect_continue = request.get("expect_continue", False)
        self.timeout = request["timeout_ms"] / 1000 if "timeout_ms" in request else None
        self.background = request.get("background", False)
        body = request.get("body", {})
        self.bytes = built(decoded(body["bytes"])) if "bytes" in body else None
        self.file = octets(body["file"]) if "file" in body else None
        self.has_stream = "stream" in body
        self.length = body.get("length")
        self.pieces = [decoded(piece) if isinstance(piece, list) else piece for piece in body.get("stream", [])]
        self.hold = hold
        self.read_as(request.get("read", "all"))

    def read_as(self, read):
        self.read, self.amounts, self.abandon = read, None, None
        if isinstance(read, list):
            self.read, self.amounts = "amounts", itertools.chain(read, itertools.repeat(read[-1]))
        elif isinstance(read, dict):
            self.read, self.abandon = "abandon", read["abandon"]

    def stream(self):
        for piece in self.pieces:
            if isinstance(piece, list):
                yield built(piece)
            elif "hold" in piece:
                self.hold(piece["hold"])
            else:
                raise SourceBroke("the source breaks")

    def needs(self):
        """The words of `can` that it takes."""
        known = self.method in ("GET", "HEAD", "POST")
        is_https, proxy = self.origin.startswith("https:"), self.proxy
        is_proxy_https = proxy is not None and proxy.url.startswith("https:")
        marks = [isinstance(piece, dict) and word in piece for piece in self.pieces for word in ("hold", "fail")]
        return [word for word, is_needed in (
            ("method.any", not known),
            ("headers.any", self.headers),
            ("body.bytes", self.bytes is not None),
            ("body.stream", self.has_stream and self.length is None),
            ("body.stream.length", self.has_stream and self.length is not None),
            ("body.hold", any(marks[0::2])),
            ("body.fail", any(marks[1::2])),
            ("body.file", self.file is not None),
            ("trailers.send", self.trailers),
            ("expect_continue", self.expect_continue),
            ("timeout", self.timeout is not None),
            ("concurrent", self.background),
            ("tls", is_https or is_proxy_https),
            ("proxy.http", proxy and not self.tunnels),
            ("proxy.tunnel", self.tunnels and is_https),
            ("proxy.tunnel.plain", self.tunnels and not is_https),
            ("proxy.tls", is_proxy_https),
            ("proxy.auth", proxy and proxy.auth is not None),
            ("proxy.headers", proxy and proxy.headers),
            ("read.stream", self.read == "stream"),
            ("read.amount", self.read == "amounts"),
            ("read.abandon", self.read == "abandon"),
        ) if is_needed]


class Outcome:
    """What the caller saw, told as it comes: head(), give(), interim(); trailers are set."""

    def __init__(self, on_head):
        self.status = self.reason = self.headers = self.trailers = None
        self.interims = []
        self.content, self.tail, self.length = bytearray(), b"", 0
        self.on_head = on_head

    def head(self, status, reason=None, headers=None):
        if self.status is None:
            self.on_head()
        self.status, self.reason, self.headers = status, reason, headers

    def interim(self, status, headers):
        self.interims.append((status, headers))

    def give(self, data):
        self.length += len(data)
        self.content += data[:WHOLE_MAX + 1 - len(self.content)]
        self.tail = (self.tail + bytes(data[-END_SIZE:]))[-END_SIZE:]

    def body(self):
        if self.length <= WHOLE_MAX:
            return shown(self.content)
        ends = {"head": self.content[:END_SIZE], "tail": self.tail}
        return {"len": self.length} | {name: {"b64": base64.b64encode(end).decode("ascii")} for name, end in ends.items()}

    def message(self):
        message = {}
        if self.interims:
            message["interim"] = [{"status": status, "headers": lines(fields)} for status, fields in self.interims]
        if self.status is not None:
            message |= {"status": self.status, "body": self.body()}
        if self.reason is not None:
            message["reason"] = shown(self.reason)
        for name in ("headers", "trailers"):
            if getattr(self, name) is not None:
                message[name] = lines(getattr(self, name))
        return message


def lines(fields):
    return [[shown(name), shown(value)] for name, value in fields]


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def read_line():
    """The next message; None at the end of input."""
    line = sys.stdin.buffer.readline()
    if not line:
        return None
    try:
        message = json.loads(line)
        if isinstance(message, dict) and isinstance(message.get("id"), int):
            return message
    except ValueError:
        pass
    raise Junk(f"want a message of the protocol, got {line[:200]!r}")


class Loop:
    def __init__(self, can, errors, session):
        self.can, self.errors, self.make = can, errors, session
        self.session = self.begun = self.id = None

    def hold_at(self, step):
        """What a source calls to stand until it is freed."""
        def hold(name):
            say({"id": self.id, "step": step, "held": name})
            message = read_line()
            if message != {"id": self.id, "go": name}:
                raise Junk(f"want {name!r} to be freed, got {message}")
        return hold

    def asked(self, message):
        try:
            ask = Ask(message["do"]["request"], self.begun, self.hold_at(message["step"]))
            lacking = [word for word in ask.needs() if word not in self.can]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Junk(f"a step of a wrong shape ({error!r}): {message}") from error
        if lacking:
            raise Unsupported(", ".join(lacking))
        return ask

    def play(self, message):
        place = {"id": self.id, "step": message["step"]}
        outcome = Outcome(lambda: self.begun.wants_heads and say(place | {"event": "head"}))
        try:
            self.session.play(self.asked(message), outcome)
            answer = outcome.message()
        except Unsupported as why:
            say(place | {"unsupported": visible(str(why))})
            return
        except Junk:
            raise
        except Exception as error:
            words = visible(f"{type(error).__name__}: {error}")
            answer = outcome.message() | {"error": self.errors(error), "text": words}
        say(place | {"outcome": answer})

    def take(self, message):
        if "begin" in message and self.session is None:
            self.id, self.begun = message["id"], Begin(message["begin"])
            self.session = self.make(self.begun)
        elif self.session is None or message["id"] != self.id:
            raise Junk(f"no such session: {message}")
        elif "do" in message:
            self.play(message)
        elif message.get("end") is True:
            self.session.close()
            self.session = None
            say({"id": self.id, "ended": True})
        else:
            raise Junk(f"not a message of the protocol: {message}")


def run(client, version, engine, can, errors, session):
    """Plays sessions until input ends. errors(exception) gives the protocol's word for it."""
    say({"assay": 1, "client": client, "version": version, "engine": engine, "can": can})
    loop = Loop(can, errors, session)
    try:
        while (message := read_line()) is not None:
            loop.take(message)
    except Junk as junk:
        sys.exit(f"driver of {client}: {junk}")
