/*
 * http_private -- what the rooms of the reader share; see wire/http.h for the house.
 *
 * In reading order: http.c walks the states, http_lines.c cuts the input into
 * lines, http_start.c and http_fields.c read them, http_framing.c takes from the
 * fields where the content ends, chunked.c reads the lines of the chunked coding.
 */
#ifndef WIRE_HTTP_PRIVATE_H
#define WIRE_HTTP_PRIVATE_H

#include "wire/http.h"

enum http_state {
    HTTP_STATE_START,      /* *CRLF start-line */
    HTTP_STATE_FIELDS,     /* *( field-line CRLF ) CRLF */
    HTTP_STATE_LENGTH,     /* `remaining` octets of content */
    HTTP_STATE_TO_CLOSE,   /* content up to the end of the input */
    HTTP_STATE_CHUNK_SIZE, /* chunk-size [ chunk-ext ] CRLF */
    HTTP_STATE_CHUNK_DATA, /* `remaining` octets of chunk-data */
    HTTP_STATE_CHUNK_CR,   /* the CRLF after chunk-data ... */
    HTTP_STATE_CHUNK_LF,   /* ... and its second half */
    HTTP_STATE_TRAILERS,   /* *( field-line CRLF ) CRLF */
    HTTP_STATE_ENDED,      /* HTTP_END is due; from here on no state waits for input */
    HTTP_STATE_TUNNEL,     /* the rest is not ours */
    HTTP_STATE_LOST,
    HTTP_STATE_NO_MEMORY,
};

/* One line without its end, and where it stands. */
struct http_line {
    struct bytes text;
    uint64_t offset;
    bool is_bare; /* LF ended it without CR */
};

/* Classes of octets; an octet may be of several. */
enum {
    HTTP_OCTET_TOKEN = 1,   /* tchar; RFC 9110, section 5.6.2 */
    HTTP_OCTET_BLANK = 2,   /* SP and HTAB */
    HTTP_OCTET_CONTROL = 4, /* 0x00 to 0x1F without HTAB, and 0x7F */
    HTTP_OCTET_LENIENT = 8, /* VT, FF and CR: blanks to a lenient reader (RFC 9112, section 3) */
};
extern const uint8_t http_octets[256];

static inline bool http_is_octet(uint8_t octet, unsigned classes)
{
    return (http_octets[octet] & classes) != 0;
}

/* How many octets at the front are of one of the classes. */
size_t http_count_octets(struct bytes text, unsigned classes);

/* Without the SP and HTAB at both ends. */
struct bytes http_trim(struct bytes text);

/* Takes off the octets of the classes that come next; how many. */
size_t http_eat_run(struct bytes *rest, unsigned classes);

/* Takes off OWS octet OWS, or nothing. */
bool http_eat_separator(struct bytes *rest, uint8_t octet);

/* Takes off the quoted string at the front; all, and false, when it has no end. */
bool http_eat_quoted(struct bytes *rest);

/* How many octets stand before the first `end` that is not inside a quoted string, or in all. */
size_t http_len_before(struct bytes text, uint8_t end);

/* Adds a deviation, unless one of its kind is there. */
void http_note(struct http_notes *notes, enum http_deviation_kind kind, uint64_t offset);

/* Whether one of them leaves the framing unknown. */
bool http_notes_lose(const struct http_notes *notes);

enum http_taken { HTTP_TAKEN, HTTP_TAKE_MORE, HTTP_TAKE_TOO_LONG, HTTP_TAKE_NO_MEMORY };

/* Takes one line with its end, out of a non-empty input: a slice of the input when it lies there
 * whole, of `gathered` else. It starts at `line_offset`, and is valid until the next call. */
enum http_taken http_take_line(struct http_reader *reader, struct bytes *input, struct bytes *raw);

/* The same for a field line with all its folds, which always are in `gathered`. */
enum http_taken http_take_field(struct http_reader *reader, struct bytes *input, struct bytes *raw);

/* `raw` ends in LF. */
struct http_line http_line_of(struct bytes raw, uint64_t offset);

/* Reads a request line or status line into `start`; notes what is wrong. */
void http_read_start(struct http_reader *reader, const struct http_line *line);

/* Reads a field line into `name` and `value`; notes what is wrong. False when there is no field in
 * it. */
bool http_read_field(struct http_reader *reader, struct bytes raw);

/* Where an octet of that field stands: `name` is where its line begins, for a line led by blanks is
 * no field. */
static inline uint64_t http_field_offset(const struct http_reader *reader, const uint8_t *at)
{
    return reader->line_offset + (uint64_t)(at - reader->name.at);
}

/* Takes what `name` and `value`, a field of the head, mean for the framing. */
void http_frame_field(struct http_reader *reader);

/* The head is whole: sets `message`, and notes what is wrong with the framing. */
void http_frame_message(struct http_reader *reader);

#endif
