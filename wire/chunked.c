#include "wire/chunked.h"

#define HEX_BASE 16

/* A size line, the next octet of it to be read, and where the deviations go. */
struct cursor {
    const struct http_line *line;
    size_t at;
    struct http_notes *notes;
};

static bool is_at_end(const struct cursor *cursor)
{
    return cursor->at == cursor->line->text.len;
}

static bool is_next(const struct cursor *cursor, uint8_t octet)
{
    return !is_at_end(cursor) && cursor->line->text.at[cursor->at] == octet;
}

static void note(const struct cursor *cursor, enum http_deviation_kind kind, size_t at)
{
    http_note(cursor->notes, kind, cursor->line->offset + at);
}

/* How many octets of the classes come next; eats them. */
static size_t eat_run(struct cursor *cursor, unsigned classes)
{
    struct bytes rest = cursor->line->text;
    bytes_take(&rest, cursor->at);
    const size_t count = http_count_octets(rest, classes);
    cursor->at += count;
    return count;
}

/* RFC 9112, section 7.1: chunk-size = 1*HEXDIG, and "recipients MUST anticipate potentially large
 * hexadecimal numerals". False when there is no number. */
static bool eat_size(struct cursor *cursor, uint64_t *size)
{
    *size = 0;
    for (; !is_at_end(cursor); cursor->at++) {
        const int digit = byte_hex(cursor->line->text.at[cursor->at]);
        if (digit < 0)
            break;
        if (*size > ((uint64_t)INT64_MAX - (uint64_t)digit) / HEX_BASE) {
            note(cursor, HTTP_DEVIATION_CHUNK_SIZE_TOO_LARGE, cursor->at);
            return false;
        }
        *size = *size * HEX_BASE + (uint64_t)digit;
    }
    if (cursor->at == 0)
        note(cursor, HTTP_DEVIATION_CHUNK_SIZE, 0);
    return cursor->at > 0;
}

/* RFC 9110, section 5.6.4: VCHAR, obs-text, SP and HTAB may stand between the quotes, DQUOTE and
 * backslash behind a backslash. False when the string is still open at the line's end. */
static bool eat_quoted(struct cursor *cursor)
{
    cursor->at++;
    while (!is_at_end(cursor) && !is_next(cursor, '"')) {
        if (is_next(cursor, '\\'))
            cursor->at++;
        if (is_at_end(cursor))
            return false;
        if (http_is_octet(cursor->line->text.at[cursor->at], HTTP_OCTET_CONTROL))
            note(cursor, HTTP_DEVIATION_CHUNK_EXTENSION, cursor->at);
        cursor->at++;
    }
    if (is_at_end(cursor))
        return false;
    cursor->at++;
    return true;
}

/* chunk-ext-val = token / quoted-string. False when it is neither. */
static bool eat_extension_value(struct cursor *cursor)
{
    if (!is_next(cursor, '"'))
        return eat_run(cursor, HTTP_OCTET_TOKEN) > 0;
    if (!eat_quoted(cursor))
        note(cursor, HTTP_DEVIATION_CHUNK_QUOTED_LF, cursor->at + (cursor->line->is_bare ? 0 : 1));
    return true;
}

/* Eats BWS and the octet, or nothing. */
static bool eat_separator(struct cursor *cursor, uint8_t octet)
{
    struct cursor ahead = *cursor;
    eat_run(&ahead, HTTP_OCTET_BLANK);
    if (!is_next(&ahead, octet))
        return false;
    *cursor = ahead;
    cursor->at++;
    eat_run(cursor, HTTP_OCTET_BLANK);
    return true;
}

/* RFC 9112, section 7.1.1: *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ). Stops at
 * what does not fit in; false when that is inside an extension. */
static bool eat_extensions(struct cursor *cursor)
{
    while (eat_separator(cursor, ';')) {
        if (eat_run(cursor, HTTP_OCTET_TOKEN) == 0)
            return false;
        if (eat_separator(cursor, '=') && !eat_extension_value(cursor))
            return false;
    }
    return true;
}

/* What follows the size, or the last extension, must be the line's end. Behind the bare size it is
 * the size that goes wrong, and how long the chunk is then is anybody's guess. */
static void read_line_end(struct cursor *cursor, bool is_behind_size)
{
    const size_t blanks_at = cursor->at;
    if (eat_run(cursor, HTTP_OCTET_BLANK) > 0 && is_at_end(cursor))
        note(cursor, HTTP_DEVIATION_CHUNK_BLANK, blanks_at);
    else if (!is_at_end(cursor))
        note(cursor, is_behind_size ? HTTP_DEVIATION_CHUNK_SIZE : HTTP_DEVIATION_CHUNK_EXTENSION,
             cursor->at);
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

void chunked_read_size(struct http_reader *reader, const struct http_line *line)
{
    struct cursor cursor = {line, 0, &reader->notes};
    if (!eat_size(&cursor, &reader->chunk_size) || has_bare_cr(&cursor))
        return;
    const size_t size_end = cursor.at;
    reader->extension = line->text;
    bytes_take(&reader->extension, size_end);
    if (eat_extensions(&cursor))
        read_line_end(&cursor, cursor.at == size_end);
    else
        note(&cursor, HTTP_DEVIATION_CHUNK_EXTENSION, cursor.at);
    if (line->is_bare)
        note(&cursor, HTTP_DEVIATION_CHUNK_BARE_LF, line->text.len);
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
