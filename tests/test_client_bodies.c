#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/client_pair.h"
#include "tests/client_server.h"
#include "tests/suites.h"

#include <stdio.h>
#include <unistd.h>

#define PUT(fields) "PUT / HTTP/1.1\r\nHost: H\r\nAccept-Encoding: identity\r\n" fields
#define LENGTH(n)   PUT("Content-Length: " n "\r\n\r\n")
#define CODED       PUT("Transfer-Encoding: chunked\r\n\r\n")
#define OK0         "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

enum { PIECES_MAX = 4 };

/* A body, in short; and where it comes from. */
struct given {
    enum assay_body_kind kind;
    const char *pieces[PIECES_MAX]; /* of a reader: what each call gives, as far as it fits */
    const char *length, *coding;    /* fields */
    bool encode_chunked, is_declared, breaks;
    uint64_t declared;
    size_t next, at;
};

static enum assay_piece next_piece(void *context, struct assay_bytes *piece)
{
    struct given *given = context;
    if (given->next == PIECES_MAX || given->pieces[given->next] == NULL)
        return given->breaks ? ASSAY_PIECES_BROKEN : ASSAY_PIECES_END;
    *piece = assay_text(given->pieces[given->next++]);
    return ASSAY_PIECE;
}

static ptrdiff_t read_block(void *context, uint8_t *into, size_t size)
{
    struct given *given = context;
    const char *text = given->next < PIECES_MAX ? given->pieces[given->next] : NULL;
    if (text == NULL)
        return given->breaks ? -1 : 0;
    struct bytes rest = bytes_of(text + given->at);
    const struct bytes block = bytes_take(&rest, size < rest.len ? size : rest.len);
    memcpy(into, block.at, block.len);
    given->at = rest.len > 0 ? given->at + block.len : 0;
    given->next += rest.len == 0;
    return (ptrdiff_t)block.len;
}

static int open_file_with(const char *text)
{
    FILE *file = tmpfile();
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    rewind(file);
    const int fd = dup(fileno(file));
    fclose(file);
    return fd;
}

static enum assay_error put(struct assay_connection *connection, struct given *given)
{
    struct assay_field fields[2];
    struct assay_request request = {.method = assay_text("PUT"), .fields = fields};
    struct assay_response *response = NULL;
    if (given->length != NULL)
        fields[request.field_count++] =
            (struct assay_field){assay_text("Content-Length"), assay_text(given->length)};
    if (given->coding != NULL)
        fields[request.field_count++] =
            (struct assay_field){assay_text("Transfer-Encoding"), assay_text(given->coding)};
    request.encode_chunked = given->encode_chunked;
    request.body = (struct assay_body){.kind = given->kind,
                                       .next = next_piece,
                                       .read = read_block,
                                       .context = given,
                                       .has_length = given->is_declared,
                                       .length = given->declared};
    if (given->kind == ASSAY_BODY_BYTES)
        request.body.bytes = assay_text(given->pieces[0]);
    if (given->kind == ASSAY_BODY_FILE)
        request.body.fd = open_file_with(given->pieces[0]);
    enum assay_error error = assay_request(connection, &request);
    if (given->kind == ASSAY_BODY_FILE)
        close(request.body.fd);
    if (error == ASSAY_OK)
        error = assay_getresponse(connection, &response);
    assay_response_free(response);
    return error;
}

