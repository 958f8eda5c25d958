#include "harness/driver_lines.h"

#include "harness/load_private.h"

/* No client means anything by a longer number. */
enum { STATUS_MAX = 999999 };

/* A line's values are read as a case file's are, with the same messages. */
static const struct json *read_line(struct bytes line, struct loader *loader)
{
    const struct json *root = json_read(loader->arena, loader->diags, NULL, line);
    return root != NULL && load_is(loader, root, JSON_OBJECT) ? root : NULL;
}

/* --- octets ---------------------------------------------------------------------------- */

static struct bytes read_printable(const struct loader *loader, const struct json *value)
{
    const struct bytes text = {(const uint8_t *)value->string, value->len};
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] >= 0x20 && text.at[i] <= 0x7e)
            continue;
        load_error(loader, value, "want octets from 0x20 to 0x7E, or {\"b64\"}; got %s",
                   diag_quote(loader->arena, text));
        break;
    }
    return text;
}

static struct bytes read_base64(const struct loader *loader, const struct json *value)
{
    static const char *const keys[] = {"b64", NULL};
    const struct json *digits =
        load_object(loader, value, keys) ? load_member(loader, value, "b64") : NULL;
    return digits != NULL ? load_base64(loader, digits) : (struct bytes){NULL, 0};
}

/* A string, or {"b64"}. */
static struct bytes read_octets(const struct loader *loader, const struct json *value)
{
    return value->type == JSON_STRING ? read_printable(loader, value) : read_base64(loader, value);
}

static struct fields read_fields(const struct loader *loader, const struct json *value)
{
    if (!load_is(loader, value, JSON_ARRAY))
        return (struct fields){NULL, 0};
    struct field *items = arena_array(loader->arena, value->count, sizeof(*items));
    size_t count = 0;
    for (const struct json *pair = value->items; pair != NULL; pair = pair->next) {
        if (pair->type != JSON_ARRAY || pair->count != 2) {
            load_error(loader, pair, "want [name, value]");
            continue;
        }
        items[count].name = read_octets(loader, pair->items);
        items[count++].value = read_octets(loader, pair->items->next);
    }
    return (struct fields){items, count};
}

/* --- an outcome ---------------------------------------------------------------------------- */

typedef void member_reader(const struct loader *loader, const struct json *value,
                           struct outcome *outcome);

static void read_status(const struct loader *loader, const struct json *value,
                        struct outcome *outcome)
{
    outcome->status = (int)load_number(loader, value, 1, STATUS_MAX);
}

static void read_reason(const struct loader *loader, const struct json *value,
                        struct outcome *outcome)
{
    outcome->has_reason = true;
    outcome->reason = read_octets(loader, value);
}

static void read_headers(const struct loader *loader, const struct json *value,
                         struct outcome *outcome)
{
    outcome->has_fields = true;
    outcome->fields = read_fields(loader, value);
}

static void read_trailers(const struct loader *loader, const struct json *value,
                          struct outcome *outcome)
{
    outcome->has_trailers = true;
    outcome->trailers = read_fields(loader, value);
}

/* {"len", "head", "tail"}: the tail is checked, and nobody keeps it. */
static void read_long_body(const struct loader *loader, const struct json *value,
                           struct outcome *outcome)
{
    static const char *const keys[] = {"len", "head", "tail", NULL};
    const struct json *len = load_member(loader, value, "len");
    const struct json *head = load_member(loader, value, "head");
    const struct json *tail = json_member(value, "tail");
    if (!load_object(loader, value, keys) || len == NULL || head == NULL)
        return;
    outcome->body_len = load_number(loader, len, 0, (uint64_t)JSON_INTEGER_MAX);
    outcome->body = read_octets(loader, head);
    const size_t tail_len = tail != NULL ? read_octets(loader, tail).len : 0;
    if (outcome->body.len > outcome->body_len || tail_len > outcome->body_len)
        load_error(loader, value, "want no more octets than \"len\", %llu",
                   (unsigned long long)outcome->body_len);
}

