"""The model's connection: how it is made, through a tunnel too, and ended (RFC 9112, section 9; RFC 9110, section 9.3.6)."""
import entries
import outgoing
import reading
import world
from world import Failure

IDLE, STARTED, SENT = "Idle", "Request-started", "Request-sent"


class Connection:
    def __init__(self, entry, depart):
        self.entry, self.depart = entry, depart
        conn = entry["conn"] or {"host": "localhost"}
        self.conn = conn
        self.host = (conn["host"].encode(), entries.PORT.encode())
        self.default_port = 443 if conn.get("https") else 80
        self.auto_open = conn.get("auto_open", 1) != 0
        self.is_1_0 = conn.get("http_vsn") == 10
        self.block_size = conn.get("blocksize") or 8192
        self.debuglevel = conn.get("debuglevel", 0)
        self.state, self.wire, self.wires = IDLE, None, []
        self.outgoing = self.held = self.awaiting = None
        self.responses = []
        self.tunnel = self.proxy_fields = None
        self.is_peer_1_0 = False
        self.shown = []

    # What is seen.

    def is_connected(self):
        return self.wire is not None and self.wire.is_open

    def observed(self):
        return {"state": self.state, "sock_open": self.is_connected(), "resp_pending": self.held is not None}

    def show(self, line):
        if self.debuglevel > 0 and line:
            self.shown.append(line + "\n")

    def show_send(self, octets):
        if octets:
            self.show("send: " + repr(octets))

    # The connection.

    def forget_held(self):
        if self.held is not None and self.held.is_closed():
            self.held = None

    def close(self):
        self.depart("close-clears")
        if self.held is not None:
            self.held.close()
        self.break_off()
        self.held = None
        self.wire = None

    def break_off(self):
        """Back to idle, without a socket."""
        if self.wire is not None:
            self.wire.close()
        self.outgoing, self.state = None, IDLE

    def drop(self):
        """A refused request leaves nothing."""
        self.depart("refused-drops")
        self.outgoing, self.state = None, IDLE

    def open(self):
        wire = self.wire
        if wire is not None and wire.is_open:
            if wire.awaited > 0 or (not wire.buffer and wire.is_quiet()):
                return
            self.depart("stale")
            wire.close()
        if not self.auto_open:
            raise Failure("NotConnected")
        self.connect()

    def connect(self):
        if self.is_connected():
            self.depart("connect-twice")
        if self.wire is not None:
            self.wire.close()
        try:
            self.connect_new()
        except Failure:
            self.depart("connect-failed")
            if self.wire is not None:
                self.wire.close()
            raise

    def connect_new(self):
        self.wire = None
        if self.entry.get("refused"):
            raise Failure("ConnectionRefusedError", errno=111)
        source = (self.conn.get("source_address") or ("",))[0]
        if source and not source.startswith("127."):
            raise Failure("CannotConnect", errno=99)
        if not self.conn["host"].startswith(("127.", "localhost")):  # nothing else is there
            raise Failure("CannotConnect")
        scripts = self.entry["server_reply"]
        at = min(len(self.wires), len(scripts) - 1)
        self.wire = world.Wire(scripts[at] if scripts else [], bool(self.conn.get("timeout")))
        self.wires.append(self.wire)
        if self.tunnel:
            self.open_tunnel()
        if self.conn.get("https") == "verified":
            raise Failure("SSLCertVerificationError")

    # The tunnel.

    def set_tunnel(self, host, port, fields):
        if self.state != IDLE and not self.is_connected():
            self.depart("set-up-begun")
        if self.is_connected() or self.state != IDLE:
            raise Failure("CannotSetUp")
        if host is None:
            self.tunnel = None
            return
        self.judge_host(host, port)
        made = outgoing.read_host(host, port, self.default_port)
        try:
            for name, value in fields:
                outgoing.check_field(name, value, lambda key: None)
                if name.lower() in (b"content-length", b"transfer-encoding"):
                    raise Failure("InvalidHeader")
            if sum(name.lower() == b"host" for name, _ in fields) > 1:
                raise Failure("InvalidHeader")
        except Failure:
            self.depart("tunnel-given")
            raise
        self.tunnel = (*made, fields)

    def judge_host(self, host, port):
        """What http.client takes for a tunnel's host is anything, in brackets or not."""
        if port is None and outgoing.is_ipv6(host):
            self.depart("host-ipv6")
        try:
            outgoing.read_host(host, port, self.default_port)
        except Failure:
            self.depart("tunnel-given")

    def open_tunnel(self):
        host, port, fields = self.tunnel
        self.proxy_fields = None
        end = outgoing.authority(host, port)
        head = b"CONNECT %s HTTP/1.%d\r\n" % (end, 0 if self.is_1_0 else 1)
        head += b"".join(b"%s: %s\r\n" % field for field in fields)
        if not any(name.lower() == b"host" for name, _ in fields):
            if b":" in host:
                self.depart("tunnel-ipv6")
            head += b"Host: %s\r\n" % end
        self.show_send(head + b"\r\n")
        self.wire.sent += head + b"\r\n"
        self.wire.requests += 1
        if self.debuglevel > 0:
            self.depart("tunnel-reply-shown")
        answer = self.read_heads("CONNECT", is_tunnel=True)
        self.proxy_fields = answer.fields
        for line in answer.lines:
            self.show("header: " + line.decode("latin-1"))
        if answer.status // 100 != 2:
            raise Failure("TunnelFailed")
        if answer.status != 200:
            self.depart("tunnel-2xx")
        if self.wire.buffer:
            self.depart("tunnel-early-octets")

    def read_heads(self, answers, is_tunnel=False):
        """The final response's head; RFC 9110, section 15.2, of those before it."""
        interims = 0
        while True:
            head = reading.read_head(self.wire, answers, self.depart, self.show_head)
            if not head.is_interim:
                return head
            if is_tunnel:
                self.depart("tunnel-interim")
            elif head.status != 100:
                self.depart("interim")
            self.show("headers: " + repr(head.lines))
            interims += 1
            if interims > reading.INTERIMS_MAX:
                self.depart("interim-count")
                raise Failure("TooManyInterims")

    def show_head(self, what, line):
        self.show(f"{what}: {line.decode('latin-1')!r}")
