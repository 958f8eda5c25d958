#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/client_pair.h"
#include "tests/suites.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define CHUNKED  OK("Transfer-Encoding: chunked\r\n\r\n")

enum { TEXT_SIZE = 1024 };

/* One exchange, up to the response's head. */
struct scene {
    struct client_pair pair;
    struct assay_response *response;
    enum assay_error error;
};

static struct scene scene_of(struct assay_connection *connection, const char *method,
                             const char *target, const char *reply)
{
    struct scene scene = {.pair = client_pair_of(connection)};
    const struct assay_request request = {.method = assay_text(method),
                                          .target = assay_text(target)};
    CU_ASSERT_FATAL(assay_request(connection, &request) == ASSAY_OK);
    client_pair_say_cut(&scene.pair, reply, 0);
    client_pair_fin(&scene.pair);
    scene.error = assay_getresponse(connection, &scene.response);
    CU_ASSERT_FATAL(scene.response != NULL);
    return scene;
}

static struct scene scene_new(const char *method, const char *reply)
{
    return scene_of(assay_connection_new("a.test", 80, NULL), method, "/", reply);
}

static void scene_end(struct scene *scene)
{
    assay_response_free(scene->response);
    assay_connection_free(scene->pair.connection);
    client_pair_close(&scene->pair);
}

