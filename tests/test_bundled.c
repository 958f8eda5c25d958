#include "harness/bundled.h"
#include "tests/check.h"
#include "tests/driver_steps.h"
#include "tests/suites.h"
#include "tests/tls_server.h"

#include <stdio.h>

#define OK0               "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define OPENED            "HTTP/1.1 200 OK\r\n\r\n"
#define FIELDS(host)      " HTTP/1.1\r\nHost: " host "\r\nAccept-Encoding: identity\r\n"
#define GET(target, host) "GET " target FIELDS(host) "\r\n"
#define CONNECT(end)      "CONNECT " end " HTTP/1.1\r\nHost: " end "\r\n"
#define BASIC_U_P         "Proxy-Authorization: Basic dTpw\r\n"

/* clang-format off */
#define ACCEPT       {TLS_ACCEPT, NULL, 0}
#define START        {TLS_START, NULL, MINTED_VALID}
#define WANT(octets) {TLS_WANT, octets, 0}
#define SEND(octets) {TLS_SEND, octets, 0}
/* clang-format on */

enum { STEPS_MAX = 12, ASKED_MAX = 2 };

/* Peer 0 is the origin, and 1 the proxy: one server plays both. */
struct row {
    const char *label;
    bool is_origin_https, is_proxy_https;
    struct client_step asked[ASKED_MAX];
    enum outcome_error wants[ASKED_MAX];
    struct tls_step steps[STEPS_MAX];
};

static const struct header proxy_header = {STEP_OCTETS("A"), STEP_OCTETS("b")};
static const struct header bad_header = {STEP_OCTETS("A b"), STEP_OCTETS("b")};
static const struct header own_header = {STEP_OCTETS("C"), STEP_OCTETS("d")};
static const struct client_proxy simply = {.auth = NULL}, with_auth = {.auth = "u:p"},
                                 with_other_auth = {.auth = "u:q"}, tunnels = {.tunnels = true},
                                 with_all = {"u:p", &proxy_header, 1, true},
                                 with_header = {"u:p", &proxy_header, 1, false},
                                 with_bad_header = {NULL, &bad_header, 1, true};

static struct endpoint endpoint_of(uint16_t port)
{
    struct endpoint endpoint = {.host = "127.0.0.1"};
    snprintf(endpoint.port, sizeof(endpoint.port), "%u", (unsigned)port);
    snprintf(endpoint.authority, sizeof(endpoint.authority), "localhost:%u", (unsigned)port);
    return endpoint;
}

static void play_row(const struct tls_authority *authority, struct assay_tls **tls,
                     const struct row *row)
{
    struct arena *arena = arena_new();
    struct tls_server *server = tls_server_new("127.0.0.1", authority, row->steps);
    const struct endpoint endpoint = endpoint_of(tls_server_port(server));
    const struct endpoint endpoints[] = {endpoint, endpoint};
    const struct peer peers[] = {
        {.name = "origin", .is_https = row->is_origin_https},
        {.name = "proxy", .is_proxy = true, .is_https = row->is_proxy_https}};
    const struct driver_session session = {.peers = peers,
                                           .peer_count = COUNT_OF(peers),
                                           .endpoints = endpoints,
                                           .ca = tls_authority_path(authority),
                                           .steps = row->asked};
    struct bundled *bundled = bundled_new(&session, tls, arena);
    for (size_t i = 0; i < ASKED_MAX && row->asked[i].method.len > 0; i++) {
        const struct outcome *outcome = bundled_play(bundled, i);
        CHECK_ROW(outcome != NULL, "%s: %s", row->label, bundled_trouble(bundled));
        if (outcome == NULL)
            break;
        CHECK_ROW(outcome->error == row->wants[i], "%s: step %zu is %s (%s)", row->label, i,
                  outcome_error_name(outcome->error), outcome->text != NULL ? outcome->text : "");
    }
    bundled_free(bundled);
    char trouble[256], name[64];
    CHECK_ROW(tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name)), "%s: %s",
              row->label, trouble);
    arena_free(arena);
}

