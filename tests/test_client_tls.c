#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/suites.h"
#include "tests/tls_server.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define GET(host) "GET / HTTP/1.1\r\nHost: " host "\r\nAccept-Encoding: identity\r\n\r\n"
#define OK(rest)  "HTTP/1.1 200 OK\r\n" rest
#define OK0       OK("Content-Length: 0\r\n\r\n")
#define OK5       OK("Content-Length: 5\r\n\r\nhello")
#define TO_CLOSE  OK("\r\nhello")
#define CONNECT   "CONNECT origin.test:443 HTTP/1.1\r\nA: b\r\nHost: origin.test:443\r\n\r\n"
#define OPENED    OK("\r\n")

/* Steps. */
/* clang-format off */
#define ACCEPT        {TLS_ACCEPT, NULL, 0}
#define START         {TLS_START, NULL, MINTED_VALID}
#define START_1_2     {TLS_START, NULL, MINTED_VALID | TLS_1_2_ALONE}
#define SHOW(minted)  {TLS_START, NULL, MINTED_##minted}
#define REFUSED(minted) {TLS_REFUSED, NULL, MINTED_##minted}
#define WANT(octets)  {TLS_WANT, octets, 0}
#define READ          {TLS_WANT, NULL, 0}
#define SEND(octets)  {TLS_SEND, octets, 0}
#define RAW(octets)   {TLS_RAW, octets, sizeof(octets) - 1}
#define DO(verb)      {TLS_##verb, NULL, 0}
#define HELLO         ACCEPT, START, READ
#define NOTIFY_WANTED DO(WANT_NOTIFY)
/* clang-format on */

enum { PATIENCE_MS = 20000 };
enum { STEPS_MAX = 16, WANTS_MAX = 2, PLAIN = 0, TLS = 1, PROXY_TLS = 2, TUNNEL = 4 };

struct row {
    const char *label;
    const char *host;
    unsigned way;
    struct tls_step steps[STEPS_MAX];
    const char *wants[WANTS_MAX]; /* one a request; before the second, the server goes on from WAIT
                                     and something has to come */
    const char *text;             /* stands in the last failure's; NULL: nothing is asked */
    const char *name;             /* of the last ClientHello; NULL: nothing is asked */
};

struct scene {
    struct tls_authority *authority;
    struct assay_tls *tls;
};

static struct scene scene_new(void)
{
    char reason[256] = "";
    struct scene scene = {.authority = tls_authority_new()};
    const struct assay_tls_options options = {.ca_path = tls_authority_path(scene.authority)};
    scene.tls = assay_tls_new(&options, reason, sizeof(reason));
    CHECK_ROW(scene.tls != NULL, "%s", reason);
    return scene;
}

static void scene_end(struct scene *scene)
{
    assay_tls_free(scene->tls);
    tls_authority_free(scene->authority);
}

static struct assay_connection *connection_of(const struct scene *scene, const char *host,
                                              uint16_t port, unsigned way)
{
    const struct assay_field field = {assay_text("A"), assay_text("b")};
    struct assay_connection *connection = assay_connection_new(host, port, NULL);
    CU_ASSERT_FATAL(connection != NULL);
    assay_connection_options(connection)->io_timeout_ms = PATIENCE_MS; /* for a broken client */
    if ((way & TUNNEL) != 0)
        CU_ASSERT(assay_set_tunnel(connection, "origin.test", 443, &field, 1) == ASSAY_OK);
    CU_ASSERT(assay_set_tls(connection, (way & TLS) != 0 ? scene->tls : NULL) == ASSAY_OK);
    CU_ASSERT(assay_set_proxy_tls(connection, (way & PROXY_TLS) != 0 ? scene->tls : NULL) ==
              ASSAY_OK);
    return connection;
}

