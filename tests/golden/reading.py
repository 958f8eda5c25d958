"""The model's reader: what a strict client makes of the octets of a response (RFC 9112, sections 2 to 7).

Each place where http.client would read on, or read otherwise, names its departure: `depart(key)`, a key of
differences.py. What is decided here is decided by octets alone.
"""
import re

from world import Failure

LINE_MAX = 65536  # octets of a line, with its end
FIELDS_MAX = 100
INTERIMS_MAX = 99
OVERHEAD_MAX = 16384  # octets that frame chunks, beyond as many as they frame, and beyond
CHUNK_FREE = 16  # so many for each
LENGTH_MAX = 2**63 - 1
BLANK = b" \t"
LENIENT = rb" \t\v\f\r"  # what lenient readers take for SP in a start line
TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
QUOTED = rb'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*"'
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
STATUS_LINE = re.compile(rb"HTTP/1\.([0-9]) ([0-9]{3})(?: ([^\x00-\x08\x0a-\x1f\x7f]*))?")
CODING = re.compile(rb"(%s)([ \t]*;[ \t]*%s[ \t]*=[ \t]*(?:%s|%s))*" % (TOKEN, TOKEN, TOKEN, QUOTED))
CHUNK_LINE = re.compile(
    rb"([0-9A-Fa-f]+)((?:[ \t]*;[ \t]*%s(?:[ \t]*=[ \t]*(?:%s|%s))?)*)" % (TOKEN, TOKEN, QUOTED)
)


class Ended(Exception):
    """FIN stands where more has to come."""


def take_line(wire, used=0):
    """The next line with its LF; `used` octets of the limit are gone already."""
    while (at := wire.buffer.find(b"\n")) < 0:
        if len(wire.buffer) + used > LINE_MAX:
            raise Failure("LineTooLong")
        if not wire.fill():
            raise Ended
    if at + 1 + used > LINE_MAX:
        raise Failure("LineTooLong")
    return wire.take(at + 1)


def without_end(line):
    line = line[:-1]
    return line[:-1] if line.endswith(b"\r") else line


def take_field(wire):
    """A field line with its folds, and how many lines these are; only the octet behind it tells where it ends."""
    raw, lines = take_line(wire), 1
    if raw in (b"\r\n", b"\n"):
        return raw, lines
    while True:
        if not wire.buffer and not wire.fill():
            raise Ended
        if wire.buffer[0] not in BLANK:
            return raw, lines
        raw += take_line(wire, len(raw))
        lines += 1


def members(value):
    """RFC 9110, section 5.6.1: the members of a list, also the empty ones."""
    return [part.strip(BLANK) for part in re.findall(rb'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+|(?<=,)(?=,|$)|^(?=,|$)', value)]


class Head:
    def __init__(self):
        self.minor, self.status, self.reason = 1, 0, b""
        self.fields = []
        self.lines = []  # of the field section, as they came
        self.framing, self.length = None, 0
        self.persists = True
        self.has_length = self.has_coding = False

    def values(self, name):
        return [value for given, value in self.fields if given.lower() == name]

    @property
    def is_interim(self):
        return self.status // 100 == 1 and self.status != 101


def read_version(version):
    """The error that a start line's first word is; None when it is a version of HTTP/1."""
    if version[:5].upper() != b"HTTP/":
        return "BadStatusLine"
    return None if re.fullmatch(rb"HTTP/1\.[0-9]", version) else "UnknownProtocol"


def read_status_line(raw, head, depart):
    """RFC 9112, section 4. RFC 9110, section 15: a status code has a class, 1 to 5."""
    line = without_end(raw)
    match = STATUS_LINE.fullmatch(line)
    if match and int(match[2]) >= 100:
        head.minor, head.status, head.reason = int(match[1]), int(match[2]), match[3] or b""
        return
    depart("status-line")
    word = re.match(rb"[%s]*([^%s]*)" % (LENIENT, LENIENT), line)
    raise Failure(read_version(word[1]) or "BadStatusLine")


def unfold(value):
    """RFC 9112, section 5.2: SP in the place of each octet of a fold."""
    return re.sub(rb"[ \t]*(?:\r?\n[ \t]*)+", lambda fold: b" " * len(fold[0]), value)


def read_field(raw, depart):
    """RFC 9112, section 5: the name, and the value without the blanks around it."""
    line = without_end(raw)
    name, colon, value = line.partition(b":")
    if line[:1] in (b" ", b"\t") or not colon or b"\n" in name or not re.fullmatch(TOKEN, name):
        depart("field-line")
        raise Failure("BadHeader")
    if re.search(rb"\r(?!\n)", value):
        depart("bare-cr")
        raise Failure("BadHeader")
    if CONTROL.search(re.sub(rb"\r?\n", b"", value)):
        depart("field-control")
        raise Failure("BadHeader")
    if b"\n" in value:
        depart("obs-fold")
        value = unfold(value)
    elif value != value.rstrip(BLANK):
        depart("trailing-blanks")
    return name, value.strip(BLANK)


def read_fields(wire, head, depart):
    count = lines = 0
    while True:
        raw, line_count = take_field(wire)
        if raw in (b"\r\n", b"\n"):
            break
        lines += line_count
        if count == FIELDS_MAX:
            raise Failure("TooManyHeaders")
        count += 1
        head.lines += re.findall(rb"[^\n]*\n", raw)
        head.fields.append(read_field(raw, depart))
    head.lines.append(raw)
    if lines >= FIELDS_MAX:  # http.client counts the blank line, and folds
        depart("field-count")


