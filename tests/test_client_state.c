#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/client_server.h"
#include "tests/suites.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#define FIELDS   " / HTTP/1.1\r\nHost: H\r\nAccept-Encoding: identity\r\n"
#define GET      "GET" FIELDS "\r\n"
#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define OK5      OK("Content-Length: 5\r\n\r\nhello")
#define OK3      OK("Content-Length: 3\r\n\r\ntwo")
#define ENDING   OK("Connection: close\r\nContent-Length: 5\r\n\r\nhello")

enum { RESPONSES_MAX = 4 };

/* A connection to a server that plays `exchanges`, and all its responses. */
struct scene {
    struct client_server *server;
    struct assay_connection *connection;
    struct assay_response *responses[RESPONSES_MAX];
    size_t count;
};

static struct scene scene_new(const struct exchange *exchanges, size_t count)
{
    struct scene scene = {.server = client_server_new()};
    client_server_play(scene.server, exchanges, count);
    scene.connection = assay_connection_new("127.0.0.1", client_server_port(scene.server), NULL);
    return scene;
}

static void scene_end(struct scene *scene, const char *label)
{
    char trouble[256];
    assay_connection_free(scene->connection);
    for (size_t i = 0; i < scene->count; i++)
        assay_response_free(scene->responses[i]);
    CHECK_ROW(client_server_end(scene->server, trouble, sizeof(trouble)), "%s: %s", label, trouble);
}

static enum assay_error ask(struct scene *scene, const char *method)
{
    const struct assay_request request = {.method = assay_text(method)};
    return assay_request(scene->connection, &request);
}

static enum assay_error answer(struct scene *scene)
{
    struct assay_response **response = &scene->responses[scene->count];
    const enum assay_error error = assay_getresponse(scene->connection, response);
    scene->count += *response != NULL;
    return error;
}

static enum assay_error get(struct scene *scene)
{
    const enum assay_error error = ask(scene, "GET");
    return error == ASSAY_OK ? answer(scene) : error;
}

static bool reads(struct assay_response *response, const char *wants)
{
    struct assay_bytes body;
    return assay_read_all(response, &body) == ASSAY_OK &&
           bytes_equal(bytes_given(body), bytes_of(wants));
}

/*
 * What is done, a letter each: q sends a request, p one by POST, a gets its response; d, i, r and u
 * get an error in its place, n is told that none is ready; 0 to 3 reads that response to its end,
 * c closes the last one, x closes the connection, f frees it, e makes it, o has it made by e alone.
 */
static bool play(struct scene *scene, char letter, const char *const *bodies)
{
    switch (letter) {
    case 'q':
        return ask(scene, "GET") == ASSAY_OK;
    case 'p':
        return ask(scene, "POST") == ASSAY_OK;
    case 'a':
        return answer(scene) == ASSAY_OK;
    case 'n':
        return answer(scene) == ASSAY_RESPONSE_NOT_READY;
    case 'd':
        return answer(scene) == ASSAY_REMOTE_DISCONNECTED;
    case 'i':
        return answer(scene) == ASSAY_INCOMPLETE_READ;
    case 'r':
        return answer(scene) == ASSAY_CONNECTION_RESET;
    case 'u':
        return answer(scene) == ASSAY_NOT_CONNECTED;
    case 'e':
        return assay_connect(scene->connection) == ASSAY_OK;
    case 'o':
        assay_connection_options(scene->connection)->auto_open = false;
        return true;
    case 'c':
        assay_response_close(scene->responses[scene->count - 1]);
        return !assay_is_connected(scene->connection);
    case 'x':
        assay_close(scene->connection);
        return assay_connection_state(scene->connection) == ASSAY_IDLE;
    case 'f':
        assay_connection_free(scene->connection);
        scene->connection = NULL;
        return true;
    default:
        return reads(scene->responses[letter - '0'], bodies[letter - '0']) &&
               assay_isclosed(scene->responses[letter - '0']);
    }
}

