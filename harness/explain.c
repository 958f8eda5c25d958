#include "harness/explain.h"

#include "reports/label_text.h"
#include "reports/verdict_text.h"
#include "reports/wire_text.h"
#include "wire/arena.h"

#include <inttypes.h>
#include <stdlib.h>

/* Verdicts stand in a column of their own; what is behind them begins here. */
enum { VERDICT_WIDTH = 11, VERDICT_INDENT = LABEL_INDENT + VERDICT_WIDTH + 2 };

static void print_text(FILE *out, const char *label, const char *text)
{
    if (text[0] != '\0')
        label_text_lines(out, label, text);
}

/* --- behaviours ----------------------------------------------------------------------- */

/* A behaviour of the case, and in how many of its points it may be seen. */
struct known {
    const struct behaviour *behaviour;
    size_t points;
};

struct all_known {
    struct arena *arena;
    struct known *items;
    size_t count, size;
};

/* `count` when it is not there. */
static size_t find(const struct all_known *all, const struct behaviour *behaviour)
{
    size_t index = 0;
    while (index < all->count && (all->items[index].behaviour->line != behaviour->line ||
                                  strcmp(all->items[index].behaviour->name, behaviour->name) != 0))
        index++;
    return index;
}

static void insert(struct all_known *all, size_t at, const struct behaviour *behaviour)
{
    all->items = arena_room(all->arena, all->items, all->count, &all->size, sizeof(*all->items));
    memmove(all->items + at + 1, all->items + at, (all->count - at) * sizeof(*all->items));
    all->items[at] = (struct known){behaviour, 0};
    all->count++;
}

/* Points admit different ones, each in the order of the file: a new one stands behind its
 * neighbour. */
static void gather(struct all_known *all, const struct point *point)
{
    size_t next = 0;
    for (size_t i = 0; i < point->behaviour_count; i++) {
        size_t at = find(all, &point->behaviours[i]);
        if (at == all->count) {
            at = next;
            insert(all, at, &point->behaviours[i]);
        }
        all->items[at].points++;
        next = at + 1;
    }
}

/* In words what a behaviour breaks. */
static void print_why(FILE *out, const struct catalog *catalog, const char *why)
{
    const struct requirement *requirement = catalog_find(catalog, why);
    fprintf(out, "%*s", VERDICT_INDENT, "");
    if (requirement != NULL)
        label_text_requirement(out, requirement, VERDICT_INDENT);
    else
        fprintf(out, "does harm: %s", why);
    putc('\n', out);
}

static void print_verdict(FILE *out, enum verdict verdict, bool color)
{
    const char *name = verdict_name(verdict);
    verdict_text_print(out, verdict, name, color);
    fprintf(out, "%*s", (int)(VERDICT_WIDTH + 2 - strlen(name)), "");
}

static void print_behaviour(FILE *out, const struct explained *explained, const struct known *known,
                            size_t point_count)
{
    const struct behaviour *behaviour = known->behaviour;
    fprintf(out, "%*s", LABEL_INDENT, "");
    print_verdict(out, behaviour->verdict, explained->color);
    label_text_wrapped(out, behaviour->name, VERDICT_INDENT, VERDICT_INDENT);
    if (known->points < point_count)
        fprintf(out, " (at %zu of %zu points)", known->points, point_count);
    putc('\n', out);
    if (behaviour->why != NULL)
        print_why(out, explained->catalog, behaviour->why);
}

static void print_known(FILE *out, const struct explained *explained)
{
    const struct case_ *case_ = explained->case_;
    const size_t point_count = explained->point != NULL ? 1 : case_->point_count;
    const struct point *points = explained->point != NULL ? explained->point : case_->points;
    struct all_known all = {.arena = arena_new()};
    for (size_t i = 0; i < point_count; i++)
        gather(&all, &points[i]);
    label_text_lines(out, "known", "the first that fits names what the client did:");
    for (size_t i = 0; i < all.count; i++)
        print_behaviour(out, explained, &all.items[i], point_count);
    arena_free(all.arena);
}

/* --- what else counts -------------------------------------------------------------------- */