def read_length(head, depart):
    """RFC 9112, section 6.3, item 5: one value, however often it is said; None: none that is valid."""
    lengths = []
    for value in head.values(b"content-length"):
        for member in members(value):
            if not re.fullmatch(rb"[0-9]+", member) or int(member) > LENGTH_MAX:
                depart("length-syntax")
                raise Failure("BadFraming")
            lengths.append(int(member))
    if len(lengths) > 1:
        depart("length-list")
    if len(set(lengths)) > 1:
        raise Failure("BadFraming")
    return lengths[0] if lengths else None


def read_codings(head, depart):
    """RFC 9112, section 6.1: the names of the codings, of which chunked stands last and once."""
    names = []
    for value in head.values(b"transfer-encoding"):
        for member in filter(None, members(value)):
            coding = CODING.fullmatch(member)
            if not coding or (coding[1].lower() == b"chunked" and coding[2]):
                raise Failure("BadFraming")
            if b"chunked" in names:
                raise Failure("BadFraming" if coding[1].lower() == b"chunked" else "UnknownTransferEncoding")
            names.append(coding[1].lower())
    if not names:
        raise Failure("BadFraming")
    return names


def is_chunked_as_python(head):
    """What http.client makes of it: HTTPCLIENT.md, section 7."""
    is_named = [line.lower().startswith(b"transfer-encoding:") for line in head.lines]
    if True not in is_named:
        return False
    at = is_named.index(True)
    is_folded = head.lines[at + 1][:1] in (b" ", b"\t")
    value = without_end(head.lines[at]).partition(b":")[2]
    return not is_folded and value.lstrip(BLANK).lower() == b"chunked"


def read_framing(head, answers, depart):
    """RFC 9112, section 6.3."""
    head.has_length = bool(head.values(b"content-length"))
    head.has_coding = bool(head.values(b"transfer-encoding"))
    is_bodiless = answers == "HEAD" or head.status // 100 == 1 or head.status in (204, 304)
    length = read_length(head, depart)
    names = []
    if head.has_coding:
        if not is_chunked_as_python(head) or len(head.values(b"transfer-encoding")) > 1:
            depart("coding-list")
        names = read_codings(head, depart)
    if head.status == 101:
        head.framing = "tunnel"
    elif is_bodiless:
        head.framing = "none"
    elif names:
        head.framing = "chunked" if names[-1] == b"chunked" else "to-close"
    elif length is not None:
        head.framing, head.length = "length", length
    else:
        head.framing = "to-close"
    if head.has_coding and is_bodiless and answers != "HEAD":
        depart("coded-without-body")
    head.persists = does_persist(head)
    head.is_chunked = names[-1:] == [b"chunked"]
    head.has_unknown_coding = any(name != b"chunked" for name in names)


def does_persist(head):
    """RFC 9112, section 9.3; of Transfer-Encoding in HTTP/1.0, section 6.1."""
    if head.framing in ("to-close", "tunnel") or (head.minor == 0 and head.has_coding):
        return False
    options = [member.lower() for value in head.values(b"connection") for member in members(value)]
    return b"close" not in options and (head.minor > 0 or b"keep-alive" in options)


def persists_as_python(head, is_http_1_0):
    """http.client's answer: HTTPCLIENT.md, section 7."""
    first = (head.values(b"connection") or [b""])[0].lower()
    if not is_http_1_0:
        return b"close" not in first
    proxy = (head.values(b"proxy-connection") or [b""])[0].lower()
    return bool(head.values(b"keep-alive")) or b"keep-alive" in first or b"keep-alive" in proxy


def read_head(wire, answers, depart, show):
    """A head, interim or final: the caller looks which. Its framing is read but where a 2xx opens a tunnel."""
    head = Head()
    begin = wire.offset
    shown = False
    try:
        raw = take_line(wire)
        show("reply", raw)
        shown = True
        read_status_line(raw, head, depart)
        read_fields(wire, head, depart)
    except Ended:
        if not shown:
            show("reply", bytes(wire.buffer))
        if wire.offset > begin or wire.buffer:
            depart("head-cut")
        is_begun = wire.offset > begin or bytes(wire.buffer) not in (b"", b"\r")
        raise Failure("IncompleteRead") if is_begun else Failure("RemoteDisconnected") from None
    except Failure:
        if not shown:
            show("reply", bytes(wire.buffer))
        raise
    if answers == "CONNECT" and head.status // 100 == 2:
        head.framing, head.persists, head.has_unknown_coding = "tunnel", False, False
        head.is_chunked = is_chunked_as_python(head)  # says the field, and means nothing
        head.has_length = bool(head.values(b"content-length"))
        head.has_coding = bool(head.values(b"transfer-encoding"))
        return head
    read_framing(head, answers, depart)
    return head


def read_chunk_line(raw, depart):
    """RFC 9112, section 7.1: the size. http.client looks at what stands before the first semicolon, by int()."""
    line = without_end(raw)
    match = CHUNK_LINE.fullmatch(line)
    if not raw.endswith(b"\r\n") or not match or int(match[1], 16) > LENGTH_MAX:
        depart("chunk-line")
        raise Failure("BadChunk")
    return int(match[1], 16)


def read_trailer(raw, depart):
    """A line of the trailer section, whose lines are framing: RFC 9112, section 7.1.2."""
    try:
        field = read_field(raw, lambda key: None)
    except Failure:
        depart("trailer-line")
        raise
    if re.search(rb"(?<!\r)\n", raw):
        depart("trailer-line")
        raise Failure("BadChunk")
    return field
