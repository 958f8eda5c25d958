#include "harness/load_private.h"

#include "harness/load_file.h"
#include "wire/base64.h"

#include <stdlib.h>

enum {
    RANDOM_LEN_MAX = 16 * 1024 * 1024,
    REPEATED_LEN_MAX = 64 * 1024, /* of several pieces that are repeated, built as one */
    PIECES_MAX = 64 * 1024,
};
#define TIMES_MAX ((uint64_t)1 << 40)

typedef void form_reader(const struct loader *loader, const struct json *value,
                         const struct json *main, struct octets_builder *builder);

static void add_octets(const struct loader *loader, struct octets_builder *builder,
                       struct bytes octets)
{
    builder_add(loader, builder, (struct piece){.data = octets, .times = 1});
}

/* --- written as digits --------------------------------------------------------------- */

static void read_hex(const struct loader *loader, const struct json *value, const struct json *main,
                     struct octets_builder *builder)
{
    (void)value;
    if (!load_is(loader, main, JSON_STRING))
        return;
    uint8_t *octets = arena_alloc(loader->arena, main->len / 2);
    bool is_good = main->len % 2 == 0;
    for (size_t i = 0; is_good && i < main->len; i += 2) {
        const int high = byte_hex((uint8_t)main->string[i]),
                  low = byte_hex((uint8_t)main->string[i + 1]);
        is_good = high >= 0 && low >= 0;
        octets[i / 2] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
    }
    if (is_good)
        add_octets(loader, builder, (struct bytes){octets, main->len / 2});
    else
        load_error(loader, main, "want pairs of hexadecimal digits, got %s",
                   diag_quote(loader->arena, bytes_of(main->string)));
}

struct bytes load_base64(const struct loader *loader, const struct json *digits)
{
    if (!load_is(loader, digits, JSON_STRING))
        return (struct bytes){NULL, 0};
    const struct bytes text = {(const uint8_t *)digits->string, digits->len};
    uint8_t *octets = arena_alloc(loader->arena, text.len / 4 * 3);
    size_t len;
    if (base64_decode(text, octets, &len))
        return (struct bytes){octets, len};
    load_error(loader, digits, "want base64 with padding, got %s", diag_quote(loader->arena, text));
    return (struct bytes){NULL, 0};
}

static void read_base64(const struct loader *loader, const struct json *value,
                        const struct json *main, struct octets_builder *builder)
{
    (void)value;
    add_octets(loader, builder, load_base64(loader, main));
}

/* --- made by the number ----------------------------------------------------------------- */

/* Several pieces become one where they are short and known; else they stand there so often. */
static void repeat(const struct loader *loader, const struct json *value,
                   const struct octets *inner, uint64_t times, struct octets_builder *builder)
{
    if (inner->count == 1) {
        struct piece piece = inner->pieces[0];
        if (piece.times > TIMES_MAX / times)
            load_error(loader, value, "repeated more than %llu times",
                       (unsigned long long)TIMES_MAX);
        else
            piece.times *= times;
        builder_add(loader, builder, piece);
    } else if (inner->len <= REPEATED_LEN_MAX && !load_has_hole(inner)) {
        if (!load_charge(loader, value, inner->len))
            return;
        const struct bytes all = octets_build(inner, NULL, loader->arena, REPEATED_LEN_MAX);
        builder_add(loader, builder, (struct piece){.data = all, .times = times});
    } else if (times * inner->count > PIECES_MAX) {
        load_error(loader, value, "too many pieces: want one that is plain, or fewer times");
    } else if (load_charge(loader, value, times * inner->count * sizeof(*inner->pieces))) {
        for (uint64_t i = 0; i < times; i++)
            for (size_t j = 0; j < inner->count; j++)
                builder_add(loader, builder, inner->pieces[j]);
    }
}

static void read_repeat(const struct loader *loader, const struct json *value,
                        const struct json *main, struct octets_builder *builder)
{
    const struct json *times = load_member(loader, value, "times");
    const struct octets inner = load_bytes(loader, main);
    const uint64_t count = times != NULL ? load_number(loader, times, 0, TIMES_MAX) : 0;
    if (count > 0 && inner.len > 0)
        repeat(loader, value, &inner, count, builder);
}

/* splitmix64: the same octets on every machine; eight a step, the lowest first. */
static uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15;
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

static void read_random(const struct loader *loader, const struct json *value,
                        const struct json *main, struct octets_builder *builder)
{
    const struct json *seed = load_member(loader, value, "seed");
    const size_t len = (size_t)load_number(loader, main, 0, RANDOM_LEN_MAX);
    uint64_t state = seed != NULL ? load_number(loader, seed, 0, (uint64_t)JSON_INTEGER_MAX) : 0;
    if (!load_charge(loader, value, len))
        return;
    uint8_t *octets = arena_alloc(loader->arena, len);
    uint64_t bits = 0;
    for (size_t i = 0; i < len; i++) {
        bits = i % 8 == 0 ? next_random(&state) : bits >> 8;
        octets[i] = (uint8_t)bits;
    }
    add_octets(loader, builder, (struct bytes){octets, len});
}

