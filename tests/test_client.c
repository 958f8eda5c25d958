#include "harness/bundled.h"
#include "tests/check.h"
#include "tests/client_server.h"
#include "tests/suites.h"

#include <inttypes.h>
#include <stdio.h>

#define GET      "GET / HTTP/1.1\r\nHost: H\r\nAccept-Encoding: identity\r\n"
#define UP(verb) verb " / HTTP/1.1\r\nHost: H\r\nAccept-Encoding: identity\r\n"
#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define OK5      OK("Content-Length: 5\r\n\r\nhello")
#define OK0      OK("Content-Length: 0\r\n\r\n")
#define CHUNKED  OK("Transfer-Encoding: chunked\r\n\r\n")
#define MIB      ((uint64_t)1024 * 1024)

/* Exchanges. */
/* clang-format off */
#define REPLY(reply)               {NULL, reply, STAY, false, 0}
#define REPLY_AND(ending, reply)   {NULL, reply, ending, false, 0}
#define FRESH(reply)               {NULL, reply, STAY, true, 0}
#define WANT(request, reply)       {request, reply, STAY, false, 0}
#define WANT_FRESH(request, reply) {request, reply, STAY, true, 0}
#define WANT_X(request, x, reply)  {request, reply, STAY, false, x}
/* clang-format on */

enum { EXCHANGES_MAX = 3, HEADERS_MAX = 4, PIECES_MAX = 4 };

/* One step of the client, in short. */
struct ask {
    const char *method, *target;
    const char *headers[HEADERS_MAX][2];
    const char *pieces[PIECES_MAX];
    uint64_t times; /* of each piece; 0: once */
    uint64_t length;
    uint64_t amount;
    enum body_kind body;
    enum read_mode read;
    const char *trailer[2];
    bool expects;
};

/* What the server plays, what the client is asked, and what it says of it. */
struct row {
    const char *label;
    struct exchange exchanges[EXCHANGES_MAX];
    struct ask asks[EXCHANGES_MAX];
    const char *wants[EXCHANGES_MAX];
};

static struct octets octets_of(struct arena *arena, const char *text, uint64_t times)
{
    struct piece *piece = arena_alloc(arena, sizeof(*piece));
    *piece = (struct piece){.data = bytes_of(text), .times = times};
    return (struct octets){piece, piece->data.len > 0 ? 1 : 0, piece->data.len * times};
}

static void set_body(struct arena *arena, const struct ask *ask, struct body *body)
{
    struct source_step *pieces = arena_array(arena, PIECES_MAX, sizeof(*pieces));
    body->kind = ask->body;
    for (; body->piece_count < PIECES_MAX && ask->pieces[body->piece_count] != NULL;
         body->piece_count++)
        pieces[body->piece_count].octets =
            octets_of(arena, ask->pieces[body->piece_count], ask->times > 0 ? ask->times : 1);
    body->pieces = pieces;
    body->has_length = ask->length > 0;
    body->length = ask->length;
}

static struct client_step *step_of(struct arena *arena, const struct ask *ask)
{
    struct client_step *step = arena_alloc(arena, sizeof(*step));
    step->method = octets_of(arena, ask->method != NULL ? ask->method : "GET", 1);
    step->target = octets_of(arena, ask->target != NULL ? ask->target : "/", 1);
    struct header *headers = arena_array(arena, HEADERS_MAX, sizeof(*headers));
    for (; step->header_count < HEADERS_MAX && ask->headers[step->header_count][0] != NULL;
         step->header_count++)
        headers[step->header_count] = (struct header){
            octets_of(arena, ask->headers[step->header_count][0], 1),
            octets_of(arena, ask->headers[step->header_count][1], 1),
        };
    step->headers = headers;
    set_body(arena, ask, &step->body);
    struct header *trailer = arena_alloc(arena, sizeof(*trailer));
    step->trailers = trailer;
    step->trailer_count = ask->trailer[0] != NULL;
    if (ask->trailer[0] != NULL)
        *trailer = (struct header){octets_of(arena, ask->trailer[0], 1),
                                   octets_of(arena, ask->trailer[1], 1)};
    step->expects_continue = ask->expects;
    step->read = ask->read;
    step->amounts = &ask->amount;
    step->amount_count = 1;
    return step;
}

