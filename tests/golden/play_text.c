#include "tests/golden/play.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The other end is tests/golden/player.py, so what is malformed is a mistake of the tests. */
static _Noreturn void refuse(const char *what)
{
    fprintf(stderr, "golden-play: want %s\n", what);
    exit(EXIT_FAILURE);
}

struct assay_bytes play_decoded(struct play *play, const struct json *string)
{
    enum { HEX_BITS = 4, ESCAPE_LEN = 3 };
    if (string->type != JSON_STRING)
        refuse("octets");
    uint8_t *decoded = arena_alloc(play->arena, string->len + 1);
    size_t len = 0;
    for (size_t i = 0; i < string->len; i++) {
        if (string->string[i] != '%') {
            decoded[len++] = (uint8_t)string->string[i];
            continue;
        }
        const int high = byte_hex((uint8_t)string->string[i + 1]);
        const int low = high < 0 ? -1 : byte_hex((uint8_t)string->string[i + 2]);
        if (low < 0)
            refuse("two digits behind a percent sign");
        decoded[len++] = (uint8_t)(high << HEX_BITS | low);
        i += ESCAPE_LEN - 1;
    }
    return (struct assay_bytes){decoded, len};
}

static const struct json *member(const struct json *object, const char *key)
{
    const struct json *found = json_member(object, key);
    return found == NULL || found->type == JSON_NULL ? NULL : found;
}

struct assay_bytes play_octets(struct play *play, const struct json *object, const char *key)
{
    const struct json *found = member(object, key);
    return found != NULL ? play_decoded(play, found) : (struct assay_bytes){NULL, 0};
}

const char *play_text(struct play *play, const struct json *object, const char *key)
{
    const struct assay_bytes octets = play_octets(play, object, key);
    if (octets.at != NULL && memchr(octets.at, '\0', octets.len) != NULL)
        refuse("a text without NUL");
    return (const char *)octets.at;
}

int64_t play_integer(const struct json *object, const char *key, int64_t otherwise)
{
    const struct json *found = member(object, key);
    if (found != NULL && (found->type != JSON_NUMBER || !found->is_integer))
        refuse("an integer");
    return found != NULL ? found->integer : otherwise;
}

bool play_is_true(const struct json *object, const char *key)
{
    const struct json *found = member(object, key);
    return found != NULL && found->type == JSON_BOOL && found->boolean;
}

const struct assay_field *play_fields(struct play *play, const struct json *object, const char *key,
                                      size_t *count)
{
    const struct json *list = member(object, key);
    *count = list != NULL ? list->count : 0;
    if (*count == 0)
        return NULL;
    struct assay_field *fields = arena_array(play->arena, *count, sizeof(*fields));
    size_t at = 0;
    for (const struct json *pair = list->items; pair != NULL; pair = pair->next) {
        if (pair->count != 2)
            refuse("pairs of name and value");
        fields[at].name = play_decoded(play, pair->items);
        fields[at++].value = play_decoded(play, pair->items->next);
    }
    return fields;
}

static void write_octets(struct assay_bytes octets)
{
    putchar('"');
    for (size_t i = 0; i < octets.len; i++) {
        const uint8_t octet = octets.at[i];
        if (octet < ' ' || octet >= 0x7f || octet == '"' || octet == '%' || octet == '\\')
            printf("%%%02X", octet);
        else
            putchar(octet);
    }
    putchar('"');
}

void say_octets(const char *key, struct assay_bytes octets)
{
    printf(",\"%s\":", key);
    write_octets(octets);
}

void say_integer(const char *key, int64_t value)
{
    printf(",\"%s\":%" PRId64, key, value);
}

void say_flag(const char *key, bool value)
{
    printf(",\"%s\":%s", key, value ? "true" : "false");
}

void say_null(const char *key)
{
    printf(",\"%s\":null", key);
}

void say_list(const char *key)
{
    printf(",\"%s\":[", key);
}

void say_element(struct assay_bytes octets, bool is_first)
{
    if (!is_first)
        putchar(',');
    write_octets(octets);
}

void say_list_end(void)
{
    putchar(']');
}

void say_fields(const char *key, struct assay_fields fields)
{
    say_list(key);
    for (size_t i = 0; i < fields.count; i++) {
        printf("%s[", i > 0 ? "," : "");
        say_element(fields.items[i].name, true);
        say_element(fields.items[i].value, false);
        putchar(']');
    }
    say_list_end();
}

void say_error(const struct assay_failure *failure, const struct assay_bytes *partial)
{
    printf(",\"error\":{\"class\":\"%s\"", assay_error_name(failure->error));
    say_octets("text", assay_text(failure->text));
    if (failure->system_error != 0)
        say_integer("errno", failure->system_error);
    if (partial != NULL)
        say_octets("partial", *partial);
    if (partial != NULL && failure->has_missing)
        printf(",\"expected\":%" PRIu64, failure->missing);
    else if (partial != NULL)
        say_null("expected");
    putchar('}');
}
