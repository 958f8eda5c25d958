#include "harness/expand.h"

/* More octets than this no script sends, and no counter of ours could hold twice. */
#define BYTES_LEN_MAX ((uint64_t)1 << 50)

/* Neighbours are joined up to this length, so that comparing and sending walk few pieces. */
enum { JOINED_LEN_MAX = 64 * 1024 };

/* Of what is longer than allowed, one more than that. */
static uint64_t piece_len(const struct loader *loader, const struct piece *piece)
{
    const size_t width = piece->hole == HOLE_NONE
                             ? piece->data.len
                             : hole_len(piece->hole, load_is_https(loader, piece->peer));
    return piece->times <= BYTES_LEN_MAX / width ? piece->times * width : BYTES_LEN_MAX + 1;
}

void builder_add(const struct loader *loader, struct octets_builder *builder, struct piece piece)
{
    if (piece.times == 0 || (piece.hole == HOLE_NONE && piece.data.len == 0))
        return;
    builder->pieces = arena_room(loader->arena, builder->pieces, builder->count, &builder->size,
                                 sizeof(*builder->pieces));
    builder->pieces[builder->count++] = piece;
    builder->len += piece_len(loader, &piece);
}

void builder_add_text(const struct loader *loader, struct octets_builder *builder, const char *text)
{
    builder_add(loader, builder, (struct piece){.data = bytes_of(text), .times = 1});
}

static bool is_joinable(const struct piece *piece)
{
    return piece->hole == HOLE_NONE && piece->times == 1 && piece->data.len < JOINED_LEN_MAX;
}

/* How many pieces from `first` on can be one; `len` is their length together. */
static size_t count_joinable(const struct octets_builder *builder, size_t first, size_t *len)
{
    size_t count = 0;
    *len = 0;
    for (size_t i = first; i < builder->count && is_joinable(&builder->pieces[i]); i++) {
        if (*len + builder->pieces[i].data.len > JOINED_LEN_MAX)
            break;
        *len += builder->pieces[i].data.len;
        count++;
    }
    return count;
}

static struct piece join(const struct loader *loader, const struct piece *pieces, size_t count,
                         size_t len)
{
    uint8_t *all = arena_alloc(loader->arena, len);
    for (size_t i = 0, at = 0; i < count; at += pieces[i++].data.len)
        memcpy(all + at, pieces[i].data.at, pieces[i].data.len);
    return (struct piece){.data = {all, len}, .times = 1};
}

/* Short octets that stand there often are written out to a longer block, so that few steps walk
 * them:
 * {"repeat": "x", "times": 1000000} is 15 blocks and a rest. */
static void add_widened(const struct loader *loader, const struct json *at,
                        struct octets_builder *builder, struct piece piece)
{
    const uint64_t fits = piece.data.len > 0 ? JOINED_LEN_MAX / piece.data.len : 0;
    const uint64_t copies = piece.times < fits ? piece.times : fits;
    if (piece.hole != HOLE_NONE || copies < 2 ||
        !load_charge(loader, at, copies * piece.data.len)) {
        builder_add(loader, builder, piece);
        return;
    }
    const size_t len = (size_t)copies * piece.data.len;
    uint8_t *block = arena_alloc(loader->arena, len);
    for (size_t filled = 0; filled < len; filled += piece.data.len)
        memcpy(block + filled, piece.data.at, piece.data.len);
    const size_t rest = (size_t)(piece.times % copies) * piece.data.len;
    builder_add(loader, builder,
                (struct piece){.data = {block, len}, .times = piece.times / copies});
    builder_add(loader, builder, (struct piece){.data = {block, rest}, .times = 1});
}

static struct octets_builder widen(const struct loader *loader, const struct json *at,
                                   const struct octets_builder *from)
{
    struct octets_builder wide = {.count = 0};
    for (size_t i = 0; i < from->count; i++)
        add_widened(loader, at, &wide, from->pieces[i]);
    return wide;
}

struct octets builder_finish(const struct loader *loader, const struct json *at,
                             struct octets_builder *builder)
{
    *builder = widen(loader, at, builder);
    size_t kept = 0;
    for (size_t i = 0; i < builder->count;) {
        size_t len;
        const size_t count = count_joinable(builder, i, &len);
        builder->pieces[kept++] =
            count > 1 ? join(loader, &builder->pieces[i], count, len) : builder->pieces[i];
        i += count > 1 ? count : 1;
    }
    builder->count = kept;
    return (struct octets){builder->pieces, builder->count, builder->len};
}

/* --- texts and their templates --------------------------------------------------- */

static const struct octet_template {
    const char *name;
    uint8_t octet;
} octet_templates[] = {{"CR", '\r'}, {"LF", '\n'}, {"NUL", '\0'}};
enum { OCTET_TEMPLATE_COUNT = sizeof(octet_templates) / sizeof(octet_templates[0]) };

/* Behind a peer's name and ".". */
static const char *const hole_names[] = {
    [HOLE_HOST] = "host", [HOLE_PORT] = "port", [HOLE_AUTHORITY] = "authority"};
enum { HOLE_NAME_COUNT = sizeof(hole_names) / sizeof(hole_names[0]) };

