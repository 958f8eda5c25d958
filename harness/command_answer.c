#include "harness/command_answer.h"

#include "harness/load_private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a longer body so many first octets are kept, and all are counted. */
enum { BODY_KEPT_MAX = 1024 * 1024 };

/* --- octets as characters ------------------------------------------------------------------ */

/* ISO-8859-1 to UTF-8: what a client puts into JSON of fields is octets, and seldom UTF-8. */
static struct bytes widen(struct bytes text, struct arena *arena)
{
    uint8_t *wide = arena_alloc(arena, 2 * text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t octet = text.at[i];
        if (octet >= 0x80)
            wide[len++] = (uint8_t)(0xc0 | octet >> 6);
        wide[len++] = octet >= 0x80 ? (uint8_t)(0x80 | (octet & 0x3f)) : octet;
    }
    return (struct bytes){wide, len};
}

/* And back: of other characters, which the JSON had escaped, nothing is known. */
static struct bytes narrow(const char *text, struct arena *arena)
{
    uint8_t *octets = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;
    for (const uint8_t *at = (const uint8_t *)text; *at != '\0'; at++) {
        if (*at == 0xc2 || *at == 0xc3) {
            octets[len++] = (uint8_t)((*at & 0x03) << 6 | (at[1] & 0x3f));
            at++;
        } else if (*at < 0x80) {
            octets[len++] = *at;
        } else if (*at >= 0xc0) {
            octets[len++] = '?';
        }
    }
    return (struct bytes){octets, len};
}

/* --- what stands where --------------------------------------------------------------------- */

/* "json.http_code"; NULL when it is not there. */
static const struct json *find(const struct json *root, const char *path, struct arena *arena)
{
    const struct json *at = root;
    while (at != NULL && *path != '\0') {
        const size_t len = strcspn(path, ".");
        at = at->type == JSON_OBJECT ? json_member(at, arena_strndup(arena, path, len)) : NULL;
        path += len + (path[len] == '.');
    }
    return at;
}

static int number_at(const struct loader *loader, const struct json *root, const char *path)
{
    enum { NUMBER_MAX = 999999 };
    const struct json *value = find(root, path, loader->arena);
    if (value != NULL && value->type == JSON_NUMBER && value->is_integer &&
        value->integer >= -NUMBER_MAX && value->integer <= NUMBER_MAX)
        return (int)value->integer;
    load_error(loader, value != NULL ? value : root, "want a number as \"%s\"", path);
    return 0;
}

/* A client may take a sign for part of a status: then it has none. */
static int status_at(const struct loader *loader, const struct json *root, const char *path)
{
    const int status = path != NULL ? number_at(loader, root, path) : 0;
    return status > 0 ? status : 0;
}

/* {"name": ["value", ...]} or {"name": "value"}. */
static struct fields read_fields(const struct json *object, struct arena *arena)
{
    size_t count = 0;
    for (const struct json *one = object->items; one != NULL; one = one->next)
        count += one->type == JSON_ARRAY ? one->count : 1;
    struct field *items = arena_array(arena, count, sizeof(*items));
    count = 0;
    for (const struct json *one = object->items; one != NULL; one = one->next) {
        const struct json *value = one->type == JSON_ARRAY ? one->items : one;
        for (; value != NULL; value = one->type == JSON_ARRAY ? value->next : NULL)
            if (value->type == JSON_STRING)
                items[count++] =
                    (struct field){narrow(one->key, arena), narrow(value->string, arena)};
    }
    return (struct fields){items, count};
}

/* CONNECT was answered, and not by 2xx. */
static bool is_tunnel_refused(int connect_status)
{
    return connect_status != 0 && connect_status / 100 != 2;
}

static enum outcome_error error_of(const struct descriptor *descriptor, int code,
                                   int connect_status)
{
    if (code == 0)
        return OUTCOME_NONE;
    for (size_t i = 0; i < descriptor->error_count; i++)
        if (descriptor->errors[i].code == code)
            return descriptor->errors[i].error;
    return is_tunnel_refused(connect_status) ? OUTCOME_TUNNEL : OUTCOME_OTHER;
}

/* --- the body --------------------------------------------------------------------------------- */

static void read_body(const char *path, struct outcome *outcome, struct arena *arena)
{
    struct stat info;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    outcome->has_body = true;
    if (fd < 0)
        return; /* nothing came */
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        const size_t size = info.st_size < BODY_KEPT_MAX ? (size_t)info.st_size : BODY_KEPT_MAX;
        uint8_t *octets = arena_alloc(arena, size + 1);
        const ssize_t got = read(fd, octets, size);
        outcome->body = (struct bytes){octets, got > 0 ? (size_t)got : 0};
        outcome->body_len = (uint64_t)info.st_size;
    }
    close(fd);
}

const struct outcome *command_answer_read(const struct descriptor *descriptor, struct bytes text,
                                          const char *body_path, bool has_content,
                                          struct diags *diags)
{
    struct arena *arena = diags->arena;
    const struct loader loader = {.arena = arena, .diags = diags};
    const size_t before = diags->count;
    struct outcome *outcome = arena_alloc(arena, sizeof(*outcome));
    const struct json *root = json_read(arena, diags, NULL, widen(text, arena));
    if (root == NULL)
        return NULL;
    const int code = number_at(&loader, root, descriptor->answer_code);
    const int connect_status = status_at(&loader, root, descriptor->answer_tunnel);
    outcome->status = status_at(&loader, root, descriptor->answer_status);
    outcome->error = error_of(descriptor, code, connect_status);
    const struct json *headers =
        descriptor->answer_headers != NULL ? find(root, descriptor->answer_headers, arena) : NULL;
    const struct json *why =
        descriptor->answer_text != NULL ? find(root, descriptor->answer_text, arena) : NULL;
    if (headers != NULL && headers->type == JSON_OBJECT && outcome->status != 0) {
        outcome->has_fields = true;
        outcome->fields = read_fields(headers, arena);
    }
    if (outcome->error != OUTCOME_NONE) {
        const bool is_told = why != NULL && why->type == JSON_STRING;
        const struct bytes said = narrow(is_told ? why->string : "", arena);
        outcome->text =
            arena_printf(arena, "code %d: %.*s", code, (int)said.len, (const char *)said.at);
    }
    if (outcome->status != 0 && has_content)
        read_body(body_path, outcome, arena);
    else
        outcome->has_body = outcome->status != 0;
    return diags->count == before ? outcome : NULL;
}
