#include "wire/http_private.h"

#include "wire/chunked.h"

#include <stdlib.h>

#define LINE_SIZE_MAX   65536
#define FIELD_COUNT_MAX 10000

#define WIDE_LINE_SIZE_MAX   ((size_t)64 * 1024 * 1024)
#define WIDE_FIELD_COUNT_MAX 1000000

const struct http_limits http_limits_wide = {.line_size_max = WIDE_LINE_SIZE_MAX,
                                             .field_count_max = WIDE_FIELD_COUNT_MAX};

void http_reader_init(struct http_reader *reader, enum http_side side)
{
    *reader = (struct http_reader){
        .limits = {.line_size_max = LINE_SIZE_MAX, .field_count_max = FIELD_COUNT_MAX},
        .side = side,
        .state = HTTP_STATE_START,
        .next_event = HTTP_NEED_MORE,
    };
}

void http_reader_release(struct http_reader *reader)
{
    free(reader->gathered);
    reader->gathered = NULL;
    reader->gathered_len = reader->gathered_size = 0;
}

/* Where an octet stands that a state waits for, as far as the state alone tells. */
static enum http_progress progress_of(enum http_state state)
{
    switch (state) {
    case HTTP_STATE_START:
    case HTTP_STATE_FIELDS:
        return HTTP_IN_HEAD;
    case HTTP_STATE_LENGTH:
    case HTTP_STATE_TO_CLOSE:
    case HTTP_STATE_CHUNK_SIZE:
    case HTTP_STATE_CHUNK_DATA:
    case HTTP_STATE_CHUNK_CR:
    case HTTP_STATE_CHUNK_LF:
        return HTTP_IN_BODY;
    case HTTP_STATE_TRAILERS:
        return HTTP_AT_EDGE;
    case HTTP_STATE_ENDED:
    case HTTP_STATE_TUNNEL:
    case HTTP_STATE_LOST:
    case HTTP_STATE_NO_MEMORY:
        break;
    }
    return HTTP_AT_WHOLE;
}

/* Ends the reading for good, in HTTP_STATE_LOST or HTTP_STATE_NO_MEMORY. */
static void stop(struct http_reader *reader, enum http_state state)
{
    reader->lost_at = progress_of((enum http_state)reader->state);
    reader->state = (int)state;
}

/* Whether there is a line to read; if not, and not for want of input, the reading is at an end. */
static bool is_taken(struct http_reader *reader, enum http_taken taken)
{
    switch (taken) {
    case HTTP_TAKEN:
        return true;
    case HTTP_TAKE_MORE:
        break;
    case HTTP_TAKE_TOO_LONG:
        http_note(&reader->notes, HTTP_DEVIATION_LINE_TOO_LONG,
                  reader->line_offset + reader->limits.line_size_max);
        stop(reader, HTTP_STATE_LOST);
        break;
    case HTTP_TAKE_NO_MEMORY:
        stop(reader, HTTP_STATE_NO_MEMORY);
        break;
    }
    return false;
}

/* RFC 9112, section 2.2: a server ignores an empty line before a request. Others are no part of a
 * message either (section 9.2). */
static void note_empty_line(struct http_reader *reader)
{
    const enum http_deviation_kind kind = reader->side == HTTP_REQUESTS
                                              ? HTTP_DEVIATION_EMPTY_LINE_BEFORE_REQUEST
                                              : HTTP_DEVIATION_EMPTY_LINE_BEFORE_RESPONSE;
    http_note(&reader->notes, kind, reader->line_offset);
}

static void eat_start(struct http_reader *reader, struct bytes *input)
{
    struct bytes raw;
    if (!is_taken(reader, http_take_line(reader, input, &raw)))
        return;
    const struct http_line line = http_line_of(raw, reader->line_offset);
    if (line.text.len == 0) {
        note_empty_line(reader);
        return;
    }
    http_read_start(reader, &line);
    if (http_notes_lose(&reader->notes)) {
        stop(reader, HTTP_STATE_LOST);
        return;
    }
    reader->fields = (struct http_framing_fields){.length = 0};
    reader->field_count = 0;
    reader->state = HTTP_STATE_FIELDS;
    reader->next_event = HTTP_START;
}

static enum http_state state_of_content(enum http_framing framing)
{
    switch (framing) {
    case HTTP_FRAMING_NONE:
    case HTTP_FRAMING_TUNNEL:
        return HTTP_STATE_ENDED;
    case HTTP_FRAMING_LENGTH:
        return HTTP_STATE_LENGTH;
    case HTTP_FRAMING_CHUNKED:
        return HTTP_STATE_CHUNK_SIZE;
    case HTTP_FRAMING_TO_CLOSE:
        return HTTP_STATE_TO_CLOSE;
    case HTTP_FRAMING_UNKNOWN:
        break;
    }
    return HTTP_STATE_LOST;
}

