#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/suites.h"
#include "tests/tls_server.h"

#include <stdio.h>

#define NAME_64  "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
#define NAME_256 NAME_64 NAME_64 NAME_64 NAME_64

static void knows_what_is_a_host(void)
{
    static const char *const hosts[] = {"localhost", "a-b.c_d",         "A",         "a.",
                                        "1.a",       "xn--e1aybc.test", "127.0.0.1", "::1",
                                        "[::1]",     "[2001:db8::1]",   "1a"};
    static const char long_name[] = NAME_256;
    static const char *const others[] = {
        "",          " ",    "a b",         "a/b",  "/",   "a@b",  "a:80", "127.0.0.1:80",
        "[::1",      "::1]", "[127.0.0.1]", "[a]",  "[]",  "[:]",  "a\r",  "a\nb",
        "a\x7f",     "a\tb", "\xc3\xa9",    "a%41", "a?b", "a#b",  "1",    "1.2.3",
        "256.0.0.1", "a.1",  "1.",          ".",    "..",  "a\\b", "a\"",  "fe80::1%lo",
        long_name,
    };
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        struct assay_connection *connection = assay_connection_new(hosts[i], 80, NULL);
        CHECK_ROW(connection != NULL, "\"%s\"", hosts[i]);
        assay_connection_free(connection);
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct assay_connection *connection = assay_connection_new(others[i], 80, NULL);
        CHECK_ROW(connection == NULL, "\"%s\"", others[i]);
        assay_connection_free(connection);
    }
}

static void names_the_host_as_an_authority_does(void)
{
    /* clang-format off */
    static const struct { const char *host; uint16_t port, default_port; const char *wants; } rows[] = {
        {"a.test", 80, 80, "a.test"}, {"a.test", 443, 80, "a.test:443"}, {"a.test", 80, 0, "a.test:80"},
        {"::1", 8080, 80, "[::1]:8080"}, {"[::1]", 80, 80, "[::1]"}, {"[::1]", 80, 0, "[::1]:80"},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct assay_host host = {.name = NULL};
        struct assay_buffer text = {.len = 0};
        struct assay_failure failure;
        CU_ASSERT(assay_host_set(&host, rows[i].host, rows[i].port, &failure) == ASSAY_OK);
        assay_host_add(&text, &host, host.port, rows[i].default_port);
        CHECK_ROW(bytes_equal((struct bytes){text.at, text.len}, bytes_of(rows[i].wants)),
                  "\"%.*s\", want \"%s\"", (int)text.len, (const char *)text.at, rows[i].wants);
        assay_buffer_release(&text);
        assay_host_release(&host);
    }
}

static void builds_a_connect_of_checked_parts(void)
{
    /* clang-format off */
    static const struct { const char *host; uint16_t port; const char *name, *value; enum assay_error error; const char *head; } rows[] = {
        {"a.test", 443, "A", "b", ASSAY_OK, "CONNECT a.test:443 HTTP/1.1\r\nA: b\r\nHost: a.test:443\r\n\r\n"},
        {"::1", 80, "A", "", ASSAY_OK, "CONNECT [::1]:80 HTTP/1.1\r\nA: \r\nHost: [::1]:80\r\n\r\n"},
        {"a.test", 1, "host", "b", ASSAY_OK, "CONNECT a.test:1 HTTP/1.1\r\nhost: b\r\n\r\n"},
        {NULL, 0, "A", "b", ASSAY_OK, ""},
        {"a b", 443, "A", "b", ASSAY_INVALID_URL, ""},
        {"a\r\nX: y", 443, "A", "b", ASSAY_INVALID_URL, ""},
        {"u@a", 443, "A", "b", ASSAY_INVALID_URL, ""},
        {"a.test", 0, "A", "b", ASSAY_INVALID_URL, ""},
        {"a.test", 443, "", "b", ASSAY_INVALID_HEADER, ""},
        {"a.test", 443, "A:", "b", ASSAY_INVALID_HEADER, ""},
        {"a.test", 443, "A", "b\r\nC: d", ASSAY_INVALID_HEADER, ""},
        {"a.test", 443, "content-length", "0", ASSAY_INVALID_HEADER, ""},
        {"a.test", 443, "Transfer-Encoding", "chunked", ASSAY_INVALID_HEADER, ""},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct assay_field field = {assay_text(rows[i].name), assay_text(rows[i].value)};
        struct assay_connection *connection = assay_connection_new("127.0.0.1", 1, NULL);
        const enum assay_error error =
            assay_set_tunnel(connection, rows[i].host, rows[i].port, &field, 1);
        struct assay_buffer head = {.len = 0};
        if (connection->tunnel.host.name != NULL)
            assay_tunnel_build_head(connection, &head);
        CHECK_ROW(error == rows[i].error, "row %zu: %s", i, assay_error_name(error));
        CHECK_ROW(bytes_equal((struct bytes){head.at, head.len}, bytes_of(rows[i].head)),
                  "row %zu: \"%.*s\"", i, (int)head.len, (const char *)head.at);
        assay_buffer_release(&head);
        assay_connection_free(connection);
    }
}