static void print_marks(FILE *out, const struct point *point)
{
    label_text_begin(out, "counts");
    if (point->mark_count == 0)
        fputs("in any case, also when the client sends nothing", out);
    for (size_t i = 0; i < point->mark_count; i++) {
        const struct mark *mark = &point->marks[i];
        const struct step_ref ref = {
            .peer = mark->peer, .script = mark->connection_script, .step = mark->step};
        fputs(i == 0 ? "once this was done: " : " and ", out);
        explain_step_ref(out, point, &ref);
    }
    putc('\n', out);
}

/* Grades by their verdicts. */
static void print_connection(FILE *out, const struct explained *explained)
{
    const struct grade_table *table = explained->case_->connection;
    if (table == NULL)
        return;
    label_text_lines(out, "after it", "one more request, in the same session:");
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        for (enum grade grade = 0; grade < GRADE_COUNT; grade++) {
            if (grade == GRADE_UNSEEN || table->verdicts[grade] != verdict)
                continue;
            fprintf(out, "%*s", LABEL_INDENT, "");
            print_verdict(out, verdict, explained->color);
            fprintf(out, "%s: %s\n", grade_name(grade), grade_text(grade));
        }
}

static void print_rules(FILE *out, const struct case_ *case_)
{
    for (size_t i = 0; i < case_->rule_count; i++) {
        const enum rule rule = case_->rules[i];
        label_text_begin(out, i == 0 ? "rules" : "");
        fprintf(out, "%s (%s, %s) counts for the verdict: %s\n", rule_name(rule),
                rule_requirement(rule), rule_level(rule), rule_message(rule));
    }
}

static void print_needs(FILE *out, can_set needs)
{
    const char *separator = "";
    if (needs == 0)
        return;
    label_text_begin(out, "needs");
    for (enum capability one = 0; one < CAN_COUNT; one++) {
        if ((needs >> one & 1) == 0)
            continue;
        fprintf(out, "%s%s", separator, can_name(one));
        separator = ", ";
    }
    putc('\n', out);
}

/* --- the whole --------------------------------------------------------------------------- */

static void print_head(FILE *out, const struct explained *explained)
{
    const struct case_ *case_ = explained->case_;
    wire_text_print(out, bytes_of(case_->id));
    wire_text_print(out, bytes_of(explained->point != NULL ? explained->point->suffix : ""));
    fputs("\n  ", out);
    wire_text_print(out, bytes_of(case_->title));
    putc('\n', out);
    label_text_begin(out, "file");
    wire_text_print(out, bytes_of(case_->file));
    fprintf(out, ":%u\n", case_->line);
    for (size_t i = 0; i < case_->tag_count; i++)
        print_text(out, i == 0 ? "tags" : "", case_->tags[i]);
    if (explained->point != NULL || case_->point_count == 1)
        return;
    label_text_begin(out, "points");
    explain_points(out, case_);
    fprintf(out, "\n%*stold is the first, ", LABEL_INDENT, "");
    wire_text_print(out, bytes_of(case_->points[0].suffix));
    fputs("; any other is told by its id\n", out);
}

static void print_basis(FILE *out, const struct case_ *case_)
{
    for (size_t i = 0; i < case_->requirement_count; i++) {
        label_text_begin(out, i == 0 ? "requires" : "");
        label_text_requirement(out, case_->requirements[i], LABEL_INDENT);
        putc('\n', out);
    }
    for (size_t i = 0; i < case_->seen_in_count; i++)
        print_text(out, i == 0 ? "seen in" : "", case_->seen_in[i]);
}

void explain_case(FILE *out, const struct explained *explained)
{
    const struct case_ *case_ = explained->case_;
    const struct point *point = explained->point != NULL ? explained->point : &case_->points[0];
    print_head(out, explained);
    print_needs(out, case_->needs);
    label_text_begin(out, "time");
    fprintf(out, "%" PRIu64 " ms\n", case_->deadline_ms);
    explain_steps(out, point);
    print_marks(out, point);
    print_known(out, explained);
    print_connection(out, explained);
    print_rules(out, case_);
    print_basis(out, case_);
}