/* "OK 200 hello", "IncompleteRead 200 he". */
/* `failure` is the last one. */
static void get(struct assay_connection *connection, char *text, size_t size,
                struct assay_failure *failure)
{
    const struct assay_request request = {.field_count = 0};
    struct assay_response *response = NULL;
    uint8_t body[64];
    size_t got = 0;
    enum assay_error error = assay_request(connection, &request);
    if (error == ASSAY_OK)
        error = assay_getresponse(connection, &response);
    if (error == ASSAY_OK)
        error = assay_read(response, body, sizeof(body), &got);
    if (error != ASSAY_OK)
        *failure = *(response != NULL ? assay_response_failure(response)
                                      : assay_connection_failure(connection));
    if (response == NULL || assay_response_status(response) == 0)
        snprintf(text, size, "%s", assay_error_name(error));
    else
        snprintf(text, size, "%s %d %.*s", assay_error_name(error), assay_response_status(response),
                 (int)got, (const char *)body);
    assay_response_free(response);
}

static void wait_for_late(struct tls_server *server, const struct assay_connection *connection)
{
    tls_server_go(server);
    struct pollfd idle = {.events = POLLIN};
    if (assay_is_connected(connection))
        idle.fd = connection->wire->fd;
    if (assay_is_connected(connection))
        poll(&idle, 1, -1);
}

static void play_row(const struct scene *scene, const struct row *row)
{
    struct tls_server *server = tls_server_new("127.0.0.1", scene->authority, row->steps);
    CU_ASSERT_FATAL(server != NULL);
    struct assay_connection *connection =
        connection_of(scene, row->host, tls_server_port(server), row->way);
    struct assay_failure failure = {.text = ""};
    for (size_t i = 0; i < WANTS_MAX && row->wants[i] != NULL; i++) {
        char got[256];
        if (i > 0)
            wait_for_late(server, connection);
        get(connection, got, sizeof(got), &failure);
        CHECK_ROW(strcmp(got, row->wants[i]) == 0, "%s: request %zu gives \"%s\", want \"%s\" (%s)",
                  row->label, i, got, row->wants[i], failure.text);
    }
    const char *text = failure.text;
    CHECK_ROW(row->text == NULL || strstr(text, row->text) != NULL, "%s: \"%s\" says no \"%s\"",
              row->label, text, row->text);
    for (; *text != '\0'; text++)
        CHECK_ROW(*text >= ' ' && *text <= '~', "%s: a raw octet", row->label);
    assay_connection_free(connection);
    char trouble[256], name[64];
    CHECK_ROW(tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name)), "%s: %s",
              row->label, trouble);
    CHECK_ROW(row->name == NULL || strcmp(name, row->name) == 0, "%s: server_name \"%s\"",
              row->label, name);
}

static void play_rows(const struct row *rows, size_t count)
{
    struct scene scene = scene_new();
    for (size_t i = 0; i < count; i++)
        play_row(&scene, &rows[i]);
    scene_end(&scene);
}