static void sends_a_body_as_it_is_declared(void)
{
    /* clang-format off */
    static const struct { const char *label, *wants; enum assay_error error; struct given given; bool is_http_1_0; } rows[] = {
        {"a reader, by blocks", PUT("Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n1\r\ne\r\n2\r\nfg\r\n0\r\n\r\n"), ASSAY_OK, {.kind = ASSAY_BODY_READER, .pieces = {"abcde", "fg"}}, false},
        {"a reader of known length", LENGTH("7") "abcdefg", ASSAY_OK, {.kind = ASSAY_BODY_READER, .pieces = {"abcde", "fg"}, .is_declared = true, .declared = 7}, false},
        {"a reader is not read past what was declared", LENGTH("6") "abcdef", ASSAY_OK, {.kind = ASSAY_BODY_READER, .pieces = {"abcde", "fg"}, .length = "6"}, false},
        {"a reader that ends early", LENGTH("9") "abcdefg", ASSAY_BODY_MISMATCH, {.kind = ASSAY_BODY_READER, .pieces = {"abcde", "fg"}, .length = "9"}, false},
        {"a reader that breaks", CODED "2\r\nab\r\n", ASSAY_BODY_MISMATCH, {.kind = ASSAY_BODY_READER, .pieces = {"ab"}, .breaks = true}, false},
        {"a stream that breaks", CODED "2\r\nab\r\n", ASSAY_BODY_MISMATCH, {.kind = ASSAY_BODY_STREAM, .pieces = {"ab"}, .breaks = true}, false},
        {"a file that is longer", NULL, ASSAY_INVALID_BODY, {.kind = ASSAY_BODY_FILE, .pieces = {"abc"}, .is_declared = true, .declared = 2}, false},
        {"a file that is shorter", NULL, ASSAY_INVALID_BODY, {.kind = ASSAY_BODY_FILE, .pieces = {"abc"}, .length = "4"}, false},
        {"bytes beside another length", NULL, ASSAY_INVALID_BODY, {.kind = ASSAY_BODY_BYTES, .pieces = {"abc"}, .length = "4"}, false},
        {"a length and nothing", NULL, ASSAY_INVALID_BODY, {.kind = ASSAY_BODY_NONE, .length = "4"}, false},
        {"a coding and nothing", CODED "0\r\n\r\n", ASSAY_OK, {.kind = ASSAY_BODY_NONE, .coding = "chunked"}, false},
        {"encode_chunked", CODED "3\r\nabc\r\n0\r\n\r\n", ASSAY_OK, {.kind = ASSAY_BODY_BYTES, .pieces = {"abc"}, .coding = "chunked", .encode_chunked = true}, false},
        {"encode_chunked, empty", CODED "0\r\n\r\n", ASSAY_OK, {.kind = ASSAY_BODY_BYTES, .pieces = {""}, .coding = "chunked", .encode_chunked = true}, false},
        {"bytes in chunks", CODED "3;a=b\r\nabc\r\n0\r\nT: u\r\n\r\n", ASSAY_OK, {.kind = ASSAY_BODY_BYTES, .pieces = {"3;a=b\r\nabc\r\n0\r\nT: u\r\n\r\n"}, .coding = "chunked"}, false},
        {"bytes that are no chunks", NULL, ASSAY_INVALID_BODY, {.kind = ASSAY_BODY_BYTES, .pieces = {"abc"}, .coding = "chunked"}, false},
        {"chunks without end", NULL, ASSAY_INVALID_BODY, {.kind = ASSAY_BODY_BYTES, .pieces = {"3\r\nabc\r\n0\r\n"}, .coding = "chunked"}, false},
        {"chunks with more behind", NULL, ASSAY_INVALID_BODY, {.kind = ASSAY_BODY_BYTES, .pieces = {"0\r\n\r\nGET / HTTP/1.1\r\n\r\n"}, .coding = "chunked"}, false},
        {"a stream in chunks", CODED "3\r\nabc\r\n0\r\n\r\n", ASSAY_OK, {.kind = ASSAY_BODY_STREAM, .pieces = {"3", "\r\nabc\r\n", "0\r\n\r", "\n"}, .coding = "chunked"}, false},
        {"a stream whose chunks go wrong", CODED "3\r\nabc\r\n", ASSAY_BODY_MISMATCH, {.kind = ASSAY_BODY_STREAM, .pieces = {"3\r\nabc\r\n", "zz\r\n"}, .coding = "chunked"}, false},
        {"a stream whose chunks have no end", CODED "3\r\nabc\r\n", ASSAY_BODY_MISMATCH, {.kind = ASSAY_BODY_STREAM, .pieces = {"3\r\nabc\r\n"}, .coding = "chunked"}, false},
        {"a coding that frames nothing", NULL, ASSAY_INVALID_HEADER, {.kind = ASSAY_BODY_BYTES, .pieces = {"abc"}, .coding = "gzip"}, false},
        {"both", NULL, ASSAY_INVALID_HEADER, {.kind = ASSAY_BODY_BYTES, .pieces = {"abc"}, .coding = "chunked", .length = "3"}, false},
        {"HTTP/1.0", "PUT / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", ASSAY_OK, {.kind = ASSAY_BODY_BYTES, .pieces = {"abc"}}, true},
        {"HTTP/1.0 has no chunks", NULL, ASSAY_INVALID_BODY, {.kind = ASSAY_BODY_STREAM, .pieces = {"abc"}}, true},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct exchange exchange = {.wants = rows[i].wants,
                                          .reply = rows[i].error == ASSAY_OK ? OK0 : NULL};
        struct client_server *server = client_server_new();
        client_server_play(server, &exchange, rows[i].wants != NULL);
        struct assay_connection *connection =
            assay_connection_new("127.0.0.1", client_server_port(server), NULL);
        assay_connection_options(connection)->block_size = 4;
        assay_connection_options(connection)->is_http_1_0 = rows[i].is_http_1_0;
        struct given given = rows[i].given;
        const enum assay_error error = put(connection, &given);
        CHECK_ROW(error == rows[i].error, "%s: %s", rows[i].label, assay_error_name(error));
        CHECK_ROW(error == ASSAY_OK || !assay_is_connected(connection), "%s: the connection",
                  rows[i].label);
        CHECK_ROW(assay_connection_state(connection) == ASSAY_IDLE, "%s: not idle", rows[i].label);
        assay_connection_free(connection);
        char trouble[256];
        CHECK_ROW(client_server_end(server, trouble, sizeof(trouble)), "%s: %s", rows[i].label,
                  trouble);
    }
}