/* The blank line is read. */
static void end_head(struct http_reader *reader)
{
    http_frame_message(reader);
    assert(http_notes_lose(&reader->notes) == (reader->message.framing == HTTP_FRAMING_UNKNOWN));
    reader->remaining = reader->message.content_length;
    reader->state = (int)state_of_content(reader->message.framing);
    if (reader->state == HTTP_STATE_LENGTH && reader->remaining == 0)
        reader->state = HTTP_STATE_ENDED;
    reader->lost_at = HTTP_IN_BODY; /* of use only where the framing is unknown */
    reader->next_event = HTTP_HEAD;
}

static void read_head_field(struct http_reader *reader, struct bytes raw)
{
    if (!http_read_field(reader, raw))
        return;
    http_frame_field(reader);
    reader->next_event = HTTP_FIELD;
}

static void read_trailer(struct http_reader *reader, struct bytes raw)
{
    if (!http_read_field(reader, raw))
        return;
    chunked_check_trailer(reader);
    reader->next_event = HTTP_TRAILER;
}

/* The line that ends a section, of the head or of the trailers. */
static void end_section(struct http_reader *reader, const struct http_line *line)
{
    if (line->is_bare)
        http_note(&reader->notes, HTTP_DEVIATION_FIELD_BARE_LF, line->offset);
    if (reader->state == HTTP_STATE_FIELDS)
        end_head(reader);
    else
        reader->state = HTTP_STATE_ENDED;
}

static void eat_field(struct http_reader *reader, struct bytes *input)
{
    struct bytes raw;
    if (!is_taken(reader, http_take_field(reader, input, &raw)))
        return;
    const struct http_line line = http_line_of(raw, reader->line_offset);
    if (line.text.len == 0) {
        end_section(reader, &line);
        return;
    }
    if (reader->field_count == reader->limits.field_count_max) {
        http_note(&reader->notes, HTTP_DEVIATION_FIELD_COUNT, line.offset);
        stop(reader, HTTP_STATE_LOST);
        return;
    }
    reader->field_count++;
    if (reader->state == HTTP_STATE_FIELDS)
        read_head_field(reader, raw);
    else
        read_trailer(reader, raw);
}

static void eat_data(struct http_reader *reader, struct bytes *input, size_t count)
{
    reader->offset += count;
    reader->data = bytes_take(input, count);
    reader->next_event = HTTP_DATA;
}

/* `remaining` octets, and then `next`. */
static void eat_remaining(struct http_reader *reader, struct bytes *input, enum http_state next)
{
    const size_t count = reader->remaining < input->len ? (size_t)reader->remaining : input->len;
    eat_data(reader, input, count);
    reader->remaining -= count;
    if (reader->remaining == 0)
        reader->state = (int)next;
}

static void eat_chunk_size(struct http_reader *reader, struct bytes *input)
{
    struct bytes raw;
    if (!is_taken(reader, http_take_line(reader, input, &raw)))
        return;
    const struct http_line line = http_line_of(raw, reader->line_offset);
    chunked_read_size(reader, &line);
    if (http_notes_lose(&reader->notes)) {
        stop(reader, HTTP_STATE_LOST);
        return;
    }
    reader->remaining = reader->chunk_size;
    reader->field_count = 0;
    reader->state = reader->chunk_size > 0 ? HTTP_STATE_CHUNK_DATA : HTTP_STATE_TRAILERS;
    reader->next_event = HTTP_CHUNK;
}

/* One octet of the CRLF after a chunk's data. */
static void eat_chunk_end(struct http_reader *reader, struct bytes *input)
{
    const uint8_t octet = input->at[0];
    const bool is_cr_due = reader->state == HTTP_STATE_CHUNK_CR;
    if (octet != '\n' && !(is_cr_due && octet == '\r')) {
        http_note(&reader->notes, HTTP_DEVIATION_CHUNK_DATA_END, reader->offset);
        stop(reader, HTTP_STATE_LOST);
        return;
    }
    if (octet == '\n' && is_cr_due)
        http_note(&reader->notes, HTTP_DEVIATION_CHUNK_DATA_BARE_LF, reader->offset);
    reader->state = octet == '\n' ? HTTP_STATE_CHUNK_SIZE : HTTP_STATE_CHUNK_LF;
    reader->offset++;
    bytes_take(input, 1);
}

static void end_message(struct http_reader *reader)
{
    const struct http_message *message = &reader->message;
    if (!message->is_interim)
        reader->answers = HTTP_ANSWERS_OTHER;
    reader->has_ended = true;
    reader->state = message->framing == HTTP_FRAMING_TUNNEL ? HTTP_STATE_TUNNEL : HTTP_STATE_START;
    reader->next_event = HTTP_END;
}

static void stay_lost(struct http_reader *reader, struct bytes *input)
{
    reader->offset += input->len;
    bytes_take(input, input->len);
    reader->next_event = HTTP_LOST;
}

