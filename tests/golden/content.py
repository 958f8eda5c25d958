"""The model's response: how its content is read, call by call (RFC 9112, sections 6.3, 7.1 and 8)."""
import re

import reading
from world import Failure


class Response:
    """`stage` is "body", "whole", "failed" or "closed"; `data` what was received and not handed out yet."""

    def __init__(self, wire, head, depart):
        self.wire, self.head, self.depart = wire, head, depart
        self.stage, self.failure, self.will_close = "body", None, False
        self.data = bytearray()
        self.left = head.length
        self.begin, self.content = wire.offset, 0  # octets before the content, and of it
        self.reads_lines = False
        self.part = "size"  # of the chunked coding, what comes next
        self.chunk_count = self.trailer_count = 0

    # What is received.

    def fail(self, failure):
        self.stage, self.failure = "failed", failure
        self.depart("error-ends")
        self.wire.close()

    def cut(self, key):
        """FIN stands inside the content."""
        self.depart("line-cut" if self.reads_lines and self.head.framing == "chunked" else key)
        raise Failure("IncompleteRead", expected=self.left or None)

    def end(self):
        """The message is whole: RFC 9112, section 9.3, and section 9.2 of what nobody asked for."""
        self.stage = "whole"
        self.wire.was_used = True
        self.wire.awaited -= 1
        has_surplus = bool(self.wire.buffer) and self.wire.awaited == 0
        if has_surplus and not self.will_close:
            self.depart("surplus")
        if self.will_close or has_surplus or (self.wire.is_ended and self.wire.awaited == 0):
            self.wire.close()

    def receive(self, may_block=True):
        try:
            while self.stage == "body" and not self.data:
                if not self.advance(may_block):
                    return
        except Failure as failure:
            self.fail(failure)

    def has_octets(self, may_block):
        """Whether there is something to be read; raises Ended for FIN."""
        if self.wire.buffer:
            return True
        if self.wire.is_open and not may_block:
            return False
        if not self.wire.fill():
            raise reading.Ended
        return True

    def advance(self, may_block):
        framing = self.head.framing
        if framing in ("none", "tunnel") or (framing == "length" and self.left == 0):
            self.end()
            return True
        if framing == "chunked":
            return self.advance_chunked()
        try:
            if not self.has_octets(may_block):
                return False
        except reading.Ended:
            if framing == "length":
                self.cut("length-cut")
            if self.wire.has_tls:  # RFC 9112, section 9.8
                self.cut("tls-cut")
            self.depart("end-seen")
            self.end()
            return True
        self.take_data(len(self.wire.buffer) if framing == "to-close" else self.left)
        return True

    def take_data(self, count):
        self.data += self.wire.take(count)
        self.content += len(self.data)
        if self.head.framing != "to-close":
            self.left -= len(self.data)

    def advance_chunked(self):
        try:
            getattr(self, "advance_" + self.part)()
        except reading.Ended:
            is_behind_last = self.part == "trailers" or (self.part == "size" and self.is_last_begun())
            self.cut("last-chunk-cut" if is_behind_last else "chunk-cut")
        return True

    def is_last_begun(self):
        """What came of a size can be the last chunk's: zeros, and no other digit."""
        return re.match(rb"0+(?![0-9A-Fa-f])", self.wire.buffer) is not None

    def advance_size(self):
        self.left = reading.read_chunk_line(reading.take_line(self.wire), self.depart)
        self.chunk_count += 1
        framing = self.wire.offset - self.begin - self.content
        if framing > self.content + reading.CHUNK_FREE * self.chunk_count + reading.OVERHEAD_MAX:
            self.depart("chunk-overhead")
            raise Failure("BadChunk")
        self.part = "data" if self.left > 0 else "trailers"

    def advance_data(self):
        self.has_octets(True)
        self.take_data(self.left)
        if self.left == 0:
            self.part = "data_end"

    def advance_data_end(self):
        for octet in b"\r\n":
            self.has_octets(True)
            if self.wire.take(1)[0] != octet:
                self.depart("chunk-end")
                raise Failure("BadChunk")
        self.part = "size"

    def advance_trailers(self):
        raw, _ = reading.take_field(self.wire)
        if raw == b"\n":
            self.depart("trailer-line")
            raise Failure("BadChunk")
        if raw == b"\r\n":
            self.end()
            return
        if self.trailer_count == reading.FIELDS_MAX:
            self.depart("trailer-count")
            raise Failure("TooManyHeaders")
        self.trailer_count += 1
        reading.read_trailer(raw, self.depart)

    # What is asked.

    def has_data(self):
        self.receive()
        return bool(self.data)

    def settle(self):
        """Content that has nothing left is at its end at once."""
        framing = self.head.framing
        if framing in ("none", "tunnel") or (framing == "length" and self.left == 0):
            self.receive(False)

    def take(self, count):
        taken = bytes(self.data[:count])
        del self.data[:count]
        if not self.data:
            self.settle()
        return taken

    def gather(self, wanted, is_line=False):
        """Octets until there are so many, or a line is whole; and whether an error cut them short."""
        got = b""
        while len(got) < wanted:
            if not self.has_data():
                return got, self.stage == "failed"
            if is_line and got and wanted != float("inf"):
                self.depart("line-limit")
            at = self.data.find(b"\n") + 1 if is_line else 0
            got += self.take(min(wanted - len(got), at or len(self.data)))
            if is_line and got.endswith(b"\n"):
                break
        return got, False

    def read(self, amount):
        return self.gather(amount if amount >= 0 else float("inf"))

    def read1(self, amount):
        if amount == 0 or not self.has_data():
            return b"", amount != 0 and self.stage == "failed"
        return self.take(amount if amount >= 0 else len(self.data)), False

    def readline(self, limit):
        return self.gather(limit if limit >= 0 else float("inf"), is_line=True)

    def peek(self, amount):
        """An error is told by the next read."""
        del amount
        self.has_data()
        return bytes(self.data), False

    def close(self):
        if self.stage != "body":
            return
        self.depart("closed-unread")
        self.wire.close()
        self.stage = "closed"
        self.left += len(self.data)
        self.data.clear()

    def is_closed(self):
        return self.stage != "body" and not self.data

    def length(self):
        if self.head.framing in ("none", "tunnel"):
            return 0
        return self.left + len(self.data) if self.head.framing == "length" else None
