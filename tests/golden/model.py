"""Runs the model over an entry: the outcome of each call, the wires, and where it departed from http.client."""
import entries
import outgoing
from client import Client
from world import Failure

LOOPS = {"read_loop": "read", "readinto_loop": "read", "read1_loop": "read1", "readlines": "readline"}
READS = {"read": "read", "readinto": "read", "read1": "read1", "readline": "readline", "peek": "peek"}


def shown_fields(fields):
    return [[name.decode("latin-1"), value.decode("latin-1")] for name, value in fields]


def shown_head(response):
    head = response.head
    return {
        "status": head.status,
        "reason": head.reason.decode("latin-1"),
        "version": 10 if head.minor == 0 else 11,
        "headers": shown_fields(head.fields),
        "chunked": head.is_chunked,
        "length": response.length(),
        "will_close": response.will_close,
        "isclosed": response.is_closed(),
    }


class Run:
    def __init__(self, entry):
        self.departures = []  # of pairs: the key, and the number of the call
        self.at = 0
        self.entry = entry
        self.client = Client(entry, self.depart)

    def depart(self, key):
        self.departures.append((key, self.at))

    def play(self, calls):
        steps = []
        for self.at, call in enumerate(calls):
            try:
                step = self.play_call(call)
            except Failure as failure:
                step = {"error": dict(failure.error)}
            if self.entry["conn"] is not None:
                step.update(self.client.observed())
            steps.append(step)
            if "error" in step and not self.entry.get("continue_on_error"):
                break
        for wire in self.client.wires:
            wire.play(False)
        return {
            "steps": steps,
            "wire": [bytes(wire.sent) for wire in self.client.wires],
            "stdout": "".join(self.client.shown),
            "departures": self.departures,
        }

    def play_call(self, call):
        name = call["do"]
        if hasattr(self, "do_" + name):
            return getattr(self, "do_" + name)(call) or {}
        if not self.client.responses:
            return {"skipped": "no response object"}
        at = call["r"] if call["r"] is not None else -1
        if at >= len(self.client.responses):
            return {"skipped": "no response object"}
        return self.play_response(name, call, self.client.responses[at])

    # Of the connection.

    def do_request(self, call):
        self.client.request(call["method"], call["url"], call["body"], call["headers"], call["encode_chunked"])

    def do_putrequest(self, call):
        self.client.putrequest(call["method"], call["url"], call["skip_host"], call["skip_accept_encoding"])

    def do_putheader(self, call):
        self.client.putheader(call["name"], call["values"])

    def do_endheaders(self, call):
        self.client.endheaders(call["body"], call["encode_chunked"])

    def do_send(self, call):
        self.client.send(call["body"])

    def do_connect(self, call):
        self.client.connect()

    def do_close(self, call):
        self.client.close()

    def do_sleep(self, call):
        if self.client.wire is not None:
            self.client.wire.play(True)

    def do_set_debuglevel(self, call):
        self.client.debuglevel = call["level"]

    def do_set_tunnel(self, call):
        self.client.set_tunnel(call["host"], call["port"], call["headers"])

    def do_proxy_headers(self, call):
        fields = self.client.proxy_fields
        return {"headers": shown_fields(fields) if fields is not None else None}

    def do_getresponse(self, call):
        try:
            return shown_head(self.client.getresponse())
        except Failure as failure:
            if failure.error["class"] == "IncompleteRead":
                failure.error.update(partial="", expected=None)
            raise

    def do_new(self, call):
        host, port = call["host"], call["port"]
        if outgoing.is_ipv6(host) or (port is not None and b":" in host):
            self.depart("host-ipv6" if outgoing.is_ipv6(host) else "host-given")
        default_port = 443 if call["https"] else 80
        try:
            host, port = outgoing.read_host(host, port, default_port)
        except Failure:
            self.depart("host-given")
            raise
        return {"host": host.decode("latin-1"), "port": port}

    # Of a response.

    def play_response(self, name, call, response):
        if name in READS or name in LOOPS:
            return self.play_read(name, call.get("amount", -1), response)
        if name == "resp_close":
            response.close()
            return {"isclosed": response.is_closed()}
        if name == "isclosed":
            return {"isclosed": response.is_closed()}
        return {"value": self.value(name, call, response)}

    def value(self, name, call, response):
        head = response.head
        if name == "getcode":
            return head.status
        if name == "getheaders":
            return shown_fields(head.fields)
        if name == "getheader":
            values = head.values(call["name"].lower())
            return b", ".join(values).decode("latin-1") if values else None
        assert name == "geturl", name
        self.depart("url-known")
        return self.client.url(response)

    def play_read(self, name, amount, response):
        if response.stage == "failed":
            self.depart("error-stays")
        if name == "peek" and len(response.wire.buffer) > 0:
            self.depart("peek-clipped")
        if amount == 0:
            self.depart("nothing-asked")
        response.reads_lines = name in ("readline", "readlines")
        read = getattr(response, LOOPS.get(name) or READS[name])
        step = {"pieces": []} if name in LOOPS else {}
        got, has_failed = read(amount)
        while name in LOOPS and got and not has_failed:
            step["pieces"].append(got.decode("latin-1"))
            got, has_failed = read(amount)
        if has_failed:
            error = response.failure.error
            step["error"] = {"expected": None, **error, "partial": got.decode("latin-1")}
        elif name not in LOOPS:
            step["data"] = got.decode("latin-1")
            if name == "readinto":
                step["n"] = len(got)
        step["isclosed"] = response.is_closed()
        if name in ("read", "read1", "readline") and not has_failed:
            step["length"] = response.length()
        return step


def predict(entry, calls):
    return Run(entry).play(calls)
