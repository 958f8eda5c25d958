#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/client_pair.h"
#include "tests/suites.h"
#include "tests/tls_server.h"

#include <errno.h>

#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define OK5      OK("Content-Length: 5\r\n\r\nhello")
#define OK3      OK("Content-Length: 3\r\n\r\ntwo")
#define CHUNKED  OK("Transfer-Encoding: chunked\r\n\r\n")
#define HALF     OK("Content-Length: 9\r\n\r\nhello")

static enum assay_error ask(struct assay_connection *connection, const char *method)
{
    const struct assay_request request = {.method = assay_text(method)};
    return assay_request(connection, &request);
}

static bool reads(struct assay_response *response, const char *wants)
{
    struct assay_bytes body;
    return assay_read_all(response, &body) == ASSAY_OK &&
           bytes_equal(bytes_given(body), bytes_of(wants)) && assay_response_is_whole(response);
}

/* A connection whose first response is held, of `reply`. */
struct scene {
    struct client_pair pair;
    struct assay_connection *connection;
    struct assay_response *held, *second;
};

static struct scene scene_new(const char *reply)
{
    struct scene scene = {.pair = client_pair_new()};
    scene.connection = scene.pair.connection;
    CU_ASSERT(ask(scene.connection, "GET") == ASSAY_OK);
    client_pair_say_cut(&scene.pair, reply, 0);
    CU_ASSERT(assay_getresponse(scene.connection, &scene.held) == ASSAY_OK);
    return scene;
}

static void scene_end(struct scene *scene)
{
    assay_response_free(scene->second);
    assay_response_free(scene->held);
    assay_connection_free(scene->connection);
    client_pair_close(&scene->pair);
}

struct row {
    const char *label, *method, *replies, *first, *second;
    bool stays;
    bool is_surplus; /* the last octet, which has to come at once with that before */
};

/* Both requests are sent before an octet of the second's response is looked at. */
static void play_row(const struct row *row, size_t cut)
{
    struct client_pair pair = client_pair_new();
    struct assay_response *first = NULL, *second = NULL, *none;
    CU_ASSERT(ask(pair.connection, "GET") == ASSAY_OK);
    client_pair_say_cut(&pair, row->replies, cut);
    CU_ASSERT(assay_getresponse(pair.connection, &first) == ASSAY_OK);
    CU_ASSERT(ask(pair.connection, row->method) == ASSAY_OK);
    CU_ASSERT(ask(pair.connection, row->method) == ASSAY_CANNOT_SEND_REQUEST);
    CU_ASSERT(assay_getresponse(pair.connection, &none) == ASSAY_RESPONSE_NOT_READY && !none);
    CHECK_ROW(reads(first, row->first), "%s, cut at %zu: the first", row->label, cut);
    const enum assay_error error = assay_getresponse(pair.connection, &second);
    CHECK_ROW(error == ASSAY_OK && reads(second, row->second), "%s, cut at %zu: the second, %s",
              row->label, cut, assay_error_name(error));
    CHECK_ROW(assay_is_connected(pair.connection) == row->stays, "%s, cut at %zu: the connection",
              row->label, cut);
    assay_response_free(second);
    assay_connection_free(pair.connection);
    assay_response_free(first);
    client_pair_close(&pair);
}

static void tells_two_responses_apart_at_every_cut(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"lengths", "GET", OK5 OK3, "hello", "two", true, false},
        {"chunks", "GET", CHUNKED "2\r\nhi\r\n0\r\nT: u\r\n\r\n" CHUNKED "3;a=b\r\ntwo\r\n0\r\n\r\n", "hi", "two", true, false},
        {"a HEAD behind", "HEAD", OK5 OK("Content-Length: 9\r\n\r\n"), "hello", "", true, false},
        {"one with interims behind", "GET", OK5 "HTTP/1.1 103 A\r\nB: c\r\n\r\n" OK3, "hello", "two", true, false},
        {"one that closes behind", "GET", OK5 OK("Connection: close\r\nContent-Length: 3\r\n\r\ntwo"), "hello", "two", false, false},
        {"surplus behind both", "GET", OK5 OK3 "x", "hello", "two", false, true},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t cut = 0; cut < strlen(rows[i].replies) - rows[i].is_surplus; cut++)
            play_row(&rows[i], cut);
}

static const struct assay_body body_of_5 = {.kind = ASSAY_BODY_BYTES,
                                            .bytes = {(const uint8_t *)"hello", 5}};

static void begin_put(struct scene *scene, const char *name, const char *value)
{
    CU_ASSERT(assay_putrequest(scene->connection, assay_text("PUT"), assay_text("/"), 0) ==
              ASSAY_OK);
    CU_ASSERT(assay_putheader(scene->connection, assay_text(name), assay_text(value)) == ASSAY_OK);
}