static void read_from_file(const struct loader *loader, const struct json *value,
                           const struct json *main, struct octets_builder *builder)
{
    (void)value;
    struct bytes octets;
    if (load_is(loader, main, JSON_STRING) && load_file(loader, main, &octets) &&
        load_charge(loader, main, octets.len))
        add_octets(loader, builder, octets);
}

/* --- pieces of a message -------------------------------------------------------------------- */

/* Lines, each ended by CRLF. */
static void read_lines(const struct loader *loader, const struct json *list,
                       struct octets_builder *builder)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    for (const struct json *line = list->items; line != NULL; line = line->next) {
        if (line->type == JSON_STRING && strpbrk(line->string, "\r\n") != NULL)
            load_error(loader, line,
                       "want one line; where a CR or LF is meant, write {{CR}} or {{LF}}");
        load_bytes_into(loader, line, builder);
        builder_add_text(loader, builder, "\r\n");
    }
}

static void read_head(const struct loader *loader, const struct json *value,
                      const struct json *main, struct octets_builder *builder)
{
    (void)value;
    read_lines(loader, main, builder);
    builder_add_text(loader, builder, "\r\n");
}

/* RFC 9112, section 7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF */
static void read_chunk(const struct loader *loader, const struct json *value,
                       const struct json *main, struct octets_builder *builder)
{
    const struct json *extension = json_member(value, "extension");
    struct octets_builder content = {.count = 0};
    load_bytes_into(loader, main, &content);
    builder_add_text(loader, builder,
                     arena_printf(loader->arena, "%llx", (unsigned long long)content.len));
    if (extension != NULL)
        load_bytes_into(loader, extension, builder);
    builder_add_text(loader, builder, "\r\n");
    for (size_t i = 0; i < content.count; i++)
        builder_add(loader, builder, content.pieces[i]);
    builder_add_text(loader, builder, "\r\n");
}

static void read_last_chunk(const struct loader *loader, const struct json *value,
                            const struct json *main, struct octets_builder *builder)
{
    (void)value;
    builder_add_text(loader, builder, "0\r\n");
    read_lines(loader, main, builder);
    builder_add_text(loader, builder, "\r\n");
}

/* RFC 9110, section 15; a status that is not there has an empty reason. */
static const char *reason_of(uint64_t status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {407, "Proxy Authentication Required"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {426, "Upgrade Required"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "";
}

static void read_reply(const struct loader *loader, const struct json *value,
                       const struct json *main, struct octets_builder *builder)
{
    const struct json *status_value = json_member(value, "status");
    const struct json *lines = json_member(value, "headers");
    const uint64_t status =
        status_value != NULL ? load_number(loader, status_value, 200, 999) : 200;
    struct octets_builder content = {.count = 0};
    load_bytes_into(loader, main, &content);
    builder_add_text(
        loader, builder,
        arena_printf(loader->arena, "HTTP/1.1 %u %s\r\n", (unsigned)status, reason_of(status)));
    if (lines != NULL)
        read_lines(loader, lines, builder);
    builder_add_text(loader, builder,
                     arena_printf(loader->arena, "Content-Length: %llu\r\n\r\n",
                                  (unsigned long long)content.len));
    for (size_t i = 0; i < content.count; i++)
        builder_add(loader, builder, content.pieces[i]);
}

/* --- the table ---------------------------------------------------------------------------------
 */

enum { FORM_KEYS_MAX = 4 };

static const struct form {
    form_reader *read;
    const char *keys[FORM_KEYS_MAX]; /* the first names the form; ended by NULL */
} forms[] = {
    {read_hex, {"hex"}},
    {read_base64, {"base64"}},
    {read_repeat, {"repeat", "times"}},
    {read_random, {"random", "seed"}},
    {read_from_file, {"file"}},
    {read_head, {"head"}},
    {read_chunk, {"chunk", "extension"}},
    {read_last_chunk, {"last_chunk"}},
    {read_reply, {"reply", "status", "headers"}},
};
enum { FORM_COUNT = sizeof(forms) / sizeof(forms[0]) };

static void unknown_form(const struct loader *loader, const struct json *value)
{
    const char *names[FORM_COUNT + 2] = {NULL};
    for (size_t i = 0; i < FORM_COUNT; i++)
        names[i] = forms[i].keys[0];
    names[FORM_COUNT] = "use";
    if (value->count == 0)
        load_error(loader, value, "want %s, got an empty object", load_words_text(loader, names));
    else
        load_object(loader, value, names);
}

void load_form_into(const struct loader *loader, const struct json *value,
                    struct octets_builder *builder)
{
    if (load_is_use(value)) {
        struct def *def = load_use(loader, value);
        if (def == NULL)
            return;
        load_bytes_into(loader, def->value, builder);
        load_use_done(loader, def);
        return;
    }
    for (size_t i = 0; i < FORM_COUNT; i++) {
        const struct json *main = json_member(value, forms[i].keys[0]);
        if (main == NULL)
            continue;
        load_object(loader, value, forms[i].keys);
        forms[i].read(loader, value, main, builder);
        return;
    }
    unknown_form(loader, value);
}
