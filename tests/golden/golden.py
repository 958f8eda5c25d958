#!/usr/bin/env python3
"""Plays recorded calls of CPython's http.client against our client.

usage: golden.py FILE... --player build/golden-play [--only NAME]... [--verbose] [--all-rows] [--jobs N]

Each entry is played by the client against a server that does what the recorded one did. What the client sends, gives and
says has to be what http.client 3.14.2 did, but where a row of differences.py says what it has to be instead. Those rows
have to stand in docs/client.md, and none else. Ends with 0 only when nothing failed.
"""
import argparse
import collections
import concurrent.futures
import os
import queue
import re
import ssl
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing is left in the tree

import compare
import differences
import entries
import model
import stage

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOCS = os.path.join(ROOT, "docs", "client.md")
SHOWN_MAX = 700  # characters of a value in a failure

Result = collections.namedtuple("Result", "name verdict rows lines")  # verdict: passed, differ, failed, skipped


def make_tls(folder):
    """A server's end with a key and certificate that nobody trusts."""
    key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def shown(value):
    text = repr(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}... ({len(text)} characters)"


def shown_wrong(wrong):
    """Wanted and got; of octets also where they part."""
    yield f"    {wrong.where}"
    yield f"      wanted {shown(wrong.wanted)}"
    yield f"      got    {shown(wrong.got)}"
    if isinstance(wrong.wanted, str) and isinstance(wrong.got, str):
        at = len(os.path.commonprefix([wrong.wanted, wrong.got]))
        yield f"      from {at} on: wanted {wrong.wanted[at:at + 40]!r}, got {wrong.got[at:at + 40]!r}"


def judge(entry, players, tls):
    try:
        calls = [entries.call(call) for call in entry["calls"]]
    except entries.Inexpressible as words:
        return Result(entry["name"], "skipped", [], [f"{entry['name']}: not expressible: {words}"])
    wanted = compare.Wanted(entry, calls, model.predict(entry, calls))
    player = players.get()
    try:
        wrong = compare.compare(wanted, stage.play(entry, calls, player, tls), calls)
        lines = [line for one in wrong for line in shown_wrong(one)]
    except stage.Failed as failure:
        lines = [f"    {failure}"]
        player = player.another()
    finally:
        players.put(player)
    if lines:
        rows = ", ".join(map(differences.row_id, wanted.used)) or "none"
        return Result(entry["name"], "failed", wanted.used, [f"FAILED {entry['name']} (rows: {rows})", *lines])
    return Result(entry["name"], "differ" if wanted.used else "passed", wanted.used, [])


def play_all(chosen, path, jobs):
    players = queue.LifoQueue()
    for _ in range(jobs):
        players.put(stage.Player(path))
    needs_tls = any(step[0] == "starttls" for entry in chosen for script in entry["server_reply"] for step in script)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        tls = make_tls(folder) if needs_tls else None
        results = list(pool.map(lambda entry: judge(entry, players, tls), chosen))
    while not players.empty():
        status = players.get().end()
        if status != 0:
            results.append(Result("the player", "failed", [], [f"FAILED the player: it ended with status {status}"]))
    return results


def check_docs():
    """What differences.py and docs/client.md do not have in common."""
    with open(DOCS, encoding="utf-8") as file:
        documented = set(re.findall(r"^\| `([a-z0-9-]+/[a-z]+)` \| (\d+|-) \| [^|]* \| ([^|]*) \|", file.read(), re.MULTILINE))
    coded = {(differences.row_id(row), str(row.number or "-"), row.want) for row in differences.ROWS}
    for row in sorted(coded ^ documented):
        yield f"row {row} stands in {'differences.py' if row in coded else 'docs/client.md'} alone"


def tell(results, is_verbose):
    counts = collections.Counter(result.verdict for result in results)
    uses = collections.Counter(differences.row_id(row) for result in results for row in result.rows if result.verdict == "differ")
    for result in results:
        for line in result.lines:
            print(line)
        if is_verbose and result.verdict == "differ":
            print(f"{result.name}: {', '.join(map(differences.row_id, result.rows))}")
    for row in differences.ROWS if is_verbose else ():
        print(f"{uses[differences.row_id(row)]:5} {differences.row_id(row)}: {row.want}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['differ']} differ, {counts['skipped']} not expressible")
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--player", required=True)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="entries whose names begin so")
    parser.add_argument("--verbose", action="store_true", help="the rows of each entry that differs, and how often each was used")
    parser.add_argument("--all-rows", action="store_true", help="a row that no entry needs is a failure")
    parser.add_argument("--jobs", type=int, default=8)
    options = parser.parse_args()
    every = [entry for file in options.files for entry in entries.load(file)]
    chosen = [entry for entry in every if not options.only or entry["name"].startswith(tuple(options.only))]
    mistakes = list(check_docs())
    results = play_all(chosen, options.player, options.jobs)
    if options.all_rows:
        used = {row for result in results for row in result.rows}
        mistakes += [f"row {differences.row_id(row)} is of no use" for row in differences.ROWS if row not in used]
    for line in mistakes:
        print(line)
    counts = tell(results, options.verbose)
    passed, failed = counts["passed"] + counts["differ"], counts["failed"] + len(mistakes)
    print(f"{passed} passed, {failed} failed, {counts['skipped']} skipped")
    return 0 if passed > 0 and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