static void holds_a_response_until_it_is_read(void)
{
    /* clang-format off */
    static const struct { const char *label, *plays; struct exchange exchanges[RESPONSES_MAX]; const char *bodies[RESPONSES_MAX]; bool retries; } rows[] = {
        {"one after the other", "qa0qa1", {{.wants = GET, .reply = OK5}, {.wants = GET, .reply = OK3}}, {"hello", "two"}, false},
        {"the second is asked for before the first is read", "qaqn0a1", {{.reply = OK5}, {.reply = OK3}}, {"hello", "two"}, false},
        {"and has come with the first", "qaq0a1", {{.reply = OK5 OK3}, {.reply = ""}}, {"hello", "two"}, false},
        {"a third", "qaq0aq1a2", {{.reply = OK5}, {.reply = OK3}, {.reply = OK5}}, {"hello", "two", "hello"}, false},
        {"chunked, whole only with its end", "qaqn0a1", {{.reply = OK("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")}, {.reply = OK3}}, {"hi", "two"}, false},
        {"one that ends its connection is read behind the next", "qaqa1 0", {{.reply = ENDING}, {.reply = OK3, .is_fresh = true}}, {"hello", "two"}, false},
        {"and behind the end of its connection", "qaf0", {{.reply = ENDING}}, {"hello"}, false},
        {"closed unread", "qacqa1", {{.reply = OK5}, {.reply = OK3, .is_fresh = true}}, {"", "two"}, false},
        {"held, and the connection closed", "qax0qa1", {{.reply = OK5}, {.reply = OK3, .is_fresh = true}}, {"", "two"}, false},
        {"the first closed while the second is awaited", "qaqcd", {{.reply = OK5}, {.reply = OK3}}, {""}, false},
        {"surplus", "qa0qa1", {{.reply = OK5 "HTTP/1.1 404 No\r\n\r\n"}, {.reply = OK3, .is_fresh = true}}, {"hello", "two"}, false},
        {"stale, not sent again", "qa0qd", {{.reply = OK5}, {.reply = NULL, .ending = FIN}}, {"hello"}, false},
        {"stale, sent again", "qa0qa1", {{.reply = OK5}, {.reply = NULL, .ending = FIN}, {.wants = GET, .reply = OK3, .is_fresh = true}}, {"hello", "two"}, true},
        {"stale by RST, sent again", "qa0qa1", {{.reply = OK5}, {.reply = NULL, .ending = RST}, {.wants = GET, .reply = OK3, .is_fresh = true}}, {"hello", "two"}, true},
        {"a POST is not", "qa0pd", {{.reply = OK5}, {.reply = NULL, .ending = FIN}}, {"hello"}, true},
        {"nor is the first request", "qd", {{.reply = NULL, .ending = FIN}}, {NULL}, true},
        {"nor one of whose answer the first octets came", "qa0qr", {{.reply = OK5}, {.reply = "HTTP/1.1 2", .ending = RST}}, {"hello"}, true},
        {"nor where FIN came behind them", "qa0qi", {{.reply = OK5}, {.reply = "H", .ending = FIN}}, {"hello"}, true},
        {"nor by a connection that is not to be made", "eoqa0qu", {{.reply = OK5}, {.reply = NULL, .ending = FIN}}, {"hello"}, true},
        {"connected anew where a request is sent", "qedqa1", {{.reply = ""}, {.wants = GET, .reply = OK3, .is_fresh = true}}, {NULL, "two"}, false},
        {"nor one that was answered in part", "qa0qd", {{.reply = OK5}, {.reply = "HTTP/1.1 102 A\r\n\r\n", .ending = FIN}}, {"hello"}, true},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t count = 0;
        while (count < RESPONSES_MAX &&
               (rows[i].exchanges[count].reply != NULL || rows[i].exchanges[count].ending != STAY))
            count++;
        struct scene scene = scene_new(rows[i].exchanges, count);
        assay_connection_options(scene.connection)->retries_stale = rows[i].retries;
        for (const char *at = rows[i].plays; *at != '\0'; at++)
            CHECK_ROW(*at == ' ' || play(&scene, *at, rows[i].bodies), "%s: \"%s\" fails",
                      rows[i].label, at);
        scene_end(&scene, rows[i].label);
    }
}

static void connects_when_it_is_told(void)
{
    static const struct exchange exchanges[] = {{.wants = GET, .reply = OK5},
                                                {.wants = GET, .reply = OK3, .is_fresh = true}};
    struct scene scene = scene_new(exchanges, COUNT_OF(exchanges));
    struct assay_connection *connection = scene.connection;
    assay_connection_options(connection)->auto_open = false;
    CU_ASSERT(get(&scene) == ASSAY_NOT_CONNECTED && !assay_is_connected(connection));
    CU_ASSERT(assay_connection_state(connection) == ASSAY_IDLE);
    CU_ASSERT(assay_connect(connection) == ASSAY_OK && assay_is_connected(connection));
    CU_ASSERT(get(&scene) == ASSAY_OK && reads(scene.responses[0], "hello"));
    CU_ASSERT(assay_connect(connection) == ASSAY_OK); /* closes the first */
    CU_ASSERT(get(&scene) == ASSAY_OK && reads(scene.responses[1], "two"));
    scene_end(&scene, "connect");
}