static void verifies_whom_it_talks_to(void)
{
    static const char *const refused = "SSLCertVerificationError";
    /* clang-format off */
    const struct row rows[] = {
        {"a name", "localhost", TLS, {ACCEPT, START, WANT(GET("localhost:@")), SEND(OK5), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, "localhost"},
        {"TLS 1.2", "localhost", TLS, {ACCEPT, START_1_2, READ, SEND(OK5), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, NULL},
        {"an address", "127.0.0.1", TLS, {ACCEPT, START, WANT(GET("127.0.0.1:@")), SEND(OK5), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, ""},
        {"expired", "localhost", TLS, {ACCEPT, REFUSED(EXPIRED), DO(WANT_END)}, {refused}, "certificate has expired (CN localhost)", NULL},
        {"an odd common name", "localhost", TLS, {ACCEPT, REFUSED(ODD_NAME)}, {refused}, "certificate has expired (CN a??b?[1m)", NULL},
        {"another host", "localhost", TLS, {ACCEPT, REFUSED(OTHER_HOST)}, {refused}, "mismatch (CN other.test)", NULL},
        {"another address", "127.0.0.1", TLS, {ACCEPT, REFUSED(OTHER_HOST)}, {refused}, "mismatch", NULL},
        {"self-signed", "localhost", TLS, {ACCEPT, REFUSED(SELF_SIGNED)}, {refused}, "self-signed certificate", NULL},
        {"no address in it", "127.0.0.1", TLS, {ACCEPT, REFUSED(NAMES)}, {refused}, "mismatch", NULL},
        {"no name in it", "localhost", TLS, {ACCEPT, REFUSED(ADDRESSES)}, {refused}, "mismatch", NULL},
        {"an address in it", "127.0.0.1", TLS, {ACCEPT, SHOW(ADDRESSES), READ, SEND(OK0)}, {"OK 200 "}, NULL, NULL},
        {"the common name alone", "localhost", TLS, {ACCEPT, REFUSED(COMMON_NAME)}, {refused}, "mismatch", NULL},
        {"the address as a name", "127.0.0.1", TLS, {ACCEPT, REFUSED(ADDRESS_AS_NAME)}, {refused}, "mismatch", NULL},
        {"a wildcard of others", "localhost", TLS, {ACCEPT, REFUSED(WILDCARD)}, {refused}, "mismatch", NULL},
        {"an https proxy", "localhost", PROXY_TLS, {ACCEPT, REFUSED(OTHER_HOST)}, {refused}, "localhost", NULL},
        {"the tunnel's end", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND(OPENED), REFUSED(NAMES)}, {refused}, "TLS with origin.test", "origin.test"},
        {"after that, another", "localhost", TLS, {ACCEPT, REFUSED(EXPIRED), HELLO, SEND(OK5)}, {refused, "OK 200 hello"}, NULL, NULL},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void takes_for_whole_what_ends_as_it_should(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"close_notify", "localhost", TLS, {HELLO, SEND(TO_CLOSE), DO(NOTIFY), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, NULL},
        {"FIN alone", "localhost", TLS, {HELLO, SEND(TO_CLOSE), DO(FIN), NOTIFY_WANTED}, {"IncompleteRead 200 hello"}, "without close_notify", NULL},
        {"FIN alone, TLS 1.2", "localhost", TLS, {ACCEPT, START_1_2, READ, SEND(TO_CLOSE), DO(FIN), NOTIFY_WANTED}, {"IncompleteRead 200 hello"}, NULL, NULL},
        {"FIN in a record", "localhost", TLS, {HELLO, SEND(TO_CLOSE), RAW("\x17\x03\x03\x01"), DO(FIN)}, {"IncompleteRead 200 hello"}, NULL, NULL},
        {"RST", "localhost", TLS, {HELLO, SEND(TO_CLOSE), DO(RST)}, {"ConnectionResetError 200 hello"}, NULL, NULL},
        {"data behind close_notify", "localhost", TLS, {HELLO, SEND(TO_CLOSE), DO(NOTIFY), RAW("\x17\x03\x03\x00\x05more!"), DO(FIN)}, {"OK 200 hello"}, NULL, NULL},
        {"a fatal alert", "localhost", TLS, {HELLO, SEND(TO_CLOSE), DO(ALERT), DO(FIN), DO(WANT_END)}, {"SSLError 200 hello"}, "alert \"bad record mac\"", NULL},
        {"junk", "localhost", TLS, {HELLO, SEND(TO_CLOSE), RAW("HTTP/1.1 200 OK\r\n\r\n")}, {"SSLError 200 hello"}, NULL, NULL},
        {"length, FIN", "localhost", TLS, {HELLO, SEND(OK5), DO(FIN), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, NULL},
        {"length, RST", "localhost", TLS, {HELLO, SEND(OK5), DO(RST)}, {"OK 200 hello"}, NULL, NULL},
        {"length cut by FIN", "localhost", TLS, {HELLO, SEND(OK("Content-Length: 9\r\n\r\nhello")), DO(FIN)}, {"IncompleteRead 200 hello"}, NULL, NULL},
        {"length cut by close_notify", "localhost", TLS, {HELLO, SEND(OK("Content-Length: 9\r\n\r\nhello")), DO(NOTIFY)}, {"IncompleteRead 200 hello"}, NULL, NULL},
        {"last chunk, FIN", "localhost", TLS, {HELLO, SEND(OK("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")), DO(FIN)}, {"OK 200 hello"}, NULL, NULL},
        {"half a head", "localhost", TLS, {HELLO, SEND("HTTP/1.1 200 O"), DO(NOTIFY)}, {"IncompleteRead"}, NULL, NULL},
        {"nothing, close_notify", "localhost", TLS, {HELLO, DO(NOTIFY)}, {"RemoteDisconnected"}, NULL, NULL},
        {"nothing, FIN", "localhost", TLS, {HELLO, DO(FIN)}, {"RemoteDisconnected"}, NULL, NULL},
        {"nothing, RST", "localhost", TLS, {HELLO, DO(RST)}, {"ConnectionResetError"}, NULL, NULL},
        {"cut, then another", "localhost", TLS, {HELLO, SEND(TO_CLOSE), DO(FIN), HELLO, SEND(OK5)}, {"IncompleteRead 200 hello", "OK 200 hello"}, NULL, NULL},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void says_why_there_is_no_handshake(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"HTTP", "localhost", TLS, {ACCEPT, RAW("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), DO(FIN)}, {"SSLError"}, "does not speak TLS", NULL},
        {"an alert", "localhost", TLS, {ACCEPT, RAW("\x15\x03\x03\x00\x02\x02\x28"), DO(FIN)}, {"SSLError"}, "alert \"handshake failure\"", NULL},
        {"FIN", "localhost", TLS, {ACCEPT, DO(FIN)}, {"SSLError"}, "the handshake was cut", NULL},
        {"RST", "localhost", TLS, {ACCEPT, WANT("\x16"), DO(RST)}, {"SSLError"}, "the handshake was cut", NULL},
        {"close_notify", "localhost", TLS, {ACCEPT, RAW("\x15\x03\x03\x00\x02\x01\x00"), DO(FIN)}, {"SSLError"}, "the handshake was cut", NULL},
        {"plain of TLS", "localhost", PLAIN, {ACCEPT, WANT(GET("localhost:@")), RAW("\x15\x03\x03\x00\x02\x02\x28"), DO(FIN)}, {"IncompleteRead"}, NULL, NULL},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void takes_no_handshake_that_is_cut(void)
{
    enum { STEP = 7, HANDSHAKE_LEN = 700 };
    struct scene scene = scene_new();
    for (size_t cut = 0; cut < HANDSHAKE_LEN; cut += STEP) {
        char label[32];
        snprintf(label, sizeof(label), "cut at %zu", cut);
        const struct row row = {label,        "localhost", TLS, {ACCEPT, {TLS_CUT, NULL, cut}},
                                {"SSLError"}, "cut",       NULL};
        play_row(&scene, &row);
    }
    scene_end(&scene);
}

static void asks_a_proxy_for_a_tunnel(void)
{
    static const char *const failed = "TunnelFailed";
    /* clang-format off */
    const struct row rows[] = {
        {"200", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND(OPENED), START, WANT(GET("origin.test")), SEND(OK5), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, "origin.test"},
        {"framing fields that mean nothing", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND("HTTP/1.1 299 Fine\r\nContent-Length: 5\r\nContent-Length: x\r\nTransfer-Encoding: gzip\r\n\r\n"), START, READ, SEND(OK5)}, {"OK 200 hello"}, NULL, NULL},
        {"HTTP/1.0", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND("HTTP/1.0 200\r\n\r\n"), START, READ, SEND(OK5)}, {"OK 200 hello"}, NULL, NULL},
        {"interims first", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n" OPENED), START, READ, SEND(OK5)}, {"OK 200 hello"}, NULL, NULL},
        {"the connection is used again", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND(OPENED), START, READ, SEND(OK5), DO(WAIT), DO(TICKET), WANT(GET("origin.test")), SEND(OK0), NOTIFY_WANTED}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"a tunnel for each connect", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND(OPENED), START, READ, SEND(TO_CLOSE), DO(NOTIFY), ACCEPT, WANT(CONNECT), SEND(OPENED), START, READ, SEND(OK0)}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"plain", "localhost", TUNNEL, {ACCEPT, WANT(CONNECT), SEND(OPENED), WANT(GET("origin.test:443")), SEND(OK5)}, {"OK 200 hello"}, NULL, NULL},
        {"plain, octets behind the head", "localhost", TUNNEL, {ACCEPT, WANT(CONNECT), SEND(OPENED OK5), READ}, {"OK 200 hello"}, NULL, NULL},
        {"octets behind the head that are no TLS", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND(OPENED "hello")}, {"SSLError"}, "does not speak TLS", NULL},
        {"TLS behind the head", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), RAW(OPENED "\x15\x03\x03\x00\x02\x02\x28")}, {"SSLError"}, "handshake failure", NULL},
        {"407", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 5\r\n\r\nhello"), DO(WANT_END)}, {failed}, "Tunnel connection failed: 407 Proxy Authentication Required", NULL},
        {"302", "localhost", TUNNEL, {ACCEPT, WANT(CONNECT), SEND("HTTP/1.1 302 F\xe9\r\nLocation: /\r\n\r\n"), DO(WANT_END)}, {failed}, "failed: 302 F?", NULL},
        {"101", "localhost", TUNNEL, {ACCEPT, WANT(CONNECT), SEND("HTTP/1.1 101 Switching\r\n\r\n"), DO(WANT_END)}, {failed}, "failed: 101", NULL},
        {"407, then 200", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND("HTTP/1.1 407 No\r\n\r\n"), ACCEPT, WANT(CONNECT), SEND(OPENED), START, READ, SEND(OK5)}, {failed, "OK 200 hello"}, NULL, NULL},
        {"malformed", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND("HTTP/1.1 200 OK\r\nA : b\r\n\r\n"), DO(WANT_END)}, {"BadHeader"}, NULL, NULL},
        {"no HTTP", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND("hello\r\n\r\n"), DO(WANT_END)}, {"BadStatusLine"}, NULL, NULL},
        {"RST", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), DO(RST)}, {"ConnectionResetError"}, NULL, NULL},
        {"an end at once", "localhost", TLS | TUNNEL, {ACCEPT, WANT(CONNECT), SEND(OPENED), DO(FIN)}, {"SSLError"}, "TLS with origin.test: the handshake was cut", NULL},
        {"an https proxy", "localhost", TUNNEL | PROXY_TLS, {ACCEPT, START, WANT(CONNECT), SEND(OPENED), WANT(GET("origin.test:443")), SEND(OK5), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, "localhost"},
        {"an https proxy, octets behind the head", "localhost", TUNNEL | PROXY_TLS, {ACCEPT, START, WANT(CONNECT), SEND(OPENED TO_CLOSE), READ, DO(NOTIFY), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, NULL},
        {"an https proxy that says no", "localhost", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START, WANT(CONNECT), SEND("HTTP/1.1 403 No\r\n\r\n"), NOTIFY_WANTED}, {failed}, "403 No", NULL},
        {"no tunnel, an https proxy", "localhost", PROXY_TLS, {HELLO, SEND(OK5)}, {"OK 200 hello"}, NULL, NULL},
        {"TLS in TLS", "localhost", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START, WANT(CONNECT), SEND(OPENED), START, WANT(GET("origin.test")), SEND(OK5), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, "origin.test"},
        {"TLS in TLS 1.2 to its end", "localhost", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START_1_2, WANT(CONNECT), SEND(OPENED), START_1_2, READ, SEND(TO_CLOSE), DO(NOTIFY), NOTIFY_WANTED}, {"OK 200 hello"}, NULL, NULL},
        {"TLS in TLS, cut below", "localhost", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START, WANT(CONNECT), SEND(OPENED), START, READ, SEND(TO_CLOSE), DO(FIN), NOTIFY_WANTED}, {"IncompleteRead 200 hello"}, NULL, NULL},
        {"TLS in TLS, an alert below", "localhost", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START, WANT(CONNECT), SEND(OPENED), START, READ, SEND(TO_CLOSE), DO(ALERT), DO(FIN), DO(WANT_END)}, {"SSLError 200 hello"}, "TLS with localhost: the server sent the alert", NULL},
        {"TLS in TLS, a ticket while idle", "localhost", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START, WANT(CONNECT), SEND(OPENED), START, READ, SEND(OK5), DO(WAIT), DO(TICKET), READ, SEND(OK0), NOTIFY_WANTED}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"TLS in TLS, another host inside", "localhost", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START, WANT(CONNECT), SEND(OPENED), REFUSED(NAMES)}, {"SSLCertVerificationError"}, "origin.test", NULL},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void takes_the_answer_to_connect_cut_anywhere(void)
{
    static const char answer[] = OK("Content-Length: 5\r\nA: b\r\n\r\n");
    struct scene scene = scene_new();
    for (size_t cut = 0; cut < sizeof(answer) - 1; cut++) {
        char label[32], front[sizeof(answer)];
        snprintf(label, sizeof(label), "cut at %zu", cut);
        snprintf(front, sizeof(front), "%.*s", (int)cut, answer);
        const struct row ended = {label,
                                  "localhost",
                                  TLS | TUNNEL,
                                  {ACCEPT, WANT(CONNECT), SEND(front), DO(FIN), DO(WANT_END)},
                                  {cut == 0 ? "RemoteDisconnected" : "IncompleteRead"},
                                  NULL,
                                  NULL};
        const struct row split = {
            label,
            "localhost",
            TLS | TUNNEL,
            {ACCEPT, WANT(CONNECT), SEND(front), SEND(answer + cut), START, READ, SEND(OK5)},
            {"OK 200 hello"},
            NULL,
            NULL};
        play_row(&scene, &ended);
        play_row(&scene, &split);
    }
    scene_end(&scene);
}