static void read_body(const struct loader *loader, const struct json *value,
                      struct outcome *outcome)
{
    outcome->has_body = true;
    if (value->type == JSON_OBJECT && json_member(value, "b64") == NULL) {
        read_long_body(loader, value, outcome);
    } else {
        outcome->body = read_octets(loader, value);
        outcome->body_len = outcome->body.len;
    }
    if (outcome->body.len > DRIVER_BODY_MAX)
        outcome->body.len = DRIVER_BODY_MAX;
}

static void read_interim(const struct loader *loader, const struct json *value,
                         struct interim *interim)
{
    static const char *const keys[] = {"status", "headers", NULL};
    if (!load_object(loader, value, keys))
        return;
    const struct json *status = load_member(loader, value, "status");
    const struct json *headers = json_member(value, "headers");
    if (status != NULL)
        interim->status = (int)load_number(loader, status, 1, STATUS_MAX);
    if (headers != NULL)
        interim->fields = read_fields(loader, headers);
}

static void read_interims(const struct loader *loader, const struct json *value,
                          struct outcome *outcome)
{
    if (!load_is(loader, value, JSON_ARRAY))
        return;
    struct interim *interims = arena_array(loader->arena, value->count, sizeof(*interims));
    for (const struct json *one = value->items; one != NULL; one = one->next)
        read_interim(loader, one, &interims[outcome->interim_count++]);
    outcome->has_interims = true;
    outcome->interims = interims;
}

static void read_error(const struct loader *loader, const struct json *value,
                       struct outcome *outcome)
{
    outcome->error = load_error_kind(loader, value);
}

/* No string of JSON may hold NUL, and what a client quotes may: so octets do as well. */
static void read_text(const struct loader *loader, const struct json *value,
                      struct outcome *outcome)
{
    const struct bytes octets = value->type == JSON_STRING
                                    ? (struct bytes){(const uint8_t *)value->string, value->len}
                                    : read_base64(loader, value);
    const size_t len = octets.len < DRIVER_TEXT_MAX ? octets.len : DRIVER_TEXT_MAX;
    char *text = arena_strndup(loader->arena, (const char *)octets.at, len);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0')
            text[i] = '?';
    outcome->text = text;
}

static const struct member_row {
    const char *key;
    member_reader *read;
} members[] = {
    {"status", read_status}, {"reason", read_reason},     {"headers", read_headers},
    {"body", read_body},     {"trailers", read_trailers}, {"interim", read_interims},
    {"error", read_error},   {"text", read_text},
};
enum { MEMBER_COUNT = sizeof(members) / sizeof(members[0]) };

static void read_outcome(const struct loader *loader, const struct json *value,
                         struct outcome *outcome)
{
    const char *keys[MEMBER_COUNT + 1] = {NULL};
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        keys[i] = members[i].key;
    if (!load_object(loader, value, keys))
        return;
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        const struct json *member = json_member(value, members[i].key);
        if (member != NULL)
            members[i].read(loader, member, outcome);
    }
    if (outcome->status == 0 && json_member(value, "error") == NULL)
        load_error(loader, value, "want a \"status\", an \"error\", or both");
}

/* --- answers --------------------------------------------------------------------------------- */

typedef void answer_reader(const struct loader *loader, const struct json *value,
                           struct driver_answer *answer);

static void read_played(const struct loader *loader, const struct json *value,
                        struct driver_answer *answer)
{
    struct outcome *outcome = arena_alloc(loader->arena, sizeof(*outcome));
    read_outcome(loader, value, outcome);
    answer->outcome = outcome;
}

static void read_unsupported(const struct loader *loader, const struct json *value,
                             struct driver_answer *answer)
{
    struct outcome *outcome = arena_alloc(loader->arena, sizeof(*outcome));
    outcome->is_unsupported = true;
    read_text(loader, value, outcome);
    answer->outcome = outcome;
}

static void read_event(const struct loader *loader, const struct json *value,
                       struct driver_answer *answer)
{
    static const char *const words[] = {"head", NULL};
    (void)answer;
    load_word(loader, value, words);
}

