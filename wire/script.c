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
