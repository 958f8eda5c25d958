"""Golden entries: what they say, and how octets stand in them (docs/client.md, "Golden files")."""
import hashlib
import json
import re
import struct

TARGET = "3.14.2"
PORT = "{{PORT}}"
RUN_MIN = 1000  # a run of one octet as long as this is written {{RUN:c:n}}
TEXT_MAX = 20000  # and a longer text as {{SHA256:...}}


class Inexpressible(Exception):
    """C has no words for a call of the entry; the text says which."""


def load(path):
    """The entries of a file, each as the target version has it."""
    with open(path, encoding="utf-8") as file:
        entries = json.load(file)["entries"]
    return [{**entry, **entry.get("newer", {}).get(TARGET, {})} for entry in entries]


def octets(spec):
    """The octets of a data spec: a string of one octet a character, {"pat": n}, {"fill": c, "n": n}, or a list of such."""
    if isinstance(spec, list):
        return b"".join(octets(part) for part in spec)
    if isinstance(spec, dict) and "pat" in spec:
        whole = bytes(range(ord("a"), ord("a") + 23))
        return (whole * (spec["pat"] // len(whole) + 1))[: spec["pat"]]
    if isinstance(spec, dict) and "fill" in spec:
        return spec["fill"].encode("latin-1") * spec["n"]
    return spec.encode("latin-1")


def latin1(text, what):
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise Inexpressible(f"{what} with a character that is no octet (UnicodeEncodeError)") from None


def text(spec, what):
    """The octets of a text spec: a string, {"rep": s, "n": k}, and what stands for Python's bytes and numbers."""
    if isinstance(spec, dict):
        if "rep" in spec:
            return latin1(spec["rep"] * spec.get("k", spec.get("n", 1)), what)
        if "bytes" in spec:
            return octets(spec["bytes"])
        if "int" in spec:
            return str(spec["int"]).encode()
        raise Inexpressible(f"{what} of the type {next(iter(spec))} (TypeError)")
    if isinstance(spec, int) and not isinstance(spec, bool):
        return str(spec).encode()
    if not isinstance(spec, str):
        raise Inexpressible(f"{what} of the type {type(spec).__name__} (TypeError)")
    return latin1(spec, what)


def fields(pairs):
    return [(text(name, "a field name"), text(value, "a field value")) for name, value in pairs or []]


def body(spec, is_request):
    """A body as the client takes it: {"kind": ..., ...} of octets; None for none."""
    if spec is None or spec["kind"] == "none":
        return None
    kind = spec["kind"]
    if kind == "str" and not is_request:
        raise Inexpressible("a str as body of endheaders() or send() (TypeError)")
    if kind == "str":
        return {"kind": "bytes", "data": text(spec["text"], "a body")}
    if kind == "array_u32":
        return {"kind": "bytes", "data": struct.pack(f"={len(spec['values'])}I", *spec["values"])}
    if kind in ("bytes", "bytearray", "memoryview"):
        return {"kind": "bytes", "data": octets(spec["data"])}
    if kind in ("list", "tuple", "bytearray_list", "dict", "generator"):
        return {"kind": "stream", "items": [octets(item) for item in spec["items"]], "raise_after": spec.get("raise_after")}
    if kind == "textfile":
        return {"kind": "reader", "data": text(spec["text"], "a text file"), "max_read": None}
    if kind == "file" and spec.get("max_read") is not None:
        return {"kind": "reader", "data": octets(spec["data"])[spec.get("pos", 0) :], "max_read": spec["max_read"]}
    if kind == "file":
        return {"kind": "file", "data": octets(spec["data"]), "pos": spec.get("pos", 0)}
    raise Inexpressible(f"a body of the kind {kind} (TypeError)")


def call(golden):
    """A call with octets for Python's texts, and `amount` for what its reads are given."""
    made = {"do": golden["do"], "r": golden.get("r")}
    for key in ("port", "level", "encode_chunked", "skip_host", "skip_accept_encoding", "https", "ms", "default"):
        made[key] = golden.get(key)
    for key, what in (("method", "a method"), ("url", "a target"), ("host", "a host"), ("name", "a field name")):
        if key in golden:
            made[key] = text(golden[key], what) if golden[key] is not None else None
    for amount in ("amt", "n", "limit"):
        if golden.get(amount) is not None:
            made["amount"] = golden[amount]
    if "values" in golden:
        made["values"] = [text(value, "a field value") for value in golden["values"]]
    made["headers"] = fields(golden.get("headers"))
    made["body"] = body(golden.get("body"), golden["do"] == "request")
    if b"\0" in (made.get("host") or b""):
        raise Inexpressible("a host with NUL, which ends C's strings")
    if isinstance(made["port"], str):
        raise Inexpressible("a port of the type str")
    return made


def written(raw):
    """Octets, or a text, as the files have them."""
    whole = raw.decode("latin-1") if isinstance(raw, bytes) else raw
    short = re.sub(r"(.)\1{%d,}" % (RUN_MIN - 1), lambda run: "{{RUN:%s:%d}}" % (run[1], len(run[0])), whole, flags=re.DOTALL)
    if len(short) <= TEXT_MAX:
        return short
    masked = whole.encode("utf-8" if isinstance(raw, str) and not whole.isascii() else "latin-1", "replace")
    return "{{SHA256:%s:%d}}" % (hashlib.sha256(masked).hexdigest(), len(whole))