static void read_held(const struct loader *loader, const struct json *value,
                      struct driver_answer *answer)
{
    answer->hold = load_text(loader, value);
}

static void read_ended(const struct loader *loader, const struct json *value,
                       struct driver_answer *answer)
{
    (void)answer;
    if (value->type != JSON_BOOL || !value->boolean)
        load_error(loader, value, "want true");
}

static const struct answer_row {
    const char *key;
    enum driver_said said;
    bool has_step;
    answer_reader *read;
} answers[] = {
    {"outcome", DRIVER_OUTCOME, true, read_played},
    {"unsupported", DRIVER_OUTCOME, true, read_unsupported},
    {"event", DRIVER_HEAD, true, read_event},
    {"held", DRIVER_HELD, true, read_held},
    {"ended", DRIVER_ENDED, false, read_ended},
};
enum { ANSWER_COUNT = sizeof(answers) / sizeof(answers[0]) };

/* The one that the line gives; NULL after a mistake. */
static const struct answer_row *find_row(const struct loader *loader, const struct json *root)
{
    const struct answer_row *found = NULL;
    const char *keys[ANSWER_COUNT + 1] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < ANSWER_COUNT; i++) {
        keys[i] = answers[i].key;
        if (json_member(root, keys[i]) == NULL)
            continue;
        found = &answers[i];
        count++;
    }
    if (count == 1)
        return found;
    load_error(loader, root, "want one of %s, got %zu of them", load_words_text(loader, keys),
               count);
    return NULL;
}

bool driver_read_answer(struct bytes line, struct driver_answer *answer, struct arena *arena,
                        struct diags *diags)
{
    struct loader loader = {.arena = arena, .diags = diags};
    const size_t before = diags->count;
    const struct json *root = read_line(line, &loader);
    const struct answer_row *row = root != NULL ? find_row(&loader, root) : NULL;
    if (row == NULL)
        return false;
    const char *const keys[] = {"id", row->key, row->has_step ? "step" : NULL, NULL};
    load_object(&loader, root, keys);
    const struct json *id = load_member(&loader, root, "id");
    const struct json *step = row->has_step ? load_member(&loader, root, "step") : NULL;
    *answer = (struct driver_answer){.said = row->said};
    if (id != NULL)
        answer->id = load_number(&loader, id, 0, (uint64_t)JSON_INTEGER_MAX);
    if (step != NULL)
        answer->step = (size_t)load_number(&loader, step, 0, (uint64_t)JSON_INTEGER_MAX);
    row->read(&loader, json_member(root, row->key), answer);
    return diags->count == before;
}

/* --- the hello -------------------------------------------------------------------------------- */

/* The text of a member; NULL where it is not there, or null. */
static const char *optional_text(const struct loader *loader, const struct json *root,
                                 const char *key)
{
    const struct json *value = json_member(root, key);
    return value != NULL && value->type != JSON_NULL ? load_text(loader, value) : NULL;
}

bool driver_read_hello(struct bytes line, struct subject_info *info, struct arena *arena,
                       struct diags *diags)
{
    static const char *const keys[] = {"assay", "client",   "version", "engine",
                                       "can",   "patience", NULL};
    struct loader loader = {.arena = arena, .diags = diags};
    const size_t before = diags->count;
    const struct json *root = read_line(line, &loader);
    if (root == NULL)
        return false;
    load_object(&loader, root, keys);
    const struct json *format = load_member(&loader, root, "assay");
    const struct json *can = load_member(&loader, root, "can");
    const struct json *patience = json_member(root, "patience");
    if (format != NULL)
        load_number(&loader, format, 1, 1);
    load_member(&loader, root, "client");
    info->client = optional_text(&loader, root, "client");
    info->version = optional_text(&loader, root, "version");
    info->engine = optional_text(&loader, root, "engine");
    info->can = can != NULL ? load_can(&loader, can) : 0;
    info->patience =
        patience != NULL ? (unsigned)load_number(&loader, patience, 1, DRIVER_PATIENCE_MAX) : 1;
    return diags->count == before;
}
