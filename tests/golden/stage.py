"""Plays one entry: the server's scripts on one side, build/golden-play on the other, call by call."""
import json
import select
import selectors
import subprocess
import time
import urllib.parse

import entries
import scripts

LIMIT = 30  # seconds until a call counts as hung; none takes nearly so long
POLL = 0.002  # seconds until the player is looked at again
QUIET = 1  # and until it is looked at for the first time, where nothing asks for that: far more than CONTINUE_TIMEOUT_MS
SENDING = ("request", "putrequest", "endheaders", "send", "connect")  # before these, what the server sent has to be there
TIMEOUT_FACTOR = 2  # http.client's timeouts were recorded on a quiet machine


class Failed(Exception):
    """The player did not answer as it has to: a mistake of the tests, or it crashed, or it hangs."""


def quoted(octets):
    return urllib.parse.quote_from_bytes(octets, safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~")


def unquoted(text):
    return urllib.parse.unquote_to_bytes(text).decode("latin-1")


def said(value):
    """A call's member as the player reads it."""
    if isinstance(value, bytes):
        return quoted(value)
    if isinstance(value, (list, tuple)):
        return [said(one) for one in value]
    if isinstance(value, dict):
        return {key: said(one) if key != "kind" else one for key, one in value.items()}
    return value


def heard(value):
    """What the player answers, its octets as characters."""
    if isinstance(value, str):
        return unquoted(value)
    if isinstance(value, list):
        return [heard(one) for one in value]
    if isinstance(value, dict):
        return {key: heard(one) for key, one in value.items()}
    return value


class Player:
    """The process that plays, many entries one after the other."""

    is_server = False

    def __init__(self, path):
        self.path = path
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.answer = b""

    def say(self, line):
        self.answer = b""
        try:
            self.process.stdin.write(json.dumps(said(line)).encode() + b"\n")
        except OSError:
            raise Failed("the player has gone") from None

    def receive(self):
        data = self.process.stdout.read(1 << 20)
        if not data:
            raise Failed(f"the player ended with status {self.process.wait()}")
        self.answer += data

    def has_answered(self):
        return self.answer.endswith(b"\n")

    def is_blocked(self):
        """Whether the system has put it to sleep: it made all that it can of the octets that came."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as stat:
            is_asleep = stat.read().rpartition(")")[2].split()[0] == "S"
        return is_asleep and not select.select([self.process.stdout], [], [], 0)[0]  # else it has answered, and waits for us

    def another(self):
        """In its place, after it failed."""
        self.process.kill()
        self.end()
        return Player(self.path)

    def end(self):
        """Its exit status: a leak that a sanitizer sees is told there."""
        self.process.stdin.close()
        try:
            return self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.process.stdout.close()


class Stage:
    def __init__(self, entry, calls, player, tls):
        self.entry, self.calls, self.player = entry, calls, player
        self.server = scripts.Server(entry["server_reply"], entry.get("refused", False), tls)
        self.server.selector.register(player.process.stdout, selectors.EVENT_READ, player)

    def say(self, line):
        """One line to the player, and its answer, while the server plays on."""
        until = time.monotonic() + LIMIT
        self.player.say(line)
        is_quiet = False
        while not self.player.has_answered():
            is_asked = is_quiet or self.server.waits_for(scripts.IDLE, scripts.SLEEP)
            is_blocked = is_asked and self.player.is_blocked()
            is_quiet = not self.server.turn(POLL if is_asked else QUIET, is_blocked)
            if time.monotonic() > until:
                raise Failed(f"{line['do']} did not return for {LIMIT} s")
        return heard(json.loads(self.player.answer))

    def settle(self, is_delivery_due):
        """Lets the server do what it can, before the client goes on."""
        until = time.monotonic() + LIMIT
        while self.server.turn(0, False) or (is_delivery_due and not self.server.is_delivered()):
            if time.monotonic() > until:
                raise Failed("the server does not settle")

    def sleep(self):
        while self.server.turn(POLL, True) or self.server.waits_for(scripts.SLEEP):
            pass

    def begin(self):
        conn = self.entry["conn"] or {}
        host, port = conn["host"], self.server.port
        source, source_port = conn.get("source_address") or (None, None)
        return self.say({
            "do": "begin",
            "host": f"{host}:{port}".encode() if conn.get("port_in_host") else host.encode(),
            "port": None if conn.get("port_in_host") else port,
            "timeout_ms": int((conn.get("timeout") or 0) * 1000 * TIMEOUT_FACTOR) or None,
            "blocksize": conn.get("blocksize"),
            "source_address": source.encode() if source else None,
            "source_port": source_port,
            "debuglevel": conn.get("debuglevel"),
            "no_auto_open": conn.get("auto_open", 1) == 0,
            "http_1_0": conn.get("http_vsn") == 10,
            "tls": conn.get("https") is not None,
            "is_unverified": conn.get("https") == "unverified",
        })

    def play(self):
        """The outcome of each call, until one fails that ends the entry; then what was written out."""
        steps = []
        if self.entry["conn"] is not None:
            begun = self.begin()
            if "error" in begun:
                raise Failed(f"no connection: {begun['error']}")
        for call in self.calls:
            self.settle(call["do"] in SENDING)
            if call["do"] == "sleep":
                self.sleep()
            step = self.say(call if call["do"] != "sleep" else {"do": "state"})
            steps.append(step)
            if "error" in step and not self.entry.get("continue_on_error"):
                break
        return steps, self.end()

    def end(self):
        shown = self.say({"do": "end"})["stdout"] if self.entry["conn"] is not None else ""
        until = time.monotonic() + LIMIT
        while not self.server.has_ended():
            self.server.turn(QUIET, True)
            if time.monotonic() > until:
                raise Failed("a connection was left open")
        return shown.encode("latin-1").decode("utf-8", "surrogateescape")

    def close(self):
        self.server.selector.unregister(self.player.process.stdout)
        self.server.close()


def play(entry, calls, player, tls):
    """What our client did: {"steps": [...], "wire": [...], "stdout": text, "peers": [address]}."""
    stage = Stage(entry, calls, player, tls)
    try:
        steps, shown = stage.play()
        shown = shown.replace(f":{stage.server.port}", f":{entries.PORT}")
        for step in steps:
            if isinstance(step.get("value"), str):  # geturl()
                step["value"] = step["value"].replace(f":{stage.server.port}/", f":{entries.PORT}/")
        return {"steps": steps, "wire": stage.server.wire(), "stdout": shown, "peers": stage.server.peers}
    finally:
        stage.close()