/* The port is always there; by default it is that of what goes through the tunnel. */
static void names_the_tunnels_end_with_its_port(void)
{
    /* clang-format off */
    static const struct { const char *host; int port; bool is_https; const char *wants; } rows[] = {
        {"a.test:99", ASSAY_PORT_IN_HOST, false, "a.test:99"}, {"a.test", ASSAY_PORT_IN_HOST, false, "a.test:80"},
        {"a.test", ASSAY_PORT_IN_HOST, true, "a.test:443"}, {"a.test:", ASSAY_PORT_IN_HOST, true, "a.test:443"},
        {"a.test:80", ASSAY_PORT_IN_HOST, true, "a.test:80"}, {"[::1]:9", ASSAY_PORT_IN_HOST, false, "[::1]:9"},
        {"::1", ASSAY_PORT_IN_HOST, true, "[::1]:443"}, {"[::1]", 9, false, "[::1]:9"},
        {"a.test:x", ASSAY_PORT_IN_HOST, false, NULL}, {"a.test:80", 80, false, NULL},
    };
    /* clang-format on */
    const struct assay_tls_options options = {.is_unverified = true};
    char reason[256];
    struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char wants[128];
        struct assay_connection *connection = assay_connection_new("127.0.0.1", 1, NULL);
        struct assay_buffer head = {.len = 0};
        const enum assay_error error =
            assay_set_tunnel(connection, rows[i].host, rows[i].port, NULL, 0);
        CHECK_ROW(error == (rows[i].wants != NULL ? ASSAY_OK : ASSAY_INVALID_URL), "row %zu: %s", i,
                  assay_error_name(error));
        CU_ASSERT(assay_set_tls(connection, rows[i].is_https ? tls : NULL) == ASSAY_OK);
        if (error == ASSAY_OK)
            assay_tunnel_build_head(connection, &head);
        const char *host = rows[i].wants != NULL ? rows[i].wants : "";
        snprintf(wants, sizeof(wants), "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", host, host);
        CHECK_ROW(bytes_equal((struct bytes){head.at, head.len},
                              bytes_of(error == ASSAY_OK ? wants : "")),
                  "row %zu: \"%.*s\"", i, (int)head.len, (const char *)head.at);
        assay_buffer_release(&head);
        assay_connection_free(connection);
    }
    assay_tls_free(tls);
}

static void end_server(struct tls_server *server, const char *label)
{
    char trouble[256], name[64];
    CHECK_ROW(tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name)), "%s: %s", label,
              trouble);
}

