"""The model: what our client has to do with an entry, call by call, in a world without sockets.

It is written from docs/client.md and the RFCs, apart from the client. Where it departs from http.client it says so
(`depart`), with the key of a row of differences.py; which rows these are follows from the entry alone.
"""
import re

import outgoing
import reading
from connection import IDLE, SENT, STARTED, Connection
from content import Response
from world import Failure

READING = "reading a readable"  # of a file, what debuglevel shows


class Client(Connection):
    # The request.

    def authority(self, target):
        """RFC 9112, section 3.2."""
        match = outgoing.AUTHORITY.match(target)
        if bool(match) != target.startswith(b"http") or (match and not outgoing.is_authority_as_python(match[1])):
            self.depart("target-authority")
        if match:
            if b"@" in target[: match.end()]:
                self.depart("userinfo")
            if not outgoing.is_authority(match[1]):
                self.depart("refused-drops")
                raise Failure("InvalidURL")
            return match[1]
        if self.tunnel:
            return outgoing.authority(*self.tunnel[:2], self.default_port)
        return b"%s:%s" % self.host

    def putrequest(self, method, target, skip_host=False, skip_accept_encoding=False):
        self.forget_held()
        if self.state != IDLE:
            raise Failure("CannotSendRequest")
        self.check_start(method, target)
        made = outgoing.Outgoing(method, target, self.is_1_0)
        if not self.is_1_0 and not skip_host:
            made.add(b"Host", self.authority(target))
            made.has_host = True
        if not self.is_1_0 and not skip_accept_encoding:
            made.add(b"Accept-Encoding", b"identity")
        self.outgoing, self.state = made, STARTED

    def check_start(self, method, target):
        if not outgoing.TOKEN.fullmatch(method):
            if not any(octet < 0x20 for octet in method):
                self.depart("method" if method.isascii() else "not-ascii")
            self.depart("refused-drops")
            raise Failure("InvalidMethod")
        if not outgoing.TARGET.fullmatch(target):
            if all(0x20 < octet != 0x7F for octet in target):
                self.depart("not-ascii")
            self.depart("refused-drops")
            raise Failure("InvalidURL")

    def putheader(self, name, values):
        if self.state != STARTED:
            raise Failure("CannotSendHeader")
        try:
            for value in values or [b""]:
                outgoing.check_field(name, value, self.depart)
                self.take_field(name.lower(), value)
        except Failure:
            self.drop()
            raise
        if len(values) > 1:
            self.depart("values-joined")
        self.outgoing.add(name, b", ".join(values))

    def take_field(self, name, value):
        try:
            self.outgoing.take_field(name, value, self.is_peer_1_0)
        except Failure:
            self.depart("host-twice" if name == b"host" else "framing-given")
            raise

    def endheaders(self, body, encode_chunked, is_whole=False):
        if self.state != STARTED:
            raise Failure("CannotSendHeader")
        is_none = is_whole and body is None
        if encode_chunked and not is_whole and self.outgoing.framing != "chunked":
            self.depart("coding-undeclared")
        try:
            self.outgoing.check_body(body, encode_chunked, is_none)
        except Failure:
            self.depart("body-given")
            self.drop()
            raise
        self.state = SENT
        self.send_request(body, is_none)

    def send_request(self, body, is_none):
        try:
            self.open()
        except Failure:
            self.depart("connect-failed")
            self.break_off()
            raise
        self.awaiting = {"answers": self.outgoing.answers, "outgoing": self.outgoing, "wire": self.wire}
        self.wire.awaited += 1
        head = self.outgoing.head + b"\r\n"
        self.show_send(head)
        self.wire.play(False)
        if self.wire.was_reset:
            self.depart("send-failed")
            self.outgoing.is_cut = True
            return
        self.wire.sent += head
        if self.outgoing.expects_continue and self.is_answered():
            self.outgoing.is_cut = True
            return
        if body is not None:
            self.send_pieces(body, READING)
        if is_none and self.outgoing.framing == "chunked":
            self.depart("no-body-ends")
        if body is not None or is_none or self.outgoing.framing is None:
            self.end_body()

    def is_answered(self):
        """Whether another answer than 100 comes before the body: RFC 9110, section 10.1.1."""
        self.depart("continue-awaited")
        self.wire.play(False)
        if not self.wire.arrived:
            self.wire.play(True)
        return bool(self.wire.arrived or self.wire.has_fin) and not re.match(rb"HTTP/1.1 100", self.wire.arrived)

    def send_pieces(self, body, debug_line):
        made = self.outgoing
        if body["kind"] in ("reader", "file"):
            self.show(debug_line)
        left = made.length - made.sent if made.length is not None else None
        try:
            for piece in [body["data"]] if body["kind"] == "bytes" else outgoing.blocks(body, self.block_size, left, self.depart):
                if not piece:
                    self.show_empty(body, is_within_request=debug_line == READING)
                    continue
                sent = made.take_piece(piece)
                self.show_send(sent)
                self.wire.sent += sent
        except Failure:
            self.break_body()
            raise

    def show_empty(self, body, is_within_request):
        if is_within_request:
            self.show("Zero length chunk ignored")
        elif body["kind"] == "bytes":
            self.show("send: b''")

    def break_body(self):
        self.depart("body-broke")
        self.break_off()

    def end_body(self):
        if self.outgoing.is_whole or self.outgoing.is_cut:
            return
        try:
            last = self.outgoing.end()
        except Failure:
            self.break_body()
            raise
        self.show_send(last)
        self.wire.sent += last
        self.outgoing.is_whole = True
        self.wire.requests += 1

    def send(self, body):
        if self.state != SENT or self.outgoing.is_whole or self.outgoing.framing is None:
            self.depart("send-unframed")
            raise Failure("CannotSendBody")
        shown = {"stream": "send: <stream>", "file": "send: <file>", "reader": "send: <reader>"}.get(body["kind"])
        if shown:
            self.show(shown)
            self.depart("body-named")
        if body is not None:
            self.send_pieces(body, "sending a readable")

    def request(self, method, target, body, fields, encode_chunked):
        given = {name.lower() for name, _ in fields}
        self.putrequest(method, target, b"host" in given, b"accept-encoding" in given)
        has_framing = given & {b"content-length", b"transfer-encoding"}
        if not has_framing:
            self.put_framing(method, body)
        for name, value in fields:
            self.putheader(name, [value])
        self.endheaders(body, encode_chunked or b"transfer-encoding" not in given, is_whole=True)

    def put_framing(self, method, body):
        if body is None:
            if method.upper() in outgoing.BODY_EXPECTED:
                self.putheader(b"Content-Length", [b"0"])
        elif body["kind"] == "bytes":
            self.putheader(b"Content-Length", [b"%d" % len(body["data"])])
        else:
            if self.debuglevel > 0:
                self.depart("body-named")
            self.show(f"Unable to determine size of <{body['kind']}>")
            self.putheader(b"Transfer-Encoding", [b"chunked"])

    # The response.

    def getresponse(self):
        self.forget_held()
        if self.state != SENT or self.held is not None:
            raise Failure("ResponseNotReady")
        self.end_body()
        try:
            if not self.awaiting["wire"].is_open:
                raise Failure("RemoteDisconnected")
            head = self.read_heads(self.awaiting["answers"])
            self.judge_head(head)
        except Failure:
            self.depart("head-error-ends")
            self.awaiting["wire"].close()
            self.outgoing, self.state = None, IDLE
            raise
        self.state = IDLE
        response = Response(self.awaiting["wire"], head, self.depart)
        response.will_close = self.will_close(head)
        response.outgoing = self.awaiting["outgoing"]
        self.hand_over(response)
        self.responses.append(response)
        return response

    def judge_head(self, head):
        for name, value in head.fields:
            self.show(f"header: {name.decode('latin-1')}: {value.decode('latin-1')}")
        if head.status == 101 and not self.awaiting["outgoing"].has_upgrade:
            self.depart("switch-unasked")
            raise Failure("UnaskedSwitch")
        if head.framing == "tunnel":
            self.depart("switched" if head.status == 101 else "connect-answered")
        if head.framing in ("chunked", "to-close", "length") and head.has_unknown_coding:
            raise Failure("UnknownTransferEncoding")

    def will_close(self, head):
        if head.has_length and head.has_coding:
            self.depart("length-and-coding")
        if head.minor == 0 and head.has_coding:
            self.depart("coding-in-1-0")
        python = reading.persists_as_python(head, head.minor == 0)
        asks_close = self.awaiting["outgoing"].has_close or self.awaiting["outgoing"].is_cut
        if self.awaiting["outgoing"].has_close:
            self.depart("close-asked")
        if python != (reading.does_persist(head) or head.framing in ("to-close", "tunnel")) and not (head.minor == 0 and head.has_coding):
            self.depart("connection-options")
        return not head.persists or asks_close or (head.has_length and head.has_coding)

    def url(self, response):
        """RFC 9110, section 7.1: what the request was of; nothing where its target says no more than itself."""
        target = response.outgoing.target or b"/"
        if not target.startswith(b"/"):
            return (target if re.match(rb"[A-Za-z][A-Za-z0-9+.-]*://.", target) else b"").decode("latin-1")
        scheme = b"https" if self.default_port == 443 else b"http"
        end = outgoing.authority(*self.tunnel[:2], self.default_port) if self.tunnel else b"%s:%s" % self.host
        return (scheme + b"://" + end + target).decode("latin-1")

    def hand_over(self, response):
        framing = response.head.framing
        if framing in ("none", "tunnel") or (framing == "length" and response.left == 0):
            self.depart("empty-closed")
        response.settle()
        self.is_peer_1_0 = response.head.minor == 0
        if response.will_close:
            self.wire = None
        else:
            self.held = response
