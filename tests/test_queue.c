#include "harness/queue.h"
#include "tests/check.h"
#include "tests/suites.h"

enum { POINTS_MAX = 8 };

static const struct step at_once[] = {{.verb = STEP_READ}, {.verb = STEP_SEND}};
static const struct step drained[] = {{.verb = STEP_WAIT, .wait = WAIT_DRAINED}};
static const struct step settled[] = {{.verb = STEP_READ},
                                      {.verb = STEP_WAIT, .wait = WAIT_SETTLED}};
static const struct step timed[] = {{.verb = STEP_WAIT, .wait = WAIT_TIME, .ms = 5}};

/* A case of points with these scripts; each point's peer has an innocent one before. */
struct fixture {
    struct script scripts[POINTS_MAX][2];
    struct peer peers[POINTS_MAX];
    struct point points[POINTS_MAX];
    struct case_ case_;
};

static void add_point(struct fixture *fixture, const struct step *steps, size_t count)
{
    const size_t at = fixture->case_.point_count++;
    fixture->scripts[at][0] = (struct script){at_once, COUNT_OF(at_once)};
    fixture->scripts[at][1] = (struct script){steps, count};
    fixture->peers[at] =
        (struct peer){.name = "origin", .scripts = fixture->scripts[at], .script_count = 2};
    fixture->points[at] =
        (struct point){.suffix = "", .peers = &fixture->peers[at], .peer_count = 1};
    fixture->case_.points = fixture->points;
}

