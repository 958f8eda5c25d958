"""Whether the manual page of libassay-client has all that its header has, and nothing else.

usage: library_manual.py HEADER PAGE EXAMPLE
"""

import re
import sys


def without_comments(text):
    return re.sub(r'/\*.*?\*/', ' ', text, flags=re.DOTALL)


def one_line(text):
    return re.sub(r'\* ', '*', ' '.join(text.split()))


def header_functions(header):
    code = re.sub(r'(?m)^#.*$', '', without_comments(header))
    return {one_line(found) for found in re.findall(r'ASSAY_API\s+([^;{]*\));', code)}


def page_functions(page):
    """Of .Ft TYPE, .Fo NAME, .Fa "ARGUMENT" ..., .Fc; an inline one is apart, for it is not exported."""
    synopsis = page.partition('\n.Sh SYNOPSIS\n')[2].partition('\n.Sh ')[0]
    found = set()
    for kind, name, arguments in re.findall(r'\.Ft (.*)\n\.Fo (.*)\n((?:\.Fa .*\n)+)\.Fc', synopsis):
        arguments = ', '.join(line[len('.Fa '):].strip('"') for line in arguments.splitlines())
        found.add(one_line(f'{kind.strip(chr(34))} {name}({arguments})'))
    return found - {'struct assay_bytes assay_text(const char *text)'}


def member_names(declarations):
    names = []
    for declaration in declarations.split(';'):
        pointer = re.search(r'\(\*(\w+)\)', declaration)
        if pointer:
            names.append(pointer[1])
        else:
            names += re.findall(r'(\w+)(?:\[\d+\])?\s*(?:,|$)', declaration.strip())
    return names


def header_members(header):
    structs = re.findall(r'^struct (\w+) \{(.*?)^\};', without_comments(header), flags=re.DOTALL | re.MULTILINE)
    return {f'struct {name}': member_names(body) for name, body in structs}


def page_members(page):
    """Of .Ss struct NAME: what is marked .Va in its tags, by order."""
    found = {}
    for name, body in re.findall(r'^\.Ss (struct \w+)\n(.*?)(?=^\.S[sh] )', page, flags=re.DOTALL | re.MULTILINE):
        found[name] = []
        for names in re.findall(r'^\.It Vt (?:"[^"]*"|\S+) (?:Ns )?Va (.*)$', body, flags=re.MULTILINE):
            names = re.sub(r' Ns Li .*', '', names)
            found[name] += re.findall(r'\w+', names)
    return found


def header_errors(header):
    return set(re.findall(r'\bX\((\w+), "(\w+)"\)', header))


def page_errors(page):
    return set(re.findall(r'^\.It Dv ASSAY_(\w+) Pq Li (\w+)$', page, flags=re.MULTILINE))


def header_constants(header):
    enums = re.findall(r'^enum \w+ \{([^#}]*)\}', without_comments(header), flags=re.MULTILINE)
    return {name for enum in enums for name in re.findall(r'\bASSAY_\w+', enum)}


def page_constants(page):
    return set(re.findall(r'\bDv (ASSAY_\w+)', page))


def page_example(page):
    lines = page.partition('\n.Sh EXAMPLES\n')[2].partition('\n.Bd -literal\n')[2].partition('.Ed\n')[0]
    return lines.replace('\\&', '').replace('\\e', '\\')


def tell_members(wanted, there):
    for name in sorted(wanted.keys() | there.keys()):
        if wanted.get(name) != there.get(name):
            print(f'{name}: the header has {wanted.get(name)}, the page {there.get(name)}')
    return wanted == there and bool(wanted)


def tell_names(what, wanted, there):
    for name in sorted(wanted - there):
        print(f'{what}: not in the page: {name}')
    for name in sorted(there - wanted):
        print(f'{what}: not in the header: {name}')
    return wanted == there and bool(wanted)


def main():
    header, page, example = (open(path, encoding='utf-8').read() for path in sys.argv[1:])
    constants = header_constants(header)
    return all([
        tell_names('functions', header_functions(header), page_functions(page)),
        tell_names('errors', header_errors(header), page_errors(page)),
        tell_names('constants', constants, constants & page_constants(page)),
        tell_members(header_members(header), page_members(page)),
        tell_names('example', set(enumerate(example.splitlines())), set(enumerate(page_example(page).splitlines()))),
    ])


if __name__ == '__main__':
    sys.exit(0 if main() else 1)