static void goes_where_the_url_and_the_proxy_say(void)
{
    /* clang-format off */
    const struct row rows[] = {
        {"direct", false, false, {{STEP_GET("/x")}}, {0}, {ACCEPT, WANT(GET("/x", "localhost:@")), SEND(OK0)}},
        {"direct, https", true, false, {{STEP_GET("/x")}}, {0}, {ACCEPT, START, WANT(GET("/x", "localhost:@")), SEND(OK0)}},
        {"direct, then by the proxy", false, false, {{STEP_GET("/x")}, {STEP_GET("/x"), .proxy = &simply}}, {0}, {ACCEPT, WANT(GET("/x", "localhost:@")), SEND(OK0), ACCEPT, WANT(GET("http://origin.test/x", "origin.test")), SEND(OK0)}},
        {"user and port in the URL", false, false, {{STEP_GET("/x"), .authority = STEP_OCTETS("u:p@127.0.0.1:1")}}, {OUTCOME_REFUSED}, {{0}}},
        {"no port in the URL", false, false, {{STEP_GET("/x"), .authority = STEP_OCTETS("a:b")}}, {OUTCOME_INVALID_REQUEST}, {{0}}},
        {"port 65536", false, false, {{STEP_GET("/x"), .authority = STEP_OCTETS("a:65536")}}, {OUTCOME_INVALID_REQUEST}, {{0}}},
        {"no host in the URL", false, false, {{STEP_GET("/x"), .authority = STEP_OCTETS(":80")}}, {OUTCOME_INVALID_REQUEST}, {{0}}},
        {"http by a proxy", false, false, {{STEP_GET("/x"), .proxy = &simply}, {STEP_GET(""), .proxy = &simply}}, {0}, {ACCEPT, WANT(GET("http://origin.test/x", "origin.test")), SEND(OK0), WANT(GET("http://origin.test/", "origin.test")), SEND(OK0)}},
        {"what the proxy is told", false, false, {{STEP_GET("/x"), .headers = &own_header, .header_count = 1, .proxy = &with_header}, {STEP_GET("/y"), .proxy = &simply}}, {0}, {ACCEPT, WANT("GET http://origin.test/x" FIELDS("origin.test") "C: d\r\n" BASIC_U_P "A: b\r\n\r\n"), SEND(OK0), WANT(GET("http://origin.test/y", "origin.test")), SEND(OK0)}},
        {"the server as such", false, false, {{.method = STEP_OCTETS("OPTIONS"), .target = STEP_OCTETS("*"), .proxy = &simply}}, {0}, {ACCEPT, WANT("OPTIONS http://origin.test" FIELDS("origin.test") "\r\n"), SEND(OK0)}},
        {"an empty path by the proxy", false, false, {{STEP_GET("?a=b"), .proxy = &simply}}, {0}, {ACCEPT, WANT("GET http://origin.test/?a=b" FIELDS("origin.test") "\r\n"), SEND(OK0)}},
        {"user and port, by a proxy", false, false, {{STEP_GET("/x"), .authority = STEP_OCTETS("u:p@a.test:8080"), .proxy = &simply}}, {0}, {ACCEPT, WANT(GET("http://a.test:8080/x", "a.test:8080")), SEND(OK0)}},
        {"an https proxy", false, true, {{STEP_GET("/x"), .proxy = &with_auth}}, {0}, {ACCEPT, START, WANT("GET http://origin.test/x" FIELDS("origin.test") BASIC_U_P "\r\n"), SEND(OK0)}},
        {"https by a proxy", true, false, {{STEP_GET("/x"), .headers = &own_header, .header_count = 1, .proxy = &with_header}, {STEP_GET("/y"), .proxy = &with_header}}, {0}, {ACCEPT, WANT(CONNECT("origin.test:443") BASIC_U_P "A: b\r\n\r\n"), SEND(OPENED), START, WANT("GET /x" FIELDS("origin.test") "C: d\r\n\r\n"), SEND(OK0), WANT(GET("/y", "origin.test")), SEND(OK0)}},
        {"https by an https proxy", true, true, {{STEP_GET("/x"), .proxy = &simply}}, {0}, {ACCEPT, START, WANT(CONNECT("origin.test:443") "\r\n"), SEND(OPENED), START, WANT(GET("/x", "origin.test")), SEND(OK0)}},
        {"http in a tunnel", false, false, {{STEP_GET("/x"), .proxy = &with_all}}, {0}, {ACCEPT, WANT(CONNECT("origin.test:80") BASIC_U_P "A: b\r\n\r\n"), SEND(OPENED), WANT(GET("/x", "origin.test")), SEND(OK0)}},
        {"a tunnel to IPv6", false, false, {{STEP_GET("/x"), .authority = STEP_OCTETS("u@[2001:db8::1]"), .proxy = &tunnels}}, {0}, {ACCEPT, WANT(CONNECT("[2001:db8::1]:80") "\r\n"), SEND(OPENED), WANT(GET("/x", "[2001:db8::1]")), SEND(OK0)}},
        {"a port that is empty", true, false, {{STEP_GET("/x"), .authority = STEP_OCTETS("origin.test:"), .proxy = &simply}}, {0}, {ACCEPT, WANT(CONNECT("origin.test:443") "\r\n"), SEND(OPENED), START, WANT(GET("/x", "origin.test")), SEND(OK0)}},
        {"a dot at the name's end", true, false, {{STEP_GET("/x"), .authority = STEP_OCTETS("origin.test."), .proxy = &simply}}, {0}, {ACCEPT, WANT(CONNECT("origin.test.:443") "\r\n"), SEND(OPENED), START, WANT(GET("/x", "origin.test.")), SEND(OK0)}},
        {"another user, another tunnel", true, false, {{STEP_GET("/x"), .proxy = &with_auth}, {STEP_GET("/y"), .proxy = &with_other_auth}}, {OUTCOME_TUNNEL, 0}, {ACCEPT, WANT(CONNECT("origin.test:443") BASIC_U_P "\r\n"), SEND("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"), ACCEPT, WANT(CONNECT("origin.test:443") "Proxy-Authorization: Basic dTpx\r\n\r\n"), SEND(OPENED), START, WANT(GET("/y", "origin.test")), SEND(OK0)}},
        {"a field that is none", true, false, {{STEP_GET("/x"), .proxy = &with_bad_header}}, {OUTCOME_INVALID_REQUEST}, {{0}}},
        {"a certificate of another", true, false, {{STEP_GET("/x")}}, {OUTCOME_TLS}, {ACCEPT, {TLS_REFUSED, NULL, MINTED_OTHER_HOST}}},
        {"no TLS", true, false, {{STEP_GET("/x")}}, {OUTCOME_TLS}, {ACCEPT, SEND("hello\r\n\r\n")}},
    };
    /* clang-format on */
    struct tls_authority *authority = tls_authority_new();
    struct assay_tls *tls = NULL;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        play_row(authority, &tls, &rows[i]);
    assay_tls_free(tls);
    tls_authority_free(authority);
}

static void says_that_it_cannot_trust_anybody(void)
{
    const struct client_step step = {STEP_GET("/")};
    static const struct peer origin = {.name = "origin", .is_https = true};
    static const char *const paths[] = {NULL, "/nowhere/ca.pem"};
    const struct endpoint endpoint = endpoint_of(1);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct arena *arena = arena_new();
        struct assay_tls *tls = NULL;
        const struct driver_session session = {.peers = &origin,
                                               .peer_count = 1,
                                               .endpoints = &endpoint,
                                               .ca = paths[i],
                                               .steps = &step};
        struct bundled *bundled = bundled_new(&session, &tls, arena);
        CU_ASSERT(bundled_play(bundled, 0) == NULL);
        CHECK_ROW(strstr(bundled_trouble(bundled), "cannot use TLS") != NULL, "path %zu: %s", i,
                  bundled_trouble(bundled));
        bundled_free(bundled);
        arena_free(arena);
    }
}

CU_TestInfo bundled_tests[] = {
    {"goes where the URL and the proxy say", goes_where_the_url_and_the_proxy_say},
    {"says that it cannot trust anybody", says_that_it_cannot_trust_anybody},
    CU_TEST_INFO_NULL,
};
