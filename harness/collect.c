#include "harness/collect.h"

#include "harness/likeness.h"

#include <stdlib.h>

/* A run that is kept to be shown. */
struct kept {
    size_t number;
    struct run_result *run;
    struct arena *arena;
};

/* What has to come before a run can be judged for good. */
struct awaited {
    size_t control;    /* the control group whose controls were still to come; 0: none */
    size_t split;      /* the split whose run in one piece was; 0: none */
    uint64_t likeness; /* of the run, with `split`: what will be compared; else 0 */
};

/* The runs of one behaviour and one verdict. A behaviour alone would not do: the first run of the
 * case's verdict must be among those that are kept. */
struct group {
    struct group *next;
    enum verdict verdict;
    const char *name; /* the behaviour's; NULL where none matched */
    struct awaited awaited;
    size_t count;
    size_t first;                        /* the least number of its runs */
    struct kept kept[COLLECT_SHOWN_MAX]; /* by number */
    size_t kept_count;
};

/* What is known of a control group. */
struct control {
    size_t awaited; /* runs of its controls that have not come */
    bool has_failed;
};

/* What is known of the runs of a split that came in one piece. */
struct whole {
    size_t awaited; /* that have not come */
    bool is_there;
    bool is_unsteady; /* they were not alike themselves, or not judged: nothing can be compared */
    uint64_t likeness;
};

struct collect {
    struct arena *arena; /* holds this struct too */
    struct case_result result;
    struct control *controls; /* by control group; 0 is none */
    struct whole *wholes;     /* by split; 0 is none */
    struct group *groups;
    size_t group_count;
    size_t awaited; /* runs that have not come */
    bool is_told;   /* the result is made */
};

static size_t larger(size_t one, size_t other)
{
    return one > other ? one : other;
}

static void await_others(struct collect *collect, const struct played *played, unsigned repeats)
{
    size_t controls = 0, splits = 0;
    for (size_t i = 0; i < played->point_count; i++) {
        controls = larger(controls, played_point(played, i)->control_group);
        splits = larger(splits, played_point(played, i)->split_group);
    }
    collect->controls = arena_array(collect->arena, controls + 1, sizeof(*collect->controls));
    collect->wholes = arena_array(collect->arena, splits + 1, sizeof(*collect->wholes));
    for (size_t i = 0; i < played->point_count; i++) {
        const struct point *point = played_point(played, i);
        if (point->is_control)
            collect->controls[point->control_group].awaited += repeats;
        if (point->is_split_whole)
            collect->wholes[point->split_group].awaited += repeats;
    }
}

struct collect *collect_new(const struct played *played, unsigned repeats, const char *subject)
{
    struct arena *arena = arena_new();
    struct collect *collect = arena_alloc(arena, sizeof(*collect));
    collect->arena = arena;
    collect->awaited = played->point_count * repeats;
    collect->result.case_ = played->case_;
    collect->result.subject = subject;
    await_others(collect, played, repeats);
    return collect;
}

void collect_free(struct collect *collect)
{
    if (collect != NULL)
        arena_free(collect->arena); /* `collect` lives there */
}

/* --- runs come ------------------------------------------------------------------ */

static bool is_same_wait(const struct awaited *one, const struct awaited *other)
{
    return one->control == other->control && one->split == other->split &&
           one->likeness == other->likeness;
}

/* Points of one case may have behaviours of their own, so names are compared, not pointers. */
static struct group *group_of(struct collect *collect, const struct run_result *run,
                              struct awaited awaited)
{
    const char *name = run->behaviour != NULL ? run->behaviour->name : NULL;
    for (struct group *group = collect->groups; group != NULL; group = group->next)
        if (group->verdict == run->verdict && is_same_wait(&group->awaited, &awaited) &&
            text_equal(group->name, name))
            return group;
    struct group *group = arena_alloc(collect->arena, sizeof(*group));
    group->verdict = run->verdict;
    group->name = name;
    group->awaited = awaited;
    group->first = SIZE_MAX;
    group->next = collect->groups;
    collect->groups = group;
    collect->group_count++;
    return group;
}

/* Says nothing of the subject: a control of its group did not pass. What was never its doing
 * stays. */
static void void_run(struct run_result *run)
{
    if (run->verdict == VERDICT_ERROR || run->verdict == VERDICT_SKIP)
        return;
    run->verdict = VERDICT_UNEXERCISED;
    run->behaviour = NULL;
    run->reason = "the control of this point did not pass";
}