static void add(char *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(char *text, const char *fmt, ...)
{
    va_list args;
    const size_t len = strlen(text);
    va_start(args, fmt);
    vsnprintf(text + len, TEXT_SIZE - len, fmt, args);
    va_end(args);
}

static void add_fields(char *text, const char *before, struct assay_fields fields)
{
    for (size_t i = 0; i < fields.count; i++)
        add(text, "%s%.*s=%.*s", before, (int)fields.items[i].name.len,
            (const char *)fields.items[i].name.at, (int)fields.items[i].value.len,
            (const char *)fields.items[i].value.at);
}

/* "103 Link=a, 11 200 Fine A=b length 5 chunked closes closed whole". */
static void describe(const struct assay_response *response, char *text)
{
    uint64_t length;
    const struct assay_interims interims = assay_response_interims(response);
    const struct assay_bytes reason = assay_response_reason(response);
    text[0] = '\0';
    for (size_t i = 0; i < interims.count; i++) {
        add(text, "%d", interims.items[i].status);
        add_fields(text, " ", interims.items[i].fields);
        add(text, ", ");
    }
    add(text, "%d %d %.*s", assay_response_version(response), assay_response_status(response),
        (int)reason.len, (const char *)reason.at);
    add_fields(text, " ", assay_getheaders(response));
    if (assay_response_length(response, &length))
        add(text, " length %" PRIu64, length);
    add(text, "%s%s%s%s", assay_response_is_chunked(response) ? " chunked" : "",
        assay_response_will_close(response) ? " closes" : "",
        assay_isclosed(response) ? " closed" : "",
        assay_response_is_whole(response) ? " whole" : "");
    add_fields(text, " +", assay_response_trailers(response));
}

static void shows_the_head(void)
{
    /* clang-format off */
    static const struct { const char *method, *reply, *wants; enum assay_error error; } rows[] = {
        {"GET", OK("A: b\r\na:  c \r\nContent-Length: 5\r\n\r\n"), "11 200 OK A=b a=c Content-Length=5 length 5", ASSAY_OK},
        {"GET", OK("Content-Length: 0\r\n\r\n"), "11 200 OK Content-Length=0 length 0 closed whole", ASSAY_OK},
        {"GET", OK("Content-Length: 5\r\nConnection: a, Close\r\n\r\n"), "11 200 OK Content-Length=5 Connection=a, Close length 5 closes", ASSAY_OK},
        {"GET", CHUNKED "0\r\nT: u\r\n\r\n", "11 200 OK Transfer-Encoding=chunked chunked", ASSAY_OK},
        {"GET", OK("\r\n"), "11 200 OK closes", ASSAY_OK},
        {"HEAD", OK("Content-Length: 5\r\n\r\n"), "11 200 OK Content-Length=5 length 0 closed whole", ASSAY_OK},
        {"HEAD", CHUNKED, "11 200 OK Transfer-Encoding=chunked length 0 chunked closed whole", ASSAY_OK},
        {"GET", "HTTP/1.1 204 \t It's  gone \r\n\r\n", "11 204 It's  gone length 0 closed whole", ASSAY_OK},
        {"GET", "HTTP/1.1 204\r\n\r\n", "11 204  length 0 closed whole", ASSAY_OK},
        {"GET", "HTTP/1.0 304 A\r\nConnection: keep-alive\r\n\r\n", "10 304 A Connection=keep-alive length 0 closed whole", ASSAY_OK},
        {"GET", "HTTP/1.0 200 A\r\nContent-Length: 5\r\n\r\n", "10 200 A Content-Length=5 length 5 closes", ASSAY_OK},
        {"GET", "HTTP/1.9 200 A\r\nContent-Length: 5\r\n\r\n", "11 200 A Content-Length=5 length 5", ASSAY_OK},
        {"GET", "HTTP/1.1 103 A\r\nLink: a\r\n\r\nHTTP/1.1 102 B\r\n\r\nHTTP/1.1 204 C\r\nD: e\r\n\r\n", "103 Link=a, 102, 11 204 C D=e length 0 closed whole", ASSAY_OK},
        {"CONNECT", OK("Content-Length: 5\r\n\r\nhello"), "11 200 OK Content-Length=5 length 0 closes closed whole", ASSAY_OK},
        {"GET", "", "0 0  closed", ASSAY_REMOTE_DISCONNECTED},
        {"GET", OK("A: b\r\nC: d\r\n"), "0 0  closed", ASSAY_INCOMPLETE_READ},
        {"GET", "HTTP/1.1 103 A\r\nLink: a\r\n\r\n" OK("A: b\r\n"), "103 Link=a, 0 0  closed", ASSAY_INCOMPLETE_READ},
        {"GET", OK("A: b\r\nC : d\r\n\r\n"), "0 0  closed", ASSAY_BAD_HEADER},
        {"GET", "HTTP/1.1 101 A\r\n\r\n", "0 0  closed", ASSAY_UNASKED_SWITCH},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char got[TEXT_SIZE];
        struct scene scene = scene_new(rows[i].method, rows[i].reply);
        describe(scene.response, got);
        CHECK_ROW(scene.error == rows[i].error, "row %zu: %s", i, assay_error_name(scene.error));
        CHECK_ROW(strcmp(got, rows[i].wants) == 0, "row %zu: \"%s\", want \"%s\"", i, got,
                  rows[i].wants);
        CHECK_ROW(assay_response_failure(scene.response)->error == scene.error, "row %zu", i);
        scene_end(&scene);
    }
}

static void shows_what_is_left(void)
{
    /* clang-format off */
    static const struct { const char *label, *reply; size_t amount; bool is_closed; const char *wants; } rows[] = {
        {"some", OK("Content-Length: 5\r\n\r\nhello"), 2, false, "11 200 OK Content-Length=5 length 3"},
        {"all", OK("Content-Length: 5\r\n\r\nhello"), 5, false, "11 200 OK Content-Length=5 length 0 closed whole"},
        {"closed", OK("Content-Length: 5\r\n\r\nhello"), 2, true, "11 200 OK Content-Length=5 length 3 closed"},
        {"cut", OK("Content-Length: 9\r\n\r\nhello"), 9, false, "11 200 OK Content-Length=9 length 4 closed"},
        {"chunks, their content", CHUNKED "2\r\nhi\r\n0\r\nT: u\r\n\r\n", 2, false, "11 200 OK Transfer-Encoding=chunked chunked"},
        {"chunks, and what is behind them", CHUNKED "2\r\nhi\r\n0\r\nT: u\r\nV: w\r\n\r\n", 3, false, "11 200 OK Transfer-Encoding=chunked chunked closed whole +T=u +V=w"},
        {"trailers that are cut", CHUNKED "2\r\nhi\r\n0\r\nT: u\r\n", 3, false, "11 200 OK Transfer-Encoding=chunked chunked closed"},
        {"to close", OK("\r\nhello"), 5, false, "11 200 OK closes"},
        {"to close, and the end", OK("\r\nhello"), 6, false, "11 200 OK closes closed whole"},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char got[TEXT_SIZE], into[16];
        size_t len;
        struct scene scene = scene_new("GET", rows[i].reply);
        assay_read(scene.response, into, rows[i].amount, &len);
        if (rows[i].is_closed)
            assay_response_close(scene.response);
        describe(scene.response, got);
        CHECK_ROW(strcmp(got, rows[i].wants) == 0, "%s: \"%s\", want \"%s\"", rows[i].label, got,
                  rows[i].wants);
        scene_end(&scene);
    }
}

static void shows_the_chunk_that_was_read(void)
{
    /* clang-format off */
    static const struct { uint64_t number, size, left; const char *extension; } rows[] = {
        {0, 3, 2, ";a=\"b;c\";d"}, {0, 3, 1, ";a=\"b;c\";d"}, {0, 3, 0, ";a=\"b;c\";d"},
        {1, 1, 0, ""}, {2, 17, 16, ";x"},
    };
    /* clang-format on */
    struct scene scene = scene_new("GET", CHUNKED "03;a=\"b;c\";d\r\nabc\r\n1\r\nd\r\n"
                                                  "11;x\r\n0123456789abcdef!\r\n0;y\r\n\r\n");
    struct assay_chunk chunk;
    struct assay_bytes rest;
    char octet;
    size_t got;
    CU_ASSERT(!assay_response_chunk(scene.response, &chunk));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT(assay_read(scene.response, &octet, 1, &got) == ASSAY_OK && got == 1);
        CHECK_ROW(assay_response_chunk(scene.response, &chunk) && chunk.number == rows[i].number &&
                      chunk.size == rows[i].size && chunk.left == rows[i].left &&
                      bytes_equal(bytes_given(chunk.extension), bytes_of(rows[i].extension)),
                  "octet %zu: chunk %" PRIu64 " of %" PRIu64 ", %" PRIu64 " left, \"%.*s\"", i,
                  chunk.number, chunk.size, chunk.left, (int)chunk.extension.len,
                  (const char *)chunk.extension.at);
    }
    CU_ASSERT(assay_read_all(scene.response, &rest) == ASSAY_OK && rest.len == 16);
    CU_ASSERT(assay_response_chunk(scene.response, &chunk) && chunk.number == 3 &&
              chunk.size == 0 && chunk.left == 0 &&
              bytes_equal(bytes_given(chunk.extension), bytes_of(";y")));
    scene_end(&scene);
}