/* "incomplete 200: hel", "204 No Content:", "103, 200 OK: hello +a=1". */
static const char *describe(struct arena *arena, const struct outcome *outcome)
{
    const char *text = "";
    if (outcome->error != OUTCOME_NONE)
        text = arena_printf(arena, "%s ", outcome_error_name(outcome->error));
    for (size_t i = 0; i < outcome->interim_count; i++)
        text = arena_printf(arena, "%s%d, ", text, outcome->interims[i].status);
    if (outcome->status == 0)
        return text;
    text = arena_printf(arena, "%s%d %.*s: ", text, outcome->status, (int)outcome->reason.len,
                        (const char *)outcome->reason.at);
    if (outcome->body_len > 64)
        text = arena_printf(arena, "%s(%" PRIu64 ")", text, outcome->body_len);
    else
        text = arena_printf(arena, "%s%.*s", text, (int)outcome->body.len,
                            (const char *)outcome->body.at);
    for (size_t i = 0; i < outcome->trailers.count; i++)
        text = arena_printf(arena, "%s +%.*s=%.*s", text, (int)outcome->trailers.items[i].name.len,
                            (const char *)outcome->trailers.items[i].name.at,
                            (int)outcome->trailers.items[i].value.len,
                            (const char *)outcome->trailers.items[i].value.at);
    return text;
}

static struct endpoint endpoint_of(uint16_t port)
{
    struct endpoint endpoint = {.host = "127.0.0.1"};
    snprintf(endpoint.port, sizeof(endpoint.port), "%u", (unsigned)port);
    snprintf(endpoint.authority, sizeof(endpoint.authority), "127.0.0.1:%u", (unsigned)port);
    return endpoint;
}

/* Of an origin alone. */
static struct driver_session session_of(const struct endpoint *endpoint,
                                        const struct client_step *steps)
{
    static const struct peer origin = {.name = "origin"};
    return (struct driver_session){
        .peers = &origin, .peer_count = 1, .endpoints = endpoint, .steps = steps};
}

static void play_row(const struct row *row)
{
    struct arena *arena = arena_new();
    struct client_server *server = client_server_new();
    size_t count = 0;
    while (count < EXCHANGES_MAX &&
           (row->exchanges[count].wants != NULL || row->exchanges[count].reply != NULL ||
            row->exchanges[count].ending != STAY))
        count++;
    const struct endpoint endpoint = endpoint_of(client_server_port(server));
    client_server_play(server, row->exchanges, count);
    struct client_step steps[EXCHANGES_MAX];
    for (size_t i = 0; i < EXCHANGES_MAX; i++)
        steps[i] = *step_of(arena, &row->asks[i]);
    const struct driver_session session = session_of(&endpoint, steps);
    struct assay_tls *tls = NULL;
    struct bundled *bundled = bundled_new(&session, &tls, arena);
    for (size_t i = 0; i < EXCHANGES_MAX && row->wants[i] != NULL; i++) {
        const struct outcome *outcome = bundled_play(bundled, i);
        const char *got = describe(arena, outcome);
        CHECK_ROW(strcmp(got, row->wants[i]) == 0, "%s: step %zu gives \"%s\", want \"%s\" (%s)",
                  row->label, i, got, row->wants[i], outcome->text != NULL ? outcome->text : "");
    }
    bundled_free(bundled);
    char trouble[256];
    CHECK_ROW(client_server_end(server, trouble, sizeof(trouble)), "%s: %s", row->label, trouble);
    arena_free(arena);
}

static void play_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        play_row(&rows[i]);
}

