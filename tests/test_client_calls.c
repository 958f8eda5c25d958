#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/client_server.h"
#include "tests/flood_server.h"
#include "tests/suites.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>

#define FIELDS   " / HTTP/1.1\r\nHost: H\r\nAccept-Encoding: identity\r\n"
#define GET      "GET" FIELDS
#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define OK5      OK("Content-Length: 5\r\n\r\nhello")
#define OK0      OK("Content-Length: 0\r\n\r\n")

/* A connection to a server that plays `exchanges`. */
struct scene {
    struct client_server *server;
    struct assay_connection *connection;
    struct assay_response *response;
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
    assay_response_free(scene->response);
    assay_connection_free(scene->connection);
    CHECK_ROW(client_server_end(scene->server, trouble, sizeof(trouble)), "%s: %s", label, trouble);
}

static enum assay_error get(struct scene *scene)
{
    const struct assay_request request = {.field_count = 0};
    assay_response_free(scene->response);
    scene->response = NULL;
    const enum assay_error error = assay_request(scene->connection, &request);
    return error == ASSAY_OK ? assay_getresponse(scene->connection, &scene->response) : error;
}

static struct assay_body body_of(const char *text)
{
    return (struct assay_body){.kind = ASSAY_BODY_BYTES, .bytes = assay_text(text)};
}

static void keeps_to_the_order_of_calls(void)
{
    static const struct exchange exchanges[] = {
        {.wants = "PUT" FIELDS "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
         .reply = OK5},
        {.wants = GET "\r\n", .reply = OK0, .is_fresh = true},
    };
    struct scene scene = scene_new(exchanges, COUNT_OF(exchanges));
    struct assay_connection *connection = scene.connection;
    const struct assay_bytes a = assay_text("a"), put = assay_text("PUT"), path = assay_text("/");
    struct assay_response *none;
    const struct assay_body bodies[] = {body_of("ab"), body_of(""), body_of("c")};
    CU_ASSERT(assay_putheader(connection, a, a) == ASSAY_CANNOT_SEND_HEADER);
    CU_ASSERT(assay_endheaders(connection, NULL, true) == ASSAY_CANNOT_SEND_HEADER);
    CU_ASSERT(assay_send(connection, &bodies[0]) == ASSAY_CANNOT_SEND_BODY);
    CU_ASSERT(assay_getresponse(connection, &none) == ASSAY_RESPONSE_NOT_READY && none == NULL);
    CU_ASSERT(assay_putrequest(connection, put, path, 0) == ASSAY_OK);
    CU_ASSERT(assay_putrequest(connection, a, a, 0) == ASSAY_CANNOT_SEND_REQUEST);
    CU_ASSERT(assay_getresponse(connection, &none) == ASSAY_RESPONSE_NOT_READY && none == NULL);
    CU_ASSERT(assay_putheader(connection, assay_text("Transfer-Encoding"), assay_text("chunked")) ==
              ASSAY_OK);
    CU_ASSERT(assay_endheaders(connection, NULL, true) == ASSAY_OK);
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        CU_ASSERT(assay_send(connection, &bodies[i]) == ASSAY_OK);
    CU_ASSERT(assay_putrequest(connection, a, a, 0) == ASSAY_CANNOT_SEND_REQUEST);
    CU_ASSERT(assay_getresponse(connection, &scene.response) == ASSAY_OK);
    CU_ASSERT(assay_getresponse(connection, &none) == ASSAY_RESPONSE_NOT_READY && none == NULL);
    CU_ASSERT(assay_send(connection, &bodies[0]) == ASSAY_CANNOT_SEND_BODY);
    /* The response is freed unread: its connection is not used again. */
    CU_ASSERT(get(&scene) == ASSAY_OK);
    CU_ASSERT(assay_response_is_whole(scene.response) &&
              !assay_response_will_close(scene.response));
    scene_end(&scene, "order of calls");
}

