#include "wire/http_private.h"

#include <stdlib.h>

/* Most lines that a cut goes through fit without growing. */
#define GATHERED_SIZE_FIRST 256

static struct bytes eat(struct http_reader *reader, struct bytes *input, size_t count)
{
    reader->offset += count;
    return bytes_take(input, count);
}

/* The octets up to the first LF, or all. */
static struct bytes first_line(struct bytes input)
{
    const uint8_t *lf = memchr(input.at, '\n', input.len);
    const struct bytes line = {input.at, lf != NULL ? (size_t)(lf - input.at) + 1 : input.len};
    return line;
}

static bool ends_in_lf(struct bytes text)
{
    return text.at[text.len - 1] == '\n';
}

static bool is_empty_line(struct bytes raw)
{
    return raw.at[0] == '\n' || (raw.len == 2 && raw.at[0] == '\r' && raw.at[1] == '\n');
}

static bool grow(struct http_reader *reader, size_t needed)
{
    size_t size = reader->gathered_size > 0 ? reader->gathered_size : GATHERED_SIZE_FIRST;
    while (size < needed)
        size = size > SIZE_MAX / 2 ? needed : size * 2;
    if (size == reader->gathered_size)
        return true;
    uint8_t *grown = realloc(reader->gathered, size);
    if (grown == NULL)
        return false;
    reader->gathered = grown;
    reader->gathered_size = size;
    return true;
}

static bool gather(struct http_reader *reader, struct bytes piece)
{
    if (!grow(reader, reader->gathered_len + piece.len))
        return false;
    memcpy(reader->gathered + reader->gathered_len, piece.at, piece.len);
    reader->gathered_len += piece.len;
    return true;
}

static struct bytes gathered(const struct http_reader *reader)
{
    const struct bytes all = {reader->gathered, reader->gathered_len};
    return all;
}

/* The octets stay where they are until the next line is gathered. */
static struct bytes hand_out(struct http_reader *reader)
{
    const struct bytes all = gathered(reader);
    reader->gathered_len = 0;
    return all;
}

/* Notes where the line begins; false when `count` octets more make it too long. */
static bool begin_piece(struct http_reader *reader, size_t count)
{
    if (reader->gathered_len == 0)
        reader->line_offset = reader->offset;
    return count <= reader->limits.line_size_max - reader->gathered_len;
}

enum http_taken http_take_line(struct http_reader *reader, struct bytes *input, struct bytes *raw)
{
    const struct bytes piece = first_line(*input);
    const bool is_whole = ends_in_lf(piece);
    if (!begin_piece(reader, piece.len))
        return HTTP_TAKE_TOO_LONG;
    eat(reader, input, piece.len);
    if (is_whole && reader->gathered_len == 0) {
        *raw = piece;
        return HTTP_TAKEN;
    }
    if (!gather(reader, piece))
        return HTTP_TAKE_NO_MEMORY;
    if (!is_whole)
        return HTTP_TAKE_MORE;
    *raw = hand_out(reader);
    return HTTP_TAKEN;
}

/* Whether the line is the input's whole, and known not to be folded: the octet behind it is no
 * blank, or none is needed because it is the empty line. */
static bool stands_alone(struct bytes input, struct bytes line)
{
    if (!ends_in_lf(line))
        return false;
    return is_empty_line(line) ||
           (input.len > line.len && !http_is_octet(input.at[line.len], HTTP_OCTET_BLANK));
}

/* Takes one line of a field; HTTP_TAKE_MORE when it is not known to be the last. */
static enum http_taken take_field_line(struct http_reader *reader, struct bytes *input,
                                       struct bytes *raw)
{
    const struct bytes piece = first_line(*input);
    if (!begin_piece(reader, piece.len))
        return HTTP_TAKE_TOO_LONG;
    const bool is_slice = reader->gathered_len == 0 && stands_alone(*input, piece);
    eat(reader, input, piece.len);
    if (is_slice) {
        *raw = piece;
        return HTTP_TAKEN;
    }
    if (!gather(reader, piece))
        return HTTP_TAKE_NO_MEMORY;
    if (!ends_in_lf(piece))
        return HTTP_TAKE_MORE;
    if (is_empty_line(gathered(reader))) {
        *raw = hand_out(reader);
        return HTTP_TAKEN;
    }
    reader->is_line_whole = true;
    return HTTP_TAKE_MORE;
}

enum http_taken http_take_field(struct http_reader *reader, struct bytes *input, struct bytes *raw)
{
    enum http_taken taken = HTTP_TAKE_MORE;
    while (taken == HTTP_TAKE_MORE && input->len > 0) {
        const bool is_last =
            reader->is_line_whole && !http_is_octet(input->at[0], HTTP_OCTET_BLANK);
        reader->is_line_whole = false;
        if (is_last) {
            *raw = hand_out(reader);
            return HTTP_TAKEN;
        }
        taken = take_field_line(reader, input, raw);
    }
    return taken;
}

struct http_line http_line_of(struct bytes raw, uint64_t offset)
{
    struct http_line line = {{raw.at, raw.len - 1}, offset, true};
    if (line.text.len > 0 && raw.at[line.text.len - 1] == '\r') {
        line.text.len--;
        line.is_bare = false;
    }
    return line;
}
