"""usage: serve_test.py REPORTS PORT; asks the server of `assay serve` that tests/serve.sh has begun."""

import html.parser
import http.client
import json
import os
import socket
import sys
import urllib.parse

reports, port = sys.argv[1], int(sys.argv[2])
failed = False


def check(is_good, label, *got):
    global failed
    if not is_good:
        failed = True
        print(f"serve: {label}:", *got)


def ask(method, path, headers=(), body=None, connection=None):
    """The response with its content, by a connection of its own unless one is given."""
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    own.putrequest(method, path, skip_host=any(name.lower() == "host" for name, _ in headers))
    for name, value in headers:
        if value is not None:
            own.putheader(name, value)
    if body is not None:
        own.putheader("Content-Length", str(len(body)))
    own.endheaders(body)
    response = own.getresponse()
    content = response.read()
    if connection is None:
        own.close()
    return response, content


def ask_json(path, status=200):
    response, content = ask("GET", path)
    check(response.status == status, path, response.status)
    check(response.getheader("Content-Type") == "application/json", path, response.getheaders())
    return json.loads(content)


def try_api():
    health = ask_json("/__admin/health")
    check(health["status"] == "healthy" and isinstance(health["uptime_ms"], int), "health", health)
    check(ask_json("/__admin/version") == {"version": health["version"]}, "version", health)
    listed = ask_json("/__admin/cases")
    check(listed["meta"] == {"total": len(listed["cases"])}, "total", listed["meta"])
    cases = {case["id"]: case for case in listed["cases"]}
    check(len(cases) == len(listed["cases"]) > 3, "cases", list(cases))
    get = cases.get("smoke/get", {})
    check(get.get("file") == "cases/smoke/get.json" and get.get("points") == 1, "a case", get)
    check("smoke" in get.get("tags", []) and get.get("requirements"), "a case", get)
    check(cases["odd/case"]["title"] == '<script>alert(1)</script> &amp; "é', "an odd title", cases["odd/case"])
    for name, case in cases.items():
        check(ask_json("/__admin/cases/" + urllib.parse.quote(name)) == case, name)


ERRORS = [
    # status, path
    (404, "/nothing"),
    (404, "/__admin"),
    (404, "/__admin/"),
    (404, "/__admin/cases/"),
    (404, "/__admin/cases/smoke"),
    (404, "/__admin/cases/smoke/get/"),
    (404, "/__admin/health/"),
    (404, "/__ADMIN/health"),
    (404, "/reports"),
    (404, "/reports/none.json"),
    (404, "/reports/run.json/"),
    (404, "/reports/."),
    (404, "/reports/.."),
    (404, "/reports/../secret.json"),
    (404, "/reports/..%2fsecret.json"),
    (404, "/reports/%2e%2e/secret.json"),
    (404, "/reports/%2e%2e%2Fsecret.json"),
    (404, "/reports/..%252fsecret.json"),
    (404, "/reports/..%5csecret.json"),
    (404, "/reports//run.json"),
    (404, "/reports/%2fetc%2fpasswd"),
    (404, "/reports/./run.json"),
    (404, "/reports/folder.json"),
    (404, "/reports/folder.json/../run.json"),
    (404, "/reports/link.json"),
    (404, "/reports/link-within.json"),
    (404, "/reports/pipe.json"),
    (404, "/reports/.hidden.json"),
    (404, "/reports/run.json.12-0.tmp"),
    (404, "/reports/" + "x" * 5000),
    (403, "http://evil.test/"),
    (404, "*"),
    (400, "/%"),
    (400, "/%2"),
    (400, "/%zz"),
    (400, "/reports/run.json%00"),
    (400, "/reports/run.json%00.html"),
]


def try_errors():
    for status, path in ERRORS:
        error = ask_json(path, status)
        check(list(error) == ["error"] and isinstance(error["error"], str), path, error)
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW", "get"):
        for path in ("/", "/__admin/cases", "/reports/run.json"):
            response, content = ask(method, path, body=b"x" * 100000)
            check(response.status == 405, f"{method} {path}", response.status)
            check(response.getheader("Allow") == "GET, HEAD", f"{method} {path}", response.getheaders())
            check(json.loads(content)["error"], f"{method} {path}", content)
    check(ask("POST", "/nothing", body=b"x")[0].status == 404, "POST /nothing")
    with open(os.path.join(reports, "run.json"), encoding="utf-8") as report:
        check(report.read() == '{"report": 1}\n', "the report was written to")


HOSTS = [
    # status, Host
    (200, "127.0.0.1"),
    (200, f"127.0.0.1:{port}"),
    (200, "localhost"),
    (200, f"LocalHost:{port}"),
    (200, "[::1]"),
    (200, f"[::1]:{port}"),
    (403, "evil.test"),
    (403, f"evil.test:{port}"),
    (403, "127.0.0.1.evil.test"),
    (403, "0.0.0.0"),
    (403, ""),
    (400, None),
]