static void connects_anew_when_something_came_while_idle(void)
{
    /* clang-format off */
    static const struct { const char *label, *octets; enum ending ending; } rows[] = {
        {"surplus", "HTTP/1.1 404 No\r\n\r\n", STAY}, {"FIN", "", FIN}, {"RST", "", RST}, {"surplus, then RST", "x", RST},
    };
    /* clang-format on */
    static const struct exchange first[] = {{.reply = OK0}},
                                 second[] = {{.reply = OK5, .is_fresh = true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene = scene_new(first, 1);
        CU_ASSERT(get(&scene) == ASSAY_OK);
        CHECK_ROW(assay_is_connected(scene.connection), "%s: the connection stays", rows[i].label);
        client_server_send_late(scene.server, rows[i].octets, rows[i].ending);
        struct pollfd idle = {.fd = scene.connection->wire->fd, .events = POLLIN};
        CHECK_ROW(poll(&idle, 1, -1) == 1, "%s: it has come", rows[i].label);
        client_server_play(scene.server, second, 1);
        CHECK_ROW(get(&scene) == ASSAY_OK && assay_response_status(scene.response) == 200, "%s: %s",
                  rows[i].label, assay_connection_failure(scene.connection)->text);
        scene_end(&scene, rows[i].label);
    }
}

static void keeps_to_its_limits(void)
{
    /* clang-format off */
    static const struct { const char *label, *reply; enum assay_error wants; } rows[] = {
        {"line", OK("A: 67890123456789012345678901234567890123456789012345678901234\r\n\r\n"), ASSAY_LINE_TOO_LONG},
        {"status line", "HTTP/1.1 200 4567890123456789012345678901234567890123456789012345678901234\r\n\r\n", ASSAY_LINE_TOO_LONG},
        {"count", OK("a: 1\r\na: 2\r\na: 3\r\na: 4\r\n\r\n"), ASSAY_TOO_MANY_HEADERS},
        {"interims", "HTTP/1.1 102 A\r\n\r\nHTTP/1.1 102 A\r\n\r\nHTTP/1.1 102 A\r\n\r\n" OK0, ASSAY_TOO_MANY_INTERIMS},
        {"size", OK("a: 8901234567890123456789012345678901234567890\r\na: 89012345678901234567890123456789012345678\r\na: b\r\n\r\n"), ASSAY_TOO_MANY_HEADERS},
        {"all kept", "HTTP/1.1 102 A\r\n\r\nHTTP/1.1 102 A\r\n\r\n" OK("a: 1\r\na: 2\r\nContent-Length: 0\r\n\r\n"), ASSAY_OK},
        {"no answer", NULL, ASSAY_TIMEOUT},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct exchange exchange = {.reply = rows[i].reply};
        struct scene scene = scene_new(&exchange, 1);
        *assay_connection_options(scene.connection) =
            (struct assay_options){.line_size_max = 60,
                                   .field_count_max = 3,
                                   .interim_count_max = 2,
                                   .fields_size_max = 250,
                                   .auto_open = true,
                                   .io_timeout_ms = rows[i].wants == ASSAY_TIMEOUT ? 20 : 0};
        const enum assay_error error = get(&scene);
        CHECK_ROW(error == rows[i].wants, "%s: got %s, want %s", rows[i].label,
                  assay_error_name(error), assay_error_name(rows[i].wants));
        scene_end(&scene, rows[i].label);
    }
}

static void says_what_went_wrong(void)
{
    static const struct exchange exchanges[] = {
        {.reply = OK("Content-Length: 9\r\n\r\nhello"), .ending = FIN},
        {.reply = OK("A : b\r\n\r\n")}};
    struct scene scene = scene_new(exchanges, COUNT_OF(exchanges));
    const struct assay_failure *failure = assay_connection_failure(scene.connection), *incomplete;
    uint8_t body[16];
    size_t got;
    CU_ASSERT(get(&scene) == ASSAY_OK && assay_read(scene.response, body, 3, &got) == ASSAY_OK &&
              got == 3);
    CU_ASSERT(assay_read(scene.response, body, sizeof(body), &got) == ASSAY_INCOMPLETE_READ &&
              got == 2);
    CU_ASSERT(assay_read(scene.response, body, sizeof(body), &got) == ASSAY_INCOMPLETE_READ &&
              got == 0);
    incomplete = assay_response_failure(scene.response);
    CU_ASSERT(incomplete->received == 5 && incomplete->has_missing && incomplete->missing == 4);
    CU_ASSERT(get(&scene) == ASSAY_BAD_HEADER && failure->has_offset && failure->offset == 18);
    CU_ASSERT(assay_response_status(scene.response) == 0);
    const struct assay_bytes nul = {(const uint8_t *)"a\0b", 3}, get_it = assay_text("GET");
    CU_ASSERT(assay_putrequest(scene.connection, nul, get_it, 0) == ASSAY_INVALID_METHOD);
    CU_ASSERT(assay_putrequest(scene.connection, get_it, nul, 0) == ASSAY_INVALID_URL);
    CU_ASSERT_STRING_EQUAL(failure->text, "a target cannot hold octet 0x00 (at 1)");
    for (unsigned i = 0; i < 2; i++) {
        CU_ASSERT(assay_putrequest(scene.connection, get_it, get_it, 0) == ASSAY_OK);
        CU_ASSERT(assay_putheader(scene.connection, i == 0 ? nul : get_it, nul) ==
                  ASSAY_INVALID_HEADER);
    }
    CU_ASSERT_PTR_NULL(assay_connection_new("local host", 80, NULL));
    scene_end(&scene, "what went wrong");
    scene = scene_new(NULL, 0);
    const uint16_t port = client_server_port(scene.server);
    scene_end(&scene, "nothing");
    scene.connection = assay_connection_new("127.0.0.1", port, NULL);
    scene.response = NULL;
    CU_ASSERT(get(&scene) == ASSAY_CONNECTION_REFUSED &&
              assay_connection_failure(scene.connection)->system_error == ECONNREFUSED);
    assay_connection_free(scene.connection);
}

static void refuses_every_deviation_that_loses_the_framing(void)
{
    enum { KNOWN, LOST };
    /* clang-format off */
    static const struct { const char *name; int framing; } rows[] = {
#define ROW(name, text, requirement, framing) {#name, framing},
        HTTP_DEVIATIONS(ROW)
#undef ROW
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_ROW(rows[i].framing == KNOWN ||
                      assay_strictness((enum http_deviation_kind)i, ASSAY_STAGE_BODY) != ASSAY_OK,
                  "%s", rows[i].name);
}

/* Content of which each octet tells where it stands, by its last digit. */
#define DIGITS     "0123456789"
#define DIGITS_100 DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS
enum { LARGE_UNITS = 30000, LARGE = 3000000, STORE_UNTOUCHED = '#' };

/* Right to the caller's memory; or either way, where the store has content that came with the head,
 * or where the read goes on to the end of the content. */
enum way { BY_STORE, STRAIGHT, EITHER };

struct large {
    const char *label;
    enum assay_error (*read)(struct assay_response *, void *, size_t, size_t *);
    size_t size;  /* of each read */
    enum way way; /* of the first read */
    enum assay_error wants;
    uint64_t len; /* octets of content that come */
    struct flood flood;
};

static size_t count_wrong(struct assay_bytes octets, uint64_t at)
{
    size_t count = 0;
    for (size_t i = 0; i < octets.len; i++)
        count += octets.at[i] != '0' + (at + i) % strlen(DIGITS);
    return count;
}

static void read_large(const struct large *row, struct assay_response *response)
{
    uint8_t *into = malloc(row->size), *store = response->wire->store;
    struct assay_bytes octets = {into, 1};
    enum assay_error error = ASSAY_OK;
    uint64_t at = 0;
    size_t wrong = 0;
    if (row->way != EITHER) {
        error = assay_read_piece(response, &octets);
        wrong = count_wrong(octets, 0);
        at = octets.len;
        CU_ASSERT(response->wire->input.len == 0);
        store[0] = STORE_UNTOUCHED;
    }
    for (size_t i = 0; error == ASSAY_OK && octets.len > 0; i++) {
        octets.at = into;
        error = row->read(response, into, row->size, &octets.len);
        CHECK_ROW(i > 0 || row->way == EITHER ||
                      (row->way == STRAIGHT) == (store[0] == STORE_UNTOUCHED),
                  "%s: its way", row->label);
        wrong += count_wrong(octets, at);
        at += octets.len;
        memset(into, STORE_UNTOUCHED, row->size); /* it is the caller's again */
    }
    CHECK_ROW(error == row->wants && at == row->len && wrong == 0,
              "%s: %s after %" PRIu64 " octets, %zu of them wrong", row->label,
              assay_error_name(error), at, wrong);
    CHECK_ROW(assay_response_is_whole(response) == (row->wants == ASSAY_OK), "%s: whole",
              row->label);
    free(into);
}

static void reads_much_right_into_the_callers_memory(void)
{
    enum { MUCH = 1024 * 1024, LITTLE = 1000, CUT_UNITS = 20000, CUT = 2000000 };
#define LENGTH OK("Content-Length: 3000000\r\n\r\n")
#define CHUNK  OK("Transfer-Encoding: chunked\r\n\r\n2DC6C0\r\n") /* of 3000000 octets */
    /* clang-format off */
    static const struct large rows[] = {
        {"length", assay_read, MUCH, STRAIGHT, ASSAY_OK, LARGE, {LENGTH, DIGITS_100, LARGE_UNITS, ""}},
        {"length, by read1", assay_read1, MUCH, STRAIGHT, ASSAY_OK, LARGE, {LENGTH, DIGITS_100, LARGE_UNITS, ""}},
        {"length, in small reads", assay_read, LITTLE, BY_STORE, ASSAY_OK, LARGE, {LENGTH, DIGITS_100, LARGE_UNITS, ""}},
        {"more than is to come", assay_read, LARGE + 1, EITHER, ASSAY_OK, LARGE, {LENGTH, DIGITS_100, LARGE_UNITS, ""}},
        {"some with the head", assay_read, MUCH, EITHER, ASSAY_OK, LARGE, {LENGTH DIGITS_100, DIGITS_100, LARGE_UNITS - 1, ""}},
        {"some with the head, by read1", assay_read1, MUCH, EITHER, ASSAY_OK, LARGE, {LENGTH DIGITS_100, DIGITS_100, LARGE_UNITS - 1, ""}},
        {"surplus", assay_read, MUCH, STRAIGHT, ASSAY_OK, LARGE, {LENGTH, DIGITS_100, LARGE_UNITS, "surplus"}},
        {"cut", assay_read, MUCH, STRAIGHT, ASSAY_INCOMPLETE_READ, CUT, {LENGTH, DIGITS_100, CUT_UNITS, ""}},
        {"cut, by read1", assay_read1, MUCH, STRAIGHT, ASSAY_INCOMPLETE_READ, CUT, {LENGTH, DIGITS_100, CUT_UNITS, ""}},
        {"chunk", assay_read, MUCH, STRAIGHT, ASSAY_OK, LARGE, {CHUNK, DIGITS_100, LARGE_UNITS, "\r\n0\r\n\r\n"}},
        {"two chunks", assay_read, MUCH, STRAIGHT, ASSAY_OK, LARGE + 3, {CHUNK, DIGITS_100, LARGE_UNITS, "\r\n3\r\n012\r\n0\r\n\r\n"}},
        {"two chunks, by read1", assay_read1, LARGE, STRAIGHT, ASSAY_OK, LARGE + 3, {CHUNK, DIGITS_100, LARGE_UNITS, "\r\n3\r\n012\r\n0\r\n\r\n"}},
        {"chunk cut", assay_read, MUCH, STRAIGHT, ASSAY_INCOMPLETE_READ, CUT, {CHUNK, DIGITS_100, CUT_UNITS, ""}},
        {"chunk with no end", assay_read, MUCH, STRAIGHT, ASSAY_BAD_CHUNK, LARGE, {CHUNK, DIGITS_100, LARGE_UNITS, "0\r\n\r\n"}},
        {"to the connection's end", assay_read, MUCH, BY_STORE, ASSAY_OK, LARGE, {OK("\r\n"), DIGITS_100, LARGE_UNITS, ""}},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct flood_server *server = flood_server_new(&rows[i].flood);
        struct scene scene = {
            .connection = assay_connection_new("127.0.0.1", flood_server_port(server), NULL)};
        CHECK_ROW(get(&scene) == ASSAY_OK, "%s: head", rows[i].label);
        if (scene.response != NULL)
            read_large(&rows[i], scene.response);
        assay_response_free(scene.response);
        assay_connection_free(scene.connection);
        flood_server_end(server);
    }
}

CU_TestInfo client_calls_tests[] = {
    {"keeps to the order of calls", keeps_to_the_order_of_calls},
    {"connects anew when something came while idle", connects_anew_when_something_came_while_idle},
    {"keeps to its limits", keeps_to_its_limits},
    {"says what went wrong", says_what_went_wrong},
    {"refuses every deviation that loses the framing",
     refuses_every_deviation_that_loses_the_framing},
    {"reads much right into the caller's memory", reads_much_right_into_the_callers_memory},
    CU_TEST_INFO_NULL,
};
