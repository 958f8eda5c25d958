#include "harness/collect.h"
#include "tests/check.h"
#include "tests/suites.h"

enum { RUNS_MAX = 64 };

static const struct behaviour good = {.name = "good", .verdict = VERDICT_PASS};
static const struct behaviour fine = {.name = "fine", .verdict = VERDICT_PASS};
static const struct behaviour bad = {.name = "bad", .verdict = VERDICT_FAIL};
static const struct behaviour worse = {.name = "worse", .verdict = VERDICT_FAIL};
static const struct behaviour noted = {.name = "noted", .verdict = VERDICT_INFO};

/* The runs that a letter of a row stands for. */
static const struct {
    char letter;
    enum verdict verdict;
    const struct behaviour *behaviour;
} letters[] = {
    {'g', VERDICT_PASS, &good},        {'h', VERDICT_PASS, &fine},
    {'b', VERDICT_FAIL, &bad},         {'w', VERDICT_FAIL, &worse},
    {'G', VERDICT_WARN, &good},        {'i', VERDICT_INFO, &noted},
    {'u', VERDICT_UNRECOGNISED, NULL}, {'x', VERDICT_UNEXERCISED, NULL},
    {'s', VERDICT_SKIP, NULL},         {'e', VERDICT_ERROR, NULL},
};

/* clang-format off */
static const struct row {
    const char *name;
    const char *runs;   /* a letter each, in the order of their numbers */
    const char *groups; /* "A" a control of group 1, "a" a point that rests on it, "." none; "" none at all */
    const char *want;   /* verdict, worst, shown, behaviours */
    const char *splits; /* "A" the run in one piece of split 1, "a" one in segments, "." none; "" none at all */
} rows[] = {
    {"one that passes", "g", "", "pass 0 | 0 | good 1", ""},
    {"of those that pass the first is shown", "ggg", "", "pass 0 | 0 | good 3", ""},
    {"of two behaviours that pass, too", "hgg", "", "pass 0 | 0 | fine 1, good 2", ""},
    {"one that fails among those that pass", "ggbg", "", "fail 2 | 0 2 | good 3, bad 1", ""},
    {"the worst is the first of its verdict", "gwbg", "", "fail 1 | 0 1 2 | good 2, worse 1, bad 1", ""},
    {"info is shown", "gigi", "", "info 1 | 0 1 3 | good 2, noted 2", ""},
    {"unrecognised has no behaviour", "gug", "", "unrecognised 1 | 0 1 | good 2", ""},
    {"unexercised alone", "xx", "", "unexercised 0 | 0 1 | ", ""},
    {"skip is worse than pass", "gs", "", "skip 1 | 0 1 | good 1", ""},
    {"error is the worst", "buxeg", "", "error 3 | 0 1 2 3 4 | bad 1, good 1", ""},
    {"one behaviour, two verdicts: the connection's", "gGgG", "", "warn 1 | 0 1 3 | good 4", ""},
    {"the first 20 of a behaviour", "gbbbbbbbbbbbbbbbbbbbbbbbbbw", "",
     "fail 1 | 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 26 | good 1, bad 25, worse 1", ""},
    {"the worst is shown though its behaviour has 20 of another verdict", "GGGGGGGGGGGGGGGGGGGGGGgu", "",
     "unrecognised 23 | 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 22 23 | good 23", ""},
    {"a control that passes", "gbg", "Aaa", "fail 1 | 0 1 | good 2, bad 1", ""},
    {"a control that fails voids its group", "bbgw", "Aaa.", "fail 0 | 0 1 2 3 | bad 1, worse 1", ""},
    {"a control behind its group", "bgb", "aaA", "fail 2 | 0 1 2 | bad 1", ""},
    {"of several controls all must pass", "gbbg", "AAab", "fail 1 | 0 1 2 | good 2, bad 1", ""},
    {"groups are apart", "gbbb", "ABab", "fail 1 | 0 1 2 3 | good 1, bad 2", ""},
    {"a control that is not played voids nothing", "bg", "aa", "fail 0 | 0 1 | bad 1, good 1", ""},
    {"an error stays one", "be", "Aa", "error 1 | 0 1 | bad 1", ""},
    {"what is void is bounded", "xggggggggggggggggggggggg", "Aaaaaaaaaaaaaaaaaaaaaaaa",
     "unexercised 0 | 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 | ", ""},
    {"a split, all alike", "ggg", "", "pass 0 | 0 | good 3", "Aaa"},
    {"a split, one not alike", "ghg", "", "warn 1 | 0 1 | good 2, fine 1", "Aaa"},
    {"a split, the whole comes last", "ghg", "", "warn 1 | 0 1 | good 2, fine 1", "aaA"},
    {"splits are apart", "ghgh", "", "pass 0 | 0 | good 2, fine 2", "ABab"},
    {"a run that failed is not made better", "gb", "", "fail 1 | 0 1 | good 1, bad 1", "Aa"},
    {"nothing is compared with a whole that was not exercised", "xgh", "", "unexercised 0 | 0 1 | good 1, fine 1", "Aaa"},
    {"nor with wholes that are not alike", "ghg", "", "pass 0 | 0 | good 2, fine 1", "AAa"},
    {"void, not compared", "bgh", "Aaa", "fail 0 | 0 1 2 | bad 1", ".Aa"},
};
/* clang-format on */