static void joins_the_values_of_a_field(void)
{
    static const struct exchange exchange = {.wants = "GET /a HTTP/1.1\r\nX: 1, 2\r\nY: \r\n\r\n",
                                             .reply = OK0};
    struct client_server *server = client_server_new();
    client_server_play(server, &exchange, 1);
    struct assay_connection *connection =
        assay_connection_new("127.0.0.1", client_server_port(server), NULL);
    const struct assay_bytes values[] = {assay_text("1"), assay_text("2")};
    struct assay_response *response;
    char trouble[256];
    CU_ASSERT(assay_putrequest(connection, assay_text("GET"), assay_text("/a"),
                               ASSAY_SKIP_HOST | ASSAY_SKIP_ACCEPT_ENCODING) == ASSAY_OK);
    CU_ASSERT(assay_putheader_values(connection, assay_text("X"), values, 2) == ASSAY_OK);
    CU_ASSERT(assay_putheader_values(connection, assay_text("Y"), NULL, 0) == ASSAY_OK);
    CU_ASSERT(assay_endheaders(connection, NULL, false) == ASSAY_OK);
    CU_ASSERT(assay_getresponse(connection, &response) == ASSAY_OK);
    assay_response_free(response);
    assay_connection_free(connection);
    CHECK_ROW(client_server_end(server, trouble, sizeof(trouble)), "%s", trouble);
}

/* What the server says while a body is sent, a part for each piece; and FIN behind the last. */
struct saying {
    struct client_pair pair;
    const char *parts[PIECES_MAX];
    size_t next;
};

static enum assay_piece say_and_give(void *context, struct assay_bytes *piece)
{
    struct saying *saying = context;
    const char *part = saying->next < PIECES_MAX ? saying->parts[saying->next] : NULL;
    if (part == NULL) {
        client_pair_fin(&saying->pair);
        return saying->next++ < 2 * PIECES_MAX ? ASSAY_PIECE : ASSAY_PIECES_END;
    }
    client_pair_say_cut(&saying->pair, part, 0);
    saying->next++;
    *piece = assay_text("x");
    return ASSAY_PIECE;
}

static void takes_an_answer_that_comes_in_parts(void)
{
    /* clang-format off */
    static const struct { const char *label; enum assay_error wants; int status; const char *parts[PIECES_MAX]; } rows[] = {
        {"whole", ASSAY_OK, 413, {"HTTP/1.1 413 No\r\n", "Content-Length: 0\r\n", "\r\n"}},
        {"cut in its first line", ASSAY_INCOMPLETE_READ, 0, {"HTTP", "/1.1 4"}},
        {"cut in its first line, which came at once", ASSAY_INCOMPLETE_READ, 0, {"HTTP/1.1 4"}},
        {"cut in its fields", ASSAY_INCOMPLETE_READ, 0, {"HTTP/1.1 413 No\r\n", "A: b\r\n", "C"}},
        {"cut behind an interim one", ASSAY_REMOTE_DISCONNECTED, 0, {"HTTP/1.1 100 A\r\n", "\r\n"}},
        {"cut in the first line behind an interim one", ASSAY_INCOMPLETE_READ, 0, {"HTTP/1.1 100 A\r\n\r", "\nHT"}},
        {"nothing", ASSAY_REMOTE_DISCONNECTED, 0, {NULL}},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct saying saying = {.pair = client_pair_new()};
        struct assay_connection *connection = saying.pair.connection;
        struct assay_response *response = NULL;
        const struct assay_request request = {
            .method = assay_text("PUT"),
            .body = {.kind = ASSAY_BODY_STREAM, .next = say_and_give, .context = &saying}};
        memcpy(saying.parts, rows[i].parts, sizeof(saying.parts));
        CHECK_ROW(assay_request(connection, &request) == ASSAY_OK, "%s: the request",
                  rows[i].label);
        const enum assay_error error = assay_getresponse(connection, &response);
        CHECK_ROW(error == rows[i].wants && response != NULL &&
                      assay_response_status(response) == rows[i].status,
                  "%s: %s", rows[i].label, assay_connection_failure(connection)->text);
        CHECK_ROW(!assay_is_connected(connection), "%s: it stays", rows[i].label);
        assay_response_free(response);
        assay_connection_free(connection);
        client_pair_close(&saying.pair);
    }
}

CU_TestInfo client_bodies_tests[] = {
    {"sends a body as it is declared", sends_a_body_as_it_is_declared},
    {"joins the values of a field", joins_the_values_of_a_field},
    {"takes an answer that comes in parts", takes_an_answer_that_comes_in_parts},
    CU_TEST_INFO_NULL,
};
