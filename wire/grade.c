#include "wire/grade.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

const char *grade_name(enum grade grade)
{
    static const char *const names[] = {
#define GRADE_NAME(name, text) [GRADE_##name] = text,
        GRADES(GRADE_NAME)
#undef GRADE_NAME
    };
    assert(grade < GRADE_COUNT);
    return names[grade];
}

const char *grade_text(enum grade grade)
{
    static const char *const texts[GRADE_COUNT] = {
        [GRADE_UNSEEN] = "no other request was made in its session",
        [GRADE_REUSED] = "another request was answered on the same connection",
        [GRADE_FRESH] = "another request was answered on a new connection",
        [GRADE_FAILED] = "another request in its session failed",
        [GRADE_POISONED] = "another request in its session got octets that were not its answer",
        [GRADE_DESYNCED] = "another request went into the body of the one before",
        [GRADE_HUNG] = "another request in its session was never answered",
    };
    assert(grade < GRADE_COUNT);
    return texts[grade];
}

/* clang-format off */
#define HARMFUL                                                                                    \
    [GRADE_POISONED] = VERDICT_FAIL, [GRADE_DESYNCED] = VERDICT_FAIL, [GRADE_HUNG] = VERDICT_FAIL, \
    [GRADE_FAILED] = VERDICT_WARN, [GRADE_UNSEEN] = VERDICT_PASS

static const struct {
    const char *name;
    struct grade_table table;
} tables[] = {
    {"open",  {{[GRADE_REUSED] = VERDICT_PASS, [GRADE_FRESH] = VERDICT_PASS, HARMFUL}}},
    {"spent", {{[GRADE_REUSED] = VERDICT_FAIL, [GRADE_FRESH] = VERDICT_PASS, HARMFUL}}},
    {"dirty", {{[GRADE_REUSED] = VERDICT_INFO, [GRADE_FRESH] = VERDICT_PASS, HARMFUL}}},
    {"keep",  {{[GRADE_REUSED] = VERDICT_PASS, [GRADE_FRESH] = VERDICT_INFO, HARMFUL}}},
};
/* clang-format on */

const struct grade_table *grade_table_find(const char *name)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        if (strcmp(tables[i].name, name) == 0)
            return &tables[i].table;
    return NULL;
}