static void tells_what_the_proxy_answered_last(void)
{
    static const struct tls_step steps[] = {
        {TLS_ACCEPT, NULL, 0},
        {TLS_WANT, "CONNECT a.test:9 HTTP/1.1\r\nB: 1\r\nHost: c\r\na: 2\r\nB: 3\r\n\r\n", 0},
        {TLS_SEND, "HTTP/1.1 201 Fine\r\nVia: p\r\nA: b\r\n\r\n", 0},
        {TLS_ACCEPT, NULL, 0},
        {TLS_WANT, NULL, 0},
        {TLS_SEND, "HTTP/1.1 403 No\r\nC: d\r\n\r\n", 0},
        {TLS_ACCEPT, NULL, 0},
        {TLS_WANT, NULL, 0},
        {TLS_FIN, NULL, 0},
        {TLS_END, NULL, 0}};
    static const struct {
        enum assay_error error;
        int status;
        size_t count;
        const char *name;
    } rows[] = {{ASSAY_OK, 201, 2, "Via"},
                {ASSAY_TUNNEL_FAILED, 403, 1, "C"},
                {ASSAY_REMOTE_DISCONNECTED, 0, 0, NULL}};
    const struct assay_field told[] = {{assay_text("B"), assay_text("1")},
                                       {assay_text("Host"), assay_text("c")},
                                       {assay_text("a"), assay_text("2")},
                                       {assay_text("B"), assay_text("3")}};
    struct tls_server *server = tls_server_new("127.0.0.1", NULL, steps);
    struct assay_connection *connection =
        assay_connection_new("127.0.0.1", tls_server_port(server), NULL);
    CU_ASSERT(assay_set_tunnel(connection, "a.test", 9, told, COUNT_OF(told)) == ASSAY_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const enum assay_error error = assay_connect(connection);
        const struct assay_fields fields = assay_get_proxy_response_headers(connection);
        CHECK_ROW(error == rows[i].error && assay_is_connected(connection) == (error == ASSAY_OK),
                  "connect %zu: %s", i, assay_error_name(error));
        CHECK_ROW(assay_get_proxy_response_status(connection) == rows[i].status &&
                      fields.count == rows[i].count,
                  "connect %zu: %d, %zu fields", i, assay_get_proxy_response_status(connection),
                  fields.count);
        CHECK_ROW(rows[i].name == NULL ||
                      (fields.count > 0 &&
                       bytes_equal(bytes_given(fields.items[0].name), bytes_of(rows[i].name))),
                  "connect %zu: its first field", i);
    }
    assay_connection_free(connection);
    end_server(server, "answers of a proxy");
}

static enum assay_error get(struct assay_connection *connection, struct assay_response **response)
{
    const struct assay_request request = {.field_count = 0};
    const enum assay_error error = assay_request(connection, &request);
    return error == ASSAY_OK ? assay_getresponse(connection, response) : error;
}

static void sets_up_what_is_not_connected_yet(void)
{
    static const struct tls_step steps[] = {
        {TLS_ACCEPT, NULL, 0},
        {TLS_WANT, NULL, 0},
        {TLS_SEND, "HTTP/1.1 407 No\r\nA: b\r\nC: d\r\n\r\n", 0},
        {TLS_ACCEPT, NULL, 0},
        {TLS_WANT, "GET / HTTP/1.1\r\nHost: 127.0.0.1:@\r\nAccept-Encoding: identity\r\n\r\n", 0},
        {TLS_SEND, "HTTP/1.1 204 OK\r\n\r\n", 0},
        {TLS_END, NULL, 0}};
    struct tls_server *server = tls_server_new("127.0.0.1", NULL, steps);
    struct assay_connection *connection =
        assay_connection_new("127.0.0.1", tls_server_port(server), NULL);
    struct assay_response *response = NULL;
    CU_ASSERT(assay_set_tunnel(connection, "a.test", 80, NULL, 0) == ASSAY_OK);
    CU_ASSERT(assay_get_proxy_response_status(connection) == 0);
    CU_ASSERT(get(connection, &response) == ASSAY_TUNNEL_FAILED && response == NULL);
    CU_ASSERT(assay_get_proxy_response_status(connection) == 407 &&
              assay_get_proxy_response_headers(connection).count == 2);
    CU_ASSERT(assay_putrequest(connection, assay_text("GET"), assay_text("/"), 0) == ASSAY_OK);
    CU_ASSERT(assay_set_tunnel(connection, NULL, 0, NULL, 0) == ASSAY_CANNOT_SET_UP);
    assay_close(connection);
    CU_ASSERT(assay_set_tunnel(connection, NULL, 0, NULL, 0) == ASSAY_OK);
    CU_ASSERT(get(connection, &response) == ASSAY_OK && assay_response_status(response) == 204);
    CU_ASSERT(assay_set_tunnel(connection, "a.test", 80, NULL, 0) == ASSAY_CANNOT_SET_UP);
    CU_ASSERT(assay_set_tls(connection, NULL) == ASSAY_CANNOT_SET_UP);
    CU_ASSERT(assay_set_proxy_tls(connection, NULL) == ASSAY_CANNOT_SET_UP);
    assay_connection_free(connection);
    assay_response_free(response);
    end_server(server, "set up");
}

