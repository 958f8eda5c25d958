#include "reports/compare.h"
#include "tests/report_fixtures.h"
#include "tests/suites.h"

#include <errno.h>
#include <stdlib.h>

/* By the old verdict, then by the new one. B broke, F fixed, C changed behaviour, S stopped
 * running, N new, = as before; the last row and column: it is not there. */
/* clang-format off */
static const char want_rows[VERDICT_COUNT + 1][VERDICT_COUNT + 2] = {
    /*                 p i s u w k ! f e - */
    [VERDICT_PASS] = "=CSSCCBBBS",
    [VERDICT_INFO] = "C=SSCCBBBS",
    [VERDICT_SKIP] = "NN==NNBBB=",
    [VERDICT_UNEXERCISED] = "NN==NNBBB=",
    [VERDICT_WARN] = "CCSS=CBBBS",
    [VERDICT_KNOWN] = "FFSSF=BBBS",
    [VERDICT_UNRECOGNISED] = "FFSSFC=CCS",
    [VERDICT_FAIL] = "FFSSFCC=CS",
    [VERDICT_ERROR] = "FFSSFCCC=S",
    [VERDICT_COUNT] = "NN==NNNNN ",
};
/* clang-format on */

static void check_pair(int old, int now)
{
    static const char letters[CHANGE_COUNT + 1] = "BFCSN=";
    const struct result_row one = {.verdict = (enum verdict)old, .note = ""};
    const struct result_row other = {.verdict = (enum verdict)now, .note = ""};
    const enum change got =
        compare_rows(old < VERDICT_COUNT ? &one : NULL, now < VERDICT_COUNT ? &other : NULL, false);
    CHECK_ROW(letters[got] == want_rows[old][now], "%d, then %d: got %c, want %c", old, now,
              letters[got], want_rows[old][now]);
}

static void knows_what_changed(void)
{
    for (int old = 0; old <= VERDICT_COUNT; old++)
        for (int now = 0; now <= VERDICT_COUNT; now++)
            if (old < VERDICT_COUNT || now < VERDICT_COUNT)
                check_pair(old, now);
}

static void warnings_count_when_strict(void)
{
    static const struct result_row pass = {.verdict = VERDICT_PASS};
    static const struct result_row warn = {.verdict = VERDICT_WARN};
    CU_ASSERT(compare_rows(&pass, &warn, true) == CHANGE_BROKE);
    CU_ASSERT(compare_rows(&pass, &warn, false) == CHANGE_CHANGED);
    CU_ASSERT(compare_rows(&warn, &pass, true) == CHANGE_FIXED);
}

/* clang-format off */
static const char *const two_names[] = {"one", "two"};
static const char *const other_names[] = {"two", "three " HOSTILE};
static const struct result_row old_rows[] = {
    {.case_id = "a/broke", .verdict = VERDICT_PASS, .behaviour = "one", .note = "one"},
    {.case_id = "a/changed", .verdict = VERDICT_PASS, .behaviour = "one", .behaviours = two_names, .behaviour_count = 2,
     .note = "one"},
    {.case_id = "a/gone", .verdict = VERDICT_PASS, .note = ""},
    {.case_id = "a/same", .verdict = VERDICT_FAIL, .behaviour = "one", .note = "one"},
};
static const struct result_row new_rows[] = {
    {.case_id = "a/broke", .verdict = VERDICT_UNRECOGNISED, .note = "nearest \"one\""},
    {.case_id = "a/changed", .verdict = VERDICT_PASS, .behaviour = "two", .behaviours = other_names, .behaviour_count = 2,
     .note = "two"},
    {.case_id = "a/new" HOSTILE, .verdict = VERDICT_FAIL, .behaviour = "one", .note = "one"},
    {.case_id = "a/same", .verdict = VERDICT_FAIL, .behaviour = "one", .note = "one"},
};
static const char want_text[] =
    "broke  a/broke  [curl]  pass -> unrecognised\n"
    "  was        one\n"
    "  now        nearest \"one\"\n"
    "changed behaviour  a/changed  [curl]  pass\n"
    "  was        one\n"
    "  now        two\n"
    "             three \\x1b[31m\\r\\n\\xff\\xc0\\x80\\xe2\\x80\\xae\\xc2\\x9b\\x7f\"\\ x, in some of its runs\n"
    "stopped running  a/gone  [curl]  pass -> not there\n"
    "new  a/new\\x1b[31m\\r\\n\\xff\\xc0\\x80\\xe2\\x80\\xae\\xc2\\x9b\\x7f\"\\ x  [curl]  fail\n"
    "curl: 1 broke, 1 changed behaviour, 1 stopped running, 1 new, 1 as before\n";
/* clang-format on */

static void tells_what_changed(void)
{
    const struct compared compared = {.subject = "curl",
                                      .old = old_rows,
                                      .now = new_rows,
                                      .old_count = COUNT_OF(old_rows),
                                      .now_count = COUNT_OF(new_rows)};
    size_t counts[CHANGE_COUNT] = {0};
    struct output output;
    FILE *out = open_memstream(&output.at, &output.len);
    compare_print(out, &compared, false, counts);
    fclose(out);
    report_check_text("all changes", output.at, want_text);
    CU_ASSERT(counts[CHANGE_BROKE] == 1 && counts[CHANGE_FIXED] == 0);
    free(output.at);
}

CU_TestInfo compare_tests[] = {
    {"knows what changed", knows_what_changed},
    {"warnings count when strict", warnings_count_when_strict},
    {"tells what changed", tells_what_changed},
    CU_TEST_INFO_NULL,
};
