#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/flood_server.h"
#include "tests/suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OK(rest) "HTTP/1.1 200 OK\r\n" rest
#define CHUNKED  OK("Transfer-Encoding: chunked\r\n\r\n")
#define TEXT_100                                                                                   \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab" \
    "cdef0123"
#define TEXT_1000                                                                                  \
    TEXT_100 TEXT_100 TEXT_100 TEXT_100 TEXT_100 TEXT_100 TEXT_100 TEXT_100 TEXT_100 TEXT_100

enum { PATIENCE_MS = 20000, OPTIONS_MAX = 2 };
enum way { DIRECT, BY_TUNNEL };
enum how_to_read { BY_PIECE, BY_ALL, BY_LINE };

/* Of struct assay_options, a limit that is no default. */
struct changed {
    size_t at, value;
};
#define AT(option, value)                                                                          \
    {                                                                                              \
        offsetof(struct assay_options, option), value                                              \
    }

struct row {
    const char *label;
    struct flood flood;
    enum assay_error wants;
    const char *text;  /* stands in the failure's; NULL: there is none */
    uint64_t read_max; /* no octet behind so many is looked at; 0: all may be */
    struct changed changed[OPTIONS_MAX];
    enum way way;
    enum how_to_read how;
};

static struct assay_connection *connection_to(uint16_t port, const struct row *row)
{
    struct assay_connection *connection = assay_connection_new("127.0.0.1", port, NULL);
    CU_ASSERT_FATAL(connection != NULL);
    struct assay_options *options = assay_connection_options(connection);
    options->io_timeout_ms = PATIENCE_MS; /* for a broken client */
    for (size_t i = 0; i < OPTIONS_MAX; i++)
        if (row->changed[i].at > 0)
            memcpy((uint8_t *)options + row->changed[i].at, &row->changed[i].value, sizeof(size_t));
    if (row->way == BY_TUNNEL)
        CU_ASSERT(assay_set_tunnel(connection, "origin.test", 80, NULL, 0) == ASSAY_OK);
    return connection;
}

static enum assay_error read_body(struct assay_response *response, enum how_to_read how)
{
    struct assay_bytes octets;
    enum assay_error error;
    do
        error = how == BY_PIECE  ? assay_read_piece(response, &octets)
                : how == BY_LINE ? assay_readline(response, 0, &octets)
                                 : assay_read_all(response, &octets);
    while (error == ASSAY_OK && octets.len > 0);
    return error;
}

static void play_row(const struct row *row)
{
    const struct assay_request request = {.field_count = 0};
    struct flood_server *server = flood_server_new(&row->flood);
    CU_ASSERT_FATAL(server != NULL);
    struct assay_connection *connection = connection_to(flood_server_port(server), row);
    struct assay_response *response = NULL;
    enum assay_error error = assay_request(connection, &request);
    if (error == ASSAY_OK)
        error = assay_getresponse(connection, &response);
    if (error == ASSAY_OK)
        error = read_body(response, row->how);
    const struct assay_failure *failure =
        response != NULL ? assay_response_failure(response) : assay_connection_failure(connection);
    CHECK_ROW(error == row->wants, "%s: %s, \"%s\"", row->label, assay_error_name(error),
              failure->text);
    CHECK_ROW(row->text == NULL || strstr(failure->text, row->text) != NULL,
              "%s: \"%s\" says nothing of \"%s\"", row->label, failure->text, row->text);
    const struct assay_wire *wire = response != NULL ? response->wire : connection->wire;
    CHECK_ROW(row->read_max == 0 || wire->reader.offset <= row->read_max,
              "%s: it reads %" PRIu64 " octets", row->label, wire->reader.offset);
    CHECK_ROW(error == ASSAY_OK || !assay_wire_is_open(wire), "%s: the connection is closed",
              row->label);
    assay_response_free(response);
    assay_connection_free(connection);
    flood_server_end(server);
}

static void play_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        play_row(&rows[i]);
}

