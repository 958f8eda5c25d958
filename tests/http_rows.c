#include "tests/http_rows.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LOG_SIZE 4096

/* What came out so far. */
struct log {
    char text[LOG_SIZE];
    size_t len;
    const char *joined; /* the word that further octets may be joined to */
    bool is_lost;
};

static void append(struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void append(struct log *log, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(log->text + log->len, LOG_SIZE - log->len, fmt, args);
    va_end(args);
    assert(len >= 0 && (size_t)len < LOG_SIZE - log->len);
    log->len += (size_t)len;
}

static void append_octets(struct log *log, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        const uint8_t octet = octets.at[i];
        if (octet >= 0x20 && octet < 0x7F && octet != '\\')
            append(log, "%c", octet);
        else
            append(log, "\\x%02X", octet);
    }
}

static void begin(struct log *log, const char *word)
{
    append(log, "%s%s", log->len > 0 ? " | " : "", word);
    log->joined = NULL;
}

static void log_joined(struct log *log, const char *word, struct bytes octets)
{
    if (octets.len == 0)
        return;
    if (log->joined != word) {
        begin(log, word);
        append(log, " ");
    }
    append_octets(log, octets);
    log->joined = word;
}

static void log_field(struct log *log, const char *word, const struct http_reader *reader)
{
    begin(log, word);
    append(log, " ");
    append_octets(log, reader->name);
    append(log, "=");
    append_octets(log, reader->value);
}

static void log_start(struct log *log, const struct http_reader *reader)
{
    const struct http_start *start = &reader->start;
    begin(log, "START ");
    if (reader->side == HTTP_REQUESTS) {
        append_octets(log, start->method);
        append(log, " ");
        append_octets(log, start->target);
        append(log, " %d.%d", start->major, start->minor);
    } else {
        append(log, "%d %d.%d", start->status, start->major, start->minor);
        append(log, start->reason.len > 0 ? " " : "");
        append_octets(log, start->reason);
    }
}

static void log_head(struct log *log, const struct http_message *message)
{
    static const char *const framings[] = {
        [HTTP_FRAMING_NONE] = "none",       [HTTP_FRAMING_LENGTH] = "length",
        [HTTP_FRAMING_CHUNKED] = "chunked", [HTTP_FRAMING_TO_CLOSE] = "to-close",
        [HTTP_FRAMING_TUNNEL] = "tunnel",   [HTTP_FRAMING_UNKNOWN] = "unknown",
    };
    begin(log, "HEAD ");
    append(log, "%s", framings[message->framing]);
    if (message->framing == HTTP_FRAMING_LENGTH)
        append(log, " %" PRIu64, message->content_length);
    append(log, "%s", message->is_interim ? " interim" : "");
    append(log, "%s", message->expects_continue ? " expects" : "");
    append(log, "%s", message->persists ? " persists" : "");
}

static void log_chunk(struct log *log, const struct http_reader *reader)
{
    begin(log, "CHUNK");
    append(log, " %" PRIu64 "%s", reader->chunk_size, reader->extension.len > 0 ? " " : "");
    append_octets(log, reader->extension);
}

const char *const http_deviation_names[HTTP_DEVIATION_COUNT] = {
#define NAME(name, text, requirement, framing) #name,
    HTTP_DEVIATIONS(NAME)
#undef NAME
};

static void log_deviation(struct log *log, const struct http_deviation *deviation)
{
    begin(log, "DEVIATION ");
    append(log, "%s@%" PRIu64, http_deviation_names[deviation->kind], deviation->offset);
}

static void log_lost(struct log *log)
{
    if (!log->is_lost)
        begin(log, "LOST");
    log->is_lost = true;
}

/* False when there is nothing more to come of this input. */
static bool log_event(struct log *log, const struct http_reader *reader, enum http_event event)
{
    static const char *const words[] = {
        [HTTP_END] = "END",
        [HTTP_CUT] = "CUT",
        [HTTP_IDLE] = "IDLE",
        [HTTP_NO_MEMORY] = "NO MEMORY",
    };
    switch (event) {
    case HTTP_NEED_MORE:
        return false;
    case HTTP_START:
        log_start(log, reader);
        break;
    case HTTP_FIELD:
        log_field(log, "FIELD", reader);
        break;
    case HTTP_HEAD:
        log_head(log, &reader->message);
        break;
    case HTTP_CHUNK:
        log_chunk(log, reader);
        break;
    case HTTP_DATA:
        log_joined(log, "DATA", reader->data);
        break;
    case HTTP_TRAILER:
        log_field(log, "TRAILER", reader);
        break;
    case HTTP_DEVIATION:
        log_deviation(log, &reader->deviation);
        break;
    case HTTP_LOST:
        log_lost(log);
        return false;
    case HTTP_END:
    case HTTP_CUT:
    case HTTP_IDLE:
    case HTTP_NO_MEMORY:
        begin(log, words[event]);
        return event != HTTP_NO_MEMORY;
    }
    return true;
}

/* Gives the reader a copy that ends with its memory, and is gone afterwards. */
static void feed(struct http_reader *reader, const struct http_row *row, struct log *log,
                 struct bytes piece)
{
    if (piece.len == 0)
        return;
    uint8_t *copy = malloc(piece.len);
    assert(copy != NULL);
    memcpy(copy, piece.at, piece.len);
    struct bytes input = {copy, piece.len};
    bool has_more = true;
    while (has_more) {
        const enum http_event event = http_reader_next(reader, &input);
        CHECK_ROW(!log->is_lost || event == HTTP_LOST, "%s: event %d after HTTP_LOST", row->label,
                  (int)event);
        has_more = log_event(log, reader, event);
    }
    log_joined(log, "REST", input);
    free(copy);
}

static void check(const struct http_row *row, const char *way, size_t at, const struct log *log)
{
    CHECK_ROW(strcmp(log->text, row->want) == 0, "%s [%s %zu]:\n  got  %s\n  want %s", row->label,
              way, at, log->text, row->want);
}

/* The first piece has `first` octets, all others `size`. */
static void check_cut(const struct http_row *row, const char *way, size_t first, size_t size)
{
    struct http_reader reader;
    struct log log = {.len = 0};
    http_reader_init(&reader, row->side);
    reader.answers = row->answers;
    if (row->limits.line_size_max > 0)
        reader.limits = row->limits;
    struct bytes rest = row->wire;
    feed(&reader, row, &log, bytes_take(&rest, first));
    while (rest.len > 0)
        feed(&reader, row, &log, bytes_take(&rest, rest.len < size ? rest.len : size));
    log_event(&log, &reader, http_reader_end(&reader));
    check(row, way, first, &log);
    http_reader_release(&reader);
}

void http_rows_check(const struct http_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct http_row *row = &table->rows[i];
        const size_t len = row->wire.len;
        check_cut(row, "whole", len, len);
        for (size_t first = 1; first < len; first++)
            check_cut(row, "cut at", first, len);
        check_cut(row, "octet by octet", len > 0 ? 1 : 0, 1);
    }
}