/* The body of a request that went by the connection before would be another request by the new one.
 */
static void sends_no_body_without_its_head(void)
{
    static const struct exchange exchanges[] = {{.reply = ""},
                                                {.wants = GET, .reply = OK3, .is_fresh = true}};
    struct scene scene = scene_new(exchanges, COUNT_OF(exchanges));
    struct assay_connection *connection = scene.connection;
    const struct assay_body body = {.kind = ASSAY_BODY_BYTES, .bytes = assay_text("GET /x")};
    CU_ASSERT(assay_putrequest(connection, assay_text("PUT"), assay_text("/"), 0) == ASSAY_OK);
    CU_ASSERT(assay_putheader(connection, assay_text("Content-Length"), assay_text("6")) ==
              ASSAY_OK);
    CU_ASSERT(assay_endheaders(connection, NULL, false) == ASSAY_OK);
    CU_ASSERT(assay_connect(connection) == ASSAY_OK);
    CU_ASSERT(assay_send(connection, &body) == ASSAY_OK);
    CU_ASSERT(answer(&scene) == ASSAY_REMOTE_DISCONNECTED && assay_is_connected(connection));
    CU_ASSERT(get(&scene) == ASSAY_OK && reads(scene.responses[1], "two"));
    scene_end(&scene, "no body");
}

/* A request that is sent again has no more time than it had. */
static void sends_again_in_the_same_time(void)
{
    enum { PATIENCE_MS = 20000, LESS_MS = 1000 };
    static const struct exchange exchanges[] = {
        {.reply = OK5}, {.reply = NULL, .ending = FIN}, {.reply = OK3, .is_fresh = true}};
    struct scene scene = scene_new(exchanges, COUNT_OF(exchanges));
    struct assay_options *options = assay_connection_options(scene.connection);
    options->retries_stale = true;
    options->exchange_timeout_ms = PATIENCE_MS;
    CU_ASSERT(get(&scene) == ASSAY_OK && reads(scene.responses[0], "hello"));
    CU_ASSERT(ask(&scene, "GET") == ASSAY_OK);
    const int64_t until_ms = scene.connection->awaited->until_ms -= LESS_MS;
    CU_ASSERT(answer(&scene) == ASSAY_OK && scene.responses[1]->until_ms == until_ms);
    CU_ASSERT(scene.connection->wire->until_ms == until_ms);
    scene_end(&scene, "sent again");
}

static void connects_from_where_it_is_told(void)
{
    static const struct exchange exchange = {.wants = GET, .reply = OK5};
    struct scene scene = scene_new(&exchange, 1);
    struct assay_connection *connection = scene.connection;
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    CU_ASSERT(assay_set_source_address(connection, "localhost", 0) == ASSAY_INVALID_URL);
    CU_ASSERT(assay_set_source_address(connection, "192.0.2.1", 0) == ASSAY_OK);
    CU_ASSERT(get(&scene) == ASSAY_CANNOT_CONNECT);
    CU_ASSERT(assay_set_source_address(connection, "127.0.0.2", 0) == ASSAY_OK);
    CU_ASSERT(get(&scene) == ASSAY_OK);
    CU_ASSERT(getsockname(connection->wire->fd, (struct sockaddr *)&address, &size) == 0 &&
              address.sin_addr.s_addr == inet_addr("127.0.0.2"));
    CU_ASSERT(assay_set_source_address(connection, NULL, 0) == ASSAY_CANNOT_SET_UP);
    scene_end(&scene, "source address");
}

