#include "reports/read_private.h"

#include "reports/kept_text.h"
#include "reports/wire_text.h"
#include "wire/base64.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_MAX = 400 };

/* --- mistakes ------------------------------------------------------------------ */

/* A report comes from anywhere, and its keys and words go to a terminal. */
static const char *visible(struct arena *arena, const char *text)
{
    struct kept_text kept;
    wire_text_print(kept_text_open(&kept), bytes_of(text));
    const struct bytes shown = kept_text_close(&kept);
    const char *copy = arena_strndup(arena, (const char *)shown.at, shown.len);
    kept_text_free(&kept);
    return copy;
}

static void tell(const struct reading *reading, unsigned line, const char *path,
                 const char *message)
{
    struct diags *diags = reading->report->diags;
    const char *shown = path != NULL ? visible(diags->arena, path) : "";
    diag_add(diags, reading->report->file, reading->line + (line > 0 ? line - 1 : 0),
             arena_printf(diags->arena, "%s%s", reading->place, shown), "%s",
             visible(diags->arena, message));
}

bool read_error(const struct reading *reading, const struct json *value, const char *fmt, ...)
{
    char message[MESSAGE_MAX];
    va_list args;
    if (reading->report->diags->count >= DIAGS_MAX) {
        reading->report->diags->count++; /* to find its place takes time, and nobody is told */
        return false;
    }
    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    tell(reading, value->line, json_pointer(value, reading->arena), message);
    return false;
}

const struct json *read_part(const struct reading *reading, struct bytes text)
{
    struct diags own = {.arena = reading->arena};
    const struct json *root = json_read(reading->arena, &own, reading->report->file, text);
    for (const struct diag *one = own.first; one != NULL; one = one->next)
        tell(reading, one->line, one->path, one->message);
    return root;
}

bool read_is(const struct reading *reading, const struct json *value, enum json_type type)
{
    return value->type == type || read_error(reading, value, "want %s, got %s",
                                             json_type_name(type), json_type_name(value->type));
}

/* --- members -------------------------------------------------------------------- */

const struct json *read_member(const struct reading *reading, const struct json *object,
                               const char *key, enum json_type type)
{
    const struct json *member = json_member(object, key);
    if (member == NULL) {
        read_error(reading, object, "lacks the member \"%s\"", key);
        return NULL;
    }
    return read_is(reading, member, type) ? member : NULL;
}

const struct json *read_optional(const struct reading *reading, const struct json *object,
                                 const char *key, enum json_type type)
{
    const struct json *member = json_member(object, key);
    if (member == NULL || member->type == JSON_NULL)
        return NULL;
    return read_is(reading, member, type) ? member : NULL;
}

const char *read_text(const struct reading *reading, const struct json *object, const char *key)
{
    const struct json *member = read_member(reading, object, key, JSON_STRING);
    return member != NULL ? member->string : "";
}

const char *read_optional_text(const struct reading *reading, const struct json *object,
                               const char *key)
{
    const struct json *member = read_optional(reading, object, key, JSON_STRING);
    return member != NULL ? member->string : NULL;
}

uint64_t read_number(const struct reading *reading, const struct json *value, uint64_t most)
{
    if (!read_is(reading, value, JSON_NUMBER))
        return 0;
    if (value->is_integer && value->integer >= 0 && (uint64_t)value->integer <= most)
        return (uint64_t)value->integer;
    read_error(reading, value, "want a whole number from 0 to %" PRIu64 ", got %g", most,
               value->number);
    return 0;
}

uint64_t read_count(const struct reading *reading, const struct json *object, const char *key,
                    uint64_t most)
{
    const struct json *member = read_member(reading, object, key, JSON_NUMBER);
    return member != NULL ? read_number(reading, member, most) : 0;
}

uint64_t read_optional_count(const struct reading *reading, const struct json *object,
                             const char *key, uint64_t most)
{
    const struct json *member = read_optional(reading, object, key, JSON_NUMBER);
    return member != NULL ? read_number(reading, member, most) : 0;
}

/* --- octets ---------------------------------------------------------------------- */