static void uses_a_connection_again_where_it_lay_quiet(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"a ticket", "localhost", TLS, {HELLO, SEND(OK5), DO(WAIT), DO(TICKET), READ, SEND(OK0), NOTIFY_WANTED}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"close_notify", "localhost", TLS, {HELLO, SEND(OK5), DO(WAIT), DO(NOTIFY), NOTIFY_WANTED, HELLO, SEND(OK0)}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"FIN", "localhost", TLS, {HELLO, SEND(OK5), DO(WAIT), DO(FIN), NOTIFY_WANTED, HELLO, SEND(OK0)}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"RST", "localhost", TLS, {HELLO, SEND(OK5), DO(WAIT), DO(RST), HELLO, SEND(OK0)}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"an alert", "localhost", TLS, {HELLO, SEND(OK5), DO(WAIT), DO(ALERT), HELLO, SEND(OK0)}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"octets", "localhost", TLS, {HELLO, SEND(OK5), DO(WAIT), SEND("x"), NOTIFY_WANTED, HELLO, SEND(OK0)}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"a part of a record", "localhost", TLS, {HELLO, SEND(OK5), DO(WAIT), RAW("\x17\x03\x03"), NOTIFY_WANTED, HELLO, SEND(OK0)}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"surplus with the response", "localhost", TLS, {HELLO, SEND(OK5 "x"), NOTIFY_WANTED, HELLO, SEND(OK0)}, {"OK 200 hello", "OK 200 "}, NULL, NULL},
        {"Connection: close", "localhost", TLS, {HELLO, SEND(OK("Connection: close\r\nContent-Length: 0\r\n\r\n")), NOTIFY_WANTED, HELLO, SEND(OK0)}, {"OK 200 ", "OK 200 "}, NULL, NULL},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

