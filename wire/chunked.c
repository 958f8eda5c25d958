#include "wire/chunked.h"

#define HEX_BASE 16

/* A size line, what of it is still to be read, and where the deviations go. */
struct cursor {
    const struct http_line *line;
    struct bytes rest;
    struct http_notes *notes;
};

static bool is_next(const struct cursor *cursor, uint8_t octet)
{
    return cursor->rest.len > 0 && cursor->rest.at[0] == octet;
}

static void note(const struct cursor *cursor, enum http_deviation_kind kind, size_t at)
{
    http_note(cursor->notes, kind, cursor->line->offset + at);
}

/* The same of the octet that comes next. */
static void note_next(const struct cursor *cursor, enum http_deviation_kind kind)
{
    note(cursor, kind, cursor->line->text.len - cursor->rest.len);
}

/* RFC 9110, section 5.6.4: VCHAR, obs-text, SP and HTAB may stand between the quotes, DQUOTE and
 * backslash behind a backslash. False when the string is still open at the line's end. */
static bool eat_quoted(struct cursor *cursor)
{
    struct bytes inside = cursor->rest;
    const bool is_closed = http_eat_quoted(&cursor->rest);
    for (; inside.len > cursor->rest.len; bytes_take(&inside, 1))
        if (http_is_octet(inside.at[0], HTTP_OCTET_CONTROL))
            note(cursor, HTTP_DEVIATION_CHUNK_EXTENSION, cursor->line->text.len - inside.len);
    return is_closed;
}

/* chunk-ext-val = token / quoted-string. False when it is neither. */
static bool eat_extension_value(struct cursor *cursor)
{
    if (!is_next(cursor, '"'))
        return http_eat_run(&cursor->rest, HTTP_OCTET_TOKEN) > 0;
    if (!eat_quoted(cursor))
        note(cursor, HTTP_DEVIATION_CHUNK_QUOTED_LF,
             cursor->line->text.len + (cursor->line->is_bare ? 0 : 1));
    return true;
}

/* RFC 9112, section 7.1.1: *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ). Stops at
 * what does not fit in; false when that is inside an extension. */
static bool eat_extensions(struct cursor *cursor)
{
    while (http_eat_separator(&cursor->rest, ';')) {
        if (http_eat_run(&cursor->rest, HTTP_OCTET_TOKEN) == 0)
            return false;
        if (http_eat_separator(&cursor->rest, '=') && !eat_extension_value(cursor))
            return false;
    }
    return true;
}

/* What follows the size, or the last extension, must be the line's end. Behind the bare size it is
 * the size that goes wrong, and how long the chunk is then is anybody's guess. */
static void read_line_end(struct cursor *cursor, bool is_behind_size)
{
    const struct cursor blanks = *cursor;
    if (http_eat_run(&cursor->rest, HTTP_OCTET_BLANK) > 0 && cursor->rest.len == 0)
        note_next(&blanks, HTTP_DEVIATION_CHUNK_BLANK);
    else if (cursor->rest.len > 0)
        note_next(cursor,
                  is_behind_size ? HTTP_DEVIATION_CHUNK_SIZE : HTTP_DEVIATION_CHUNK_EXTENSION);
}

/* What a bare CR means differs from reader to reader (RFC 9112, section 2.2), so that it is not
 * known how they take the rest. */
static bool has_bare_cr(const struct cursor *cursor)
{
    const struct bytes text = cursor->line->text;
    const uint8_t *cr = memchr(text.at, '\r', text.len);
    if (cr != NULL)
        note(cursor, HTTP_DEVIATION_CHUNK_BARE_CR, (size_t)(cr - text.at));
    return cr != NULL;
}

/* RFC 9112, section 7.1: chunk-size = 1*HEXDIG, and "recipients MUST anticipate potentially large
 * hexadecimal numerals". Also how many digits it has; false when there is no number. */
static bool read_size(struct http_reader *reader, const struct http_line *line, size_t *len)
{
    const struct bytes text = line->text;
    uint64_t size = 0;
    for (*len = 0; *len < text.len; ++*len) {
        const int digit = byte_hex(text.at[*len]);
        if (digit < 0)
            break;
        if (size > ((uint64_t)INT64_MAX - (uint64_t)digit) / HEX_BASE) {
            http_note(&reader->notes, HTTP_DEVIATION_CHUNK_SIZE_TOO_LARGE, line->offset + *len);
            return false;
        }
        size = size * HEX_BASE + (uint64_t)digit;
    }
    reader->chunk_size = size;
    if (*len == 0)
        http_note(&reader->notes, HTTP_DEVIATION_CHUNK_SIZE, line->offset);
    return *len > 0;
}

/* False when what it says of the size is not to be trusted either. */
static bool read_behind_size(struct http_reader *reader, const struct http_line *line)
{
    struct cursor cursor = {line, reader->extension, &reader->notes};
    if (has_bare_cr(&cursor))
        return false;
    if (eat_extensions(&cursor))
        read_line_end(&cursor, cursor.rest.len == reader->extension.len);
    else
        note_next(&cursor, HTTP_DEVIATION_CHUNK_EXTENSION);
    return true;
}

void chunked_read_size(struct http_reader *reader, const struct http_line *line)
{
    size_t len;
    if (!read_size(reader, line, &len))
        return;
    reader->extension = (struct bytes){line->text.at + len, line->text.len - len};
    if (reader->extension.len > 0 && !read_behind_size(reader, line))
        return;
    if (line->is_bare)
        http_note(&reader->notes, HTTP_DEVIATION_CHUNK_BARE_LF, line->offset + line->text.len);
}

bool chunked_may_be_last(struct bytes begun)
{
    size_t count = 0;
    while (count < begun.len && begun.at[count] == '0')
        count++;
    return count > 0 && (count == begun.len || byte_hex(begun.at[count]) < 0);
}

/* RFC 9110, section 6.5.1: what is needed before the content is. The rest may come late. */
static const char *const forbidden[] = {
    /* framing and the connection */
    "transfer-encoding",
    "content-length",
    "trailer",
    "te",
    "connection",
    "upgrade",
    "keep-alive",
    /* routing and request modifiers */
    "host",
    "max-forwards",
    "expect",
    "cache-control",
    "pragma",
    "range",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "if-range",
    /* authentication and cookies */
    "authorization",
    "proxy-authorization",
    "www-authenticate",
    "proxy-authenticate",
    "cookie",
    "set-cookie",
    /* response controls */
    "age",
    "expires",
    "location",
    "retry-after",
    "vary",
    /* what the content is */
    "content-encoding",
    "content-type",
    "content-range",
};

void chunked_check_trailer(struct http_reader *reader)
{
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
        if (bytes_equal_fold(reader->name, bytes_of(forbidden[i])))
            http_note(&reader->notes, HTTP_DEVIATION_TRAILER_FORBIDDEN, reader->line_offset);
}
