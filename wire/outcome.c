#include "wire/outcome.h"

#include "wire/arena.h"

const char *outcome_error_name(enum outcome_error error)
{
    static const char *const names[] = {
#define OUTCOME_NAME(name, text) [OUTCOME_##name] = text,
        OUTCOME_ERRORS(OUTCOME_NAME)
#undef OUTCOME_NAME
    };
    assert(error < OUTCOME_ERROR_COUNT);
    return names[error];
}

static struct fields copy_fields(struct arena *arena, struct fields from)
{
    struct field *items = arena_array(arena, from.count, sizeof(*items));
    for (size_t i = 0; i < from.count; i++) {
        items[i].name = arena_bytes(arena, from.items[i].name);
        items[i].value = arena_bytes(arena, from.items[i].value);
    }
    const struct fields copy = {items, from.count};
    return copy;
}

struct outcome *outcome_copy(struct arena *arena, const struct outcome *from)
{
    struct outcome *copy = arena_alloc(arena, sizeof(*copy));
    *copy = *from;
    copy->text = from->text != NULL ? arena_strndup(arena, from->text, strlen(from->text)) : NULL;
    copy->reason = arena_bytes(arena, from->reason);
    copy->fields = copy_fields(arena, from->fields);
    copy->body = arena_bytes(arena, from->body);
    copy->trailers = copy_fields(arena, from->trailers);
    struct interim *interims = arena_array(arena, from->interim_count, sizeof(*interims));
    for (size_t i = 0; i < from->interim_count; i++) {
        interims[i].status = from->interims[i].status;
        interims[i].fields = copy_fields(arena, from->interims[i].fields);
    }
    copy->interims = interims;
    return copy;
}