/* What a client tells of a message must not depend on where its segments end. */
static void warn_of_split(struct run_result *run)
{
    if (run->verdict != VERDICT_PASS && run->verdict != VERDICT_INFO)
        return;
    run->verdict = VERDICT_WARN;
    run->reason = "the same octets in one piece gave another outcome";
}

static void take_whole(struct whole *whole, const struct run_result *run, uint64_t likeness)
{
    const bool is_judged = run->verdict != VERDICT_SKIP && run->verdict != VERDICT_UNEXERCISED &&
                           run->verdict != VERDICT_ERROR;
    whole->awaited--;
    if (!is_judged || (whole->is_there && whole->likeness != likeness))
        whole->is_unsteady = true;
    whole->is_there = true;
    whole->likeness = likeness;
}

static bool differs(const struct whole *whole, uint64_t likeness)
{
    return whole->is_there && !whole->is_unsteady && whole->likeness != likeness;
}

/* Puts the run where its number belongs; the last one falls out when there are too many. */
static struct arena *keep(struct group *group, struct kept one)
{
    static const struct awaited nothing = {0, 0, 0};
    const bool is_passed =
        group->verdict == VERDICT_PASS && is_same_wait(&group->awaited, &nothing);
    const size_t max = is_passed ? 1 : COLLECT_SHOWN_MAX;
    struct arena *freed = NULL;
    if (group->kept_count == max) {
        struct kept *last = &group->kept[max - 1];
        if (one.number > last->number)
            return one.arena;
        freed = last->arena;
        group->kept_count--;
    }
    size_t at = group->kept_count++;
    for (; at > 0 && group->kept[at - 1].number > one.number; at--)
        group->kept[at] = group->kept[at - 1];
    group->kept[at] = one;
    return freed;
}

/* A control's run counts for its group; a run that rests on controls waits, or is void. */
static void mind_control(struct collect *collect, struct run_result *run, struct awaited *awaited)
{
    struct control *control = &collect->controls[run->point->control_group];
    if (run->point->is_control) {
        control->awaited--;
        control->has_failed = control->has_failed || run->verdict != VERDICT_PASS;
    } else if (control->awaited > 0) {
        awaited->control = run->point->control_group;
    } else if (control->has_failed) {
        void_run(run);
    }
}

static void mind_split(struct collect *collect, struct run_result *run, struct awaited *awaited)
{
    const size_t split = run->point->split_group;
    struct whole *whole = &collect->wholes[split];
    if (split == 0)
        return;
    const uint64_t likeness = likeness_of(run);
    if (run->point->is_split_whole) {
        take_whole(whole, run, likeness);
    } else if (whole->awaited > 0) {
        awaited->split = split;
        awaited->likeness = likeness;
    } else if (differs(whole, likeness)) {
        warn_of_split(run);
    }
}

struct arena *collect_add(struct collect *collect, size_t number, struct run_result *run,
                          struct arena *arena)
{
    struct awaited awaited = {0, 0, 0};
    assert(collect->awaited > 0);
    collect->awaited--;
    collect->result.run_count++;
    collect->result.duration_ns += run->duration_ns;
    mind_control(collect, run, &awaited);
    mind_split(collect, run, &awaited);
    struct group *group = group_of(collect, run, awaited);
    group->count++;
    if (number < group->first)
        group->first = number;
    return keep(group, (struct kept){number, run, arena});
}

void collect_skip(struct collect *collect, const char *reason)
{
    struct run_result *run = arena_alloc(collect->arena, sizeof(*run));
    run->point = &collect->result.case_->points[0];
    run->verdict = VERDICT_SKIP;
    run->reason = reason;
    collect->result.verdict = VERDICT_SKIP;
    collect->result.worst = run;
    collect->awaited = 0;
    collect->is_told = true;
}

bool collect_is_whole(const struct collect *collect)
{
    return collect->awaited == 0;
}

/* --- the result ------------------------------------------------------------------ */

static void judge_again(struct group *group, void (*judge)(struct run_result *run))
{
    for (size_t i = 0; i < group->kept_count; i++)
        judge(group->kept[i].run);
    group->verdict = group->kept[0].run->verdict;
    group->name = group->kept[0].run->behaviour != NULL ? group->name : NULL;
}