static void puts_requests_on_the_wire_octet_for_octet(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"GET", {WANT(GET "\r\n", OK0)}, {{0}}, {"200 OK: "}},
        {"empty target", {WANT(GET "\r\n", OK0)}, {{.target = ""}}, {"200 OK: "}},
        {"absolute target", {WANT("GET http://u:p@a.test:81/x HTTP/1.1\r\nHost: a.test:81\r\nAccept-Encoding: identity\r\n\r\n", OK0)}, {{.target = "http://u:p@a.test:81/x"}}, {"200 OK: "}},
        {"fields in order", {WANT(GET "b: 1\r\nA: \r\nb: 2\t3\r\n\r\n", OK0)}, {{.headers = {{"b", "1"}, {"A", ""}, {"b", "2\t3"}}}}, {"200 OK: "}},
        {"Host and Accept-Encoding given", {WANT("GET / HTTP/1.1\r\naccept-encoding: br\r\nhost: x\r\n\r\n", OK0)}, {{.headers = {{"accept-encoding", "br"}, {"host", "x"}}}}, {"200 OK: "}},
        {"POST without body", {WANT(UP("POST") "Content-Length: 0\r\n\r\n", OK0)}, {{.method = "POST"}}, {"200 OK: "}},
        {"put, as http.client", {WANT(UP("put") "Content-Length: 0\r\n\r\n", OK0)}, {{.method = "put"}}, {"200 OK: "}},
        {"DELETE without body", {WANT(UP("DELETE") "\r\n", OK0)}, {{.method = "DELETE"}}, {"200 OK: "}},
        {"bytes", {WANT(UP("POST") "Content-Length: 3\r\nA: b\r\n\r\nabc", OK0)}, {{.method = "POST", .headers = {{"A", "b"}}, .body = BODY_BYTES, .pieces = {"abc"}}}, {"200 OK: "}},
        {"no bytes in a GET", {WANT(GET "Content-Length: 0\r\n\r\n", OK0)}, {{.body = BODY_BYTES, .pieces = {""}}}, {"200 OK: "}},
        {"stream", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\n\r\n3\r\nfoo\r\nA\r\nbarbarbarb\r\n0\r\n\r\n", OK0)}, {{.method = "PUT", .body = BODY_STREAM, .pieces = {"foo", "", "barbarbarb"}}}, {"200 OK: "}},
        {"trailers", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\nTrailer: A\r\n\r\n3\r\nfoo\r\n0\r\nA: b\r\n\r\n", OK0)}, {{.method = "PUT", .body = BODY_STREAM, .pieces = {"foo"}, .trailer = {"A", "b"}}}, {"200 OK: "}},
        {"trailers behind bytes", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\nTrailer: A\r\n\r\n3\r\nfoo\r\n0\r\nA: b\r\n\r\n", OK0)}, {{.method = "PUT", .body = BODY_BYTES, .pieces = {"foo"}, .trailer = {"A", "b"}}}, {"200 OK: "}},
        {"trailers announced by the caller", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\nTrailer: B\r\n\r\n0\r\nA: b\r\n\r\n", OK0)}, {{.method = "PUT", .headers = {{"Trailer", "B"}}, .body = BODY_STREAM, .trailer = {"A", "b"}}}, {"200 OK: "}},
        {"a body that waits for 100", {WANT(UP("PUT") "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 103\r\n\r\nHTTP/1.1 100\r\n\r\n"), WANT("foo", OK0)}, {{.method = "PUT", .body = BODY_BYTES, .pieces = {"foo"}, .expects = true}}, {"103, 100, 200 OK: "}},
        {"a stream that waits for 100", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 100\r\n\r\n"), WANT("3\r\nfoo\r\n0\r\n\r\n", OK0)}, {{.method = "PUT", .body = BODY_STREAM, .pieces = {"foo"}, .expects = true}}, {"100, 200 OK: "}},
        {"an answer in place of 100: no body, and never that connection again", {WANT(UP("PUT") "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), WANT_FRESH(GET "\r\n", OK0)}, {{.method = "PUT", .body = BODY_BYTES, .pieces = {"foo"}, .expects = true}, {.target = "/"}}, {"417 No: ", "200 OK: "}},
        {"an end in place of 100", {{UP("PUT") "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", NULL, FIN, false, 0}}, {{.method = "PUT", .body = BODY_BYTES, .pieces = {"foo"}, .expects = true}}, {"closed "}},
        {"empty stream", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", OK0)}, {{.method = "PUT", .body = BODY_STREAM}}, {"200 OK: "}},
        {"stream of known length", {WANT(UP("PUT") "Content-Length: 6\r\n\r\nfoobar", OK0)}, {{.method = "PUT", .body = BODY_STREAM, .pieces = {"foo", "bar"}, .length = 6}}, {"200 OK: "}},
        {"length given to a stream", {WANT(UP("PUT") "content-length: 6\r\n\r\nfoobar", OK0)}, {{.method = "PUT", .headers = {{"content-length", "6"}}, .body = BODY_STREAM, .pieces = {"foo", "bar"}}}, {"200 OK: "}},
        {"coding given to bytes", {WANT(UP("PUT") "Transfer-Encoding: gzip, Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", OK0)}, {{.method = "PUT", .headers = {{"Transfer-Encoding", "gzip, Chunked"}}, .body = BODY_BYTES, .pieces = {"abc"}}}, {"200 OK: "}},
        {"coding given, no body", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", OK0)}, {{.method = "PUT", .headers = {{"Transfer-Encoding", "chunked"}}}}, {"200 OK: "}},
        {"expects 100, does not wait", {WANT(UP("PUT") "Content-Length: 1\r\nExpect: 100-continue\r\n\r\na", OK0)}, {{.method = "PUT", .headers = {{"Expect", "100-continue"}}, .body = BODY_BYTES, .pieces = {"a"}}}, {"200 OK: "}},
        {"a file", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\n\r\n6\r\nfoofoo\r\n0\r\n\r\n", OK0)}, {{.method = "PUT", .body = BODY_FILE, .pieces = {"foo"}, .times = 2}}, {"200 OK: "}},
        {"an empty file", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", OK0)}, {{.method = "PUT", .body = BODY_FILE, .pieces = {""}}}, {"200 OK: "}},
        {"length given to a file", {WANT_X(UP("PUT") "Content-Length: 20000\r\n\r\n", 20000, OK0)}, {{.method = "PUT", .headers = {{"Content-Length", "20000"}}, .body = BODY_FILE, .pieces = {"x"}, .times = 20000}}, {"200 OK: "}},
        {"a file that is too short", {{.reply = NULL}}, {{.method = "PUT", .headers = {{"Content-Length", "7"}}, .body = BODY_FILE, .pieces = {"foo"}}}, {"invalid_request "}},
        {"trailers behind a file", {WANT(UP("PUT") "Transfer-Encoding: chunked\r\nTrailer: A\r\n\r\n3\r\nfoo\r\n0\r\nA: b\r\n\r\n", OK0)}, {{.method = "PUT", .body = BODY_FILE, .pieces = {"foo"}, .trailer = {"A", "b"}}}, {"200 OK: "}},
        {"large bytes", {WANT_X(UP("PUT") "Content-Length: 33554432\r\n\r\n", 32 * MIB, OK0)}, {{.method = "PUT", .body = BODY_BYTES, .pieces = {"xx"}, .times = 16 * MIB}}, {"200 OK: "}},
        {"large stream of known length", {WANT_X(UP("PUT") "Content-Length: 33554432\r\n\r\n", 32 * MIB, OK0)}, {{.method = "PUT", .body = BODY_STREAM, .pieces = {"x", "xxx"}, .times = 8 * MIB, .length = 32 * MIB}}, {"200 OK: "}},
        {"a stream that is too long", {WANT(UP("PUT") "Content-Length: 5\r\n\r\nfoo", NULL)}, {{.method = "PUT", .body = BODY_STREAM, .pieces = {"foo", "bar"}, .length = 5}}, {"other "}},
        {"a stream that is too short, then another", {WANT(UP("PUT") "Content-Length: 7\r\n\r\nfoobar", NULL), WANT_FRESH(GET "\r\n", OK0)}, {{.method = "PUT", .body = BODY_STREAM, .pieces = {"foo", "bar"}, .length = 7}}, {"other ", "200 OK: "}},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void refuses_bad_requests_before_an_octet_is_sent(void)
{
    /* clang-format off */
    static const struct ask asks[] = {
        {.method = ""}, {.method = "GET "}, {.method = "GE\r\nT"}, {.method = "G(T"}, {.method = "G\xc3\x89T"},
        {.target = "/a b"}, {.target = "/\r\n"}, {.target = "/\n"}, {.target = "/\t"}, {.target = "/\x7f"}, {.target = "/\xc3\xa9"},
        {.headers = {{"", "a"}}}, {.headers = {{"a ", "b"}}}, {.headers = {{"a:b", "c"}}}, {.headers = {{"a\r\nb", "c"}}},
        {.headers = {{"a", "b\r\nc: d"}}}, {.headers = {{"a", "b\n c"}}}, {.headers = {{"a", "b\rc"}}}, {.headers = {{"a", "b\x01"}}}, {.headers = {{"a", "b\x7f"}}},
        {.headers = {{"Content-Length", "3"}}, .body = BODY_BYTES, .pieces = {"ab"}},
        {.headers = {{"Content-Length", "5"}}},
        {.headers = {{"Content-Length", "+2"}}, .body = BODY_BYTES, .pieces = {"ab"}},
        {.headers = {{"Content-Length", "18446744073709551618"}}, .body = BODY_BYTES, .pieces = {"ab"}},
        {.headers = {{"Content-Length", "2"}, {"content-length", "2"}}, .body = BODY_BYTES, .pieces = {"ab"}},
        {.headers = {{"Content-Length", "2"}, {"Transfer-Encoding", "chunked"}}, .body = BODY_BYTES, .pieces = {"ab"}},
        {.body = BODY_STREAM, .trailer = {"Content-Length", "3"}},
        {.body = BODY_STREAM, .trailer = {"a b", "3"}},
        {.body = BODY_STREAM, .trailer = {"A", "b\r\nC: d"}},
        {.body = BODY_STREAM, .pieces = {"ab"}, .length = 2, .headers = {{"Content-Length", "2"}}, .trailer = {"A", "b"}},
        {.body = BODY_NONE, .expects = true},
        {.method = "PUT", .body = BODY_BYTES, .pieces = {""}, .expects = true},
        {.headers = {{"Transfer-Encoding", "gzip"}}, .body = BODY_STREAM, .pieces = {"ab"}},
        {.headers = {{"Transfer-Encoding", "chunked, chunked"}}, .body = BODY_STREAM, .pieces = {"ab"}},
        {.headers = {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}},
        {.headers = {{"Content-Length", "3"}}, .body = BODY_STREAM, .pieces = {"ab"}, .length = 2},
        {.headers = {{"Host", "a"}, {"host", "a"}}},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(asks); i++) {
        char label[32];
        snprintf(label, sizeof(label), "bad request %zu", i);
        /* The same connection serves the request after it. */
        const struct row row = {label,
                                {WANT(GET "\r\n", OK0), WANT(GET "\r\n", OK0)},
                                {{0}, asks[i], {0}},
                                {"200 OK: ", "invalid_request ", "200 OK: "}};
        play_row(&row);
    }
}

static void reads_responses(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"length", {REPLY(OK5)}, {{0}}, {"200 OK: hello"}},
        {"length 5, 5", {REPLY(OK("Content-Length: 5, 5\r\n\r\nhello"))}, {{0}}, {"200 OK: hello"}},
        {"chunked, extension, trailer", {REPLY(CHUNKED "3;a=b\r\nhel\r\n02\r\nlo\r\n0\r\nX: 1\r\n\r\n")}, {{0}}, {"200 OK: hello +X=1"}},
        {"to close", {REPLY_AND(FIN, OK("\r\nhello"))}, {{0}}, {"200 OK: hello"}},
        {"HTTP/1.0", {REPLY_AND(FIN, "HTTP/1.0 200 OK\r\n\r\nhello")}, {{0}}, {"200 OK: hello"}},
        {"chunked in HTTP/1.0", {REPLY("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")}, {{0}}, {"200 OK: a"}},
        {"HEAD", {WANT("HEAD / HTTP/1.1\r\nHost: H\r\nAccept-Encoding: identity\r\n\r\n", OK("Content-Length: 5\r\n\r\n"))}, {{.method = "HEAD"}}, {"200 OK: "}},
        {"204, 304", {REPLY("HTTP/1.1 204 No Content\r\n\r\n"), REPLY("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")}, {{0}}, {"204 No Content: ", "304 Not Modified: "}},
        {"interims", {REPLY("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" OK5)}, {{0}}, {"100, 103, 200 OK: hello"}},
        {"no reason, nor SP; LF; a fold", {REPLY("HTTP/1.1 200\nA: b\n c\nContent-Length: 1\n\na")}, {{0}}, {"200 : a"}},
        {"101 unasked", {REPLY("HTTP/1.1 101 Switching Protocols\r\n\r\n")}, {{0}}, {"malformed "}},
        {"101 asked", {REPLY("HTTP/1.1 101 Switching Protocols\r\n\r\nx")}, {{.headers = {{"Connection", "upgrade"}, {"Upgrade", "x"}}}}, {"101 Switching Protocols: "}},
        {"nothing", {REPLY_AND(FIN, NULL)}, {{0}}, {"closed "}},
        {"reset", {REPLY_AND(RST, NULL)}, {{0}}, {"reset "}},
        {"half a head", {REPLY_AND(FIN, "HTTP/1.1 200 OK\r\nA: b\r\n")}, {{0}}, {"incomplete "}},
        {"Content-Length beside chunks, then another", {REPLY(OK("Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")), FRESH(OK0)}, {{0}, {0}}, {"200 OK: a", "200 OK: "}},
        {"nothing after 100", {REPLY_AND(FIN, "HTTP/1.1 100 Continue\r\n\r\n")}, {{0}}, {"closed 100, "}},
        {"length cut", {REPLY_AND(FIN, OK("Content-Length: 9\r\n\r\nhello"))}, {{0}}, {"incomplete 200 OK: hello"}},
        {"length reset", {REPLY_AND(RST, OK("Content-Length: 9\r\n\r\nhello"))}, {{0}}, {"reset 200 OK: hello"}},
        {"length whole, then reset", {REPLY_AND(RST, OK5)}, {{0}}, {"200 OK: hello"}},
        {"to close, reset", {REPLY_AND(RST, OK("\r\nhello"))}, {{0}}, {"reset 200 OK: hello"}},
        {"chunk cut", {REPLY_AND(FIN, CHUNKED "3\r\nhel\r\n5\r\nlo")}, {{0}}, {"incomplete 200 OK: hello"}},
        {"no last chunk", {REPLY_AND(FIN, CHUNKED "3\r\nhel\r\n")}, {{0}}, {"incomplete 200 OK: hel"}},
        {"no end of trailers", {REPLY_AND(FIN, CHUNKED "3\r\nhel\r\n0\r\n")}, {{0}}, {"incomplete 200 OK: hel"}},
        {"length cut, by amounts", {REPLY_AND(FIN, OK("Content-Length: 9\r\n\r\nhello"))}, {{.read = READ_MODE_AMOUNTS, .amount = 2}}, {"incomplete 200 OK: hello"}},
        {"length, by amounts", {REPLY(OK5)}, {{.read = READ_MODE_AMOUNTS, .amount = 2}}, {"200 OK: hello"}},
        {"chunked, by amounts", {REPLY(CHUNKED "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")}, {{.read = READ_MODE_AMOUNTS, .amount = 1}}, {"200 OK: hello"}},
        {"chunked, as a stream", {REPLY(CHUNKED "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")}, {{.read = READ_MODE_STREAM}}, {"200 OK: hello"}},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void refuses_malformed_responses(void)
{
    /* clang-format off */
    static const struct { const char *reply, *wants; } rows[] = {
        {"hello\r\n\r\n", "malformed "}, {"\r\n" OK5, "malformed "}, {"HTTP/2 200 OK\r\n\r\n", "malformed "}, {"http/1.1 200 OK\r\n\r\n", "malformed "},
        {"HTTP/1.1 20 OK\r\n\r\n", "malformed "}, {"HTTP/1.1  200 OK\r\n\r\n", "malformed "}, {"HTTP/1.1 200 O\rK\r\n\r\n", "malformed "},
        {OK("A : b\r\n\r\n"), "malformed "}, {OK("A\r\n\r\n"), "malformed "}, {OK(": b\r\n\r\n"), "malformed "}, {OK(" A: b\r\n\r\n"), "malformed "},
        {OK("A: b\rc\r\n\r\n"), "malformed "}, {OK("A: b\x01\r\n\r\n"), "malformed "}, {OK("A(: b\r\n\r\n"), "malformed "},
        {OK("Content-Length: 5\r\nContent-Length: 6\r\n\r\n"), "malformed "},
        {OK("Content-Length: +5\r\n\r\nhello"), "malformed "}, {OK("Content-Length: -5\r\n\r\nhello"), "malformed "}, {OK("Content-Length: 0x5\r\n\r\nhello"), "malformed "},
        {OK("Content-Length: 99999999999999999999\r\n\r\nhello"), "malformed "}, {OK("Content-Length: 5,\r\n\r\nhello"), "malformed "},
        {OK("Transfer-Encoding: gzip, chunked\r\n\r\n"), "malformed "}, {OK("Transfer-Encoding: gzip\r\n\r\n"), "malformed "}, {OK("Transfer-Encoding: chunked, gzip\r\n\r\n"), "malformed "},
        {OK("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"), "malformed "}, {OK("Transfer-Encoding: xchunked\r\n\r\n"), "malformed "},
        {CHUNKED "5 \r\nhello", "malformed 200 OK: "}, {CHUNKED "0x5\r\nhello", "malformed 200 OK: "}, {CHUNKED "-1\r\nhello", "malformed 200 OK: "},
        {CHUNKED "1\r\naX\r\n", "malformed 200 OK: a"}, {CHUNKED "1\r\na\n", "malformed 200 OK: a"}, {CHUNKED "1\na\r\n", "malformed 200 OK: "},
        {CHUNKED "10000000000000005\r\nhello", "malformed 200 OK: "}, {CHUNKED "1\r\na\r\n0\r\nA: b\n\r\n", "malformed 200 OK: a"}, {CHUNKED "1\r\na\r\n0\r\n\n", "malformed 200 OK: a"},
        {CHUNKED "1\r\na\r\n0\r\nA : b\r\n\r\n", "malformed 200 OK: a"},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row row = {rows[i].reply,
                                {REPLY(rows[i].reply), FRESH(OK5)},
                                {{0}},
                                {rows[i].wants, "200 OK: hello"}};
        play_row(&row);
    }
}

static void uses_a_connection_again_only_when_it_is_clean(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"length", {REPLY(OK5), REPLY(OK0)}, {{0}}, {"200 OK: hello", "200 OK: "}},
        {"chunked, HEAD, 204", {REPLY(CHUNKED "0\r\n\r\n"), REPLY(OK5), REPLY(OK0)}, {{0}}, {"200 OK: ", "200 OK: hello", "200 OK: "}},
        {"by an exact amount", {REPLY(OK5), REPLY(OK0)}, {{.read = READ_MODE_ABANDON, .amount = 5}}, {"200 OK: hello", "200 OK: "}},
        {"abandoned", {REPLY(OK5), FRESH(OK0)}, {{.read = READ_MODE_ABANDON, .amount = 2}}, {"200 OK: he", "200 OK: "}},
        {"server says close", {REPLY(OK("Connection: close\r\nContent-Length: 1\r\n\r\na")), FRESH(OK0)}, {{0}}, {"200 OK: a", "200 OK: "}},
        {"client says close", {REPLY(OK5), FRESH(OK0)}, {{.headers = {{"Connection", "a, Close"}}}}, {"200 OK: hello", "200 OK: "}},
        {"HTTP/1.0", {REPLY("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), FRESH(OK0)}, {{0}}, {"200 OK: ", "200 OK: "}},
        {"HTTP/1.0 keep-alive", {REPLY("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"), REPLY(OK0)}, {{0}}, {"200 OK: ", "200 OK: "}},
        {"surplus at once", {REPLY(OK5 "x"), FRESH(OK0)}, {{0}}, {"200 OK: hello", "200 OK: "}},
        {"a second response at once", {REPLY(OK5 "HTTP/1.1 404 No\r\n\r\n"), FRESH(OK0)}, {{0}}, {"200 OK: hello", "200 OK: "}},
        {"after a broken one", {REPLY(OK("A : b\r\n\r\n")), FRESH(OK0)}, {{0}}, {"malformed ", "200 OK: "}},
        {"after a cut one", {REPLY_AND(FIN, "HT"), REPLY(OK0)}, {{0}}, {"incomplete ", "200 OK: "}},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void takes_an_answer_that_comes_early(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"server waits", {REPLY("HTTP/1.1 413 No\r\nContent-Length: 3\r\n\r\nbig"), FRESH(OK0)}, {{.method = "POST", .body = BODY_BYTES, .pieces = {"x"}, .times = 64 * MIB}}, {"413 No: big", "200 OK: "}},
        {"server closes", {REPLY_AND(CLOSE, "HTTP/1.1 413 No\r\nContent-Length: 3\r\n\r\nbig"), REPLY(OK0)}, {{.method = "POST", .body = BODY_BYTES, .pieces = {"x"}, .times = 64 * MIB}}, {"413 No: big", "200 OK: "}},
        {"server resets", {REPLY_AND(RST, "HTTP/1.1 413 No\r\nContent-Length: 3\r\n\r\nbig")}, {{.method = "POST", .body = BODY_BYTES, .pieces = {"x"}, .times = 64 * MIB}}, {"413 No: big"}},
        {"stream, behind 100", {REPLY("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 No\r\nContent-Length: 3\r\n\r\nbig")}, {{.method = "POST", .body = BODY_STREAM, .pieces = {"abc"}, .times = 16 * MIB}}, {"100, 413 No: big"}},
        {"no answer, reset", {REPLY_AND(RST, NULL)}, {{.method = "POST", .body = BODY_STREAM, .pieces = {"abc"}, .times = 16 * MIB}}, {"reset "}},
        {"malformed", {REPLY("hello\r\n\r\n"), FRESH(OK0)}, {{.method = "POST", .body = BODY_STREAM, .pieces = {"abc"}, .times = 16 * MIB}}, {"malformed ", "200 OK: "}},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void reads_a_file_in_blocks_and_sends_each_as_a_chunk(void)
{
    enum { BLOCK_SIZE = 8192 };
    struct arena *arena = arena_new();
    char *block = arena_alloc(arena, BLOCK_SIZE + 1);
    memset(block, 'x', BLOCK_SIZE);
    const struct row row = {
        "one octet more than a block",
        {WANT(arena_printf(arena,
                           UP("PUT") "Transfer-Encoding: chunked\r\n\r\n2000\r\n%s\r\n1\r\nx\r\n"
                                     "0\r\n\r\n",
                           block),
              OK0)},
        {{.method = "PUT", .body = BODY_FILE, .pieces = {"x"}, .times = BLOCK_SIZE + 1}},
        {"200 OK: "}};
    play_row(&row);
    arena_free(arena);
}

static void keeps_the_front_of_a_large_body_and_counts_the_rest(void)
{
    enum { BODY_LEN = 3 * BUNDLED_BODY_MAX };
    static const char head[] = OK("Content-Length: 3145728\r\n\r\n");
    struct arena *arena = arena_new();
    char *reply = arena_alloc(arena, sizeof(head) + BODY_LEN);
    memcpy(reply, head, sizeof(head) - 1);
    for (size_t i = 0; i < BODY_LEN; i++)
        reply[sizeof(head) - 1 + i] = (char)('a' + i % 7);
    const struct exchange exchange = REPLY(reply);
    static const enum read_mode reads[] = {READ_MODE_ALL, READ_MODE_STREAM, READ_MODE_AMOUNTS};
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        struct client_server *server = client_server_new();
        const struct endpoint endpoint = endpoint_of(client_server_port(server));
        client_server_play(server, &exchange, 1);
        const struct ask ask = {.read = reads[i], .amount = 100001};
        const struct driver_session session = session_of(&endpoint, step_of(arena, &ask));
        struct assay_tls *tls = NULL;
        struct bundled *bundled = bundled_new(&session, &tls, arena);
        const struct outcome *outcome = bundled_play(bundled, 0);
        const struct bytes front = {(const uint8_t *)reply + sizeof(head) - 1, BUNDLED_BODY_MAX};
        CHECK_ROW(outcome->error == OUTCOME_NONE && outcome->body_len == BODY_LEN, "read %zu", i);
        CHECK_ROW(bytes_equal(outcome->body, front), "read %zu: the octets kept", i);
        bundled_free(bundled);
        char trouble[256];
        CHECK_ROW(client_server_end(server, trouble, sizeof(trouble)), "read %zu: %s", i, trouble);
    }
    arena_free(arena);
}

CU_TestInfo client_tests[] = {
    {"puts requests on the wire octet for octet", puts_requests_on_the_wire_octet_for_octet},
    {"refuses bad requests before an octet is sent", refuses_bad_requests_before_an_octet_is_sent},
    {"reads responses", reads_responses},
    {"refuses malformed responses", refuses_malformed_responses},
    {"uses a connection again only when it is clean",
     uses_a_connection_again_only_when_it_is_clean},
    {"takes an answer that comes early", takes_an_answer_that_comes_early},
    {"reads a file in blocks, and sends each as a chunk",
     reads_a_file_in_blocks_and_sends_each_as_a_chunk},
    {"keeps the front of a large body, and counts the rest",
     keeps_the_front_of_a_large_body_and_counts_the_rest},
    CU_TEST_INFO_NULL,
};
