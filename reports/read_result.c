#include "reports/read_private.h"

#include <limits.h>

enum { NS_PER_US = 1000, REQUIREMENTS_MOST = 10000 };

const struct requirement *read_requirement(struct report *report, const char *id)
{
    for (size_t i = 0; i < report->catalog_count; i++)
        if (strcmp(report->catalog[i]->id, id) == 0)
            return report->catalog[i];
    struct requirement *made = arena_alloc(report->arena, sizeof(*made));
    made->id = arena_strndup(report->arena, id, strlen(id));
    report->catalog = arena_room(report->arena, report->catalog, report->catalog_count,
                                 &report->catalog_size, sizeof(struct requirement *));
    report->catalog[report->catalog_count++] = made;
    return made;
}

static void read_requirements(const struct reading *reading, const struct json *object,
                              struct case_ *case_)
{
    size_t count = 0;
    const char *const *ids = read_texts(reading, object, "requirements", &count);
    const struct requirement **all = arena_array(reading->arena, count, sizeof(*all));
    case_->requirements = all;
    if (reading->report->catalog_count + count > REQUIREMENTS_MOST) {
        read_error(reading, object, "want at most %d requirements in a report, got more",
                   REQUIREMENTS_MOST);
        return;
    }
    for (size_t i = 0; i < count; i++)
        all[case_->requirement_count++] = read_requirement(reading->report, ids[i]);
}

static struct case_ *read_case(const struct reading *reading, const struct json *object)
{
    /* That the connection was judged is all that a report tells of it. */
    static const struct grade_table judged;
    struct case_ *case_ = arena_alloc(reading->arena, sizeof(*case_));
    case_->id = read_text(reading, object, "case");
    case_->title = read_text(reading, object, "title");
    case_->file = read_text(reading, object, "file");
    case_->line = (unsigned)read_count(reading, object, "line", UINT_MAX);
    read_requirements(reading, object, case_);
    case_->seen_in = read_texts(reading, object, "seen_in", &case_->seen_in_count);
    if (json_member(object, "connection") != NULL)
        case_->connection = &judged;
    return case_;
}

static void read_behaviours(const struct reading *reading, const struct json *counts,
                            struct case_result *result)
{
    struct behaviour_count *all = arena_array(reading->arena, counts->count, sizeof(*all));
    for (const struct json *item = counts->items; item != NULL; item = item->next)
        all[result->behaviour_count++] =
            (struct behaviour_count){item->key, read_number(reading, item, JSON_INTEGER_MAX)};
    result->behaviours = all;
}

/* A report that does not tell the verdicts of runs: all had the case's. */
static void read_runs(const struct reading *reading, const struct json *object,
                      struct case_result *result)
{
    const struct json *runs = read_member(reading, object, "runs", JSON_OBJECT);
    if (runs == NULL)
        return;
    const struct json *behaviours = read_member(reading, runs, "behaviours", JSON_OBJECT);
    const struct json *verdicts = read_optional(reading, runs, "verdicts", JSON_OBJECT);
    result->run_count = read_count(reading, runs, "count", JSON_INTEGER_MAX);
    if (behaviours != NULL)
        read_behaviours(reading, behaviours, result);
    if (verdicts != NULL)
        read_tally(reading, verdicts, result->verdict_runs);
    else
        result->verdict_runs[result->verdict] = result->run_count;
}

static struct run_result *read_shown(const struct reading *reading, const struct json *object,
                                     struct case_result *result)
{
    const struct json *array = read_member(reading, object, "shown", JSON_ARRAY);
    struct run_result *worst = NULL;
    if (array == NULL)
        return NULL;
    const struct run_result **shown =
        arena_array(reading->arena, array->count, sizeof(struct run_result *));
    for (const struct json *item = array->items; item != NULL; item = item->next) {
        if (!read_is(reading, item, JSON_OBJECT))
            continue;
        struct run_result *run = read_run(reading, item, result->case_);
        shown[result->shown_count++] = run;
        result->duration_ns += run->duration_ns;
        if (worst == NULL || run->verdict > worst->verdict)
            worst = run;
    }
    result->shown = shown;
    return worst;
}

/* Of a case that was not played, or whose runs are not shown: what the result itself tells. */
static struct run_result *make_worst(const struct reading *reading,
                                     const struct case_result *result)
{
    struct run_result *worst = arena_alloc(reading->arena, sizeof(*worst));
    struct point *point = arena_alloc(reading->arena, sizeof(*point));
    point->parent = result->case_;
    point->suffix = "";
    worst->point = point;
    worst->verdict = result->verdict;
    return worst;
}

/* What the result tells of its worst run is more than what the run tells itself. */
static void complete_worst(const struct reading *reading, const struct json *object,
                           struct run_result *worst)
{
#define WORD(name, text) text,
    static const char *const grades[] = {GRADES(WORD) NULL};
#undef WORD
    const char *name = read_optional_text(reading, object, "behaviour");
    worst->reason = read_optional_text(reading, object, "reason");
    worst->behaviour = NULL;
    if (json_member(object, "connection") != NULL)
        worst->grade = (enum grade)read_word(reading, object, "connection", grades);
    if (name == NULL)
        return;
    struct behaviour *behaviour = arena_alloc(reading->arena, sizeof(*behaviour));
    behaviour->name = name;
    behaviour->verdict = worst->verdict;
    behaviour->why = read_optional_text(reading, object, "why");
    worst->behaviour = behaviour;
}

/* What a baseline says of the case. */
static void read_listed(const struct reading *reading, const struct json *object,
                        struct case_result *result)
{
    const struct json *listed = read_optional(reading, object, "baseline", JSON_OBJECT);
    if (listed == NULL)
        return;
    const struct json *stale = read_member(reading, listed, "stale", JSON_BOOL);
    result->listed = read_text(reading, listed, "reason");
    result->is_stale = stale != NULL && stale->boolean;
}

static const char *read_subject(const struct reading *reading, const struct json *object)
{
    const struct run_info *info = &reading->report->info;
    const struct json *subject = read_member(reading, object, "subject", JSON_STRING);
    if (subject == NULL)
        return "";
    for (size_t i = 0; i < info->subject_count; i++)
        if (strcmp(info->subjects[i].name, subject->string) == 0)
            return info->subjects[i].name;
    read_error(reading, subject, "no subject of the report is called %s",
               diag_quote(reading->arena, bytes_of(subject->string)));
    return "";
}

struct case_result *read_result(const struct reading *reading, const struct json *object)
{
    struct case_result *result = arena_alloc(reading->arena, sizeof(*result));
    result->case_ = read_case(reading, object);
    result->subject = read_subject(reading, object);
    result->verdict = read_verdict(reading, object, "verdict");
    read_listed(reading, object, result);
    read_runs(reading, object, result);
    struct run_result *worst = read_shown(reading, object, result);
    if (worst == NULL)
        worst = make_worst(reading, result);
    complete_worst(reading, object, worst);
    result->worst = worst;
    if (json_member(object, "duration_us") != NULL)
        result->duration_ns =
            NS_PER_US * read_count(reading, object, "duration_us", JSON_INTEGER_MAX);
    return result;
}