struct bytes read_base64(const struct reading *reading, const struct json *object, const char *key)
{
    const struct json *member = read_member(reading, object, key, JSON_STRING);
    if (member == NULL)
        return (struct bytes){NULL, 0};
    uint8_t *octets = arena_alloc(reading->arena, member->len / 4 * 3 + 1);
    size_t len = 0;
    if (!base64_decode(bytes_of(member->string), octets, &len))
        read_error(reading, member, "want base64, got %s",
                   diag_quote(reading->arena, bytes_of(member->string)));
    return (struct bytes){octets, len};
}

struct bytes read_octets(const struct reading *reading, const struct json *value)
{
    if (value->type == JSON_STRING)
        return (struct bytes){(const uint8_t *)value->string, value->len};
    if (value->type == JSON_OBJECT)
        return read_base64(reading, value, "b64");
    read_error(reading, value, "want a string or {\"b64\"}, got %s", json_type_name(value->type));
    return (struct bytes){NULL, 0};
}

const char *const *read_texts(const struct reading *reading, const struct json *object,
                              const char *key, size_t *count)
{
    const struct json *array = read_member(reading, object, key, JSON_ARRAY);
    *count = 0;
    if (array == NULL)
        return NULL;
    const char **texts = arena_array(reading->arena, array->count, sizeof(*texts));
    for (const struct json *item = array->items; item != NULL; item = item->next)
        if (read_is(reading, item, JSON_STRING))
            texts[(*count)++] = item->string;
    return texts;
}

/* --- words ------------------------------------------------------------------------- */

int read_find_word(const char *const *words, const char *text, int none)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return none;
}

static void tell_words(const struct reading *reading, const struct json *value, const char *got,
                       const char *const *words)
{
    const char *all = "";
    for (size_t i = 0; words[i] != NULL; i++)
        all = arena_printf(reading->arena, "%s%s%s", all, i > 0 ? ", " : "", words[i]);
    read_error(reading, value, "want one of %s, got %s", all,
               diag_quote(reading->arena, bytes_of(got)));
}

int read_word(const struct reading *reading, const struct json *object, const char *key,
              const char *const *words)
{
    const struct json *member = read_member(reading, object, key, JSON_STRING);
    if (member == NULL)
        return 0;
    const int index = read_find_word(words, member->string, -1);
    if (index < 0)
        tell_words(reading, member, member->string, words);
    return index < 0 ? 0 : index;
}

#define WORD(name, text) text,
static const char *const verdict_words[] = {VERDICTS(WORD) NULL};
#undef WORD

enum verdict read_verdict(const struct reading *reading, const struct json *object, const char *key)
{
    return (enum verdict)read_word(reading, object, key, verdict_words);
}

void read_tally(const struct reading *reading, const struct json *tally,
                size_t counts[VERDICT_COUNT])
{
    for (const struct json *item = tally->items; item != NULL; item = item->next) {
        const int verdict = read_find_word(verdict_words, item->key, -1);
        if (verdict < 0)
            tell_words(reading, item, item->key, verdict_words);
        else
            counts[verdict] = read_number(reading, item, JSON_INTEGER_MAX);
    }
}

enum rule read_rule(const struct reading *reading, const struct json *object)
{
#define WORD(name, text, requirement, level, message) text,
    static const char *const words[] = {RULES(WORD) NULL};
#undef WORD
    const int rule = read_find_word(words, read_text(reading, object, "rule"), RULE_COUNT);
    reading->report->unknown_count += rule == RULE_COUNT;
    return (enum rule)rule;
}

/* `text` ends in a number behind a "#"; a suffix in brackets may hold one, but does not end so. */
const char *read_suffix(struct arena *arena, const char *text, unsigned *repeat)
{
    const char *mark = strrchr(text, '#');
    uint64_t number = 0;
    *repeat = 0;
    if (mark == NULL || mark[1] == '\0')
        return text;
    for (const char *at = mark + 1; *at != '\0'; at++) {
        if (!byte_is_digit((uint8_t)*at) || number > UINT32_MAX / 100)
            return text;
        number = 10 * number + (uint64_t)(*at - '0');
    }
    *repeat = (unsigned)number;
    return arena_strndup(arena, text, (size_t)(mark - text));
}