/* The connection ends while a body is sent by it. */
static void sends_no_body_behind_a_connection_that_was_closed(void)
{
    struct scene scene = scene_new(HALF);
    begin_put(&scene, "Content-Length", "5");
    CU_ASSERT(assay_endheaders(scene.connection, NULL, false) == ASSAY_OK);
    assay_response_close(scene.held);
    CU_ASSERT(assay_send(scene.connection, &body_of_5) == ASSAY_OK);
    CU_ASSERT(assay_getresponse(scene.connection, &scene.second) == ASSAY_REMOTE_DISCONNECTED);
    CU_ASSERT(assay_connection_state(scene.connection) == ASSAY_IDLE);
    scene_end(&scene);
}

static enum assay_error end_put(struct scene *scene)
{
    CU_ASSERT(assay_putheader(scene->connection, assay_text("Expect"),
                              assay_text("100-continue")) == ASSAY_OK);
    return assay_endheaders(scene->connection, &body_of_5, false);
}

static void expects_100_where_nothing_else_can_come(void)
{
    struct scene scene = scene_new(HALF);
    scene.connection->options.continue_timeout_ms = 1;
    begin_put(&scene, "Content-Length", "5");
    CU_ASSERT(end_put(&scene) == ASSAY_CANNOT_SEND_REQUEST);
    CU_ASSERT(assay_connection_state(scene.connection) == ASSAY_IDLE);
    CU_ASSERT(assay_is_connected(scene.connection));
    /* It is held no more when the head ends. */
    begin_put(&scene, "Content-Length", "5");
    client_pair_say_cut(&scene.pair, "four", 0);
    CU_ASSERT(reads(scene.held, "hellofour"));
    CU_ASSERT(end_put(&scene) == ASSAY_OK);
    client_pair_say_cut(&scene.pair, OK3, 0);
    CU_ASSERT(assay_getresponse(scene.connection, &scene.second) == ASSAY_OK);
    scene_end(&scene);
}

/* What is set holds from the next request on, which is not the one that is held. */
static void ends_each_exchange_in_its_own_time(void)
{
    enum { TIMEOUT_MS = 30, PATIENCE_MS = 10000 };
    struct client_pair pair = client_pair_new();
    struct scene scene = {.pair = pair, .connection = pair.connection};
    struct assay_options *options = assay_connection_options(scene.connection);
    struct assay_bytes body;
    options->exchange_timeout_ms = TIMEOUT_MS;
    CU_ASSERT(ask(scene.connection, "GET") == ASSAY_OK);
    client_pair_say_cut(&pair, HALF, 0);
    CU_ASSERT(assay_getresponse(scene.connection, &scene.held) == ASSAY_OK);
    options->exchange_timeout_ms = PATIENCE_MS;
    const int64_t patience_ends_ms = assay_until_ms(0, PATIENCE_MS);
    CU_ASSERT(ask(scene.connection, "GET") == ASSAY_OK);
    CU_ASSERT(assay_read_all(scene.held, &body) == ASSAY_TIMEOUT && body.len == 5);
    CU_ASSERT(assay_until_ms(0, 1) < patience_ends_ms);
    CU_ASSERT(assay_getresponse(scene.connection, &scene.second) == ASSAY_REMOTE_DISCONNECTED);
    scene_end(&scene);
}

/* Its time is over, though nothing has to be waited for. */
static void ends_where_its_time_is_over(void)
{
    enum { LONG_PAST_MS = 1 };
    struct scene scene = scene_new(HALF);
    struct assay_bytes body;
    begin_put(&scene, "Content-Length", "5");
    CU_ASSERT(assay_endheaders(scene.connection, NULL, false) == ASSAY_OK);
    client_pair_say_cut(&scene.pair, "four", 0);
    scene.held->until_ms = LONG_PAST_MS;
    CU_ASSERT(assay_read_all(scene.held, &body) == ASSAY_TIMEOUT && body.len == 5);
    scene_end(&scene);
    scene = scene_new(OK5);
    CU_ASSERT(reads(scene.held, "hello"));
    begin_put(&scene, "Content-Length", "5");
    CU_ASSERT(assay_endheaders(scene.connection, NULL, false) == ASSAY_OK);
    scene.connection->awaited->until_ms = LONG_PAST_MS;
    CU_ASSERT(assay_send(scene.connection, &body_of_5) == ASSAY_TIMEOUT);
    CU_ASSERT(assay_connection_state(scene.connection) == ASSAY_IDLE);
    CU_ASSERT(!assay_is_connected(scene.connection));
    scene_end(&scene);
}

