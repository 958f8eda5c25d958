/*
 * http -- reads HTTP/1.1 messages (RFC 9112), requests or responses.
 *
 * Sans-I/O: octets in, events out; no socket, no clock. One reader reads one
 * direction of one connection, message after message. It is curious, not
 * strict: what departs from the RFC is an HTTP_DEVIATION, with its kind and the
 * offset of the culprit, and reading goes on for as long as it is known where
 * the message ends. What to tolerate is the caller's choice: the bundled client
 * stops at deviations, the judge collects them.
 *
 *     struct http_reader reader;
 *     http_reader_init(&reader, HTTP_REQUESTS);
 *     while ((event = http_reader_next(&reader, &input)) != HTTP_NEED_MORE)
 *         ...
 *     http_reader_release(&reader);
 *
 * How the input is cut never changes what comes out, but that HTTP_DATA slices
 * may be cut elsewhere.
 */
#ifndef WIRE_HTTP_H
#define WIRE_HTTP_H

#include "wire/bytes.h"

enum http_side { HTTP_REQUESTS, HTTP_RESPONSES };

enum http_event {
    HTTP_NEED_MORE, /* the input is used up; call again with more, or http_reader_end() */
    HTTP_START,     /* the start line is read: `start` is set */
    HTTP_FIELD,     /* one field line of the head: `name`, `value` */
    HTTP_HEAD,      /* the blank line is read: `framing` and all of `message` is set */
    HTTP_CHUNK,     /* a chunk's size line, also the last chunk's: `chunk_size`, `extension` */
    HTTP_DATA,      /* octets of content, chunked coding taken off: `data`, a slice of the input */
    HTTP_TRAILER,   /* one field line of the trailer section: `name`, `value` */
    HTTP_END,       /* the message is whole; the next begins with the next octet. An interim
                     * response (1xx) ends so too: see `message.is_interim` */
    HTTP_DEVIATION, /* `deviation`; stands before the event that it belongs to. Of each kind one
                     * for a line, at its first octet at fault. What is wrong with the meaning of
                     * the framing fields, all lines taken together, stands before HTTP_HEAD */
    HTTP_LOST,      /* where messages end is no longer known, or what is not HTTP was met: every
                     * further call says the same and eats all input. The HTTP_DEVIATION that
                     * made it so stood before */
    HTTP_CUT,       /* only from http_reader_end(): the input ended inside a message */
    HTTP_IDLE,      /* only from http_reader_end(): the input ended between messages */
    HTTP_NO_MEMORY, /* an allocation failed; every further call says the same */
};

/* How the end of a message's content is found (RFC 9112, section 6.3). */
enum http_framing {
    HTTP_FRAMING_NONE,     /* no content: ends at the blank line */
    HTTP_FRAMING_LENGTH,   /* Content-Length */
    HTTP_FRAMING_CHUNKED,  /* Transfer-Encoding, chunked last */
    HTTP_FRAMING_TO_CLOSE, /* a response that ends with the connection */
    HTTP_FRAMING_TUNNEL,   /* 2xx to CONNECT, or 101: what follows is not HTTP. HTTP_END comes, and
                            * all input behind it stays with the caller: every further call says
                            * HTTP_LOST, and eats nothing */
    HTTP_FRAMING_UNKNOWN,  /* the fields contradict themselves: HTTP_LOST follows HTTP_HEAD */
};

/* What the next response answers; RFC 9112, section 6.3, items 1 and 2. */
enum http_answers { HTTP_ANSWERS_OTHER, HTTP_ANSWERS_HEAD, HTTP_ANSWERS_CONNECT };

/* Where in a message the octet stands that comes next. */
enum http_progress {
    HTTP_AT_NOTHING, /* no octet of a message yet */
    HTTP_IN_HEAD,    /* in the start line or the header section */
    HTTP_IN_BODY,    /* the head is whole, the content is not */
    HTTP_AT_EDGE,    /* from the first zero of the last chunk's size to before the final CRLF:
                      * RFC 9112, 7.1 and 8 disagree whether that is whole */
    HTTP_AT_WHOLE,   /* a message has ended, and no octet of another came; but after an interim
                      * response it is HTTP_IN_HEAD: the answer is still to come. After HTTP_LOST:
                      * where that happened */
};

/*
 * What may be wrong: name, the text for people, the requirement of the catalog
 * that it departs from, and whether it leaves the framing unknown (LOST) or not
 * (KNOWN). wire/http_deviations.h holds the list as an X-macro
 * HTTP_DEVIATIONS(X) of X(NAME, text, requirement, KNOWN | LOST).
 */
#include "wire/http_deviations.h"

enum http_deviation_kind {
#define HTTP_DEVIATION_ENUM(name, text, requirement, framing) HTTP_DEVIATION_##name,
    HTTP_DEVIATIONS(HTTP_DEVIATION_ENUM)
#undef HTTP_DEVIATION_ENUM
        HTTP_DEVIATION_COUNT
};

