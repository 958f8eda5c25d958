#include "tests/http_rows.h"
#include "tests/suites.h"

#include <stdio.h>

static void reads_start_lines(void)
{
    http_rows_check(&http_start_table);
}

static void reads_fields(void)
{
    http_rows_check(&http_fields_table);
}

static void finds_the_framing(void)
{
    http_rows_check(&http_framing_table);
}

static void reads_message_after_message(void)
{
    http_rows_check(&http_messages_table);
}

#define CHUNKED_GET GET "Transfer-Encoding: chunked\r\n\r\n"

/* After how many octets each state begins. */
static const struct progress_row {
    const char *label;
    enum http_side side;
    struct bytes wire;
    const char *want;
} progress_rows[] = {
    {"a request", HTTP_REQUESTS, OCTETS(GET "a: b\r\n\r\n"), "nothing 0, head 1, whole 24"},
    {"a length", HTTP_RESPONSES, OCTETS(OK "Content-Length: 2\r\n\r\nab"),
     "nothing 0, head 1, body 38, whole 40"},
    {"a length of 0", HTTP_RESPONSES, OCTETS(OK "Content-Length: 0\r\n\r\n"),
     "nothing 0, head 1, whole 38"},
    {"close-delimited", HTTP_RESPONSES, OCTETS(OK "\r\nab"), "nothing 0, head 1, body 19"},
    {"chunked", HTTP_RESPONSES,
     OCTETS(OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
     "nothing 0, head 1, body 47, edge 58, whole 62"},
    {"chunked with zeros before the sizes", HTTP_REQUESTS,
     OCTETS(CHUNKED_GET "02\r\nab\r\n000;a\r\nb: c\r\n\r\n"),
     "nothing 0, head 1, body 46, edge 47, body 48, edge 55, whole 69"},
    {"an interim response", HTTP_RESPONSES, OCTETS("HTTP/1.1 100 \r\n\r\nHTTP/1.1 204 \r\n\r\n"),
     "nothing 0, head 1, whole 34"},
    {"two requests", HTTP_REQUESTS, OCTETS(GET "\r\n" GET "\r\n"),
     "nothing 0, head 1, whole 18, head 19, whole 36"},
    {"empty lines about a request", HTTP_REQUESTS, OCTETS("\r\n" GET "\r\n\r\n"),
     "nothing 0, head 3, whole 20"},
    {"101", HTTP_RESPONSES, OCTETS("HTTP/1.1 101 \r\n\r\nab"), "nothing 0, head 1, whole 17"},
    {"lost in the head", HTTP_REQUESTS, OCTETS("GET /\r\n\r\n"), "nothing 0, head 1"},
    {"lost behind the head", HTTP_REQUESTS, OCTETS(GET "Content-Length: x\r\n\r\nab"),
     "nothing 0, head 1, body 37"},
    {"lost in a size line", HTTP_REQUESTS, OCTETS(CHUNKED_GET "g\r\nab"),
     "nothing 0, head 1, body 46"},
    {"lost behind a chunk", HTTP_REQUESTS, OCTETS(CHUNKED_GET "1\r\nabc"),
     "nothing 0, head 1, body 46"},
};

/* Eats all of the input, whatever it is. */
static void eat(struct http_reader *reader, struct bytes input)
{
    enum http_event event = HTTP_START;
    while (event != HTTP_NEED_MORE && event != HTTP_LOST)
        event = http_reader_next(reader, &input);
}

/* Reads the first `len` octets, in pieces of `size`. */
static enum http_progress progress_after(const struct progress_row *row, size_t len, size_t size)
{
    struct http_reader reader;
    http_reader_init(&reader, row->side);
    struct bytes rest = {row->wire.at, len};
    while (rest.len > 0)
        eat(&reader, bytes_take(&rest, rest.len < size ? rest.len : size));
    const enum http_progress progress = http_reader_progress(&reader);
    http_reader_release(&reader);
    return progress;
}

static void check_progress(const struct progress_row *row, size_t size)
{
    static const char *const names[] = {
        [HTTP_AT_NOTHING] = "nothing", [HTTP_IN_HEAD] = "head",   [HTTP_IN_BODY] = "body",
        [HTTP_AT_EDGE] = "edge",       [HTTP_AT_WHOLE] = "whole",
    };
    char got[256] = "";
    size_t got_len = 0;
    const char *last = "";
    for (size_t len = 0; len <= row->wire.len; len++) {
        const char *name = names[progress_after(row, len, size)];
        if (strcmp(name, last) != 0)
            got_len += (size_t)snprintf(got + got_len, sizeof(got) - got_len, "%s%s %zu",
                                        got_len > 0 ? ", " : "", name, len);
        last = name;
    }
    CHECK_ROW(strcmp(got, row->want) == 0, "%s [by %zu]: got %s, want %s", row->label, size, got,
              row->want);
}

static void knows_its_progress_after_every_octet(void)
{
    for (size_t i = 0; i < COUNT_OF(progress_rows); i++) {
        check_progress(&progress_rows[i], 1);
        check_progress(&progress_rows[i], progress_rows[i].wire.len);
    }
}

/* Also while the input is not used up. */
static void knows_its_progress_between_two_events(void)
{
    struct http_reader reader;
    http_reader_init(&reader, HTTP_RESPONSES);
    struct bytes input = OCTETS("HTTP/1.1 204 \r\n\r\nHTTP/1.1 204 \r\n\r\n");
    CU_ASSERT(http_reader_next(&reader, &input) == HTTP_START);
    CU_ASSERT(http_reader_progress(&reader) == HTTP_IN_HEAD);
    CU_ASSERT(http_reader_next(&reader, &input) == HTTP_HEAD);
    CU_ASSERT(http_reader_progress(&reader) == HTTP_AT_WHOLE);
    CU_ASSERT(http_reader_next(&reader, &input) == HTTP_END);
    CU_ASSERT(http_reader_progress(&reader) == HTTP_AT_WHOLE);
    CU_ASSERT(reader.offset == 17);
    http_reader_release(&reader);
}

/* What the input's end means, the first time and the second. */
static const struct end_row {
    const char *label;
    enum http_side side;
    struct bytes wire;
    enum http_event want, want_again;
} end_rows[] = {
    {"nothing", HTTP_REQUESTS, OCTETS(""), HTTP_IDLE, HTTP_IDLE},
    {"half an empty line", HTTP_REQUESTS, OCTETS("\r"), HTTP_IDLE, HTTP_IDLE},
    {"an empty line", HTTP_REQUESTS, OCTETS("\r\n"), HTTP_IDLE, HTTP_IDLE},
    {"in the start line", HTTP_REQUESTS, OCTETS("G"), HTTP_CUT, HTTP_CUT},
    {"behind the start line", HTTP_REQUESTS, OCTETS(GET), HTTP_CUT, HTTP_CUT},
    {"in a field", HTTP_REQUESTS, OCTETS(GET "a"), HTTP_CUT, HTTP_CUT},
    {"before a fold", HTTP_REQUESTS, OCTETS(GET "a: b\r\n"), HTTP_CUT, HTTP_CUT},
    {"between requests", HTTP_REQUESTS, OCTETS(GET "\r\n"), HTTP_IDLE, HTTP_IDLE},
    {"in the second request", HTTP_REQUESTS, OCTETS(GET "\r\nG"), HTTP_CUT, HTTP_CUT},
    {"behind an interim response", HTTP_RESPONSES, OCTETS("HTTP/1.1 100 \r\n\r\n"), HTTP_CUT,
     HTTP_CUT},
    {"in a length", HTTP_REQUESTS, OCTETS(GET "Content-Length: 2\r\n\r\na"), HTTP_CUT, HTTP_CUT},
    {"close-delimited, empty", HTTP_RESPONSES, OCTETS(OK "\r\n"), HTTP_END, HTTP_IDLE},
    {"close-delimited", HTTP_RESPONSES, OCTETS(OK "\r\na"), HTTP_END, HTTP_IDLE},
    {"before a size line", HTTP_REQUESTS, OCTETS(CHUNKED_GET), HTTP_CUT, HTTP_CUT},
    {"in a size line", HTTP_REQUESTS, OCTETS(CHUNKED_GET "1"), HTTP_CUT, HTTP_CUT},
    {"before a chunk's data", HTTP_REQUESTS, OCTETS(CHUNKED_GET "1\r\n"), HTTP_CUT, HTTP_CUT},
    {"before a chunk's CR", HTTP_REQUESTS, OCTETS(CHUNKED_GET "1\r\na"), HTTP_CUT, HTTP_CUT},
    {"before a chunk's LF", HTTP_REQUESTS, OCTETS(CHUNKED_GET "1\r\na\r"), HTTP_CUT, HTTP_CUT},
    {"before the trailers", HTTP_REQUESTS, OCTETS(CHUNKED_GET "0\r\n"), HTTP_CUT, HTTP_CUT},
    {"before the last LF", HTTP_REQUESTS, OCTETS(CHUNKED_GET "0\r\n\r"), HTTP_CUT, HTTP_CUT},
    {"behind chunks", HTTP_REQUESTS, OCTETS(CHUNKED_GET "0\r\n\r\n"), HTTP_IDLE, HTTP_IDLE},
    {"in a tunnel", HTTP_RESPONSES, OCTETS("HTTP/1.1 101 \r\n\r\na"), HTTP_LOST, HTTP_LOST},
    {"lost", HTTP_REQUESTS, OCTETS("GET /\r\n"), HTTP_LOST, HTTP_LOST},
};

static void says_what_the_end_of_the_input_means(void)
{
    for (size_t i = 0; i < COUNT_OF(end_rows); i++) {
        const struct end_row *row = &end_rows[i];
        struct http_reader reader;
        http_reader_init(&reader, row->side);
        eat(&reader, row->wire);
        const enum http_event event = http_reader_end(&reader);
        CHECK_ROW(event == row->want, "%s: event %d, want %d", row->label, (int)event,
                  (int)row->want);
        const enum http_event again = http_reader_end(&reader);
        CHECK_ROW(again == row->want_again, "%s, again: event %d, want %d", row->label, (int)again,
                  (int)row->want_again);
        http_reader_release(&reader);
    }
}

/* Whether the octet, between the others, is read without any deviation. */
static bool is_clean(const char *before, uint8_t octet, const char *after)
{
    const struct bytes front = bytes_of(before), back = bytes_of(after);
    uint8_t wire[64];
    memcpy(wire, front.at, front.len);
    wire[front.len] = octet;
    memcpy(wire + front.len + 1, back.at, back.len);
    struct bytes input = {wire, front.len + 1 + back.len};
    struct http_reader reader;
    http_reader_init(&reader, HTTP_REQUESTS);
    enum http_event event = HTTP_START;
    while (event != HTTP_NEED_MORE && event != HTTP_LOST && event != HTTP_DEVIATION)
        event = http_reader_next(&reader, &input);
    http_reader_release(&reader);
    return event == HTTP_NEED_MORE;
}

static bool is_token_octet(unsigned octet)
{
    return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= 'a' && octet <= 'z') || (octet != 0 && strchr("!#$%&'*+-.^_`|~", (int)octet));
}

