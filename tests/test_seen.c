/* What is made of proxies, tunnels and TLS: events in, requests and findings out. */
#include "harness/seen.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <stdarg.h>
#include <stdio.h>

enum { EVENTS_MAX = 12, LOG_SIZE = 1024, ORIGIN = 0, PROXY = 1 };

#define OCTETS(text)                                                                               \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define RECEIVED(peer_, text)                                                                      \
    {                                                                                              \
        .kind = EVENT_RECEIVED, .peer = (peer_), .octets = OCTETS(text)                            \
    }
#define SENT(peer_, text)                                                                          \
    {                                                                                              \
        .kind = EVENT_SENT, .peer = (peer_), .octets = OCTETS(text)                                \
    }
#define AT(peer_, kind_)                                                                           \
    {                                                                                              \
        .kind = (kind_), .peer = (peer_)                                                           \
    }
#define HELLO(peer_, name_, alpn_)                                                                 \
    {                                                                                              \
        .kind = EVENT_HELLO, .peer = (peer_), .hello = &(const struct tls_hello)                   \
        {                                                                                          \
            .name_count = sizeof(name_) > 1, .name = OCTETS(name_), .alpn = OCTETS(alpn_)          \
        }                                                                                          \
    }
#define JOINED                                                                                     \
    {                                                                                              \
        .kind = EVENT_JOINED, .peer = PROXY, .text = "origin"                                      \
    }
#define STEP(script_)                                                                              \
    {                                                                                              \
        .kind = EVENT_STEP_BEGUN, .peer = PROXY, .script = (script_)                               \
    }

#define CONNECT "CONNECT origin.test:443 HTTP/1.1\r\nHost: origin.test:443\r\n\r\n"
#define OPEN    "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
#define REFUSED                                                                                    \
    "HTTP/1.1 407 No\r\nTransfer-Encoding: chunked\r\n\r\n13\r\nHTTP/1.1 200 "                     \
    "OK\r\n\r\n\r\n0\r\n\r\n"
#define INNER        "GET /a HTTP/1.1\r\nHost: origin.test\r\n\r\n"
#define OUTER        "GET http://origin.test/a HTTP/1.1\r\nHost: origin.test\r\n\r\n"
#define CLIENT_HELLO "\x16\x03\x01\x00\x05"
#define ANSWER       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static const struct step relay = {.verb = STEP_RELAY, .target = ORIGIN};
static const struct step forward = {.verb = STEP_FORWARD, .target = ORIGIN};
static const struct step cut = {
    .verb = STEP_RELAY, .target = ORIGIN, .up = {.is_set = true, .after = 5}};
static const struct script relays[] = {{&relay, 1}}, forwards[] = {{&forward, 1}},
                           cuts[] = {{&cut, 1}};

#define ORIGIN_PEER .name = "origin"
#define PROXY_PEER  .name = "proxy", .is_proxy = true
static const struct peer plain[] = {{ORIGIN_PEER}, {PROXY_PEER}};
static const struct peer relayed[] = {{ORIGIN_PEER},
                                      {PROXY_PEER, .scripts = relays, .script_count = 1}};
static const struct peer forwarded[] = {{ORIGIN_PEER},
                                        {PROXY_PEER, .scripts = forwards, .script_count = 1}};
static const struct peer https[] = {{ORIGIN_PEER, .is_https = true},
                                    {PROXY_PEER, .scripts = relays, .script_count = 1}};
static const struct peer https_cut[] = {{ORIGIN_PEER, .is_https = true},
                                        {PROXY_PEER, .scripts = cuts, .script_count = 1}};
static const struct peer https_inside[] = {{ORIGIN_PEER, .is_https = true}, {PROXY_PEER}};
static const struct peer https_both[] = {{ORIGIN_PEER, .is_https = true},
                                         {PROXY_PEER, .is_https = true}};
static const struct peer address[] = {{ORIGIN_PEER, .is_https = true, .is_address = true},
                                      {PROXY_PEER}};

static const struct piece words[] = {{.data = OCTETS("Host"), .times = 1},
                                     {.data = OCTETS("Proxy-Authorization"), .times = 1},
                                     {.data = OCTETS("authorization"), .times = 1}};
