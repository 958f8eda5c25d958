#include "wire/match_value.h"

#include "wire/diag.h"

/* Longer values are built only in part, for a message. */
enum { TEXT_LEN_MAX = 80 };

static bool holds(const struct value *value, const struct endpoint *endpoints,
                  const struct subject_value *got, struct arena *arena)
{
    if (value->kind == VALUE_ABSENT || !got->is_there)
        return (value->kind == VALUE_ABSENT) == !got->is_there;
    switch (value->kind) {
    case VALUE_EQUALS:
        return got->len == value->octets.len &&
               octets_has_prefix(&value->octets, endpoints, got->text);
    case VALUE_PREFIX_OF:
        return got->len <= value->octets.len &&
               octets_has_prefix(&value->octets, endpoints, got->text);
    case VALUE_HAS:
        return value->octets.len <= got->len &&
               bytes_contain(got->text,
                             octets_build(&value->octets, endpoints, arena, got->text.len + 1));
    case VALUE_LENGTH:
        return got->len == value->length;
    case VALUE_ABSENT:
        break;
    }
    assert(false);
    return false;
}

bool value_matches(const struct value_pattern *pattern, const struct endpoint *endpoints,
                   const struct subject_value *got, struct arena *arena)
{
    for (size_t i = 0; i < pattern->count; i++)
        if (holds(&pattern->values[i], endpoints, got, arena))
            return true;
    return pattern->count == 0;
}

static struct bytes join(struct bytes one, struct bytes other, struct arena *arena)
{
    static const uint8_t separator[] = {',', ' '};
    uint8_t *both = arena_alloc(arena, one.len + sizeof(separator) + other.len);
    if (one.len > 0)
        memcpy(both, one.at, one.len);
    memcpy(both + one.len, separator, sizeof(separator));
    if (other.len > 0)
        memcpy(both + one.len + sizeof(separator), other.at, other.len);
    return (struct bytes){both, one.len + sizeof(separator) + other.len};
}

struct subject_value value_of_field(const struct fields *fields, struct bytes name,
                                    struct arena *arena)
{
    struct subject_value all = {.is_there = false};
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        if (!bytes_equal_fold(field->name, name))
            continue;
        all.text = all.is_there ? join(all.text, field->value, arena) : field->value;
        all.is_there = true;
    }
    all.len = all.text.len;
    return all;
}

const char *value_text(const struct subject_value *got, struct arena *arena)
{
    return got->is_there ? diag_quote(arena, got->text) : "absent";
}

static const char *one_text(const struct value *value, const struct endpoint *endpoints,
                            struct arena *arena)
{
    const char *quoted =
        diag_quote(arena, octets_build(&value->octets, endpoints, arena, TEXT_LEN_MAX));
    switch (value->kind) {
    case VALUE_EQUALS:
        return quoted;
    case VALUE_PREFIX_OF:
        return arena_printf(arena, "a beginning of %s", quoted);
    case VALUE_HAS:
        return arena_printf(arena, "one that has %s", quoted);
    case VALUE_LENGTH:
        return arena_printf(arena, "%llu octets", (unsigned long long)value->length);
    case VALUE_ABSENT:
        return "absent";
    }
    assert(false);
    return "";
}

const char *value_pattern_text(const struct value_pattern *pattern,
                               const struct endpoint *endpoints, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < pattern->count; i++)
        text = arena_printf(arena, "%s%s%s", text, i > 0 ? " or " : "",
                            one_text(&pattern->values[i], endpoints, arena));
    return text;
}
