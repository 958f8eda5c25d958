#include "harness/case_hash.h"

#include "wire/hash.h"

static uint64_t hash_value(uint64_t hash, const struct json *value)
{
    hash = hash_number(hash, (uint64_t)value->type);
    switch (value->type) {
    case JSON_NULL:
        return hash;
    case JSON_BOOL:
        return hash_number(hash, value->boolean);
    case JSON_NUMBER:
        return hash_number(hash, value->is_integer ? (uint64_t)value->integer : UINT64_MAX);
    case JSON_STRING:
        return hash_text(hash, (struct bytes){(const uint8_t *)value->string, value->len});
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    hash = hash_number(hash, value->count);
    for (const struct json *item = value->items; item != NULL; item = item->next) {
        if (item->key != NULL)
            hash = hash_text(hash, bytes_of(item->key));
        hash = hash_value(hash, item);
    }
    return hash;
}

/* What people read, and no client ever meets. */
static bool is_about(const char *key)
{
    static const char *const keys[] = {"$schema", "title", "requirements", "seen_in", "tags"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

uint64_t case_hash(const struct json *object, const struct json *suite_defs)
{
    uint64_t hash = HASH_START;
    for (const struct json *member = object->items; member != NULL; member = member->next)
        if (!is_about(member->key))
            hash = hash_value(hash_text(hash, bytes_of(member->key)), member);
    return suite_defs != NULL ? hash_value(hash, suite_defs) : hash;
}
