#include "reports/json_text.h"

#include "reports/wire_text.h"
#include "wire/base64.h"
#include "wire/json.h"

#include <errno.h>
#include <inttypes.h>

enum { INDENT = 2 };

/* Hands what is gathered to the stream. */
static void hand_on(struct json_text *text)
{
    errno = 0;
    if (text->error == 0 && fwrite(text->gathered, 1, text->len, text->out) != text->len)
        text->error = errno != 0 ? errno : EIO;
    text->len = 0;
}

/* `len` is at most JSON_TEXT_GATHER: a call of stdio for each octet would cost most of a report. */
static void put(struct json_text *text, const char *at, size_t len)
{
    assert(len <= JSON_TEXT_GATHER);
    if (len > JSON_TEXT_GATHER - text->len)
        hand_on(text);
    memcpy(text->gathered + text->len, at, len);
    text->len += len;
}

void json_text_flush(struct json_text *text)
{
    hand_on(text);
    if (text->error == 0 && fflush(text->out) != 0)
        text->error = errno;
}

static void put_text(struct json_text *text, const char *at)
{
    put(text, at, strlen(at));
}

static void put_line_end(struct json_text *text)
{
    put_text(text, "\n");
    for (size_t i = 0; i < INDENT * text->depth; i++)
        put_text(text, " ");
}

/* One octet of a JSON string; octets from 0x80 on are known to be part of valid UTF-8. */
static void put_escaped(struct json_text *text, char octet)
{
    static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i + 1 < sizeof(names); i += 2) {
        if (names[i] != octet)
            continue;
        const char escaped[] = {'\\', names[i + 1]};
        put(text, escaped, sizeof(escaped));
        return;
    }
    const unsigned code = (unsigned char)octet;
    if (code >= 0x20 && code != 0x7f) {
        put(text, &octet, 1);
        return;
    }
    char escaped[sizeof("\\u0000")];
    snprintf(escaped, sizeof(escaped), "\\u%04x", code);
    put_text(text, escaped);
}

static void put_string(struct json_text *text, struct bytes value)
{
    put_text(text, "\"");
    while (value.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const uint8_t octet = value.at[0];
        if (octet < 0x20 || octet == 0x7f) {
            put_escaped(text, (char)bytes_take(&value, 1).at[0]);
            continue;
        }
        const size_t len = wire_text_next_plain(&value, shown);
        for (size_t i = 0; i < len; i++)
            put_escaped(text, shown[i]);
    }
    put_text(text, "\"");
}

/* What stands before a value: a comma, a line end, its name. */
static void begin_value(struct json_text *text, const char *key)
{
    if (text->depth == 0) {
        assert(key == NULL);
        return;
    }
    struct json_level *level = &text->levels[text->depth - 1];
    assert((key != NULL) == (level->closer == '}'));
    if (level->has_items)
        put_text(text, level->is_flat ? ", " : ",");
    if (!level->is_flat)
        put_line_end(text);
    level->has_items = true;
    if (key == NULL)
        return;
    put_string(text, bytes_of(key));
    put_text(text, ": ");
}

static void open_level(struct json_text *text, enum json_layout layout, char closer)
{
    assert(text->depth < JSON_TEXT_DEPTH_MAX);
    const bool is_flat =
        layout == JSON_FLAT || (text->depth > 0 && text->levels[text->depth - 1].is_flat);
    text->levels[text->depth++] = (struct json_level){.closer = closer, .is_flat = is_flat};
}

void json_text_object(struct json_text *text, const char *key, enum json_layout layout)
{
    begin_value(text, key);
    put_text(text, "{");
    open_level(text, layout, '}');
}

void json_text_array(struct json_text *text, const char *key, enum json_layout layout)
{
    begin_value(text, key);
    put_text(text, "[");
    open_level(text, layout, ']');
}

void json_text_close(struct json_text *text)
{
    assert(text->depth > 0);
    const struct json_level level = text->levels[--text->depth];
    if (level.has_items && !level.is_flat)
        put_line_end(text);
    put(text, &level.closer, 1);
    if (text->depth == 0) {
        put_text(text, "\n");
        hand_on(text);
    }
}

void json_text_string(struct json_text *text, const char *key, const char *value)
{
    if (value == NULL) {
        json_text_null(text, key);
        return;
    }
    begin_value(text, key);
    put_string(text, bytes_of(value));
}

void json_text_readable(struct json_text *text, const char *key, struct bytes octets)
{
    begin_value(text, key);
    put_text(text, "\"");
    while (octets.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const size_t len = wire_text_next(&octets, shown);
        for (size_t i = 0; i < len; i++)
            put_escaped(text, shown[i]);
    }
    put_text(text, "\"");
}

void json_text_base64(struct json_text *text, const char *key, struct bytes octets)
{
    begin_value(text, key);
    put_text(text, "\"");
    while (octets.len > 0) {
        enum { AT_ONCE = 192 }; /* whole groups of three octets */
        char out[BASE64_SIZE(AT_ONCE)];
        base64_encode(bytes_take(&octets, octets.len < AT_ONCE ? octets.len : AT_ONCE), out);
        put_text(text, out);
    }
    put_text(text, "\"");
}

static bool is_printable(struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        if (octets.at[i] < 0x20 || octets.at[i] > 0x7e)
            return false;
    return true;
}

void json_text_octets(struct json_text *text, const char *key, struct bytes octets)
{
    if (is_printable(octets)) {
        begin_value(text, key);
        put_string(text, octets);
        return;
    }
    json_text_object(text, key, JSON_FLAT);
    json_text_base64(text, "b64", octets);
    json_text_close(text);
}

void json_text_number(struct json_text *text, const char *key, uint64_t value)
{
    const uint64_t written = value < (uint64_t)JSON_INTEGER_MAX ? value : JSON_INTEGER_MAX;
    char digits[sizeof("9007199254740991")];
    const int len = snprintf(digits, sizeof(digits), "%" PRIu64, written);
    begin_value(text, key);
    put(text, digits, (size_t)len);
}

void json_text_bool(struct json_text *text, const char *key, bool value)
{
    begin_value(text, key);
    put_text(text, value ? "true" : "false");
}

void json_text_null(struct json_text *text, const char *key)
{
    begin_value(text, key);
    put_text(text, "null");
}