/* Of a large body. */
struct pieces {
    size_t count;
    uint8_t octets[64 * 1024];
};

static enum assay_piece next_piece(void *context, struct assay_bytes *piece)
{
    struct pieces *pieces = context;
    if (pieces->count-- == 0)
        return ASSAY_PIECES_END;
    *piece = (struct assay_bytes){pieces->octets, sizeof(pieces->octets)};
    return ASSAY_PIECE;
}

static void stops_a_body_that_nobody_wants(void)
{
    enum { PIECE_COUNT = 1024 };
    /* clang-format off */
    static const struct { const char *label; unsigned way; struct tls_step steps[STEPS_MAX]; enum assay_error wants; int status; } rows[] = {
        {"an answer", TLS, {HELLO, SEND("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"), DO(WAIT)}, ASSAY_OK, 413},
        {"RST", TLS, {HELLO, DO(RST)}, ASSAY_CONNECTION_RESET, 0},
        {"RST, TLS in TLS", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START, READ, SEND(OPENED), START, READ, DO(RST)}, ASSAY_CONNECTION_RESET, 0},
    };
    /* clang-format on */
    struct scene scene = scene_new();
    struct pieces *pieces = calloc(1, sizeof(*pieces));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tls_server *server = tls_server_new("127.0.0.1", scene.authority, rows[i].steps);
        struct assay_connection *connection =
            connection_of(&scene, "localhost", tls_server_port(server), rows[i].way);
        struct assay_response *response = NULL;
        pieces->count = PIECE_COUNT;
        const struct assay_request request = {
            .method = assay_text("PUT"),
            .body = {.kind = ASSAY_BODY_STREAM, .next = next_piece, .context = pieces}};
        enum assay_error error = assay_request(connection, &request);
        if (error == ASSAY_OK)
            error = assay_getresponse(connection, &response);
        CHECK_ROW(error == rows[i].wants, "%s: %s (%s)", rows[i].label, assay_error_name(error),
                  assay_connection_failure(connection)->text);
        CHECK_ROW(rows[i].status == 0 || assay_response_status(response) == rows[i].status,
                  "%s: the status", rows[i].label);
        tls_server_go(server);
        assay_response_free(response);
        assay_connection_free(connection);
        char trouble[256], name[64];
        CHECK_ROW(tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name)), "%s: %s",
                  rows[i].label, trouble);
    }
    free(pieces);
    scene_end(&scene);
}