static void finds_fields_by_any_letters(void)
{
    struct scene scene =
        scene_new("GET", OK("Abc: 1\r\nB: \r\naBC: 2, 3\r\nabcd: 4\r\nContent-Length: 0\r\n\r\n"));
    /* clang-format off */
    static const struct { const char *name, *joined, *first; } rows[] = {
        {"ABC", "1, 2, 3", "1"}, {"b", "", ""}, {"abcd", "4", "4"}, {"ab", NULL, NULL}, {"", NULL, NULL},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct assay_bytes value = {(const uint8_t *)"", 1};
        const struct assay_field *first = assay_response_field(scene.response, rows[i].name);
        CU_ASSERT(assay_getheader(scene.response, rows[i].name, &value) == ASSAY_OK);
        CHECK_ROW((value.at != NULL) == (rows[i].joined != NULL) &&
                      (first != NULL) == (rows[i].first != NULL),
                  "\"%s\": whether it is there", rows[i].name);
        if (rows[i].joined == NULL || value.at == NULL || first == NULL)
            continue;
        CHECK_ROW(bytes_equal(bytes_given(value), bytes_of(rows[i].joined)) &&
                      bytes_equal(bytes_given(first->value), bytes_of(rows[i].first)),
                  "\"%s\": \"%.*s\"", rows[i].name, (int)value.len, (const char *)value.at);
    }
    scene_end(&scene);
}

