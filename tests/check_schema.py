#!/usr/bin/env python3
"""Checks JSON files against a JSON Schema (2020-12): reports, case files.

usage: check_schema.py SCHEMA FILE...
       check_schema.py --refuse SCHEMA FILE...

Each error is one line, FILE: POINTER: MESSAGE. Exit status 1 when there is any. With --refuse
every file has to have an error, but those named *.beyond.json, which have to have none.
"""
import json
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

MESSAGE_MAX = 200


def refuse_duplicates(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"duplicate key {twice!r}")
    return members


def refuse_constant(word):
    raise ValueError(f"{word} is not JSON")


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, object_pairs_hook=refuse_duplicates, parse_constant=refuse_constant)


def pointer(path):
    """The JSON Pointer (RFC 6901) to where an error is; "" is the root."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def errors_of(validator, path):
    try:
        value = read(path)
    except (OSError, ValueError) as error:
        return [f"{path}: : {error}"]
    found = sorted(validator.iter_errors(value), key=lambda error: [str(part) for part in error.path])
    return [f"{path}: {pointer(error.absolute_path)}: {error.message[:MESSAGE_MAX]}" for error in found]


def misjudged(validator, path):
    """What the schema should have refused and took, or the other way about."""
    errors = errors_of(validator, path)
    if path.endswith(".beyond.json"):
        return [f"beyond the schema, but refused: {line}" for line in errors]
    return [] if errors else [f"{path}: the schema takes what the loader refuses"]


def main(arguments):
    judge = misjudged if arguments[:1] == ["--refuse"] else errors_of
    if judge is misjudged:
        arguments = arguments[1:]
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        schema = read(arguments[0])
        Draft202012Validator.check_schema(schema)
    except (OSError, ValueError, SchemaError) as error:
        print(f"{arguments[0]}: {getattr(error, 'message', error)}", file=sys.stderr)
        return 2
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    errors = [line for path in arguments[1:] for line in judge(validator, path)]
    for line in errors:
        print(line.encode("unicode_escape").decode("ascii"))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