static void limits_a_line(void)
{
    enum { LINE = 65536, HEAD = 100, FEW = 150 };
    static const char text[] = "a line longer than the limit (line_size_max)";
    /* clang-format off */
    static const struct row rows[] = {
        {"no HTTP", {"", "x", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE},
        {"status line", {"HTTP/1.1 2", "0", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE},
        {"reason", {"HTTP/1.1 200 ", "a", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE},
        {"field name", {OK(""), "a", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD},
        {"field value", {OK("A: "), "a", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD},
        {"blanks", {OK("A:"), " ", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD},
        {"folds", {OK("A: b\r\n"), " c\r\n", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD},
        {"in an interim response", {"HTTP/1.1 103 A\r\nA: ", "a", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD},
        {"in a tunnel's answer", {OK("A: "), "a", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD, .way = BY_TUNNEL},
        {"chunk size", {CHUNKED, "0", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD},
        {"chunk extension", {CHUNKED "5;a=", "b", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD},
        {"trailer", {CHUNKED "0\r\nA: ", "b", FLOOD_ENDLESS, ""}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = LINE + HEAD},
        {"the longest", {OK("Content-Length: 0\r\nA: "), "b", LINE - 5, "\r\n\r\n"}, .wants = ASSAY_OK},
        {"one more", {OK("Content-Length: 0\r\nA: "), "b", LINE - 4, "\r\n\r\n"}, ASSAY_LINE_TOO_LONG, .text = text},
        {"raised", {OK("Content-Length: 0\r\nA: "), "b", 100000, "\r\n\r\n"}, .wants = ASSAY_OK, .changed = {AT(line_size_max, 200000)}},
        {"lowered", {OK("Content-Length: 0\r\nA: "), "b", 100, "\r\n\r\n"}, ASSAY_LINE_TOO_LONG, .text = text, .read_max = FEW, .changed = {AT(line_size_max, 50)}},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void limits_how_many_fields_come(void)
{
    static const char text[] = "more field lines than the limit (field_count_max)";
    static const char size_text[] = "larger than 8388608 octets (fields_size_max)";
    enum { FEW = 1000, MANY = 1000000, MIB = 1024 * 1024 };
    /* clang-format off */
    static const struct row rows[] = {
        {"head", {OK(""), "A: b\r\n", FLOOD_ENDLESS, ""}, ASSAY_TOO_MANY_HEADERS, .text = text, .read_max = FEW},
        {"interim head", {"HTTP/1.1 103 A\r\n", "A: b\r\n", FLOOD_ENDLESS, ""}, ASSAY_TOO_MANY_HEADERS, .text = text, .read_max = FEW},
        {"a tunnel's answer", {OK(""), "A: b\r\n", FLOOD_ENDLESS, ""}, ASSAY_TOO_MANY_HEADERS, .text = text, .read_max = FEW, .way = BY_TUNNEL},
        {"trailers", {CHUNKED "0\r\n", "A: b\r\n", FLOOD_ENDLESS, ""}, ASSAY_TOO_MANY_HEADERS, .text = text, .read_max = FEW},
        {"the most", {OK(""), "A: b\r\n", 100, "\r\n"}, .wants = ASSAY_OK},
        {"one more", {OK(""), "A: b\r\n", 101, "\r\n"}, ASSAY_TOO_MANY_HEADERS, .text = text},
        {"raised", {OK(""), "A: b\r\n", 1000, "\r\n"}, .wants = ASSAY_OK, .changed = {AT(field_count_max, 1000)}},
        {"lowered", {OK(""), "A: b\r\n", 3, "\r\n"}, ASSAY_TOO_MANY_HEADERS, .text = text, .changed = {AT(field_count_max, 2)}},
        {"size of all", {OK(""), "A: " TEXT_1000 "\r\n", FLOOD_ENDLESS, ""}, ASSAY_TOO_MANY_HEADERS, .text = size_text, .read_max = 8 * MIB, .changed = {AT(field_count_max, MANY)}},
        {"size of trailers", {CHUNKED "0\r\n", "A: " TEXT_1000 "\r\n", FLOOD_ENDLESS, ""}, ASSAY_TOO_MANY_HEADERS, .text = size_text, .read_max = 8 * MIB, .changed = {AT(field_count_max, MANY)}},
        {"size of empty ones", {OK(""), "A:\r\n", FLOOD_ENDLESS, ""}, ASSAY_TOO_MANY_HEADERS, .text = size_text, .read_max = MIB, .changed = {AT(field_count_max, MANY)}},
        {"size in all interim responses", {"", "HTTP/1.1 103 A\r\nA: " TEXT_1000 "\r\n\r\n", FLOOD_ENDLESS, ""}, ASSAY_TOO_MANY_HEADERS, .text = size_text, .read_max = 9 * MIB, .changed = {AT(interim_count_max, MANY)}},
        {"size raised", {OK(""), "A: " TEXT_1000 "\r\n", 9000, "\r\n"}, .wants = ASSAY_OK, .changed = {AT(field_count_max, MANY), AT(fields_size_max, 16 * MIB)}},
        {"size lowered", {OK(""), "A: " TEXT_1000 "\r\n", 2, "\r\n"}, ASSAY_TOO_MANY_HEADERS, .text = "larger than 2000 octets (fields_size_max)", .changed = {AT(fields_size_max, 2000)}},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void limits_how_many_interim_responses_come(void)
{
    enum { UNIT = sizeof("HTTP/1.1 102 A\r\n\r\n") - 1 };
    static const char text[] = "more than 99 interim responses (interim_count_max)";
    /* clang-format off */
    static const struct row rows[] = {
        {"100000", {"", "HTTP/1.1 102 A\r\n\r\n", 100000, OK("\r\n")}, ASSAY_TOO_MANY_INTERIMS, .text = text, .read_max = 100 * UNIT},
        {"endless", {"", "HTTP/1.1 102 A\r\n\r\n", FLOOD_ENDLESS, OK("\r\n")}, ASSAY_TOO_MANY_INTERIMS, .text = text, .read_max = 100 * UNIT},
        {"a tunnel's", {"", "HTTP/1.1 102 A\r\n\r\n", FLOOD_ENDLESS, OK("\r\n")}, ASSAY_TOO_MANY_INTERIMS, .text = text, .read_max = 100 * UNIT, .way = BY_TUNNEL},
        {"the most", {"", "HTTP/1.1 102 A\r\n\r\n", 99, OK("\r\n")}, .wants = ASSAY_OK},
        {"raised", {"", "HTTP/1.1 102 A\r\n\r\n", 100000, OK("\r\n")}, .wants = ASSAY_OK, .changed = {AT(interim_count_max, 100000)}},
        {"lowered", {"", "HTTP/1.1 102 A\r\n\r\n", 1, OK("\r\n")}, ASSAY_TOO_MANY_INTERIMS, .text = "more than 0 interim responses", .changed = {AT(interim_count_max, 0)}},
        {"empty lines", {"", "\r\n", FLOOD_ENDLESS, ""}, ASSAY_BAD_STATUS_LINE, .text = "empty", .read_max = 2},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void limits_what_stands_around_chunks(void)
{
    enum { KIB = 1024 };
    static const char text[] = "by more than 16384 octets (chunk_overhead_max)";
    /* clang-format off */
    static const struct row rows[] = {
        {"extensions", {CHUNKED, "1;a=" TEXT_1000 "\r\nx\r\n", FLOOD_ENDLESS, ""}, ASSAY_BAD_CHUNK, .text = text, .read_max = 18 * KIB},
        {"zeros", {CHUNKED, "0000000000000000000000000000000000000000000001\r\nx\r\n", FLOOD_ENDLESS, ""}, ASSAY_BAD_CHUNK, .text = text, .read_max = 40 * KIB},
        {"behind the last", {CHUNKED "0;a=", "b", 20 * KIB, "\r\n\r\n"}, ASSAY_BAD_CHUNK, .text = text},
        {"few", {CHUNKED, "1;a=" TEXT_1000 "\r\nx\r\n", 16, "0\r\n\r\n"}, .wants = ASSAY_OK},
        {"many of one octet", {CHUNKED, "1\r\nx\r\n", 100000, "0\r\n\r\n"}, .wants = ASSAY_OK},
        {"many with a short one", {CHUNKED, "1;a=b\r\nx\r\n", 100000, "0\r\n\r\n"}, .wants = ASSAY_OK},
        {"as much as content", {CHUNKED, "64;a=" TEXT_100 "\r\n" TEXT_100 "\r\n", 10000, "0\r\n\r\n"}, .wants = ASSAY_OK},
        {"raised", {CHUNKED, "1;a=" TEXT_1000 "\r\nx\r\n", 500, "0\r\n\r\n"}, .wants = ASSAY_OK, .changed = {AT(chunk_overhead_max, 500 * KIB)}},
        {"lowered", {CHUNKED, "1;a=" TEXT_100 "\r\nx\r\n", 1, "0\r\n\r\n"}, ASSAY_BAD_CHUNK, .text = "by more than 80 octets (chunk_overhead_max)", .changed = {AT(chunk_overhead_max, 80)}},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void limits_what_is_gathered(void)
{
    static const char text[] = "more than 10000 octets were to be gathered (body_size_max)";
    enum { KIB = 1024 };
    /* clang-format off */
    static const struct row rows[] = {
        {"all", {OK("\r\n"), TEXT_1000, FLOOD_ENDLESS, ""}, ASSAY_BODY_TOO_LARGE, .text = text, .changed = {AT(body_size_max, 10000)}, .how = BY_ALL},
        {"a line", {OK("\r\n"), TEXT_1000, FLOOD_ENDLESS, ""}, ASSAY_BODY_TOO_LARGE, .text = text, .changed = {AT(body_size_max, 10000)}, .how = BY_LINE},
        {"lines", {OK("\r\n"), TEXT_1000 "\n", 1000, ""}, .wants = ASSAY_OK, .changed = {AT(body_size_max, 10000)}, .how = BY_LINE},
        {"pieces", {OK("\r\n"), TEXT_1000, 1000, ""}, .wants = ASSAY_OK, .changed = {AT(body_size_max, 10000)}},
        {"the most", {OK("\r\n"), TEXT_1000, 10, ""}, .wants = ASSAY_OK, .changed = {AT(body_size_max, 10000)}, .how = BY_ALL},
        {"raised", {OK("\r\n"), TEXT_1000, 1000, ""}, .wants = ASSAY_OK, .changed = {AT(body_size_max, 1000 * KIB)}, .how = BY_ALL},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

static void refuses_numbers_that_do_not_fit(void)
{
    /* clang-format off */
    static const struct row rows[] = {
        {"chunk of 2^64 + 5", {CHUNKED "10000000000000005\r\nhello\r\n0\r\n\r\n", NULL, 0, ""}, ASSAY_BAD_CHUNK, .text = "a chunk size of 2^63 or more"},
        {"chunk of 2^63", {CHUNKED "8000000000000000\r\nhello\r\n0\r\n\r\n", NULL, 0, ""}, ASSAY_BAD_CHUNK, .text = "a chunk size of 2^63 or more"},
        {"chunk of 2^63 - 1", {CHUNKED "7fffffffffffffff\r\nhello\r\n0\r\n\r\n", NULL, 0, ""}, ASSAY_INCOMPLETE_READ, .text = "want 9223372036854775795 more"},
        {"length of 2^64 + 5", {OK("Content-Length: 18446744073709551621\r\n\r\nhello"), NULL, 0, ""}, ASSAY_BAD_FRAMING, .text = "a Content-Length of 2^63 or more"},
        {"length of 2^63", {OK("Content-Length: 9223372036854775808\r\n\r\nhello"), NULL, 0, ""}, ASSAY_BAD_FRAMING, .text = "a Content-Length of 2^63 or more"},
        {"length of 2^63 - 1", {OK("Content-Length: 9223372036854775807\r\n\r\nhello"), NULL, 0, ""}, ASSAY_INCOMPLETE_READ, .text = "want 9223372036854775802 more"},
    };
    /* clang-format on */
    play_rows(rows, COUNT_OF(rows));
}

/* Of this process, in octets. */
static uint64_t memory_held(void)
{
    unsigned long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CU_ASSERT_FATAL(file != NULL);
    CU_ASSERT(fscanf(file, "%lu %lu", &size, &resident) == 2);
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void streams_a_large_body_in_little_memory(void)
{
    enum { UNIT = 100000, MEMORY_MAX = 4 * 1024 * 1024, LOOKS_EACH = 5000 };
    const uint64_t len = 5000000000;
    const struct assay_request request = {.field_count = 0};
    char *unit = malloc(UNIT + 1);
    memset(unit, 'x', UNIT);
    unit[UNIT] = '\0';
    const struct row row = {
        .flood = {OK("Content-Length: 5000000000\r\n\r\n"), unit, len / UNIT, "surplus"}};
    struct flood_server *server = flood_server_new(&row.flood);
    struct assay_connection *connection = connection_to(flood_server_port(server), &row);
    struct assay_response *response = NULL;
    CU_ASSERT(assay_request(connection, &request) == ASSAY_OK);
    CU_ASSERT(assay_getresponse(connection, &response) == ASSAY_OK);
    struct assay_bytes piece = {NULL, 1};
    uint64_t got = 0;
    const uint64_t held = memory_held();
    for (uint64_t count = 0; assay_read_piece(response, &piece) == ASSAY_OK && piece.len > 0;
         count++) {
        got += piece.len;
        if (count % LOOKS_EACH == 0)
            CHECK_ROW(memory_held() <= held + MEMORY_MAX, "%" PRIu64 " octets more are held",
                      memory_held() - held);
    }
    CHECK_ROW(got == len && assay_response_is_whole(response), "%" PRIu64 " octets", got);
    assay_response_free(response);
    assay_connection_free(connection);
    flood_server_end(server);
    free(unit);
}

CU_TestInfo client_limits_tests[] = {
    {"limits a line", limits_a_line},
    {"limits how many fields come", limits_how_many_fields_come},
    {"limits how many interim responses come", limits_how_many_interim_responses_come},
    {"limits what stands around chunks", limits_what_stands_around_chunks},
    {"limits what is gathered", limits_what_is_gathered},
    {"refuses numbers that do not fit", refuses_numbers_that_do_not_fit},
    {"streams a large body in little memory", streams_a_large_body_in_little_memory},
    CU_TEST_INFO_NULL,
};