/* Orders in which runs may come. */
static const struct {
    const char *name;
    bool is_backward;
    size_t rotated;
} orders[] = {{"in order", false, 0},
              {"backward", true, 0},
              {"from the middle on", false, 2},
              {"backward from the middle on", true, 2}};

static void set_splits(struct point *points, const char *splits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        points[i].is_split_whole = splits[i] >= 'A' && splits[i] <= 'Z';
        points[i].split_group =
            splits[i] == '.' ? 0 : (size_t)(splits[i] - (points[i].is_split_whole ? 'A' : 'a') + 1);
    }
}

static void set_groups(struct point *points, const char *groups, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int group = groups[0] != '\0' ? groups[i] : '.';
        const bool is_upper = group >= 'A' && group <= 'Z';
        points[i].suffix = "";
        points[i].is_control = is_upper;
        points[i].control_group = group == '.' ? 0 : (size_t)(group - (is_upper ? 'A' : 'a') + 1);
    }
}

static struct run_result *run_of(struct arena *arena, char letter, const struct point *point)
{
    struct run_result *run = arena_alloc(arena, sizeof(*run));
    size_t i = 0;
    while (letters[i].letter != letter)
        i++;
    struct outcome *outcome = arena_alloc(arena, sizeof(*outcome));
    const struct outcome **outcomes = arena_array(arena, 1, sizeof(struct outcome *));
    outcome->status = (unsigned char)letter;
    outcomes[0] = outcome;
    run->point = point;
    run->verdict = letters[i].verdict;
    run->behaviour = letters[i].behaviour;
    run->outcomes = outcomes;
    run->outcome_count = 1;
    return run;
}

/* "fail 1 | 0 1 | good 1, bad 1" */
static const char *result_text(struct arena *arena, const struct case_result *result,
                               const struct point *points)
{
    const char *text = arena_printf(arena, "%s %td |", verdict_name(result->verdict),
                                    result->worst->point - points);
    for (size_t i = 0; i < result->shown_count; i++)
        text = arena_printf(arena, "%s %td", text, result->shown[i]->point - points);
    text = arena_printf(arena, "%s | ", text);
    for (size_t i = 0; i < result->behaviour_count; i++)
        text = arena_printf(arena, "%s%s%s %zu", text, i > 0 ? ", " : "",
                            result->behaviours[i].name, result->behaviours[i].count);
    return text;
}

static size_t sum_of(const size_t *counts)
{
    size_t sum = 0;
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        sum += counts[i];
    return sum;
}

/* Every arena comes back once, whatever became of its run. */
static size_t free_all(struct collect *collect, size_t freed)
{
    for (struct arena *one; (one = collect_take_arena(collect)) != NULL; freed++)
        arena_free(one);
    collect_free(collect);
    return freed;
}

