#include "harness/expand.h"

struct variable *expand_find(struct matrix *matrix, struct bytes name, struct bytes *key)
{
    const uint8_t *dot = name.len > 0 ? memchr(name.at, '.', name.len) : NULL;
    const size_t front_len = dot != NULL ? (size_t)(dot - name.at) : name.len;
    const struct bytes front = {name.at, front_len};
    *key =
        dot != NULL ? (struct bytes){dot + 1, name.len - front_len - 1} : (struct bytes){NULL, 0};
    for (size_t i = 0; i < matrix->count; i++)
        if (bytes_equal(front, bytes_of(matrix->items[i].place->key)))
            return &matrix->items[i];
    return NULL;
}

struct bytes expand_text(const struct json *string)
{
    return (struct bytes){(const uint8_t *)string->string, string->len};
}

bool expand_next_template(struct matrix *matrix, struct bytes text, size_t *at, struct bytes *name)
{
    for (size_t open = load_find_pair(text, *at, '{'); open < text.len;
         open = load_find_pair(text, open + 2, '{')) {
        const size_t close = load_find_pair(text, open + 2, '}');
        struct bytes key;
        if (close == text.len)
            return false;
        *name = (struct bytes){text.at + open + 2, close - open - 2};
        *at = open;
        if (expand_find(matrix, *name, &key) != NULL)
            return true;
    }
    return false;
}

/* The `when` of a behaviour, whose keys are variables: one may have the name "value". */
static bool is_condition(const struct json *value)
{
    return value->key != NULL && strcmp(value->key, "when") == 0 && value->parent != NULL &&
           json_member(value->parent, "verdict") != NULL;
}

const struct json *expand_reference(const struct json *value)
{
    const bool is_one = value->type == JSON_OBJECT && value->count == 1 &&
                        strcmp(value->items->key, "value") == 0 && !is_condition(value);
    return is_one ? value->items : NULL;
}

static uint32_t mentions_name(struct matrix *matrix, struct bytes name)
{
    struct bytes key;
    const struct variable *variable = expand_find(matrix, name, &key);
    return variable != NULL ? variable->depends : 0;
}

uint32_t expand_mentions(struct matrix *matrix, const struct json *value)
{
    uint32_t found = 0;
    if (value == NULL)
        return 0;
    if (value->type == JSON_STRING) {
        struct bytes name;
        for (size_t at = 0; expand_next_template(matrix, expand_text(value), &at, &name); at += 2)
            found |= mentions_name(matrix, name);
        return found;
    }
    const struct json *reference = expand_reference(value);
    if (reference != NULL && reference->type == JSON_STRING)
        return mentions_name(matrix, expand_text(reference));
    for (const struct json *item = value->items; item != NULL; item = item->next)
        found |= expand_mentions(matrix, item);
    return found;
}

bool expand_changes(struct matrix *matrix, const struct json *value)
{
    struct bytes name;
    size_t at = 0;
    if (value->type == JSON_STRING)
        return expand_next_template(matrix, expand_text(value), &at, &name);
    if (expand_reference(value) != NULL)
        return true;
    for (const struct json *item = value->items; item != NULL; item = item->next)
        if (expand_changes(matrix, item))
            return true;
    return false;
}
