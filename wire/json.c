#include "wire/json.h"

#include "wire/json_check.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

struct reader {
    struct arena *arena;          /* where the tree grows */
    struct arena *scratch;        /* dies with the call */
    const struct json_note *note; /* of the next value in preorder */
    const struct json_note *notes_end;
    struct diags *diags;
    const char *file;
};

/* A member, for sorting. */
struct member {
    const struct json *value;
    const struct json *first; /* the earliest member of the same name */
    size_t position;          /* in the object; breaks ties, since qsort() is not stable */
};

static struct json *new_value(struct reader *reader, const struct json *parent)
{
    struct json *value = arena_alloc(reader->arena, sizeof(*value));
    value->parent = parent;
    return value;
}

static void fill(struct reader *reader, struct json *value, const cJSON *from);

static void fill_items(struct reader *reader, struct json *value, const cJSON *from)
{
    value->type = cJSON_IsObject(from) ? JSON_OBJECT : JSON_ARRAY;
    const struct json **link = &value->items;
    for (const cJSON *child = from->child; child != NULL; child = child->next) {
        struct json *item = new_value(reader, value);
        *link = item;
        link = &item->next;
        value->count++;
        if (value->type == JSON_OBJECT)
            item->key = arena_strndup(reader->arena, child->string, strlen(child->string));
        fill(reader, item, child);
    }
}

static void fill_string(struct reader *reader, struct json *value, const cJSON *from)
{
    value->type = JSON_STRING;
    value->len = strlen(from->valuestring);
    value->string = arena_strndup(reader->arena, from->valuestring, value->len);
}

/* The check has refused integers that a double would round, so the cast is exact. */
static void fill_number(struct json *value, const cJSON *from, bool is_integer)
{
    value->type = JSON_NUMBER;
    value->number = from->valuedouble;
    value->is_integer = is_integer;
    value->integer = is_integer ? (int64_t)from->valuedouble : 0;
}

/* The walk is in preorder, as the check was: the next note is always this value's. */
static void fill(struct reader *reader, struct json *value, const cJSON *from)
{
    assert(reader->note < reader->notes_end);
    const struct json_note *note = reader->note++;
    value->line = note->line;
    if (cJSON_IsObject(from) || cJSON_IsArray(from)) {
        fill_items(reader, value, from);
    } else if (cJSON_IsString(from)) {
        fill_string(reader, value, from);
    } else if (cJSON_IsNumber(from)) {
        fill_number(value, from, note->is_integer);
    } else if (cJSON_IsBool(from)) {
        value->type = JSON_BOOL;
        value->boolean = cJSON_IsTrue(from) != 0;
    }
}

/* The root of what the check took; NULL, with a diag, should cJSON think otherwise. */
static const struct json *decode(struct reader *reader, struct bytes text)
{
    cJSON *from = cJSON_ParseWithLengthOpts((const char *)text.at, text.len, NULL, false);
    if (from == NULL) {
        diag_add(reader->diags, reader->file, 0, NULL,
                 "cJSON refused a text that our check took: please report this");
        return NULL;
    }
    struct json *root = new_value(reader, NULL);
    fill(reader, root, from);
    assert(reader->note == reader->notes_end);
    cJSON_Delete(from);
    return root;
}

static int compare_positions(const void *left, const void *right)
{
    const struct member *one = left;
    const struct member *other = right;
    return one->position < other->position ? -1 : one->position > other->position;
}

static int compare_keys(const void *left, const void *right)
{
    const struct member *one = left;
    const struct member *other = right;
    const int order = strcmp(one->value->key, other->value->key);
    return order != 0 ? order : compare_positions(left, right);
}

