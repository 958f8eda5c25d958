"""The scripted server: plays an entry's `server_reply`, all connections in one loop, and records what came.

Nothing here goes by the clock. A server that sleeps, or waits until the client is idle, waits until the client is
blocked in a call: the system says so of its process (see `Player.is_blocked`). One that waits for a request then, which
http.client made and ours will not, ends the connection.
"""
import fcntl
import re
import selectors
import socket
import ssl
import struct
import termios

import entries

READ, SLEEP, IDLE, TLS, DRAIN, CLOSED = "read", "sleep", "idle", "tls", "drain", "closed"
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]+)[^\n]*\r\n")


def head_end(data):
    at = data.find(b"\r\n\r\n")
    return at + 4 if at >= 0 else None


def chunked_end(data, at):
    """Where a chunked body that begins at `at` ends; None when it is not whole."""
    while line := CHUNK_LINE.match(data, at):
        at = line.end() + int(line[1], 16)
        if int(line[1], 16) == 0:
            end = data.find(b"\r\n", at) if data[at : at + 2] == b"\r\n" else data.find(b"\r\n\r\n", at) + 2
            return end + 2 if end > 1 else None
        at += 2
    return None


def request_end(data):
    """Where the request at the front ends; None when it is not whole."""
    at = head_end(data)
    if at is None:
        return None
    head = data[:at].lower()
    if re.search(rb"\ntransfer-encoding:[^\r\n]*chunked", head):
        return chunked_end(data, at)
    length = re.search(rb"\ncontent-length: *([0-9]+)", head)
    end = at + (int(length[1]) if length else 0)
    return end if len(data) >= end else None


class Connection:
    """One accepted connection, and where in its script it is."""

    is_server = True  # what its selector tells is the server's, not the player's

    def __init__(self, sock, script, tls):
        self.sock, self.tls = sock, tls
        self.steps = list(script)
        self.received = bytearray()
        self.unread = bytearray()  # of `received`, what no step has read
        self.to_send = b""
        self.waits_for = None  # READ and so on; None: it goes on by itself
        self.is_ended = False  # the client's FIN came, or its RST
        sock.setblocking(False)

    def receive(self):
        """Takes all that is there; TLS keeps octets back that the system does not tell of."""
        while not self.is_ended and self.waits_for not in (TLS, CLOSED):
            try:
                data = self.sock.recv(1 << 18)
            except (BlockingIOError, ssl.SSLWantReadError):
                return
            except OSError:
                data = b""
            self.received += data
            self.unread += data
            self.is_ended = not data
        if self.is_ended and self.waits_for == DRAIN:
            self.close()

    def close(self):
        self.sock.close()
        self.waits_for = CLOSED

    def step(self, is_client_blocked):
        """Goes on as far as may be; whether anything was done. After that the client may be blocked no more."""
        is_done = False
        while self.waits_for != CLOSED and self.advance(is_client_blocked and not is_done):
            is_done = True
        return is_done

    def advance(self, is_client_blocked):
        if self.to_send:
            return self.send()
        if self.waits_for == DRAIN:
            return False
        if not self.steps:
            self.end()
            return True
        name, *given = self.steps[0]
        if not getattr(self, "play_" + name)(is_client_blocked, *given):
            return False
        if self.waits_for not in (DRAIN, CLOSED):
            self.steps.pop(0)
            self.waits_for = None
        return True

    def end(self):
        """The script is over: FIN, and what still comes is recorded. Of TLS it is no end: shutdown() of Python's would
        take that off."""
        self.waits_for = DRAIN
        try:
            socket.socket.shutdown(self.sock, socket.SHUT_WR)
        except OSError:
            pass
        if self.is_ended:
            self.close()

    def send(self):
        try:
            sent = self.sock.send(self.to_send)
        except (BlockingIOError, ssl.SSLWantWriteError):
            return False
        except OSError:  # the client has gone
            sent = len(self.to_send)
        self.to_send = self.to_send[sent:]
        return True

    def play_read(self, is_client_blocked, what):
        self.waits_for = IDLE if what == "idle" else READ
        if what == "idle":
            end = len(self.unread) if is_client_blocked else None
        else:
            end = head_end(self.unread) if what == "head" else request_end(self.unread)
        if end is None and not self.is_ended and not is_client_blocked:
            return False
        if end is None:  # nothing more can come: both would wait for ever
            self.steps[1:] = []
        del self.unread[: end if end is not None else len(self.unread)]
        return True

    def play_send(self, is_client_blocked, data):
        del is_client_blocked
        self.to_send = entries.octets(data)
        return True

    def play_sleep(self, is_client_blocked, ms):
        del ms
        self.waits_for = SLEEP
        return (is_client_blocked and self.is_delivered()) or self.is_ended

    def play_starttls(self, is_client_blocked):
        del is_client_blocked
        if not isinstance(self.sock, ssl.SSLSocket):
            self.sock = self.tls.wrap_socket(self.sock, server_side=True, do_handshake_on_connect=False)
        self.waits_for = TLS
        try:
            self.sock.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        except OSError:  # the client did not take the certificate
            self.close()
        self.waits_for = None if self.waits_for == TLS else self.waits_for
        self.receive()
        return True

    def play_rst(self, is_client_blocked):
        del is_client_blocked
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()
        return True

    def play_hang(self, is_client_blocked):
        del is_client_blocked
        self.waits_for = DRAIN
        return True

    def is_delivered(self):
        """Nothing that was sent is on its way to the client."""
        if self.waits_for == CLOSED:
            return True
        return struct.unpack("i", fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4))[0] == 0