static const struct header headers[] = {
    {.name = {&words[0], 1, 4}}, {.name = {&words[1], 1, 19}}, {.name = {&words[2], 1, 13}}};
static const struct client_proxy with_fields = {.headers = headers, .header_count = 3};
static const struct client_proxy no_fields = {.auth = NULL};
static const struct client_step any_step = {.name = NULL};
static const struct client_step odd_fields = {.headers = headers, .header_count = 2};
static const struct client_step odd_proxy_fields = {.proxy = &with_fields};
static const struct client_step origin_fields = {
    .proxy = &no_fields, .headers = headers, .header_count = 3};
static const struct client_step own_authority = {.authority = {&words[0], 1, 4}};
static const struct client_step by_proxy = {.proxy = &no_fields};
static const struct client_step abandons = {.read = READ_MODE_ABANDON};

/* clang-format off */
static const struct row {
    const char *label;
    const struct peer *peers;
    struct event events[EVENTS_MAX]; /* up to the first that is all zero: no CONNECT is among them */
    const char *requests; /* of the origin, each with ";" behind, "|", and those of the proxy */
    const char *findings; /* "rule@offset+request", with "proxy " before those at the proxy */
} rows[] = {
    {"absolute-form to a proxy", plain,
     {RECEIVED(PROXY, OUTER), SENT(PROXY, ANSWER), RECEIVED(PROXY, INNER)},
     "|GET http://origin.test/a;GET /a;", "proxy target-not-absolute@60+1"},
    {"a forward, told of as a relay is", forwarded,
     {RECEIVED(PROXY, OUTER), STEP(0), JOINED, RECEIVED(ORIGIN, "GET /a HTTP/1.1\r\nProxy-Authorization: x\r\n\r\n"),
      SENT(ORIGIN, ANSWER), SENT(PROXY, ANSWER), RECEIVED(PROXY, INNER)},
     "GET /a;|GET http://origin.test/a;GET /a;", "proxy target-not-absolute@60+1"},

    {"a tunnel that is joined", relayed,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), STEP(0), JOINED, RECEIVED(PROXY, INNER), RECEIVED(ORIGIN, INNER), SENT(ORIGIN, ANSWER), SENT(PROXY, ANSWER)},
     "GET /a;|CONNECT origin.test:443;", ""},
    {"octets of the tunnel before it is joined", relayed,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), RECEIVED(PROXY, CLIENT_HELLO), STEP(0), JOINED, RECEIVED(PROXY, "abc"), RECEIVED(ORIGIN, INNER)},
     "GET /a;|CONNECT origin.test:443;", ""},
    {"the inside, played by the proxy", plain,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), RECEIVED(PROXY, INNER), SENT(PROXY, ANSWER), RECEIVED(PROXY, "GET /b HTTP/1.1\r\n\r\n")},
     "|CONNECT origin.test:443;GET /a;GET /b;", "proxy host-missing@114+2"},
    {"credentials of the proxy in the tunnel", plain,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, "HTTP/1.1 103 Hints\r\n\r\n"), SENT(PROXY, OPEN), RECEIVED(PROXY, "GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: x\r\n\r\n")},
     "|CONNECT origin.test:443;GET /;", "proxy proxy-credentials-at-origin@84+1"},
    {"a ClientHello that the script takes raw", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), RECEIVED(PROXY, CLIENT_HELLO "GET / HTTP/1.1\r\n"), RECEIVED(PROXY, "G")},
     "|CONNECT origin.test:443;", ""},
    {"TLS inside, played by the proxy", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), HELLO(PROXY, "origin.test", "http/1.1"), AT(PROXY, EVENT_SECURED),
      RECEIVED(PROXY, INNER), SENT(PROXY, ANSWER), RECEIVED(PROXY, INNER)},
     "|CONNECT origin.test:443;GET /a;GET /a;", ""},
    {"TLS in TLS", https_both,
     {HELLO(PROXY, "localhost", "http/1.1"), AT(PROXY, EVENT_SECURED), RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN),
      HELLO(PROXY, "origin.test", "http/1.1"), AT(PROXY, EVENT_SECURED), RECEIVED(PROXY, INNER)},
     "|CONNECT origin.test:443;GET /a;", ""},
    {"plain HTTP in a tunnel for https", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), RECEIVED(PROXY, INNER)},
     "|CONNECT origin.test:443;GET /a;", "proxy plain-octets-to-tls@59+1"},

    {"a ClientHello before the answer", https,
     {RECEIVED(PROXY, CONNECT), RECEIVED(PROXY, CLIENT_HELLO), SENT(PROXY, OPEN), STEP(0), JOINED},
     "|CONNECT origin.test:443;", "proxy tunnel-early@59+1"},
    {"the same in one read with CONNECT, never answered", https_inside,
     {RECEIVED(PROXY, CONNECT CLIENT_HELLO)},
     "|CONNECT origin.test:443;", "proxy tunnel-early@59+1"},
    {"the same, told of by TLS", https_inside,
     {RECEIVED(PROXY, CONNECT), HELLO(PROXY, "origin.test", ""), SENT(PROXY, OPEN)},
     "|CONNECT origin.test:443;", "proxy tunnel-early@59+1"},
    {"a request for the destination before the answer", plain,
     {RECEIVED(PROXY, CONNECT INNER), SENT(PROXY, OPEN)},
     "|CONNECT origin.test:443;GET /a;", "proxy tunnel-early@59+1"},
    {"a request for the destination before the refusal", plain,
     {RECEIVED(PROXY, CONNECT INNER), SENT(PROXY, REFUSED)},
     "|CONNECT origin.test:443;GET /a;", "proxy tunnel-early@59+1"},
    {"a request to the proxy before the answer", plain,
     {RECEIVED(PROXY, CONNECT OUTER), SENT(PROXY, REFUSED)},
     "|CONNECT origin.test:443;GET http://origin.test/a;", ""},
    {"octets once the answer is begun", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, "H"), RECEIVED(PROXY, CLIENT_HELLO), SENT(PROXY, "TTP/1.1 200 OK\r\n\r\n")},
     "|CONNECT origin.test:443;", ""},
    {"octets behind an interim answer", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, "HTTP/1.1 100 Go\r\n\r\n"), RECEIVED(PROXY, CLIENT_HELLO), SENT(PROXY, OPEN)},
     "|CONNECT origin.test:443;", "proxy tunnel-early@59+1"},
    {"the content of CONNECT itself", plain,
     {RECEIVED(PROXY, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\x16\x03\x01\x01\x01"), SENT(PROXY, OPEN)},
     "|CONNECT a:1;", "proxy connect-framing@31+0 proxy connect-content@52+0"},

    {"a ClientHello behind a refusal", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, REFUSED), RECEIVED(PROXY, CLIENT_HELLO), RECEIVED(PROXY, "\x01\x02")},
     "|CONNECT origin.test:443;", "proxy tunnel-refused@59+1"},
    {"the same, told of by TLS", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, REFUSED), HELLO(PROXY, "origin.test", ""), AT(PROXY, EVENT_SECURED), RECEIVED(PROXY, INNER)},
     "|CONNECT origin.test:443;GET /a;", "proxy tunnel-refused@59+1"},
    {"a request for the destination behind a refusal", plain,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, REFUSED), RECEIVED(PROXY, INNER), RECEIVED(PROXY, INNER)},
     "|CONNECT origin.test:443;GET /a;GET /a;", "proxy tunnel-refused@59+1"},
    {"CONNECT again", plain,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, REFUSED), RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), RECEIVED(PROXY, INNER)},
     "|CONNECT origin.test:443;CONNECT origin.test:443;GET /a;", ""},
    {"CONNECT twice at once, and what is for the destination", https_inside,
     {RECEIVED(PROXY, CONNECT CONNECT CLIENT_HELLO), SENT(PROXY, REFUSED), SENT(PROXY, REFUSED)},
     "|CONNECT origin.test:443;CONNECT origin.test:443;", "proxy tunnel-early@118+2"},
    {"CONNECT again in the midst of the refusal", plain,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, "HTTP/1.1 407 No\r\nContent-Length: 19\r\n\r\n"), RECEIVED(PROXY, CONNECT),
      SENT(PROXY, "HTTP/1.1 200 OK\r\n\r\n"), SENT(PROXY, "HTTP/1.1 403 No\r\n\r\n"), RECEIVED(PROXY, OUTER)},
     "|CONNECT origin.test:443;CONNECT origin.test:443;GET http://origin.test/a;", ""},
    {"another request, and the proxy's empty answer to HEAD before it", plain,
     {RECEIVED(PROXY, "HEAD http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), SENT(PROXY, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), RECEIVED(PROXY, CLIENT_HELLO)},
     "|HEAD http://a/;CONNECT origin.test:443;", ""},
    {"octets behind an answer that is none", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, "rubbish\r\n\r\n"), RECEIVED(PROXY, CLIENT_HELLO)},
     "|CONNECT origin.test:443;", ""},
    {"octets behind 101", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, "HTTP/1.1 101 No\r\n\r\n"), RECEIVED(PROXY, CLIENT_HELLO)},
     "|CONNECT origin.test:443;", ""},
    {"an answer that came before its question", https_inside,
     {SENT(PROXY, OPEN), RECEIVED(PROXY, CONNECT CLIENT_HELLO)},
     "|CONNECT origin.test:443;", ""},
    {"a relay as a wire", relayed,
     {STEP(0), JOINED, RECEIVED(PROXY, OUTER), RECEIVED(ORIGIN, OUTER), SENT(ORIGIN, ANSWER), SENT(PROXY, ANSWER)},
     "GET http://origin.test/a;|", ""},
    {"a relay that brings the answer to CONNECT", relayed,
     {RECEIVED(PROXY, CONNECT), STEP(0), JOINED, RECEIVED(PROXY, CLIENT_HELLO), SENT(PROXY, OPEN)},
     "|CONNECT origin.test:443;", ""},
    {"a request that is cut by a relay's end", https_cut,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), STEP(0), JOINED, HELLO(ORIGIN, "origin.test", ""), AT(ORIGIN, EVENT_SECURED), RECEIVED(ORIGIN, "GET /"), AT(ORIGIN, EVENT_FIN_RECEIVED)},
     "|CONNECT origin.test:443;", ""},

    {"TLS as it should be", https,
     {HELLO(ORIGIN, "localhost", "h2,http/1.1"), AT(ORIGIN, EVENT_SECURED), RECEIVED(ORIGIN, "GET / HTTP/1.1\r\nHost: LOCALHOST.:1\r\n\r\n"),
      SENT(ORIGIN, ANSWER), AT(ORIGIN, EVENT_NOTIFY_RECEIVED), AT(ORIGIN, EVENT_FIN_RECEIVED)},
     "GET /;|", ""},
    {"plain HTTP, as the peer's TLS tells", https,
     {{.kind = EVENT_TLS_FAILED, .text = TLS_PLAIN_HTTP_TEXT}},
     "|", "plain-octets-to-tls@0+0"},
    {"another failure", https,
     {{.kind = EVENT_TLS_FAILED, .text = "unsupported protocol"}}, "|", ""},
    {"plain HTTP where the URL is http", plain,
     {{.kind = EVENT_TLS_FAILED, .text = TLS_PLAIN_HTTP_TEXT}}, "|", ""},
    {"plain HTTP, read by steps", https,
     {RECEIVED(ORIGIN, INNER)}, "GET /a;|", "plain-octets-to-tls@0+0"},
    {"a ClientHello, read by steps", https,
     {RECEIVED(ORIGIN, CLIENT_HELLO "GET / HTTP/1.1\r\n")}, "|", ""},
    {"no server_name", https, {HELLO(ORIGIN, "", "")}, "|", "sni-missing@0+0"},
    {"no server_name, inside a tunnel", https_inside,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), HELLO(PROXY, "", "")},
     "|CONNECT origin.test:443;", "proxy sni-missing@59+1"},
    {"no server_name to an address", address, {HELLO(ORIGIN, "", "")}, "|", ""},
    {"an address as server_name", address, {HELLO(ORIGIN, "127.0.0.1", "")}, "|", "sni-address@0+0"},
    {"IPv6 as server_name", https, {HELLO(ORIGIN, "::1", "")}, "|", "sni-address@0+0"},
    {"names that look like addresses", https, {HELLO(ORIGIN, "127.0.0.1.test", "")}, "|", ""},
    {"two names", https,
     {{.kind = EVENT_HELLO, .hello = &(const struct tls_hello){.name_count = 2, .name = OCTETS("a")}}}, "|", "sni-twice@0+0"},
    {"two ClientHellos of one handshake", https, {HELLO(ORIGIN, "", ""), HELLO(ORIGIN, "", "")}, "|", "sni-missing@0+0"},
    {"other protocols offered", https,
     {HELLO(ORIGIN, "localhost", "h2,http/1.0"), AT(ORIGIN, EVENT_SECURED), RECEIVED(ORIGIN, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), RECEIVED(ORIGIN, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")},
     "GET /;GET /;|", "alpn@0+0"},
    {"HTTP/1.0 offered, and spoken", https,
     {HELLO(ORIGIN, "localhost", "http/1.0"), AT(ORIGIN, EVENT_SECURED), RECEIVED(ORIGIN, "GET / HTTP/1.0\r\n\r\n")},
     "GET /;|", ""},
    {"another Host than server_name", https,
     {HELLO(ORIGIN, "localhost", ""), AT(ORIGIN, EVENT_SECURED), RECEIVED(ORIGIN, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), RECEIVED(ORIGIN, INNER)},
     "GET /;GET /a;|", "sni-differs@0+1"},
    {"FIN without close_notify", https,
     {HELLO(ORIGIN, "localhost", ""), AT(ORIGIN, EVENT_SECURED), AT(ORIGIN, EVENT_NOTIFY_SENT), AT(ORIGIN, EVENT_FIN_RECEIVED)},
     "|", "tls-close@0+0"},
    {"FIN behind the peer's", https,
     {HELLO(ORIGIN, "localhost", ""), AT(ORIGIN, EVENT_SECURED), AT(ORIGIN, EVENT_FIN_SENT), AT(ORIGIN, EVENT_FIN_RECEIVED)},
     "|", ""},
    {"FIN behind an alert", https,
     {HELLO(ORIGIN, "localhost", ""), AT(ORIGIN, EVENT_SECURED), AT(ORIGIN, EVENT_ALERT_RECEIVED), AT(ORIGIN, EVENT_FIN_RECEIVED)},
     "|", ""},
    {"FIN before the handshake is done", https,
     {HELLO(ORIGIN, "localhost", ""), AT(ORIGIN, EVENT_FIN_RECEIVED)}, "|", ""},
    {"FIN in a run that was cut", https,
     {HELLO(ORIGIN, "localhost", ""), AT(ORIGIN, EVENT_SECURED), AT(ORIGIN, EVENT_FIN_RECEIVED), AT(ORIGIN, EVENT_DEADLINE)}, "|", ""},
    {"FIN through a relay, by the client", https,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), JOINED, HELLO(ORIGIN, "origin.test", ""), AT(ORIGIN, EVENT_SECURED), AT(PROXY, EVENT_FIN_RECEIVED), AT(ORIGIN, EVENT_FIN_RECEIVED)},
     "|CONNECT origin.test:443;", "tls-close@0+0"},
    {"FIN of a relay that ends", https,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), JOINED, HELLO(ORIGIN, "origin.test", ""), AT(ORIGIN, EVENT_SECURED), AT(PROXY, EVENT_RST_RECEIVED), AT(ORIGIN, EVENT_FIN_RECEIVED)},
     "|CONNECT origin.test:443;", ""},
};