/* How many arenas came free: at most one. */
static size_t add_run(struct collect *collect, size_t number, char letter,
                      const struct point *point)
{
    struct arena *arena = arena_new();
    arena = collect_add(collect, number, run_of(arena, letter, point), arena);
    const size_t freed = arena != NULL;
    arena_free(arena);
    return freed;
}

static void check_result(struct collect *collect, const struct row *row, size_t order,
                         const struct point *points)
{
    struct arena *arena = arena_new();
    CHECK_ROW(collect_is_whole(collect), "%s, %s: not whole", row->name, orders[order].name);
    const struct case_result *result = collect_result(collect);
    const char *text = result_text(arena, result, points);
    const size_t count = strlen(row->runs);
    CHECK_ROW(strcmp(text, row->want) == 0, "%s, %s: got \"%s\", want \"%s\"", row->name,
              orders[order].name, text, row->want);
    CHECK_ROW(result->run_count == count && sum_of(result->verdict_runs) == count,
              "%s: runs are counted", row->name);
    arena_free(arena);
}

static void try_row(const struct row *row, size_t order)
{
    struct point points[RUNS_MAX] = {{.parent = NULL}};
    const size_t count = strlen(row->runs);
    const struct case_ one = {.id = "a/b", .points = points, .point_count = count};
    const struct played played = {.case_ = &one, .point_count = count};
    set_groups(points, row->groups, count);
    if (row->splits[0] != '\0')
        set_splits(points, row->splits, count);
    struct collect *collect = collect_new(&played, 1, "subject");
    size_t freed = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t turned = (i + orders[order].rotated) % count;
        const size_t number = orders[order].is_backward ? count - 1 - turned : turned;
        CHECK_ROW(!collect_is_whole(collect), "%s, %s: whole too early", row->name,
                  orders[order].name);
        freed += add_run(collect, number, row->runs[number], &points[number]);
    }
    check_result(collect, row, order, points);
    freed = free_all(collect, freed);
    CHECK_ROW(freed == count, "%s, %s: %zu arenas of %zu", row->name, orders[order].name, freed,
              count);
}

static void merges_in_any_order(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t order = 0; order < COUNT_OF(orders); order++)
            try_row(&rows[i], order);
}

/* Of very many runs as little is kept as of a few. */
static void keeps_little(void)
{
    enum { MANY = 20000 };
    const struct point point = {.suffix = ""};
    const struct case_ one = {.id = "a/b", .points = &point, .point_count = 1};
    const struct played played = {.case_ = &one, .point_count = 1};
    struct collect *collect = collect_new(&played, MANY, "subject");
    size_t held = 0, most = 0;
    for (size_t i = 0; i < MANY; i++) {
        held += 1 - add_run(collect, MANY - 1 - i, i % 2 ? 'b' : 'g', &point);
        most = held > most ? held : most;
    }
    CHECK_ROW(most == COLLECT_SHOWN_MAX + 1, "%zu runs are kept", most);
    CU_ASSERT_EQUAL(collect_result(collect)->run_count, MANY);
    CU_ASSERT_EQUAL(free_all(collect, 0), COLLECT_SHOWN_MAX + 1);
}

static void tells_a_skip(void)
{
    const struct point point = {.suffix = ""};
    const struct case_ one = {.id = "a/b", .points = &point, .point_count = 1};
    const struct played played = {.case_ = &one, .point_count = 0, .missing = "no"};
    struct collect *collect = collect_new(&played, 5, "subject");
    collect_skip(collect, "no");
    const struct case_result *result = collect_result(collect);
    CU_ASSERT_EQUAL(result->verdict, VERDICT_SKIP);
    CU_ASSERT_EQUAL(result->run_count, 0);
    CU_ASSERT_EQUAL(result->shown_count, 0);
    CU_ASSERT_STRING_EQUAL(result->worst->reason, "no");
    CU_ASSERT_EQUAL(free_all(collect, 0), 0);
}

CU_TestInfo collect_tests[] = {
    {"merges runs in any order", merges_in_any_order},
    {"keeps little of very many runs", keeps_little},
    {"tells a skip", tells_a_skip},
    CU_TEST_INFO_NULL,
};