struct http_deviation {
    enum http_deviation_kind kind;
    uint64_t offset; /* of the octet at fault, from the first octet the reader ever got */
};

/* Slices, here and in the reader, are valid until the next call. The reader in turn holds on to the
 * input: its octets have to stay in place until HTTP_NEED_MORE, for the element that a deviation
 * announces was eaten with it. */
struct http_start {
    struct bytes method, target; /* requests */
    struct bytes reason;         /* responses; may be empty */
    int status;                  /* responses: 0 - 999 */
    int major, minor;            /* HTTP-version */
};

/* Known from HTTP_HEAD until the next message's HTTP_START. */
struct http_message {
    enum http_framing framing;
    uint64_t content_length; /* with HTTP_FRAMING_LENGTH */
    bool is_interim;         /* a 1xx other than 101 (RFC 9110, section 15.2) */
    bool persists;           /* RFC 9112, section 9.3, seen from this message alone. Never after a
                              * Transfer-Encoding in HTTP/1.0 (section 6.1), nor where the framing
                              * is TO_CLOSE, TUNNEL or UNKNOWN */
    bool expects_continue;   /* a request with Expect: 100-continue (RFC 9110, section 10.1.1) */
    bool has_length;         /* a Content-Length field was there, valid or not */
    bool has_coding;         /* a Transfer-Encoding field was there */
};

/* Limits that the caller may change between init and the first octet. A line, or a field with its
 * folds, longer than `line_size_max` with its line ends, or more than `field_count_max` field lines
 * in a section, is a deviation that loses the framing. */
struct http_limits {
    size_t line_size_max;   /* 65536 octets */
    size_t field_count_max; /* 10000 */
};

/* For whom nothing that a client may be asked for is too long: 64 MiB, a million fields. */
extern const struct http_limits http_limits_wide;

/* Deviations that wait for their turn. No line has more kinds than fit; more would be dropped. */
#define HTTP_NOTES_MAX 16
struct http_notes {
    struct http_deviation list[HTTP_NOTES_MAX];
    unsigned count, given;
};

/* What the framing fields said so far: private to wire/http_framing.c. */
struct http_framing_fields {
    struct http_notes notes; /* they stand before HTTP_HEAD */
    uint64_t length;
    uint64_t length_offset, coding_offset; /* of the first such line */
    unsigned chunked_count;
    bool has_length_value, is_length_invalid;
    bool has_coding_name, is_chunked_last;
    bool has_close, has_keep_alive;
};

struct http_reader {
    struct http_limits limits;
    enum http_answers answers; /* responses: set before the head ends; OTHER again at the HTTP_END
                                * of a final one */

    struct http_start start;
    struct bytes name;
    struct bytes value; /* without the blanks around it, folds made SP (RFC 9112, section 5.2) */
    struct http_message message;
    uint64_t chunk_size;
    struct bytes extension; /* what follows the chunk's size, up to the line's end; may be empty */
    struct bytes data;
    struct http_deviation deviation;
    uint64_t offset; /* octets eaten since init */

    /* Private to the http*.c and rules*.c files from here on. */
    enum http_side side;
    int state;                  /* enum http_state of wire/http_private.h */
    enum http_event next_event; /* stands behind `notes`; HTTP_NEED_MORE is none */
    enum http_progress lost_at; /* the progress when the framing was lost */
    bool has_ended;             /* a message ended before */
    bool is_line_whole;         /* `gathered` waits for an octet that may make a fold */
    uint8_t *gathered;          /* a line, or a field with its folds, that input cuts; owned */
    size_t gathered_len, gathered_size;
    uint64_t line_offset; /* of the line's first octet */
    size_t field_count;   /* in this section */
    uint64_t remaining;   /* octets of content, or of the chunk, still to come */
    struct http_notes notes;
    struct http_framing_fields fields;
};

/* Cannot fail; allocates nothing yet. */
void http_reader_init(struct http_reader *reader, enum http_side side);

/* Frees what the reader allocated; init again before further use. */
void http_reader_release(struct http_reader *reader);

/* Eats a prefix of `input` and says what it found. */
enum http_event http_reader_next(struct http_reader *reader, struct bytes *input);

/* The input has ended (FIN); to be called after HTTP_NEED_MORE. HTTP_END when that makes a message
 * whole (TO_CLOSE), HTTP_CUT or HTTP_IDLE; HTTP_LOST and HTTP_NO_MEMORY stay. */
enum http_event http_reader_end(struct http_reader *reader);

enum http_progress http_reader_progress(const struct http_reader *reader);

/* "two differing Content-Length values", and the id of the requirement it departs from. */
const char *http_deviation_text(enum http_deviation_kind kind);
const char *http_deviation_requirement(enum http_deviation_kind kind);

#endif