static void knows_who_needs_a_clock(void)
{
    static const struct {
        const char *name;
        const struct step *steps;
        size_t count;
        bool want;
    } rows[] = {
        {"no wait", at_once, COUNT_OF(at_once), false},
        {"drained", drained, COUNT_OF(drained), false},
        {"settled", settled, COUNT_OF(settled), true},
        {"a time", timed, COUNT_OF(timed), true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture fixture = {.case_.id = "a/b"};
        add_point(&fixture, at_once, COUNT_OF(at_once));
        add_point(&fixture, rows[i].steps, rows[i].count);
        CHECK_ROW(case_needs_clock(&fixture.case_) == rows[i].want, "%s", rows[i].name);
    }
}

/* All units, each ended before the next: "0.1#0" is case 0, point 1, repeat 0. */
static const char *play_out(struct queue *queue, struct arena *arena)
{
    const char *text = "";
    struct unit unit;
    while (queue_peek(queue, 0, &unit)) {
        queue_take(queue);
        text = arena_printf(arena, "%s %zu.%zu#%u", text, unit.case_, unit.point, unit.repeat);
        if (unit.attempt > 1)
            text = arena_printf(arena, "%s!", text);
    }
    return text;
}

static void plays_points_and_repeats(void)
{
    struct arena *arena = arena_new();
    struct fixture one = {.case_.id = "a/one"}, two = {.case_.id = "a/two"};
    for (size_t i = 0; i < 3; i++)
        add_point(&one, at_once, COUNT_OF(at_once));
    one.points[1].is_control = true;
    add_point(&two, at_once, COUNT_OF(at_once));
    const struct point *const picked[] = {&one.points[2]};
    const struct played cases[] = {{.case_ = &one.case_, .point_count = 3},
                                   {.case_ = &two.case_, .missing = "not played"},
                                   {.case_ = &two.case_, .point_count = 1},
                                   {&one.case_, picked, 1, NULL}};
    struct queue queue;
    queue_init(&queue, cases, COUNT_OF(cases), 1);
    const char *text = play_out(&queue, arena);
    CHECK_ROW(strcmp(text, " 0.1#0 0.0#0 0.2#0 2.0#0 3.0#0") == 0, "controls first:%s", text);
    queue_init(&queue, cases + 1, 2, 3);
    text = play_out(&queue, arena);
    CHECK_ROW(strcmp(text, " 1.0#0 1.0#1 1.0#2") == 0, "repeats:%s", text);
    CU_ASSERT_PTR_EQUAL(played_point(&cases[3], 0), &one.points[2]);
    queue_init(&queue, cases, 0, 1);
    CU_ASSERT_STRING_EQUAL(play_out(&queue, arena), "");
    arena_free(arena);
}

static void expect_peek(struct queue *queue, size_t playing, bool want, const char *what)
{
    struct unit unit;
    CHECK_ROW(queue_peek(queue, playing, &unit) == want, "%s", what);
}

static void lets_phases_end(void)
{
    struct arena *arena = arena_new();
    struct fixture quick = {.case_.id = "a/quick"}, slow = {.case_.id = "a/slow"};
    struct unit unit;
    add_point(&quick, at_once, COUNT_OF(at_once));
    add_point(&slow, timed, COUNT_OF(timed));
    const struct played cases[] = {{.case_ = &quick.case_, .point_count = 1},
                                   {.case_ = &slow.case_, .point_count = 1}};
    struct queue queue;
    queue_init(&queue, cases, COUNT_OF(cases), 2);
    expect_peek(&queue, 1000, true, "any number without a clock");
    CU_ASSERT_TRUE(queue_peek(&queue, 0, &unit));
    queue_take(&queue);
    queue_again(&queue, unit);
    queue_take(&queue);
    expect_peek(&queue, 1, false, "clocks wait for all others");
    expect_peek(&queue, 0, true, "and begin then");
    expect_peek(&queue, QUEUE_CLOCKS_MAX, false, "few of them at once");
    expect_peek(&queue, QUEUE_CLOCKS_MAX - 1, true, "few are allowed");
    queue_take(&queue);
    queue_take(&queue);
    expect_peek(&queue, 1, false, "what is played again is alone");
    const char *text = play_out(&queue, arena);
    CHECK_ROW(strcmp(text, " 0.0#0!") == 0, "again:%s", text);
    queue_release(&queue);
    arena_free(arena);
}

static void orders_what_was_selected(void)
{
    struct arena *arena = arena_new();
    struct fixture slow = {.case_.id = "a/slow"}, quick = {.case_.id = "b/quick"};
    struct fixture needy = {.case_ = {.id = "c/needy", .needs = 1}};
    add_point(&slow, timed, COUNT_OF(timed));
    for (size_t i = 0; i < 2; i++) {
        add_point(&quick, at_once, COUNT_OF(at_once));
        add_point(&needy, at_once, COUNT_OF(at_once));
    }
    const struct case_ *const cases[] = {&slow.case_, &quick.case_, &needy.case_};
    const struct point *const picked[] = {&quick.points[1], &quick.points[0]};
    const struct pick picks[] = {{NULL, 0}, {picked, 2}, {NULL, 0}};
    const struct selected selected = {.cases = cases, .picks = picks, .count = COUNT_OF(cases)};
    const struct played *order = played_order(&selected, false, 0, arena);
    CU_ASSERT_PTR_EQUAL(order[0].case_, &quick.case_);
    CU_ASSERT_PTR_EQUAL(order[1].case_, &needy.case_);
    CU_ASSERT_PTR_EQUAL(order[2].case_, &slow.case_);
    CU_ASSERT_EQUAL(order[0].point_count, 2);
    CU_ASSERT_EQUAL(order[1].point_count, 0);
    CU_ASSERT_PTR_NOT_NULL(order[1].missing);
    order = played_order(&selected, true, 1, arena);
    CU_ASSERT_EQUAL(order[0].point_count, 1);
    CU_ASSERT_PTR_EQUAL(played_point(&order[0], 0), &quick.points[1]);
    CU_ASSERT_EQUAL(order[1].point_count, 1);
    CU_ASSERT_PTR_NULL(order[1].missing);
    arena_free(arena);
}

CU_TestInfo queue_tests[] = {
    {"knows who needs a clock", knows_who_needs_a_clock},
    {"plays points and repeats, controls first", plays_points_and_repeats},
    {"lets phases end", lets_phases_end},
    {"orders what was selected", orders_what_was_selected},
    CU_TEST_INFO_NULL,
};
