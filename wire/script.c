#include "wire/script.h"

const char *step_verb_name(enum step_verb verb)
{
    static const char *const names[] = {
#define STEP_NAME(name, text) [STEP_##name] = text,
        STEP_VERBS(STEP_NAME)
#undef STEP_NAME
    };
    assert(verb < STEP_VERB_COUNT);
    return names[verb];
}

bool script_starts_tls(const struct script *script, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (script->steps[i].verb == STEP_START_TLS)
            return true;
    return false;
}