/* Either may be freed first, whatever has ended the response; under ASan. */
static void frees_in_any_order(void)
{
    enum { READ_ALL, TOO_LARGE, CLOSED, UNREAD, CUT, WAY_COUNT };
    for (int i = 0; i < 2 * WAY_COUNT; i++) {
        struct scene scene = scene_new(i / 2 == READ_ALL ? OK5 : HALF);
        struct assay_bytes body;
        if (i / 2 == TOO_LARGE)
            scene.connection->wire->options.body_size_max = 1;
        if (i / 2 == CUT)
            client_pair_fin(&scene.pair);
        if (i / 2 == CLOSED)
            assay_response_close(scene.held);
        else if (i / 2 != UNREAD)
            assay_read_all(scene.held, &body);
        CHECK_ROW(assay_isclosed(scene.held) == (i / 2 != UNREAD), "way %d", i / 2);
        CHECK_ROW(assay_is_connected(scene.connection) == (i / 2 == READ_ALL || i / 2 == UNREAD),
                  "way %d: the connection", i / 2);
        if (i % 2 == 0) {
            assay_response_free(scene.held);
            scene.held = NULL;
        }
        assay_connection_free(scene.connection);
        scene.connection = NULL;
        scene_end(&scene);
    }
}

/* What ended the response that was held holds nothing up. */
static void gets_the_next_response_whatever_ended_the_last(void)
{
    struct scene scene = scene_new(HALF);
    struct assay_response *none;
    struct assay_bytes body;
    scene.connection->options.body_size_max = 1;
    CU_ASSERT(ask(scene.connection, "GET") == ASSAY_OK);
    CU_ASSERT(assay_getresponse(scene.connection, &none) == ASSAY_RESPONSE_NOT_READY);
    CU_ASSERT(assay_read_all(scene.held, &body) == ASSAY_BODY_TOO_LARGE && body.len == 1);
    CU_ASSERT(assay_getresponse(scene.connection, &scene.second) == ASSAY_REMOTE_DISCONNECTED);
    CU_ASSERT(assay_response_failure(scene.held)->received == 5);
    scene_end(&scene);
}

/* What came of it is there, though a request behind it has ended the connection. */
static void reads_what_came_before_a_request_failed(void)
{
    static const struct {
        const char *reply, *body;
        enum assay_error wants;
    } rows[] = {{HALF, "hello", ASSAY_INCOMPLETE_READ},
                {OK5, "hello", ASSAY_OK},
                {CHUNKED "2\r\nhi\r\n0\r\n\r\n", "hi", ASSAY_OK},
                {CHUNKED "2\r\nhi\r\n0\r\n", "hi", ASSAY_INCOMPLETE_READ}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene = scene_new(rows[i].reply);
        const struct assay_body no_file = {.kind = ASSAY_BODY_FILE, .fd = -1};
        struct assay_bytes body;
        begin_put(&scene, "Transfer-Encoding", "chunked");
        CU_ASSERT(assay_endheaders(scene.connection, &no_file, true) == ASSAY_BODY_MISMATCH);
        CU_ASSERT(assay_connection_failure(scene.connection)->system_error == EBADF);
        CU_ASSERT(!assay_is_connected(scene.connection));
        CU_ASSERT(assay_connection_state(scene.connection) == ASSAY_IDLE);
        const enum assay_error error = assay_read_all(scene.held, &body);
        CHECK_ROW(error == rows[i].wants && bytes_equal(bytes_given(body), bytes_of(rows[i].body)),
                  "row %zu: %s", i, assay_error_name(error));
        scene_end(&scene);
    }
}

/* Steps. */
/* clang-format off */
#define ACCEPT        {TLS_ACCEPT, NULL, 0}
#define START         {TLS_START, NULL, MINTED_VALID}
#define READ          {TLS_WANT, NULL, 0}
#define SEND(octets)  {TLS_SEND, octets, 0}
#define DO(verb)      {TLS_##verb, NULL, 0}
#define HELLO         ACCEPT, START, READ
/* clang-format on */

enum { TLS_STEPS_MAX = 12 };

static void play_held(struct scene *scene, char does, const char *label, enum assay_error first,
                      enum assay_error second)
{
    struct assay_bytes body = {NULL, 0};
    if (does == 'x') {
        assay_connection_free(scene->connection);
        scene->connection = NULL;
    } else if (does == 'f') {
        assay_response_free(scene->held);
        scene->held = NULL;
    } else if (does == 'c') {
        assay_response_close(scene->held);
    }
    enum assay_error error = scene->held != NULL ? assay_read_all(scene->held, &body) : ASSAY_OK;
    CHECK_ROW(error == first, "%s: the first, %s", label, assay_error_name(error));
    CHECK_ROW(does != 'r' || body.len == (first == ASSAY_OK ? 9 : 5), "%s: %zu octets", label,
              body.len);
    error =
        scene->connection != NULL ? assay_getresponse(scene->connection, &scene->second) : ASSAY_OK;
    CHECK_ROW(error == second, "%s: the second, %s", label, assay_error_name(error));
    CHECK_ROW(second != ASSAY_OK || does == 'x' || reads(scene->second, "two"),
              "%s: the second's body", label);
}