static void unknown_template(const struct loader *loader, const struct json *at, struct bytes name)
{
    const size_t most =
        OCTET_TEMPLATE_COUNT + loader->peer_count * HOLE_NAME_COUNT + loader->matrix->count;
    const char **names = arena_array(loader->arena, most + 1, sizeof(*names));
    size_t count = 0;
    for (size_t i = 0; i < OCTET_TEMPLATE_COUNT; i++)
        names[count++] = octet_templates[i].name;
    for (size_t i = 0; i < loader->peer_count; i++)
        for (int hole = HOLE_HOST; hole < HOLE_NAME_COUNT; hole++)
            names[count++] =
                arena_printf(loader->arena, "%s.%s", loader->peers[i], hole_names[hole]);
    for (size_t i = 0; i < loader->matrix->count; i++)
        names[count++] = loader->matrix->items[i].place->key;
    const char *near = diag_suggest(name, names);
    const char *quoted = diag_quote(loader->arena, name);
    if (near != NULL)
        load_error(loader, at, "unknown template %s; did you mean \"%s\"?", quoted, near);
    else
        load_error(loader, at, "unknown template %s; want %s", quoted,
                   load_words_text(loader, names));
}

/* "origin.port": the piece of a peer's hole; HOLE_NONE when it is none. */
static struct piece find_hole(const struct loader *loader, struct bytes name)
{
    struct piece piece = {.times = 1, .hole = HOLE_NONE};
    for (size_t i = 0; i < loader->peer_count; i++)
        for (int hole = HOLE_HOST; hole < HOLE_NAME_COUNT; hole++) {
            const size_t len = strlen(loader->peers[i]);
            const bool is_same =
                name.len == len + 1 + strlen(hole_names[hole]) && name.at[len] == '.' &&
                memcmp(name.at, loader->peers[i], len) == 0 &&
                memcmp(name.at + len + 1, hole_names[hole], strlen(hole_names[hole])) == 0;
            if (is_same) {
                piece.hole = (enum hole_kind)hole;
                piece.peer = (unsigned)i;
            }
        }
    return piece;
}

static void add_template(const struct loader *loader, const struct json *at, struct bytes name,
                         struct octets_builder *builder)
{
    struct piece piece = find_hole(loader, name);
    for (size_t i = 0; i < OCTET_TEMPLATE_COUNT; i++)
        if (bytes_equal(name, bytes_of(octet_templates[i].name)))
            piece.data = (struct bytes){&octet_templates[i].octet, 1};
    if (piece.hole != HOLE_NONE || piece.data.len > 0)
        builder_add(loader, builder, piece);
    else
        unknown_template(loader, at, name);
}

size_t load_find_pair(struct bytes text, size_t from, uint8_t octet)
{
    for (size_t i = from; i + 1 < text.len; i++)
        if (text.at[i] == octet && text.at[i + 1] == octet)
            return i;
    return text.len;
}

void load_text_into(const struct loader *loader, const struct json *at, struct bytes text,
                    struct octets_builder *builder)
{
    while (text.len > 0) {
        const struct bytes plain = bytes_take(&text, load_find_pair(text, 0, '{'));
        builder_add(loader, builder, (struct piece){.data = plain, .times = 1});
        if (text.len == 0)
            return;
        bytes_take(&text, 2);
        const size_t name_len = load_find_pair(text, 0, '}');
        if (name_len == text.len) {
            load_error(loader, at, "want \"}}\" behind \"{{\"");
            return;
        }
        add_template(loader, at, bytes_take(&text, name_len), builder);
        bytes_take(&text, 2);
    }
}

/* --- BYTES ------------------------------------------------------------------------- */

void load_bytes_into(const struct loader *loader, const struct json *value,
                     struct octets_builder *builder)
{
    if (value->type == JSON_STRING) {
        load_text_into(loader, value, (struct bytes){(const uint8_t *)value->string, value->len},
                       builder);
    } else if (value->type == JSON_ARRAY) {
        for (const struct json *item = value->items; item != NULL; item = item->next)
            load_bytes_into(loader, item, builder);
    } else if (value->type == JSON_OBJECT) {
        load_form_into(loader, value, builder);
    } else {
        load_error(loader, value, "want a string, an array or an object that gives octets, got %s",
                   json_type_name(value->type));
    }
    if (builder->len > BYTES_LEN_MAX) {
        load_error(loader, value, "more than %llu octets", (unsigned long long)BYTES_LEN_MAX);
        *builder = (struct octets_builder){.count = 0};
    }
}

struct octets load_bytes(const struct loader *loader, const struct json *value)
{
    struct octets_builder builder = {.count = 0};
    load_bytes_into(loader, value, &builder);
    return builder_finish(loader, value, &builder);
}

struct octets load_template(const struct loader *loader, const struct json *at, struct bytes text)
{
    struct octets_builder builder = {.count = 0};
    load_text_into(loader, at, text, &builder);
    return builder_finish(loader, at, &builder);
}

bool load_has_hole(const struct octets *octets)
{
    for (size_t i = 0; i < octets->count; i++)
        if (octets->pieces[i].hole != HOLE_NONE)
            return true;
    return false;
}

struct bytes load_plain_bytes(const struct loader *loader, const struct json *value, size_t max)
{
    const struct octets octets = load_bytes(loader, value);
    if (load_has_hole(&octets))
        load_error(loader, value, "want octets that do not depend on the run");
    else if (octets.len > max)
        load_error(loader, value, "want at most %zu octets, got %llu", max,
                   (unsigned long long)octets.len);
    else
        return octets_build(&octets, NULL, loader->arena, max);
    return (struct bytes){NULL, 0};
}