/* RFC 9112, section 6.1: a server of HTTP/1.0 is sent no chunks; another one may be. */
static void forgets_what_another_server_spoke(void)
{
    static const struct tls_step steps[] = {{TLS_ACCEPT, NULL, 0},
                                            {TLS_WANT, NULL, 0},
                                            {TLS_SEND, "HTTP/1.0 204 OK\r\n\r\n", 0},
                                            {TLS_ACCEPT, NULL, 0},
                                            {TLS_WANT, NULL, 0},
                                            {TLS_SEND, "HTTP/1.0 200 OK\r\n\r\n", 0},
                                            {TLS_WANT, NULL, 0},
                                            {TLS_SEND, "HTTP/1.1 204 OK\r\n\r\n", 0},
                                            {TLS_END, NULL, 0}};
    const struct assay_field trailer = {assay_text("A"), assay_text("b")};
    const struct assay_request request = {
        .method = assay_text("PUT"),
        .body = {.kind = ASSAY_BODY_NONE, .trailers = &trailer, .trailer_count = 1}};
    struct tls_server *server = tls_server_new("127.0.0.1", NULL, steps);
    struct assay_connection *connection =
        assay_connection_new("127.0.0.1", tls_server_port(server), NULL);
    struct assay_response *response = NULL;
    CU_ASSERT(get(connection, &response) == ASSAY_OK);
    assay_response_free(response);
    response = NULL;
    CU_ASSERT(assay_request(connection, &request) == ASSAY_INVALID_BODY);
    CU_ASSERT(assay_set_tunnel(connection, "a.test", 80, NULL, 0) == ASSAY_OK);
    CU_ASSERT(assay_request(connection, &request) == ASSAY_OK);
    CU_ASSERT(assay_getresponse(connection, &response) == ASSAY_OK);
    assay_connection_free(connection);
    assay_response_free(response);
    end_server(server, "another server");
}

static void connects_to_what_there_is(void)
{
    static const struct tls_step steps[] = {
        {TLS_ACCEPT, NULL, 0},
        {TLS_WANT, "GET / HTTP/1.1\r\nHost: [::1]:@\r\nAccept-Encoding: identity\r\n\r\n", 0},
        {TLS_SEND, "HTTP/1.1 204 OK\r\n\r\n", 0},
        {TLS_END, NULL, 0}};
    struct assay_response *response = NULL;
    struct tls_server *server = tls_server_new("::1", NULL, steps);
    if (server != NULL) {
        struct assay_connection *connection =
            assay_connection_new("[::1]", tls_server_port(server), NULL);
        CU_ASSERT(get(connection, &response) == ASSAY_OK);
        assay_connection_free(connection);
        assay_response_free(response);
        end_server(server, "IPv6");
    } else {
        printf("left out: this system has no ::1\n");
    }
    /* No name has such a label, so nobody needs to be asked. */
    struct assay_connection *connection = assay_connection_new(NAME_64 ".test", 80, NULL);
    CU_ASSERT(get(connection, &response) == ASSAY_CANNOT_CONNECT);
    CU_ASSERT(strstr(assay_connection_failure(connection)->text, "cannot find " NAME_64) != NULL);
    assay_connection_free(connection);
}

static void says_what_cannot_be_trusted(void)
{
    /* clang-format off */
    static const struct { const char *path, *reason; } rows[] = {
        {"/nowhere/ca.pem", "cannot read \"/nowhere/ca.pem\": No such file"},
        {"/dev/null", "no certificate in PEM can be read in \"/dev/null\""},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char reason[256] = "";
        const struct assay_tls_options options = {.ca_path = rows[i].path};
        CHECK_ROW(assay_tls_new(&options, reason, sizeof(reason)) == NULL, "%s", rows[i].path);
        CHECK_ROW(strstr(reason, rows[i].reason) != NULL, "%s: %s", rows[i].path, reason);
    }
}

CU_TestInfo client_setup_tests[] = {
    {"knows what is a host", knows_what_is_a_host},
    {"names the host as an authority does", names_the_host_as_an_authority_does},
    {"builds a CONNECT of checked parts", builds_a_connect_of_checked_parts},
    {"names the tunnel's end with its port", names_the_tunnels_end_with_its_port},
    {"tells what the proxy answered last", tells_what_the_proxy_answered_last},
    {"sets up what is not connected yet", sets_up_what_is_not_connected_yet},
    {"forgets what another server spoke", forgets_what_another_server_spoke},
    {"connects to what there is", connects_to_what_there_is},
    {"says what cannot be trusted", says_what_cannot_be_trusted},
    CU_TEST_INFO_NULL,
};
