/*
 * http_rows -- tables of what the reader makes of octets.
 *
 * A row has the octets that come, and the log of the events that they are to
 * give, with how the input's end is taken: " | " stands between two, and
 * HTTP_DATA slices that follow each other are one. What the reader leaves to the
 * caller, behind the start of a tunnel, is logged as REST.
 */
#ifndef TESTS_HTTP_ROWS_H
#define TESTS_HTTP_ROWS_H

#include "tests/check.h"
#include "wire/http.h"

struct http_row {
    const char *label;
    enum http_side side;
    enum http_answers answers; /* what the first final response answers */
    struct bytes wire;
    const char *want;
    struct http_limits limits; /* where they are 0, the reader's own stay */
};

struct http_table {
    const struct http_row *rows;
    size_t count;
};

#define OCTETS(text)                                                                               \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define REQUEST(label, wire, want)                                                                 \
    {                                                                                              \
        label, HTTP_REQUESTS, HTTP_ANSWERS_OTHER, OCTETS(wire), want,                              \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }
#define RESPONSE(label, wire, want)                                                                \
    {                                                                                              \
        label, HTTP_RESPONSES, HTTP_ANSWERS_OTHER, OCTETS(wire), want,                             \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }
#define ANSWER(label, answers, wire, want)                                                         \
    {                                                                                              \
        label, HTTP_RESPONSES, HTTP_ANSWERS_##answers, OCTETS(wire), want,                         \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }
#define LIMITED(label, line_size, field_count, wire, want)                                         \
    {                                                                                              \
        label, HTTP_REQUESTS, HTTP_ANSWERS_OTHER, OCTETS(wire), want,                              \
        {                                                                                          \
            line_size, field_count                                                                 \
        }                                                                                          \
    }
#define TABLE(rows)                                                                                \
    {                                                                                              \
        rows, COUNT_OF(rows)                                                                       \
    }

/* The start of most rows, and its log. The first field line begins at octet 16, or 17. */
#define GET     "GET / HTTP/1.1\r\n"
#define GOT_GET "START GET / 1.1 | "
#define OK      "HTTP/1.1 200 OK\r\n"
#define GOT_OK  "START 200 1.1 OK | "

extern const struct http_table http_start_table, http_fields_table, http_framing_table,
    http_messages_table, chunked_table;

/* As the log spells them. */
extern const char *const http_deviation_names[HTTP_DEVIATION_COUNT];

/* Checks each row whole, cut in two at every place, and octet by octet; every piece has just the
 * memory that it needs. */
void http_rows_check(const struct http_table *table);

#endif
