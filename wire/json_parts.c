#include "wire/json_parts.h"

static bool fail(struct json_parts *parts, const char *want)
{
    parts->want = want;
    parts->closer = 0;
    return false;
}

/* 0 at the end. */
static uint8_t peek(const struct json_parts *parts)
{
    return parts->rest.len > 0 ? parts->rest.at[0] : 0;
}

static struct bytes take(struct json_parts *parts, size_t len)
{
    const struct bytes front = bytes_take(&parts->rest, len);
    for (size_t i = 0; i < front.len; i++)
        parts->line += front.at[i] == '\n';
    return front;
}

static void skip_blanks(struct json_parts *parts)
{
    static const char blanks[] = " \t\r\n";
    while (parts->rest.len > 0 && memchr(blanks, peek(parts), sizeof(blanks) - 1) != NULL)
        take(parts, 1);
}

/* With its quotes; 0 when it has no end. */
static size_t string_len(struct bytes text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] == '\\')
            i++;
        else if (text.at[i] == '"')
            return i + 1;
    }
    return 0;
}

/* 0 when it has no end. */
static size_t container_len(struct bytes text)
{
    size_t depth = 0;
    struct bytes rest = text;
    while (rest.len > 0) {
        const uint8_t octet = rest.at[0];
        const size_t len = octet == '"' ? string_len(rest) : 1;
        if (len == 0)
            return 0;
        bytes_take(&rest, len);
        if (octet == '[' || octet == '{')
            depth++;
        else if ((octet == ']' || octet == '}') && --depth == 0)
            return text.len - rest.len;
    }
    return 0;
}

/* A number or a word: up to what may follow it. */
static size_t word_len(struct bytes text)
{
    static const char ends[] = ",]} \t\r\n";
    size_t len = 0;
    while (len < text.len && memchr(ends, text.at[len], sizeof(ends) - 1) == NULL)
        len++;
    return len;
}

static bool take_value(struct json_parts *parts, struct json_part *part)
{
    const uint8_t first = peek(parts);
    size_t len = 0;
    part->line = parts->line;
    if (first == '"')
        len = string_len(parts->rest);
    else if (first == '[' || first == '{')
        len = container_len(parts->rest);
    else
        len = word_len(parts->rest);
    if (len == 0 && first == '"')
        return fail(parts, "a string that ends");
    if (len == 0 && (first == '[' || first == '{'))
        return fail(parts, "an array or object that is closed: the text was cut");
    if (len == 0)
        return fail(parts, "a value");
    part->text = take(parts, len);
    return true;
}

static bool take_key(struct json_parts *parts, struct json_part *part)
{
    const size_t len = peek(parts) == '"' ? string_len(parts->rest) : 0;
    if (len == 0)
        return fail(parts, "a key in double quotes");
    const struct bytes quoted = take(parts, len);
    part->key = (struct bytes){quoted.at + 1, quoted.len - 2};
    skip_blanks(parts);
    if (peek(parts) != ':')
        return fail(parts, "a colon after the key");
    take(parts, 1);
    skip_blanks(parts);
    return true;
}

/* Nothing may follow. */
static bool close_parts(struct json_parts *parts)
{
    take(parts, 1);
    parts->closer = 0;
    skip_blanks(parts);
    return parts->rest.len > 0 && fail(parts, "the end of the text");
}

struct json_parts json_parts_of(struct bytes text, unsigned line)
{
    struct json_parts parts = {.line = line, .rest = text};
    skip_blanks(&parts);
    if (peek(&parts) == '[' || peek(&parts) == '{')
        parts.closer = take(&parts, 1).at[0] == '[' ? ']' : '}';
    else
        fail(&parts, "an array or an object");
    return parts;
}

bool json_parts_next(struct json_parts *parts, struct json_part *part)
{
    if (parts->closer == 0)
        return false;
    skip_blanks(parts);
    if (parts->count > 0 && peek(parts) == ',') {
        take(parts, 1);
        skip_blanks(parts);
    } else if (peek(parts) == parts->closer) {
        return close_parts(parts);
    } else if (parts->count > 0) {
        return fail(parts, parts->closer == ']' ? "a comma or \"]\"" : "a comma or \"}\"");
    }
    *part = (struct json_part){.index = parts->count++};
    if (parts->closer == '}' && !take_key(parts, part))
        return false;
    return take_value(parts, part);
}