class Server:
    """Listens for one entry. A connection past the last script is played that once more."""

    is_server = True

    def __init__(self, scripts, is_refused, tls):
        self.scripts, self.tls = scripts, tls
        self.connections, self.peers = [], []  # and from where they came
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        if not is_refused:
            self.listener.listen(16)
            self.listener.setblocking(False)
            self.selector.register(self.listener, selectors.EVENT_READ, self)

    def receive(self):
        """A connection comes."""
        try:
            sock, (peer, _) = self.listener.accept()
        except OSError:
            return
        self.peers.append(peer)
        at = min(len(self.connections), len(self.scripts) - 1)
        connection = Connection(sock, self.scripts[at] if self.scripts else [], self.tls)
        self.connections.append(connection)
        self.forget_closed()  # the system may give a number again at once
        self.selector.register(sock.fileno(), selectors.EVENT_READ, connection)

    def turn(self, timeout, is_client_blocked):
        """Plays what can be played, or waits so long; whether anything was done."""
        is_done = False
        for connection in self.connections:
            is_done = connection.step(is_client_blocked and not is_done) or is_done
        self.forget_closed()
        events = self.selector.select(0 if is_done else timeout)
        for key, _ in events:
            key.data.receive()
        self.forget_closed()
        return is_done or any(key.data.is_server for key, _ in events)

    def forget_closed(self):
        for key in list(self.selector.get_map().values()):
            if isinstance(key.data, Connection) and (key.data.is_ended or key.data.waits_for == CLOSED):
                self.selector.unregister(key.fd)

    def waits_for(self, *what):
        return any(connection.waits_for in what for connection in self.connections)

    def has_ended(self):
        """The client has ended every connection."""
        return all(connection.is_ended or connection.waits_for == CLOSED for connection in self.connections)

    def is_delivered(self):
        return all(connection.is_delivered() for connection in self.connections)

    def close(self):
        for connection in self.connections:
            connection.sock.close()
        self.listener.close()
        self.selector.close()

    def wire(self):
        """What came by each connection, the port put back to its mark."""
        wires = []
        for connection in self.connections:
            octets = bytes(connection.received)
            for host in (b"127.0.0.1", b"localhost"):
                octets = octets.replace(b"%s:%d" % (host, self.port), b"%s:%s" % (host, entries.PORT.encode()))
            wires.append(octets)
        return wires
