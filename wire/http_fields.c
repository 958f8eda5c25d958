#include "wire/http_private.h"

/* A field line with its folds: what is read, and where it stands. */
struct source {
    struct bytes raw; /* with all line ends */
    uint64_t offset;
};

static size_t first_line_len(struct bytes raw)
{
    const uint8_t *lf = memchr(raw.at, '\n', raw.len);
    const size_t len = lf != NULL ? (size_t)(lf - raw.at) : raw.len;
    return len > 0 && raw.at[len - 1] == '\r' ? len - 1 : len;
}

static bool is_at(struct bytes raw, size_t at, uint8_t octet)
{
    return at < raw.len && raw.at[at] == octet;
}

/* RFC 9112, section 2.2: a recipient may take a lone LF for a line's end. */
static void note_line_end(struct http_notes *notes, const struct source *source, size_t lf)
{
    if (lf == 0 || source->raw.at[lf - 1] != '\r')
        http_note(notes, HTTP_DEVIATION_FIELD_BARE_LF, source->offset + lf);
}

static void note_line_ends(struct http_notes *notes, const struct source *source)
{
    for (size_t i = 0; i < source->raw.len; i++)
        if (source->raw.at[i] == '\n')
            note_line_end(notes, source, i);
}

/* RFC 9110, section 5.5: field-content is VCHAR, obs-text, SP and HTAB. */
static void note_value_octet(struct http_notes *notes, const struct source *source, size_t at)
{
    const uint8_t octet = source->raw.at[at];
    if (octet == '\n') {
        note_line_end(notes, source, at);
        if (at + 1 < source->raw.len) /* the octet behind it makes it a fold */
            http_note(notes, HTTP_DEVIATION_OBS_FOLD, source->offset + at + 1);
    } else if (octet == '\r') {
        if (!is_at(source->raw, at + 1, '\n'))
            http_note(notes, HTTP_DEVIATION_VALUE_BARE_CR, source->offset + at);
    } else if (octet == 0) {
        http_note(notes, HTTP_DEVIATION_VALUE_NUL, source->offset + at);
    } else if (http_is_octet(octet, HTTP_OCTET_CONTROL)) {
        http_note(notes, HTTP_DEVIATION_VALUE_CONTROL, source->offset + at);
    }
}

/* RFC 9112, section 5.1: no whitespace between the name and the colon. */
static void read_name(struct http_reader *reader, const struct source *source, size_t colon)
{
    struct bytes name = {source->raw.at, colon};
    while (name.len > 0 && http_is_octet(name.at[name.len - 1], HTTP_OCTET_BLANK))
        name.len--;
    reader->name = name;
    const size_t token_len = http_count_octets(name, HTTP_OCTET_TOKEN);
    if (name.len == 0)
        http_note(&reader->notes, HTTP_DEVIATION_NAME_EMPTY, source->offset);
    if (token_len < name.len)
        http_note(&reader->notes, HTTP_DEVIATION_NAME_NOT_TOKEN, source->offset + token_len);
    if (name.len < colon)
        http_note(&reader->notes, HTTP_DEVIATION_NAME_BLANK, source->offset + name.len);
}

/* Where a run of blanks and line ends that begins at `from` ends. */
static size_t blanks_end(struct bytes text, size_t from)
{
    size_t at = from;
    while (at < text.len && (http_is_octet(text.at[at], HTTP_OCTET_BLANK) || text.at[at] == '\n' ||
                             (text.at[at] == '\r' && is_at(text, at + 1, '\n'))))
        at++;
    return at;
}

/* RFC 9112, section 5.2: each fold becomes "one or more SP octets". All its octets do here, so that
 * what stands behind it keeps its offset. */
static void unfold(struct http_reader *reader, struct bytes text, size_t from)
{
    assert(text.at == reader->gathered); /* whatever has folds is there */
    size_t at = from;
    while (at < text.len) {
        const size_t end = blanks_end(text, at);
        if (end > at && memchr(text.at + at, '\n', end - at) != NULL)
            memset(reader->gathered + at, ' ', end - at);
        at = end > at ? end : at + 1;
    }
}

static void read_value(struct http_reader *reader, const struct source *source, size_t from)
{
    struct bytes value = http_line_of(source->raw, source->offset).text;
    for (size_t i = from; i < source->raw.len; i++)
        note_value_octet(&reader->notes, source, i);
    if (memchr(value.at, '\n', value.len) != NULL)
        unfold(reader, value, from);
    bytes_take(&value, from);
    reader->value = http_trim(value);
}

bool http_read_field(struct http_reader *reader, struct bytes raw)
{
    const struct source source = {raw, reader->line_offset};
    /* RFC 9112, section 2.2: such lines, up to the first field, are ignored. */
    if (http_is_octet(raw.at[0], HTTP_OCTET_BLANK)) {
        http_note(&reader->notes, HTTP_DEVIATION_BLANK_LED_LINE, source.offset);
        note_line_ends(&reader->notes, &source);
        return false;
    }
    const size_t line_len = first_line_len(raw);
    const uint8_t *colon = memchr(raw.at, ':', line_len);
    if (colon == NULL) {
        http_note(&reader->notes, HTTP_DEVIATION_NO_COLON, source.offset + line_len);
        note_line_ends(&reader->notes, &source);
        return false;
    }
    const size_t name_len = (size_t)(colon - raw.at);
    read_name(reader, &source, name_len);
    read_value(reader, &source, name_len + 1);
    return true;
}
