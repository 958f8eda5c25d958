#include "reports/compare.h"

#include "reports/label_text.h"
#include "reports/verdict_text.h"
#include "reports/wire_text.h"

/* --- the judge -------------------------------------------------------------------- */

static bool is_judged(const struct result_row *row)
{
    return row != NULL && row->verdict != VERDICT_SKIP && row->verdict != VERDICT_UNEXERCISED;
}

/* An error is nobody's fault but ours; still, what ran before does not run. */
static bool deviates(const struct result_row *row, bool strict)
{
    return row != NULL &&
           (row->verdict == VERDICT_ERROR || verdict_is_deviation(row->verdict, strict));
}

static bool has_name(const struct result_row *row, const char *name)
{
    for (size_t i = 0; i < row->behaviour_count; i++)
        if (strcmp(row->behaviours[i], name) == 0)
            return true;
    return false;
}

static bool has_all_of(const struct result_row *row, const struct result_row *other)
{
    for (size_t i = 0; i < other->behaviour_count; i++)
        if (!has_name(row, other->behaviours[i]))
            return false;
    return true;
}

static bool is_same(const struct result_row *old, const struct result_row *now)
{
    return old->verdict == now->verdict && text_equal(old->behaviour, now->behaviour) &&
           has_all_of(old, now) && has_all_of(now, old);
}

enum change compare_rows(const struct result_row *old, const struct result_row *now, bool strict)
{
    if (old == NULL)
        return is_judged(now) ? CHANGE_NEW : CHANGE_SAME;
    if (deviates(now, strict) && !deviates(old, strict))
        return CHANGE_BROKE;
    if (!is_judged(now))
        return is_judged(old) ? CHANGE_STOPPED : CHANGE_SAME;
    if (!is_judged(old))
        return CHANGE_NEW;
    const bool was_bad = deviates(old, strict) || old->verdict == VERDICT_KNOWN;
    if (was_bad && !deviates(now, strict) && now->verdict != VERDICT_KNOWN)
        return CHANGE_FIXED;
    return is_same(old, now) ? CHANGE_SAME : CHANGE_CHANGED;
}

/* --- for people ---------------------------------------------------------------------- */

static const struct change_form {
    const char *text;
    enum verdict colour;
} forms[] = {
#define CHANGE_FORM(name, text, verdict) [CHANGE_##name] = {text, VERDICT_##verdict},
    CHANGES(CHANGE_FORM)
#undef CHANGE_FORM
};

static void print_verdict(FILE *out, const struct result_row *row, bool color)
{
    if (row != NULL)
        verdict_text_print(out, row->verdict, verdict_name(row->verdict), color);
    else
        fputs("not there", out);
}

static void print_text(FILE *out, const char **label, const char *text, const char *more)
{
    label_text_begin(out, *label);
    wire_text_print(out, bytes_of(text));
    fprintf(out, "%s\n", more);
    *label = "";
}

/* "  was        reports an error", and why it came out so; then the behaviours that the other one
 * lacks, a line each. */
static void print_behaviours(FILE *out, const char *label, const struct result_row *row,
                             const struct result_row *other)
{
    if (row->behaviour != NULL)
        print_text(out, &label, row->behaviour, "");
    if (row->note[0] != '\0' && !text_equal(row->note, row->behaviour))
        print_text(out, &label, row->note, "");
    for (size_t i = 0; i < row->behaviour_count; i++)
        if (!text_equal(row->behaviour, row->behaviours[i]) && !has_name(other, row->behaviours[i]))
            print_text(out, &label, row->behaviours[i], ", in some of its runs");
}

static void print_change(FILE *out, const struct compared *compared, enum change change,
                         const struct result_row *old, const struct result_row *now, bool color)
{
    const struct result_row *there = now != NULL ? now : old;
    assert(there != NULL);
    verdict_text_print(out, forms[change].colour, forms[change].text, color);
    fputs("  ", out);
    wire_text_print(out, bytes_of(there->case_id));
    fputs("  [", out);
    wire_text_print(out, bytes_of(compared->subject));
    fputs("]  ", out);
    if (old != NULL && (now == NULL || old->verdict != now->verdict)) {
        print_verdict(out, old, color);
        fputs(" -> ", out);
    }
    print_verdict(out, now, color);
    putc('\n', out);
    if (old != NULL && now != NULL) {
        print_behaviours(out, "was", old, now);
        print_behaviours(out, "now", now, old);
    }
}

static void print_counts(FILE *out, const struct compared *compared,
                         const size_t counts[CHANGE_COUNT], bool color)
{
    const char *separator = ": ";
    wire_text_print(out, bytes_of(compared->subject));
    for (enum change change = 0; change < CHANGE_COUNT; change++) {
        if (counts[change] == 0)
            continue;
        fprintf(out, "%s%zu ", separator, counts[change]);
        verdict_text_print(out, forms[change].colour, forms[change].text, color);
        separator = ", ";
    }
    putc('\n', out);
}

/* Both lists at once, in the order of their cases. */
struct walk {
    const struct compared *compared;
    size_t old_at, now_at;
};

static bool step(struct walk *walk, const struct result_row **old, const struct result_row **now)
{
    const struct compared *of = walk->compared;
    *old = walk->old_at < of->old_count ? &of->old[walk->old_at] : NULL;
    *now = walk->now_at < of->now_count ? &of->now[walk->now_at] : NULL;
    if (*old != NULL && *now != NULL) {
        const int order = strcmp((*old)->case_id, (*now)->case_id);
        *old = order <= 0 ? *old : NULL;
        *now = order >= 0 ? *now : NULL;
    }
    walk->old_at += *old != NULL;
    walk->now_at += *now != NULL;
    return *old != NULL || *now != NULL;
}

/* Those of one kind; how many. */
static size_t print_kind(FILE *out, const struct compared *compared, enum change kind, bool color)
{
    struct walk walk = {.compared = compared};
    const struct result_row *old = NULL, *now = NULL;
    size_t count = 0;
    while (step(&walk, &old, &now)) {
        if (compare_rows(old, now, compared->strict) != kind)
            continue;
        count++;
        if (kind != CHANGE_SAME)
            print_change(out, compared, kind, old, now, color);
    }
    return count;
}

void compare_print(FILE *out, const struct compared *compared, bool color,
                   size_t counts[CHANGE_COUNT])
{
    size_t own[CHANGE_COUNT];
    for (enum change change = 0; change < CHANGE_COUNT; change++) {
        own[change] = print_kind(out, compared, change, color);
        counts[change] += own[change];
    }
    print_counts(out, compared, own, color);
}