static void tells_what_the_request_was_of(void)
{
    /* clang-format off */
    static const struct { const char *host; int port; bool is_https; const char *tunnel; const char *method, *target, *wants; } rows[] = {
        {"a.test", 80, false, NULL, "GET", "/b?c#d", "http://a.test/b?c#d"},
        {"a.test", 80, false, NULL, "GET", "", "http://a.test/"},
        {"a.test", 8080, false, NULL, "GET", "/", "http://a.test:8080/"},
        {"a.test", 443, true, NULL, "GET", "/", "https://a.test/"},
        {"a.test", 80, true, NULL, "GET", "/", "https://a.test:80/"},
        {"a.test", ASSAY_PORT_IN_HOST, true, NULL, "GET", "/", "https://a.test/"},
        {"[::1]", 9, false, NULL, "GET", "/", "http://[::1]:9/"},
        {"a.test", 80, false, NULL, "GET", "http://u@b.test/c", "http://u@b.test/c"},
        {"a.test", 80, false, NULL, "OPTIONS", "*", ""},
        {"a.test", 80, false, NULL, "CONNECT", "b.test:443", ""},
        {"a.test", 80, false, "b.test", "GET", "/", "http://b.test/"},
        {"a.test", 80, false, "b.test:443", "GET", "/", "http://b.test:443/"},
        {"a.test", 80, true, "b.test", "GET", "/", "https://b.test/"},
    };
    /* clang-format on */
    const struct assay_tls_options options = {.is_unverified = true};
    char reason[256];
    struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct assay_connection *connection =
            assay_connection_new(rows[i].host, rows[i].port, NULL);
        CU_ASSERT(assay_set_tls(connection, rows[i].is_https ? tls : NULL) == ASSAY_OK);
        CU_ASSERT(assay_set_tunnel(connection, rows[i].tunnel, ASSAY_PORT_IN_HOST, NULL, 0) ==
                  ASSAY_OK);
        struct scene scene =
            scene_of(connection, rows[i].method, rows[i].target, "HTTP/1.1 204 A\r\n\r\n");
        const char *url = assay_response_url(scene.response);
        CHECK_ROW(strcmp(url, rows[i].wants) == 0, "row %zu: \"%s\", want \"%s\"", i, url,
                  rows[i].wants);
        scene_end(&scene);
    }
    assay_tls_free(tls);
}

static void has_a_name_for_all(void)
{
    CU_ASSERT_STRING_EQUAL(assay_client_version(), ASSAY_CLIENT_VERSION);
    CU_ASSERT_STRING_EQUAL(assay_state_name(ASSAY_IDLE), "Idle");
    CU_ASSERT_STRING_EQUAL(assay_state_name(ASSAY_REQUEST_STARTED), "Request-started");
    CU_ASSERT_STRING_EQUAL(assay_state_name(ASSAY_REQUEST_SENT), "Request-sent");
    CU_ASSERT_STRING_EQUAL(assay_error_name(ASSAY_OK), "OK");
    CU_ASSERT_STRING_EQUAL(assay_error_name(ASSAY_INCOMPLETE_READ), "IncompleteRead");
    CU_ASSERT_STRING_EQUAL(assay_error_name(ASSAY_ERROR_COUNT), "an unknown error");
    for (int i = 0; i < ASSAY_ERROR_COUNT; i++)
        for (int k = 0; k < i; k++)
            CHECK_ROW(strcmp(assay_error_name((enum assay_error)i),
                             assay_error_name((enum assay_error)k)) != 0,
                      "errors %d and %d have one name", i, k);
}

CU_TestInfo client_shown_tests[] = {
    {"shows the head", shows_the_head},
    {"shows what is left", shows_what_is_left},
    {"shows the chunk that was read", shows_the_chunk_that_was_read},
    {"finds fields by any letters", finds_fields_by_any_letters},
    {"tells what the request was of", tells_what_the_request_was_of},
    {"has a name for all", has_a_name_for_all},
    CU_TEST_INFO_NULL,
};