/* Moves the members whose name came before to the front, in the order of the text. */
static size_t gather_duplicates(struct member *members, size_t count)
{
    size_t duplicate_count = 0;
    qsort(members, count, sizeof(*members), compare_keys);
    const struct json *first = members[0].value;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(members[i].value->key, first->key) != 0) {
            first = members[i].value;
            continue;
        }
        members[i].first = first;
        members[duplicate_count++] = members[i];
    }
    qsort(members, duplicate_count, sizeof(*members), compare_positions);
    return duplicate_count;
}

/* A pointer may be as long as the text, so none is made for what diags only count. */
static void report_duplicate(const struct reader *reader, const struct member *duplicate)
{
    struct diags *diags = reader->diags;
    const bool is_told = diags->count < DIAGS_MAX;
    diag_add(diags, reader->file, duplicate->value->line,
             is_told ? json_pointer(duplicate->value, diags->arena) : NULL,
             "duplicate key %s, first at line %u",
             diag_quote(diags->arena, bytes_of(duplicate->value->key)), duplicate->first->line);
}

static bool object_has_duplicates(const struct reader *reader, const struct json *object)
{
    if (object->count < 2)
        return false;
    struct member *members = arena_array(reader->scratch, object->count, sizeof(*members));
    size_t count = 0;
    for (const struct json *item = object->items; item != NULL; item = item->next, count++)
        members[count] = (struct member){.value = item, .position = count};
    const size_t duplicate_count = gather_duplicates(members, count);
    for (size_t i = 0; i < duplicate_count; i++)
        report_duplicate(reader, &members[i]);
    return duplicate_count > 0;
}

/* Reports every one in `value` and below. */
static bool has_duplicates(const struct reader *reader, const struct json *value)
{
    bool found = value->type == JSON_OBJECT && object_has_duplicates(reader, value);
    for (const struct json *item = value->items; item != NULL; item = item->next)
        found = has_duplicates(reader, item) || found;
    return found;
}

const struct json *json_read(struct arena *arena, struct diags *diags, const char *file,
                             struct bytes text)
{
    struct arena *scratch = arena_new();
    struct json_notes notes = {.arena = scratch};
    const struct json *root = NULL;
    if (json_check(&notes, diags, file, text)) {
        struct reader reader = {.arena = arena,
                                .scratch = scratch,
                                .note = notes.at,
                                .notes_end = notes.at + notes.count,
                                .diags = diags,
                                .file = file};
        root = decode(&reader, text);
        if (root != NULL && has_duplicates(&reader, root))
            root = NULL;
    }
    arena_free(scratch);
    return root;
}

const struct json *json_member(const struct json *object, const char *key)
{
    assert(object->type == JSON_OBJECT);
    const struct json *item = object->items;
    while (item != NULL && strcmp(item->key, key) != 0)
        item = item->next;
    return item;
}

/* Writes `key` as a reference token (RFC 6901, section 3). */
static const char *escape_key(struct arena *arena, const char *key)
{
    char *escaped = arena_alloc(arena, 2 * strlen(key) + 1);
    char *end = escaped;
    for (; *key != '\0'; key++) {
        if (*key != '~' && *key != '/') {
            *end++ = *key;
            continue;
        }
        *end++ = '~';
        *end++ = *key == '~' ? '0' : '1';
    }
    return escaped;
}

static size_t index_of(const struct json *element)
{
    size_t index = 0;
    for (const struct json *item = element->parent->items; item != element; item = item->next)
        index++;
    return index;
}

const char *json_pointer(const struct json *value, struct arena *arena)
{
    if (value->parent == NULL)
        return "";
    const char *above = json_pointer(value->parent, arena);
    if (value->key == NULL)
        return arena_printf(arena, "%s/%zu", above, index_of(value));
    return arena_printf(arena, "%s/%s", above, escape_key(arena, value->key));
}

const char *json_type_name(enum json_type type)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",       [JSON_BOOL] = "a boolean", [JSON_NUMBER] = "a number",
        [JSON_STRING] = "a string", [JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object",
    };
    assert((size_t)type < sizeof(names) / sizeof(names[0]));
    return names[type];
}