def try_hosts():
    for status, host in HOSTS:
        for path in ("/__admin/health", "/", "/reports/run.json", "/nothing"):
            want = 404 if (status, path) == (200, "/nothing") else status
            response, _ = ask("GET", path, [("Host", host)])
            check(response.status == want, f"Host {host!r} {path}", response.status)
    response, _ = ask("GET", "/", [("Host", "localhost"), ("Host", "evil.test")])
    check(response.status == 400, "two Hosts", response.status)


FILES = [
    # name, content, type
    ("run.json", b'{"report": 1}\n', "application/json"),
    ("run.html", b"a page\n", "text/html; charset=utf-8"),
    ("empty.tap", b"", "text/plain; charset=utf-8"),
    ("<b>&\"'%2e #?.txt", b"odd\n", "text/plain; charset=utf-8"),
]


def try_reports():
    for name, want, kind in FILES:
        path = "/reports/" + urllib.parse.quote(name)
        for method in ("GET", "HEAD"):
            response, content = ask(method, path)
            check(response.status == 200, f"{method} {name}", response.status)
            check(content == (want if method == "GET" else b""), f"{method} {name}", content)
            check(response.getheader("Content-Type") == kind, f"{method} {name}", response.getheaders())
            check(response.getheader("Content-Length") == str(len(want)), f"{method} {name}", response.getheaders())
            check(response.getheader("X-Content-Type-Options") == "nosniff", f"{method} {name}", response.getheaders())


class Page(html.parser.HTMLParser):
    """Its links and its text; any other tag than these is a mistake."""

    tags = {"html", "head", "meta", "link", "title", "style", "body", "h1", "h2", "p", "a", "code"}
    tags |= {"table", "tr", "th", "td", "details", "summary"}

    def __init__(self, content):
        super().__init__()
        self.links, self.text, self.open = [], "", []
        self.feed(content.decode())
        self.close()
        check(not self.open, "page: tags are left open", self.open)

    def handle_starttag(self, tag, attributes):
        check(tag in self.tags, "page: tag", tag)
        check(all(name in ("href", "class", "lang", "charset", "name", "content", "rel", "open") for name, _ in attributes),
              "page: attributes", attributes)
        if tag not in ("meta", "link"):
            self.open.append(tag)
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_endtag(self, tag):
        check(self.open and self.open.pop() == tag, "page: end tag", tag)

    def handle_data(self, data):
        self.text += data


def try_page():
    response, content = ask("GET", "/")
    page = Page(content)
    check(response.getheader("Content-Type") == "text/html; charset=utf-8", "page", response.getheaders())
    check(response.getheader("Content-Security-Policy", "").startswith("default-src 'none'"), "page", response.getheaders())
    for words in ("partial-read (", "smoke (1)", "<script>alert(1)</script> &amp; \"é", "smoke/get"):
        check(words in page.text, "page: text", words)
    for name, _, _ in FILES:
        check(name in page.text and "/reports/" + urllib.parse.quote(name) in page.links, "page: report", name)
    for name in ("link", "folder", "pipe", "hidden", "tmp"):
        check(not any(name in link for link in page.links if link.startswith("/reports/")), "page: no report", name)
    for link in page.links:
        check(ask("GET", link)[0].status == 200, "page: link", link)
    check(Page(ask("GET", "/reports/")[1]).links[0] == "/", "the reports' page")


def try_connections():
    """Several requests on one connection, HEAD and errors among them; then more at once than fit in a row."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.connect()
    first = connection.sock
    for method, path, status in [("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/nothing", 404), ("HEAD", "/nothing", 404),
                                 ("POST", "/", 405), ("GET", "/%", 400), ("GET", "/reports/run.json", 200),
                                 ("HEAD", "/reports/run.json", 200), ("GET", "/__admin/version", 200)]:
        response, _ = ask(method, path, connection=connection)
        check(response.status == status and connection.sock is first, "kept", method, path, response.status)
    connection.close()
    many = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(100)]
    for one in many:
        one.request("GET", "/__admin/cases")
    check(all(one.getresponse().read().startswith(b"{") for one in many), "a hundred at once")
    for one in many:
        one.close()


def try_other_addresses():
    for host in ("127.0.0.2", "127.100.100.100"):
        with socket.socket() as other:
            other.settimeout(20)
            check(other.connect_ex((host, port)) != 0, "it listens at", host)


for test in (try_api, try_errors, try_hosts, try_reports, try_page, try_connections, try_other_addresses):
    test()
sys.exit(failed)
