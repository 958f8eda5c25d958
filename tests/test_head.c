/* What a proxy makes of a head, where a row of relay_rows.c does not show it. */
#include "server/head.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <stdlib.h>

#define TOO_LONG (HEAD_LEN_MAX + 1)

/* Reads `wire`, which is one request's head, with `padding` octets in a field's place. */
static void read_head(struct head *head, struct arena *arena, const char *wire, size_t padding)
{
    struct http_reader reader;
    enum http_event event;
    char *text = arena_alloc(arena, strlen(wire) + padding + 1);
    const char *hole = strchr(wire, '#');
    const size_t before = hole != NULL ? (size_t)(hole - wire) : strlen(wire);
    memcpy(text, wire, before);
    memset(text + before, 'x', padding);
    if (hole != NULL)
        memcpy(text + before + padding, hole + 1, strlen(hole));
    struct bytes input = bytes_of(text);
    http_reader_init(&reader, HTTP_REQUESTS);
    reader.limits = http_limits_wide;
    do {
        event = http_reader_next(&reader, &input);
        head_note(head, arena, &reader, event);
    } while (event != HTTP_HEAD && event != HTTP_NEED_MORE);
    CHECK_ROW(event == HTTP_HEAD, "%s: is a head", wire);
    http_reader_release(&reader);
}

static const struct way_row {
    const char *wire;
    size_t padding;
    enum head_way way;
} way_rows[] = {
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nX: #\r\n\r\n", HEAD_LEN_MAX / 2, HEAD_GOES_ON},
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nX: #\r\n\r\n", TOO_LONG, HEAD_TOO_LONG},
    {"GET http://a/# HTTP/1.1\r\nHost: a\r\n\r\n", TOO_LONG, HEAD_TOO_LONG},
    {"GET http HTTP/1.1\r\n\r\n", 0, HEAD_NOT_ABSOLUTE},
    {"GET http://u@ HTTP/1.1\r\n\r\n", 0, HEAD_NOT_ABSOLUTE},
    {"OPTIONS http://a HTTP/1.1\r\nMax-Forwards: 00\r\n\r\n", 0, HEAD_ENDS_HERE},
    {"OPTIONS http://a HTTP/1.1\r\nMax-Forwards: -0\r\n\r\n", 0, HEAD_GOES_ON},
    {"OPTIONS http://a HTTP/1.1\r\nMax-Forwards:\r\n\r\n", 0, HEAD_GOES_ON},
    {"GET http://a HTTP/1.1\r\nMax-Forwards: 0\r\n\r\n", 0, HEAD_GOES_ON},
};

static void knows_what_goes_on(void)
{
    for (size_t i = 0; i < COUNT_OF(way_rows); i++) {
        struct arena *arena = arena_new();
        struct head head = {.count = 0};
        read_head(&head, arena, way_rows[i].wire, way_rows[i].padding);
        CHECK_ROW(head_way(&head) == way_rows[i].way, "%s: goes another way", way_rows[i].wire);
        arena_free(arena);
    }
}

/* What would break a line, or a message, of the next. */
static void mends_values(void)
{
    static const char want[] = "GET /b HTTP/1.1\r\nHost: a\r\nX: a   b c\r\nMax-Forwards: 9\r\n"
                               "Via: 1.1 assay\r\nConnection: close\r\n\r\n";
    struct arena *arena = arena_new();
    struct head head = {.count = 0};
    read_head(&head, arena,
              "GET http://a/b HTTP/1.1\r\nHost: b\r\nX : a\r\n b\rc\r\nMax-Forwards: 9\r\n\r\n", 0);
    const struct bytes got = head_of_request(&head, arena);
    CHECK_ROW(bytes_equal(got, bytes_of(want)), "got %.*s", (int)got.len, (const char *)got.at);
    arena_free(arena);
}

CU_TestInfo head_tests[] = {
    {"knows what goes on", knows_what_goes_on},
    {"mends values", mends_values},
    CU_TEST_INFO_NULL,
};