/* All has come, so that what waited for it can be judged. */
static void end_waiting(struct collect *collect)
{
    for (struct group *group = collect->groups; group != NULL; group = group->next) {
        const struct awaited *awaited = &group->awaited;
        if (collect->controls[awaited->control].has_failed)
            judge_again(group, void_run);
        else if (differs(&collect->wholes[awaited->split], awaited->likeness))
            judge_again(group, warn_of_split);
    }
}

struct named {
    struct behaviour_count count;
    size_t first;
};

static int by_first(const void *one, const void *other)
{
    const size_t a = ((const struct named *)one)->first, b = ((const struct named *)other)->first;
    return (a > b) - (a < b);
}

/* Adds the group to the behaviour of its name. Returns how many there are then. */
static size_t count_group(struct named *named, size_t count, const struct group *group)
{
    size_t at = 0;
    while (at < count && strcmp(named[at].count.name, group->name) != 0)
        at++;
    if (at == count)
        named[count++] = (struct named){{group->name, 0}, group->first};
    named[at].count.count += group->count;
    if (group->first < named[at].first)
        named[at].first = group->first;
    return count;
}

static void count_behaviours(struct collect *collect)
{
    struct named *named = arena_array(collect->arena, collect->group_count, sizeof(*named));
    size_t count = 0;
    for (const struct group *group = collect->groups; group != NULL; group = group->next)
        if (group->name != NULL)
            count = count_group(named, count, group);
    qsort(named, count, sizeof(*named), by_first);
    struct behaviour_count *behaviours = arena_array(collect->arena, count, sizeof(*behaviours));
    for (size_t i = 0; i < count; i++)
        behaviours[i] = named[i].count;
    collect->result.behaviours = behaviours;
    collect->result.behaviour_count = count;
}

static void count_verdicts(struct collect *collect)
{
    for (const struct group *group = collect->groups; group != NULL; group = group->next)
        collect->result.verdict_runs[group->verdict] += group->count;
}

static int by_number(const void *one, const void *other)
{
    const size_t a = ((const struct kept *)one)->number, b = ((const struct kept *)other)->number;
    return (a > b) - (a < b);
}

/* Runs of which only the first ones are shown: those that pass are all alike. */
static bool is_same_kind(const struct run_result *one, const struct run_result *other)
{
    return one->verdict == other->verdict &&
           (one->verdict == VERDICT_PASS || one->behaviour == other->behaviour ||
            (one->behaviour != NULL && other->behaviour != NULL &&
             text_equal(one->behaviour->name, other->behaviour->name)));
}

static bool is_shown(const struct case_result *result, const struct run_result *run)
{
    size_t alike = 0;
    for (size_t i = 0; i < result->shown_count; i++)
        alike += is_same_kind(result->shown[i], run);
    return alike < (run->verdict == VERDICT_PASS ? 1 : COLLECT_SHOWN_MAX);
}

static void list_shown(struct collect *collect)
{
    const size_t max = collect->group_count * COLLECT_SHOWN_MAX;
    struct kept *kept = arena_array(collect->arena, max, sizeof(*kept));
    size_t count = 0;
    for (const struct group *group = collect->groups; group != NULL; group = group->next)
        for (size_t i = 0; i < group->kept_count; i++)
            kept[count++] = group->kept[i];
    qsort(kept, count, sizeof(*kept), by_number);
    const struct run_result **shown =
        arena_array(collect->arena, count, sizeof(struct run_result *));
    collect->result.shown = shown;
    for (size_t i = 0; i < count; i++)
        if (is_shown(&collect->result, kept[i].run))
            shown[collect->result.shown_count++] = kept[i].run;
}

/* The worst verdict, and the first run of it: one of those that are shown. */
static void find_worst(struct case_result *result)
{
    for (size_t i = 0; i < result->shown_count; i++) {
        const struct run_result *run = result->shown[i];
        if (result->worst == NULL || run->verdict > result->worst->verdict)
            result->worst = run;
    }
    result->verdict = result->worst->verdict;
}

const struct case_result *collect_result(struct collect *collect)
{
    assert(collect_is_whole(collect));
    if (!collect->is_told) {
        end_waiting(collect);
        count_verdicts(collect);
        count_behaviours(collect);
        list_shown(collect);
        find_worst(&collect->result);
        collect->is_told = true;
    }
    return &collect->result;
}

struct arena *collect_take_arena(struct collect *collect)
{
    for (struct group *group = collect->groups; group != NULL; group = group->next)
        if (group->kept_count > 0)
            return group->kept[--group->kept_count].arena;
    return NULL;
}