/* Goes one step further. What it finds is left in `notes` and `next_event`. */
static void step(struct http_reader *reader, struct bytes *input)
{
    switch ((enum http_state)reader->state) {
    case HTTP_STATE_START:
        eat_start(reader, input);
        break;
    case HTTP_STATE_FIELDS:
    case HTTP_STATE_TRAILERS:
        eat_field(reader, input);
        break;
    case HTTP_STATE_LENGTH:
        eat_remaining(reader, input, HTTP_STATE_ENDED);
        break;
    case HTTP_STATE_TO_CLOSE:
        eat_data(reader, input, input->len);
        break;
    case HTTP_STATE_CHUNK_SIZE:
        eat_chunk_size(reader, input);
        break;
    case HTTP_STATE_CHUNK_DATA:
        eat_remaining(reader, input, HTTP_STATE_CHUNK_CR);
        break;
    case HTTP_STATE_CHUNK_CR:
    case HTTP_STATE_CHUNK_LF:
        eat_chunk_end(reader, input);
        break;
    case HTTP_STATE_ENDED:
        end_message(reader);
        break;
    case HTTP_STATE_TUNNEL:
        reader->next_event = HTTP_LOST;
        break;
    case HTTP_STATE_LOST:
        stay_lost(reader, input);
        break;
    case HTTP_STATE_NO_MEMORY:
        reader->next_event = HTTP_NO_MEMORY;
        break;
    }
}

static bool has_pending(const struct http_reader *reader)
{
    return reader->notes.count > 0 || reader->next_event != HTTP_NEED_MORE;
}

/* The deviations first, then the event that they belong to. */
static enum http_event take_pending(struct http_reader *reader)
{
    struct http_notes *notes = &reader->notes;
    if (notes->count > 0) {
        reader->deviation = notes->list[notes->given++];
        if (notes->given == notes->count)
            notes->given = notes->count = 0;
        return HTTP_DEVIATION;
    }
    const enum http_event event = reader->next_event;
    reader->next_event = HTTP_NEED_MORE;
    if (event == HTTP_START)
        reader->message = (struct http_message){.framing = HTTP_FRAMING_NONE};
    return event;
}

enum http_event http_reader_next(struct http_reader *reader, struct bytes *input)
{
    while (!has_pending(reader)) {
        if (input->len == 0 && reader->state < HTTP_STATE_ENDED)
            return HTTP_NEED_MORE;
        step(reader, input);
    }
    return take_pending(reader);
}

/* A lone CR may still become an empty line, which is no part of a message. */
static bool has_start_begun(const struct http_reader *reader)
{
    return reader->gathered_len > 1 || (reader->gathered_len == 1 && reader->gathered[0] != '\r');
}

static enum http_progress progress_between(const struct http_reader *reader)
{
    if (has_start_begun(reader) || reader->message.is_interim)
        return HTTP_IN_HEAD;
    return reader->has_ended ? HTTP_AT_WHOLE : HTTP_AT_NOTHING;
}

enum http_progress http_reader_progress(const struct http_reader *reader)
{
    const struct bytes gathered = {reader->gathered, reader->gathered_len};
    switch ((enum http_state)reader->state) {
    case HTTP_STATE_START:
        return progress_between(reader);
    case HTTP_STATE_CHUNK_SIZE:
        return chunked_may_be_last(gathered) ? HTTP_AT_EDGE : HTTP_IN_BODY;
    case HTTP_STATE_ENDED:
        return reader->message.is_interim ? HTTP_IN_HEAD : HTTP_AT_WHOLE;
    case HTTP_STATE_LOST:
    case HTTP_STATE_NO_MEMORY:
        return reader->lost_at;
    case HTTP_STATE_FIELDS:
    case HTTP_STATE_LENGTH:
    case HTTP_STATE_TO_CLOSE:
    case HTTP_STATE_CHUNK_DATA:
    case HTTP_STATE_CHUNK_CR:
    case HTTP_STATE_CHUNK_LF:
    case HTTP_STATE_TRAILERS:
    case HTTP_STATE_TUNNEL:
        break;
    }
    return progress_of((enum http_state)reader->state);
}

enum http_event http_reader_end(struct http_reader *reader)
{
    if (reader->state == HTTP_STATE_NO_MEMORY)
        return HTTP_NO_MEMORY;
    if (reader->state == HTTP_STATE_LOST || reader->state == HTTP_STATE_TUNNEL)
        return HTTP_LOST;
    if (reader->state == HTTP_STATE_TO_CLOSE) {
        end_message(reader);
        return take_pending(reader);
    }
    const enum http_progress progress = http_reader_progress(reader);
    return progress == HTTP_AT_NOTHING || progress == HTTP_AT_WHOLE ? HTTP_IDLE : HTTP_CUT;
}
