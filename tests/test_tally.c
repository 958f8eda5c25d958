#include "harness/tally.h"
#include "tests/check.h"
#include "tests/suites.h"

enum { RUN_COUNT = 3 };

/* Two runs break the rule, one of them twice; in whatever order they come, the first is the same.
 */
static void finds_the_first_in_any_order(void)
{
    static const size_t orders[][RUN_COUNT] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    static const struct point points[RUN_COUNT];
    static const struct run_finding findings[] = {
        {.finding = {RULE_HOST_MISSING, 18, 0}, .connection = 2},
        {.finding = {RULE_HOST_MISSING, 99, 1}, .connection = 3},
    };
    static const struct run_result runs[RUN_COUNT] = {
        {.point = &points[0], .request_count = 4},
        {.point = &points[1], .request_count = 2, .findings = findings, .finding_count = 2},
        {.point = &points[2], .request_count = 1, .findings = findings, .finding_count = 1},
    };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct totals totals = {.requests = 0};
        for (size_t j = 0; j < RUN_COUNT; j++)
            tally_add(&totals, &runs[orders[i][j]], orders[i][j]);
        const struct rule_count *count = &totals.rules[RULE_HOST_MISSING];
        CHECK_ROW(totals.requests == 7 && count->broken == 3, "order %zu: %zu of %zu", i,
                  count->broken, totals.requests);
        CHECK_ROW(count->first == &points[1] && count->connection == 2 && count->offset == 18,
                  "order %zu: the first", i);
        CHECK_ROW(totals.rules[RULE_METHOD].broken == 0, "order %zu: another rule", i);
    }
}

CU_TestInfo tally_tests[] = {
    {"finds the first, in any order", finds_the_first_in_any_order},
    CU_TEST_INFO_NULL,
};
