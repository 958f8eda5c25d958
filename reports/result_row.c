#include "reports/result_row.h"

#include "reports/block_text.h"

static const char *copy(struct arena *arena, const char *text)
{
    return text != NULL ? arena_strndup(arena, text, strlen(text)) : NULL;
}

struct result_row result_row_of(struct arena *arena, const struct case_result *result)
{
    const struct behaviour *behaviour = result->worst != NULL ? result->worst->behaviour : NULL;
    const char **names = arena_array(arena, result->behaviour_count, sizeof(*names));
    for (size_t i = 0; i < result->behaviour_count; i++)
        names[i] = copy(arena, result->behaviours[i].name);
    const struct bytes note = block_text_note(result);
    return (struct result_row){
        .case_id = copy(arena, result->case_->id),
        .title = copy(arena, result->case_->title),
        .subject = result->subject,
        .verdict = result->verdict,
        .behaviour = behaviour != NULL ? copy(arena, behaviour->name) : NULL,
        .behaviours = names,
        .behaviour_count = result->behaviour_count,
        .note = note.len > 0 ? arena_strndup(arena, (const char *)note.at, note.len) : "",
    };
}

int result_row_order(const void *one, const void *other)
{
    const struct result_row *a = one, *b = other;
    const int order = strcmp(a->subject, b->subject);
    return order != 0 ? order : strcmp(a->case_id, b->case_id);
}
