#include "reports/sink.h"

const char *const *sink_subject_names(struct arena *arena, const struct run_info *info)
{
    const char **names = arena_array(arena, info->subject_count, sizeof(*names));
    for (size_t i = 0; i < info->subject_count; i++)
        names[i] = arena_strndup(arena, info->subjects[i].name, strlen(info->subjects[i].name));
    return names;
}
