"""The world of the model: what an entry's server has sent by when, without a socket.

The server of scripts.py waits until the client is blocked where it sleeps, or waits for it to be idle; so what has
arrived when is no matter of time.
"""
import entries

RECEIVE_MAX = 131072  # octets that the client takes at once


class Failure(Exception):
    """A call that fails: our name for the error, and what http.client's exceptions hold besides."""

    def __init__(self, name, **members):
        super().__init__(name)
        self.error = {"class": name, **members}


class Wire:
    """One connection: `sent` by the client, and `buffer` of what it received and did not read yet."""

    def __init__(self, script, has_timeout):
        self.has_timeout = has_timeout
        self.steps = [step for step in script if step[0] != "starttls"]
        self.has_tls = len(self.steps) < len(script)
        self.sent = bytearray()
        self.requests, self.answered = 0, 0  # that were sent whole, and that the server has read
        self.arrived = bytearray()  # not received yet
        self.has_fin = self.was_reset = False
        self.buffer = bytearray()
        self.is_ended = False  # the client has received FIN
        self.is_open = True
        self.was_used = False
        self.awaited = 0
        self.offset = 0  # octets that were taken off `buffer`

    def play(self, is_client_blocked):
        """The server goes on as far as it may."""
        while self.may_go_on(is_client_blocked):
            if not self.steps:
                self.has_fin = True
                return
            name, *given = self.steps.pop(0)
            if name == "read":
                self.answered = self.requests if given[0] == "idle" else self.answered + 1
            elif name == "send":
                self.arrived += entries.octets(given[0])
            elif name == "rst":
                self.was_reset = True

    def may_go_on(self, is_client_blocked):
        if self.has_fin or self.was_reset:
            return False
        if not self.steps:
            return True
        name, *given = self.steps[0]
        if name == "hang":
            return False
        if name == "sleep" or (name == "read" and given[0] == "idle"):
            return is_client_blocked and not self.arrived
        if name == "read":
            return self.requests > self.answered
        return True

    def is_quiet(self):
        """Nothing came, and no end."""
        self.play(False)
        return not (self.arrived or self.has_fin or self.was_reset)

    def fill(self):
        """The client wants more: whether there is, or the end. Behind its own close there is nothing."""
        if not self.is_open:
            return False
        self.play(False)
        if not self.arrived:
            self.play(True)
        if self.arrived:
            self.buffer += self.arrived[:RECEIVE_MAX]
            del self.arrived[:RECEIVE_MAX]
            return True
        if self.was_reset:
            raise Failure("ConnectionResetError", errno=104)
        if self.has_fin or (self.steps[0][0] == "read" and not self.has_timeout):  # the server waits as well
            self.has_fin = self.is_ended = True
            return False
        raise Failure("TimeoutError")

    def take(self, count):
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        self.offset += len(taken)
        return taken

    def close(self):
        self.is_open = False
        self.buffer.clear()