/* Where it matters what the client was asked. */
static const struct step_row {
    const struct client_step *step;
    struct row row;
} step_rows[] = {
    {&odd_fields,
     {"fields that the caller asks for", https,
     {HELLO(ORIGIN, "localhost", ""), AT(ORIGIN, EVENT_SECURED), RECEIVED(ORIGIN, "GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: x\r\n\r\n")},
     "GET /;|", ""}},
    {&odd_proxy_fields,
     {"a field for the proxy that the caller asks for", plain,
     {RECEIVED(PROXY, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\n\r\n")},
     "|CONNECT a:1;", ""}},
    {&origin_fields,
     {"a field for the origin that the proxy gets", plain,
     {RECEIVED(PROXY, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\n\r\n")},
     "|CONNECT a:1;", "proxy credentials-at-proxy@31+0"}},
    {&own_authority,
     {"no server_name to an authority of the step's own", https, {HELLO(ORIGIN, "", "")}, "|", ""}},
    {&by_proxy,
     {"no server_name to an address, by way of the proxy", address, {HELLO(ORIGIN, "", "")}, "|", "sni-missing@0+0"}},
    {&abandons,
     {"FIN of a client that was to leave", https,
     {HELLO(ORIGIN, "localhost", ""), AT(ORIGIN, EVENT_SECURED), AT(ORIGIN, EVENT_FIN_RECEIVED)}, "|", ""}},
};
/* clang-format on */

/* How a row's requests and findings are told. */
struct log {
    char text[LOG_SIZE];
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void tell(struct log *log, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(log->text + log->len, LOG_SIZE - log->len, fmt, args);
    va_end(args);
    assert(len >= 0 && (size_t)len < LOG_SIZE - log->len);
    log->len += (size_t)len;
}

static void tell_requests(struct log *log, const struct seen_peer *peer)
{
    for (const struct seen_request *one = peer->first; one != NULL; one = one->next)
        tell(log, "%.*s %.*s;", (int)one->method.len, (const char *)one->method.at,
             (int)one->target.len, (const char *)one->target.at);
}

static void tell_findings(struct log *log, const struct seen_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct run_finding *one = &findings->items[i];
        tell(log, "%s%s%s@%llu+%u", i > 0 ? " " : "", one->peer == PROXY ? "proxy " : "",
             rule_name(one->finding.rule), (unsigned long long)one->finding.offset,
             one->finding.request);
    }
}

/* The event; octets that came in pieces of that size. */
static void feed(struct seen_wire *wires, const struct event *event, size_t size)
{
    struct bytes rest = event->octets;
    struct event piece = *event;
    do {
        piece.octets =
            bytes_take(&rest, event->kind != EVENT_RECEIVED || rest.len < size ? rest.len : size);
        seen_event(&wires[event->peer], &piece);
    } while (rest.len > 0);
}

static bool is_wanted(enum event_kind kind)
{
    return kind != EVENT_CONNECT && kind != EVENT_DEADLINE;
}

static void play_row(const struct row *row, const struct client_step *step, size_t size,
                     struct arena *arena)
{
    const struct point point = {
        .client = step, .client_count = 1, .peers = row->peers, .peer_count = 2};
    struct seen_peer peers[2] = {{.first = NULL}, {.first = NULL}};
    struct seen_wire wires[2];
    struct seen_run run = {.arena = arena, .point = &point, .wires = wires};
    struct log requests = {.len = 0}, findings = {.len = 0};
    bool is_stopped = false;
    for (unsigned i = 0; i < 2; i++)
        wires[i] = seen_wire_of(&run, i, &peers[i]);
    for (size_t i = 0; i < EVENTS_MAX; i++) {
        is_stopped = is_stopped || row->events[i].kind == EVENT_DEADLINE;
        if (is_wanted(row->events[i].kind))
            feed(wires, &row->events[i], size);
    }
    for (unsigned i = 0; i < 2; i++) {
        seen_finish(&wires[i], is_stopped);
        seen_release(&wires[i]);
    }
    tell_requests(&requests, &peers[ORIGIN]);
    tell(&requests, "|");
    tell_requests(&requests, &peers[PROXY]);
    tell_findings(&findings, &run.findings);
    findings.text[findings.len] = '\0';
    CHECK_ROW(strcmp(requests.text, row->requests) == 0, "%s [by %zu]: %s", row->label, size,
              requests.text);
    CHECK_ROW(strcmp(findings.text, row->findings) == 0, "%s [by %zu]: \"%s\"", row->label, size,
              findings.text);
}

static void tells_whose_octets_they_are(void)
{
    static const size_t sizes[] = {1, 2, 7, 60, 1000};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t j = 0; j < COUNT_OF(sizes); j++) {
            play_row(&rows[i], &any_step, sizes[j], arena);
            arena_reset(arena);
        }
    for (size_t i = 0; i < COUNT_OF(step_rows); i++)
        play_row(&step_rows[i].row, step_rows[i].step, 7, arena);
    arena_free(arena);
}

/* --- the canary ------------------------------------------------------------------------ */

#define CANARY_LINES  " HTTP/1.1\r\nHost: origin.test\r\n\r\n"
#define CANARY        "GET " CANARY_TARGET CANARY_LINES
#define PROXIED       "GET http://origin.test" CANARY_TARGET CANARY_LINES
#define CANARYS(text) {.kind = EVENT_ASKED}, RECEIVED(PROXY, text)

/* clang-format off */
static const struct canary_row {
    const char *label;
    const struct peer *peers;
    struct event events[EVENTS_MAX];
    unsigned connections; /* of the proxy */
    size_t requests;      /* the same */
    struct seen_canary origin, proxy;
} canary_rows[] = {
    {"absolute-form, on a connection of its own", plain,
     {CANARYS(PROXIED)}, 0, 0, {false, false, false}, {true, false, false}},
    {"absolute-form, behind another", plain,
     {RECEIVED(PROXY, OUTER), CANARYS(PROXIED)}, 1, 1, {false, false, false}, {true, true, false}},
    {"as content", plain,
     {RECEIVED(PROXY, "PUT http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 999\r\n\r\n"), CANARYS(PROXIED)},
     1, 1, {false, false, false}, {false, false, true}},
    {"in a tunnel that is used again", relayed,
     {RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), STEP(0), JOINED, RECEIVED(PROXY, INNER), RECEIVED(ORIGIN, INNER), CANARYS(CANARY), RECEIVED(ORIGIN, CANARY)},
     1, 1, {true, true, false}, {false, false, false}},
    {"in a tunnel of its own", relayed,
     {CANARYS(CONNECT), SENT(PROXY, OPEN), STEP(0), JOINED, RECEIVED(PROXY, CANARY), RECEIVED(ORIGIN, CANARY)},
     0, 0, {true, false, false}, {false, false, false}},
    {"in a tunnel of its own, played by the proxy", plain,
     {CANARYS(CONNECT), SENT(PROXY, REFUSED), RECEIVED(PROXY, CONNECT), SENT(PROXY, OPEN), RECEIVED(PROXY, CANARY)},
     0, 0, {false, false, false}, {true, false, false}},
};
/* clang-format on */

static void check_canary(const char *label, struct seen_canary got, struct seen_canary want)
{
    CHECK_ROW(got.was_met == want.was_met && got.was_reused == want.was_reused &&
                  got.was_content == want.was_content,
              "%s: met %d, reused %d, content %d", label, got.was_met, got.was_reused,
              got.was_content);
}

static void knows_the_canary_by_way_of_a_proxy(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(canary_rows); i++) {
        const struct canary_row *row = &canary_rows[i];
        const struct point point = {.peers = row->peers, .peer_count = 2};
        struct seen_peer peers[2] = {{.first = NULL}, {.first = NULL}};
        struct seen_wire wires[2];
        struct seen_run run = {.arena = arena, .point = &point, .has_canary = true, .wires = wires};
        for (unsigned j = 0; j < 2; j++)
            wires[j] = seen_wire_of(&run, j, &peers[j]);
        for (size_t j = 0; j < EVENTS_MAX; j++) {
            run.canary_is_asked |= row->events[j].kind == EVENT_ASKED;
            if (row->events[j].kind != EVENT_ASKED && is_wanted(row->events[j].kind))
                feed(wires, &row->events[j], 7);
        }
        for (unsigned j = 0; j < 2; j++) {
            seen_finish(&wires[j], true);
            seen_release(&wires[j]);
        }
        check_canary(row->label, wires[ORIGIN].canary, row->origin);
        check_canary(row->label, wires[PROXY].canary, row->proxy);
        CHECK_ROW(peers[PROXY].connection_count == row->connections &&
                      peers[PROXY].request_count == row->requests,
                  "%s: %u connections, %zu requests", row->label, peers[PROXY].connection_count,
                  peers[PROXY].request_count);
    }
    arena_free(arena);
}

CU_TestInfo seen_tests[] = {
    {"knows the canary by way of a proxy", knows_the_canary_by_way_of_a_proxy},
    {"tells whose octets they are, and what breaks a rule", tells_whose_octets_they_are},
    CU_TEST_INFO_NULL,
};