/*
 * A first response is held while a second request is sent; `does` says what then becomes of the
 * first: r is read, c closed, f freed, x the connection freed and the first read.
 */
static void holds_over_tls(void)
{
    /* clang-format off */
    static const struct { const char *label; struct tls_step steps[TLS_STEPS_MAX]; char does; enum assay_error first, second; } rows[] = {
        {"one record for the rest", {HELLO, SEND(HALF), READ, SEND("four" OK3), DO(WANT_NOTIFY)}, 'r', ASSAY_OK, ASSAY_OK},
        {"a record for each", {HELLO, SEND(HALF), READ, SEND("fo"), SEND("ur"), SEND(OK3), DO(WANT_NOTIFY)}, 'r', ASSAY_OK, ASSAY_OK},
        {"both there before they are read", {HELLO, SEND(HALF "four" OK3), READ, DO(WANT_NOTIFY)}, 'r', ASSAY_OK, ASSAY_OK},
        {"a ticket between them", {HELLO, SEND(HALF), READ, SEND("four"), DO(TICKET), SEND(OK3), DO(WANT_NOTIFY)}, 'r', ASSAY_OK, ASSAY_OK},
        {"close_notify behind the first", {HELLO, SEND(HALF), READ, SEND("four"), DO(NOTIFY), DO(WANT_NOTIFY)}, 'r', ASSAY_OK, ASSAY_REMOTE_DISCONNECTED},
        {"FIN behind the first", {HELLO, SEND(HALF), READ, SEND("four"), DO(FIN), DO(WANT_NOTIFY)}, 'r', ASSAY_OK, ASSAY_REMOTE_DISCONNECTED},
        {"FIN in the first", {HELLO, SEND(HALF), READ, DO(FIN)}, 'r', ASSAY_INCOMPLETE_READ, ASSAY_REMOTE_DISCONNECTED},
        {"an alert in the first", {HELLO, SEND(HALF), READ, DO(ALERT), DO(FIN)}, 'r', ASSAY_TLS, ASSAY_REMOTE_DISCONNECTED},
        {"closed", {HELLO, SEND(HALF), READ, DO(WANT_NOTIFY)}, 'c', ASSAY_OK, ASSAY_REMOTE_DISCONNECTED},
        {"freed", {HELLO, SEND(HALF), READ, DO(WANT_NOTIFY)}, 'f', ASSAY_OK, ASSAY_REMOTE_DISCONNECTED},
        {"the connection is freed", {HELLO, SEND(HALF), READ, DO(WANT_NOTIFY)}, 'x', ASSAY_OK, ASSAY_OK},
    };
    /* clang-format on */
    char reason[256] = "", trouble[256], name[64];
    struct tls_authority *authority = tls_authority_new();
    const struct assay_tls_options options = {.ca_path = tls_authority_path(authority)};
    struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tls_server *server = tls_server_new("127.0.0.1", authority, rows[i].steps);
        struct scene scene = {.connection =
                                  assay_connection_new("localhost", tls_server_port(server), NULL)};
        CU_ASSERT(assay_set_tls(scene.connection, tls) == ASSAY_OK);
        CU_ASSERT(ask(scene.connection, "GET") == ASSAY_OK);
        CU_ASSERT(assay_getresponse(scene.connection, &scene.held) == ASSAY_OK);
        CU_ASSERT(ask(scene.connection, "GET") == ASSAY_OK);
        play_held(&scene, rows[i].does, rows[i].label, rows[i].first, rows[i].second);
        scene.pair.fd = -1;
        scene_end(&scene);
        CHECK_ROW(tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name)), "%s: %s",
                  rows[i].label, trouble);
    }
    assay_tls_free(tls);
    tls_authority_free(authority);
}

CU_TestInfo client_held_tests[] = {
    {"tells two responses apart at every cut", tells_two_responses_apart_at_every_cut},
    {"sends no body behind a connection that was closed",
     sends_no_body_behind_a_connection_that_was_closed},
    {"expects 100 where nothing else can come", expects_100_where_nothing_else_can_come},
    {"ends each exchange in its own time", ends_each_exchange_in_its_own_time},
    {"ends where its time is over", ends_where_its_time_is_over},
    {"frees in any order", frees_in_any_order},
    {"holds over TLS", holds_over_tls},
    {"gets the next response whatever ended the last",
     gets_the_next_response_whatever_ended_the_last},
    {"reads what came before a request failed", reads_what_came_before_a_request_failed},
    CU_TEST_INFO_NULL,
};