static void waits_no_longer_than_it_is_told(void)
{
    /* clang-format off */
    static const struct { const char *label; unsigned way; struct tls_step steps[STEPS_MAX]; } rows[] = {
        {"the handshake", TLS, {ACCEPT, DO(WAIT)}},
        {"the answer to CONNECT", TUNNEL, {ACCEPT, READ, DO(WAIT)}},
        {"the handshake inside", TLS | TUNNEL | PROXY_TLS, {ACCEPT, START, READ, SEND(OPENED), DO(WAIT)}},
        {"the response", TLS, {HELLO, DO(WAIT)}},
    };
    /* clang-format on */
    struct scene scene = scene_new();
    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        const size_t at = i / 2;
        struct tls_server *server = tls_server_new("127.0.0.1", scene.authority, rows[at].steps);
        struct assay_connection *connection =
            connection_of(&scene, "localhost", tls_server_port(server), rows[at].way);
        enum { TIMEOUT_MS = 100 };
        if (i % 2 == 0)
            assay_connection_options(connection)->io_timeout_ms = TIMEOUT_MS;
        else
            assay_connection_options(connection)->exchange_timeout_ms = TIMEOUT_MS;
        char got[64];
        struct assay_failure failure;
        get(connection, got, sizeof(got), &failure);
        CHECK_ROW(strcmp(got, "TimeoutError") == 0, "%s: %s", rows[at].label, got);
        assay_connection_free(connection);
        char trouble[256], name[64];
        tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name));
    }
    scene_end(&scene);
}

CU_TestInfo client_tls_tests[] = {
    {"verifies whom it talks to", verifies_whom_it_talks_to},
    {"takes for whole what ends as it should", takes_for_whole_what_ends_as_it_should},
    {"says why there is no handshake", says_why_there_is_no_handshake},
    {"takes no handshake that is cut", takes_no_handshake_that_is_cut},
    {"asks a proxy for a tunnel", asks_a_proxy_for_a_tunnel},
    {"takes the answer to CONNECT cut anywhere", takes_the_answer_to_connect_cut_anywhere},
    {"uses a connection again where it lay quiet", uses_a_connection_again_where_it_lay_quiet},
    {"stops a body that nobody wants", stops_a_body_that_nobody_wants},
    {"waits no longer than it is told", waits_no_longer_than_it_is_told},
    CU_TEST_INFO_NULL,
};