static void takes_the_port_where_it_stands(void)
{
    /* clang-format off */
    static const struct { const char *text; int port; const char *host; uint16_t wants; bool is_https; } rows[] = {
        {"a.test", ASSAY_PORT_IN_HOST, "a.test", 80, false}, {"a.test", ASSAY_PORT_IN_HOST, "a.test", 443, true},
        {"a.test:8080", ASSAY_PORT_IN_HOST, "a.test", 8080, true}, {"a.test:", ASSAY_PORT_IN_HOST, "a.test", 80, false},
        {"[::1]:9", ASSAY_PORT_IN_HOST, "::1", 9, false}, {"[::1]", ASSAY_PORT_IN_HOST, "::1", 80, false},
        {"::1", ASSAY_PORT_IN_HOST, "::1", 80, false}, {"::1", 9, "::1", 9, false}, {"127.0.0.1:1", ASSAY_PORT_IN_HOST, "127.0.0.1", 1, false},
        {"a.test:abc", ASSAY_PORT_IN_HOST, NULL, 0, false}, {"a.test:+80", ASSAY_PORT_IN_HOST, NULL, 0, false}, {"a.test: 80", ASSAY_PORT_IN_HOST, NULL, 0, false},
        {"a.test:0", ASSAY_PORT_IN_HOST, NULL, 0, false}, {"a.test:65536", ASSAY_PORT_IN_HOST, NULL, 0, false}, {"a.test:-1", ASSAY_PORT_IN_HOST, NULL, 0, false},
        {"a.test:80", 81, NULL, 0, false}, {"a.test", 0, NULL, 0, false}, {"a.test", 65536, NULL, 0, false}, {":80", ASSAY_PORT_IN_HOST, NULL, 0, false},
        {"http://a.test", ASSAY_PORT_IN_HOST, NULL, 0, false}, {"a b:80", ASSAY_PORT_IN_HOST, NULL, 0, false}, {"", ASSAY_PORT_IN_HOST, NULL, 0, false},
    };
    /* clang-format on */
    const struct assay_tls_options options = {.is_unverified = true};
    char reason[256];
    struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
    CU_ASSERT_PTR_NOT_NULL(tls);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct assay_failure why;
        struct assay_connection *made = assay_connection_new(rows[i].text, rows[i].port, &why);
        CHECK_ROW((made != NULL) == (rows[i].host != NULL), "\"%s\": %s", rows[i].text, why.text);
        CHECK_ROW(made != NULL || why.error == ASSAY_INVALID_URL, "\"%s\"", rows[i].text);
        if (made == NULL)
            continue;
        CU_ASSERT(assay_set_tls(made, rows[i].is_https ? tls : NULL) == ASSAY_OK);
        CHECK_ROW(strcmp(assay_connection_host(made), rows[i].host) == 0 &&
                      assay_connection_port(made) == rows[i].wants,
                  "\"%s\": %s:%u", rows[i].text, assay_connection_host(made),
                  (unsigned)assay_connection_port(made));
        assay_connection_free(made);
    }
    assay_tls_free(tls);
}

static void shows_what_came(void)
{
    static const struct exchange exchange = {
        .reply = "HTTP/1.1 103 Early\r\nLink: a\r\n\r\n" OK(
            "A: 1\r\nB: 2\r\na: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 4\r\n\r\n")};
    struct scene scene = scene_new(&exchange, 1);
    struct assay_bytes octets;
    struct assay_chunk chunk;
    CU_ASSERT(get(&scene) == ASSAY_OK);
    struct assay_response *response = scene.responses[0];
    CU_ASSERT(assay_getheader(response, "a", &octets) == ASSAY_OK &&
              bytes_equal(bytes_given(octets), bytes_of("1, 3")));
    CU_ASSERT(assay_getheader(response, "c", &octets) == ASSAY_OK && octets.at == NULL);
    CU_ASSERT(bytes_equal(bytes_given(assay_response_field(response, "a")->value), bytes_of("1")));
    CU_ASSERT_PTR_NULL(assay_response_field(response, "Link"));
    CU_ASSERT(assay_response_interims(response).count == 1);
    CU_ASSERT(assay_response_version(response) == 11 && assay_response_is_chunked(response));
    CU_ASSERT(strncmp(assay_response_url(response), "http://127.0.0.1:", 17) == 0);
    CU_ASSERT(!assay_response_chunk(response, &chunk));
    CU_ASSERT(assay_readline(response, 2, &octets) == ASSAY_OK && octets.len == 2);
    CU_ASSERT(assay_response_chunk(response, &chunk) && chunk.number == 0 && chunk.size == 3 &&
              chunk.left == 1 && bytes_equal(bytes_given(chunk.extension), bytes_of(";x=y")));
    CU_ASSERT(assay_peek(response, &octets) == ASSAY_OK && octets.len == 1);
    CU_ASSERT(assay_response_trailers(response).count == 0);
    CU_ASSERT(reads(response, "cde") && assay_response_trailers(response).count == 1);
    CU_ASSERT(assay_response_chunk(response, &chunk) && chunk.number == 2 && chunk.size == 0);
    scene_end(&scene, "what came");
}

CU_TestInfo client_state_tests[] = {
    {"holds a response until it is read", holds_a_response_until_it_is_read},
    {"connects when it is told", connects_when_it_is_told},
    {"sends no body without its head", sends_no_body_without_its_head},
    {"sends again in the same time", sends_again_in_the_same_time},
    {"connects from where it is told", connects_from_where_it_is_told},
    {"takes the port where it stands", takes_the_port_where_it_stands},
    {"shows what came", shows_what_came},
    CU_TEST_INFO_NULL,
};
