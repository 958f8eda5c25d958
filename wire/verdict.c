#include "wire/verdict.h"

#include <assert.h>

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
#define VERDICT_NAME(name, text) [VERDICT_##name] = text,
        VERDICTS(VERDICT_NAME)
#undef VERDICT_NAME
    };
    assert(verdict < VERDICT_COUNT);
    return names[verdict];
}

bool verdict_is_deviation(enum verdict verdict, bool strict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_UNRECOGNISED ||
           (strict && verdict == VERDICT_WARN);
}