static void knows_every_octet_of_names_and_values(void)
{
    for (unsigned octet = 0; octet < 256; octet++) {
        const bool is_in_value = octet == '\t' || (octet >= 0x20 && octet != 0x7F);
        CHECK_ROW(is_clean("G", (uint8_t)octet, "T / HTTP/1.1\r\n") == is_token_octet(octet),
                  "method with 0x%02X", octet);
        CHECK_ROW(is_clean(GET "a", (uint8_t)octet, "b: c\r\n\r\n") ==
                      (is_token_octet(octet) || octet == ':'),
                  "field name with 0x%02X", octet);
        CHECK_ROW(is_clean(GET "a: b", (uint8_t)octet, "c\r\n\r\n") == is_in_value,
                  "field value with 0x%02X", octet);
    }
}

static void gives_content_out_as_slices_of_the_input(void)
{
    struct http_reader reader;
    http_reader_init(&reader, HTTP_RESPONSES);
    const struct bytes wire = OCTETS(OK "Content-Length: 4\r\n\r\nabcd");
    struct bytes input = {wire.at, wire.len - 1};
    while (http_reader_next(&reader, &input) != HTTP_DATA)
        CU_ASSERT_FATAL(input.len > 0);
    CU_ASSERT(reader.data.at == wire.at + wire.len - 4);
    CU_ASSERT(reader.data.len == 3);
    CU_ASSERT(input.len == 0);
    CU_ASSERT(reader.gathered == NULL); /* nothing was cut, so nothing was copied */
    http_reader_release(&reader);
}

CU_TestInfo http_tests[] = {
    {"reads start lines", reads_start_lines},
    {"reads fields", reads_fields},
    {"finds the framing", finds_the_framing},
    {"reads message after message", reads_message_after_message},
    {"knows its progress after every octet", knows_its_progress_after_every_octet},
    {"knows its progress between two events", knows_its_progress_between_two_events},
    {"says what the end of the input means", says_what_the_end_of_the_input_means},
    {"gives content out as slices of the input", gives_content_out_as_slices_of_the_input},
    {"knows every octet of names and values", knows_every_octet_of_names_and_values},
    CU_TEST_INFO_NULL,
};
