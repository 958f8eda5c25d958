"""Holds an outcome against http.client's, changed as the rows of differences.py allow."""
import re
from collections import namedtuple

import differences
import entries

# http.client's, or Python's, names for errors that have others here.
PYTHON_NAMES = {
    "InvalidMethod": ("ValueError",),
    "InvalidHeader": ("ValueError",),
    "CannotSetUp": ("RuntimeError",),
    "BodyMismatch": ("RuntimeError",),  # what the source of a body raises
    "TooManyHeaders": ("HTTPException",),
    "CannotConnect": ("OSError", "gaierror"),
    "TunnelFailed": ("OSError",),
}
FOREIGN_ERRNO = ("SSL", "gaierror")  # whose errno is OpenSSL's, or the resolver's
ANY = "{{ANY}}"  # in a text: whatever stands there
UNCOMPARED = ("closed", "skipped")  # an attribute of Python's files; a text
ERROR_MEMBERS = ("class", "partial", "expected", "errno")

Wrong = namedtuple("Wrong", "where wanted got")  # where: "call 2 (read): data", "wire 0"


def written(value):
    if isinstance(value, (str, bytes)):
        return entries.written(value)
    if isinstance(value, list):
        return [written(one) for one in value]
    if isinstance(value, dict):
        return {key: written(one) for key, one in value.items()}
    return value


def aspect_of(member):
    return "state" if member in differences.STATE else "result"


class Allowed:
    """Which aspects the rows let be the model's, and of which calls."""

    def __init__(self, departures):
        self.hits = []  # row and call, in the order of the departures
        for departure, at in departures:
            self.add(departure, at)

    def add(self, departure, at):
        rows = [row for row in differences.ROWS if row.departure == departure]
        assert rows, f"{departure} has no row"
        self.hits += [(row, at) for row in rows if (row, at) not in self.hits]

    def row(self, aspect, at=None):
        """The one that is to thank for another aspect at this call: the first of that call's own, or else the last before."""
        hits = [(row, since) for row, since in self.hits if row.aspect == aspect]
        if at is None:
            return hits[0][0] if hits else None
        own = [row for row, since in hits if since == at and row.scope != differences.LATER]
        before = [row for row, since in hits if since < at and row.scope != differences.CALL]
        return own[0] if own else before[-1] if before else None


def python_error(error):
    is_foreign = error["class"].startswith(FOREIGN_ERRNO)
    return {key: error[key] for key in ERROR_MEMBERS if key in error and not (is_foreign and key == "errno")}


def python_step(step, call):
    """http.client's outcome of a call as ours is told: without texts, and without what only Python has."""
    made = {key: value for key, value in step.items() if key not in UNCOMPARED}
    if "error" in made:
        made["error"] = python_error(made["error"])
    if call["do"] == "getheader" and call.get("default") is not None:
        made["value"] = None  # the caller's own default, in C
    return made


class Wanted:
    """What our client has to do, and which rows made it another than what http.client did."""

    def __init__(self, entry, calls, predicted):
        self.allowed = Allowed(predicted["departures"])
        self.used = []
        self.steps = self.merge_steps(entry, calls, written(predicted["steps"]))
        self.wire = self.merge("wire", entry["wire"], written(predicted["wire"]))
        if self.wire != entry["wire"]:
            self.allowed.add("sent-otherwise", 0)
        self.stdout = self.merge("debug", [entry["stdout"]], [predicted["stdout"]]) if "stdout" in entry else None
        self.peer = entry.get("peer_ip")

    def use(self, aspect, at=None):
        """Notes the row that is to thank; whether there is one."""
        row = self.allowed.row(aspect, at)
        if row and row not in self.used:
            self.used.append(row)
        return row is not None

    def merge(self, aspect, python, ours):
        is_other = len(python) != len(ours) or not all(map(is_like, python, ours))
        return ours if is_other and self.use(aspect) else python

    def merge_steps(self, entry, calls, ours):
        """Call by call. An error that ends one side alone is that call's, and so is that the other goes on."""
        python = [python_step(*pair) for pair in zip(entry["steps"], calls)]
        steps = []
        for at in range(max(len(python), len(ours))):
            if at >= len(python) or at >= len(ours):
                is_ours = self.use("result", at - 1)
                steps += (ours if is_ours else python)[at:]
                break
            steps.append(self.merge_step(at, python[at], ours[at]))
        return steps

    def merge_step(self, at, python, ours):
        step = {}
        for aspect in ("result", "state"):
            theirs = {key: value for key, value in python.items() if aspect_of(key) == aspect}
            model = {key: value for key, value in ours.items() if aspect_of(key) == aspect}
            is_model = differs(theirs, model) and self.use(aspect, at)
            step.update(model if is_model else theirs)
        return step


def differs(python, ours):
    """Whether the model's members are others than http.client's, as far as that shows them."""
    if ("error" in python) != ("error" in ours):
        return True
    return any(not is_same(key, value, ours.get(key)) for key, value in python.items())


def is_like(wanted, got):
    if not isinstance(wanted, str) or not isinstance(got, str) or ANY not in wanted:
        return wanted == got
    return re.fullmatch(".*".join(map(re.escape, wanted.split(ANY))), got, re.DOTALL) is not None


def is_same(member, wanted, got):
    if member != "error" or not isinstance(got, dict) or wanted is None:
        return is_like(wanted, got)
    return all(
        is_like(value, got.get(key)) or (key == "class" and value in PYTHON_NAMES.get(got.get(key), ()))
        for key, value in wanted.items()
    )


def wrong_steps(wanted, got, calls):
    for at in range(max(len(wanted), len(got))):
        where = f"call {at} ({calls[at]['do']})"
        if at >= len(wanted) or at >= len(got):
            yield Wrong(where, wanted[at] if at < len(wanted) else "no such call", got[at] if at < len(got) else "no such call")
            return
        if "error" in got[at] and "error" not in wanted[at]:
            yield Wrong(f"{where}: error", None, got[at]["error"])
            continue
        for member, value in wanted[at].items():
            if not is_same(member, value, got[at].get(member)):
                yield Wrong(f"{where}: {member}", value, got[at].get(member))


def wrong_wires(wanted, got):
    for at in range(max(len(wanted), len(got))):
        sides = [side[at] if at < len(side) else None for side in (wanted, got)]
        if not is_like(*sides):
            yield Wrong(f"wire {at}", *sides)


def compare(wanted, outcome, calls):
    """All that is not as it has to be."""
    wrong = list(wrong_steps(wanted.steps, written(outcome["steps"]), calls))
    wrong += wrong_wires(wanted.wire, written(outcome["wire"]))
    if wanted.stdout is not None and wanted.stdout != [outcome["stdout"]]:
        wrong.append(Wrong("stdout", wanted.stdout[0], outcome["stdout"]))
    if wanted.peer is not None and wanted.peer not in (outcome["peers"], *outcome["peers"]):
        wrong.append(Wrong("the client's address", wanted.peer, outcome["peers"]))
    return wrong
