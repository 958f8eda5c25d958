#include "reports/read_cut.h"
#include "reports/read_private.h"

#include <limits.h>

enum { NS_PER_MS = 1000000, PATIENCE_MOST = 1000000, SUBJECTS_MOST = 1000 };

/* The members of the whole; but for `results`, each is decoded as one. */
enum member { FORMAT, ASSAY, SUBJECTS, RESULTS, RULES, CATALOG, RUN, MEMBER_COUNT };

static const char *const names[MEMBER_COUNT + 1] = {
    [FORMAT] = "format", [ASSAY] = "assay",     [SUBJECTS] = "subjects", [RESULTS] = "results",
    [RULES] = "rules",   [CATALOG] = "catalog", [RUN] = "run",           NULL};

static const enum json_type types[MEMBER_COUNT] = {
    [FORMAT] = JSON_STRING, [ASSAY] = JSON_OBJECT,  [SUBJECTS] = JSON_ARRAY, [RESULTS] = JSON_ARRAY,
    [RULES] = JSON_ARRAY,   [CATALOG] = JSON_ARRAY, [RUN] = JSON_OBJECT};

static bool is_optional(enum member member)
{
    return member == CATALOG;
}

/* A report in parts. */
struct parts {
    struct json_part items[MEMBER_COUNT];
    bool is_there[MEMBER_COUNT];
};

static bool fail(const struct report *report, unsigned line, const char *path, const char *want)
{
    return diag_add(report->diags, report->file, line, path, "want %s", want);
}

static bool keep_part(const struct report *report, const struct json_part *part,
                      struct parts *parts)
{
    for (enum member member = 0; member < MEMBER_COUNT; member++) {
        if (!bytes_equal(part->key, bytes_of(names[member])))
            continue;
        if (parts->is_there[member])
            return diag_add(report->diags, report->file, part->line, NULL,
                            "duplicate key \"%s\", first at line %u", names[member],
                            parts->items[member].line);
        parts->items[member] = *part;
        parts->is_there[member] = true;
    }
    return true;
}

static bool take_apart(const struct report *report, struct bytes text, struct parts *parts)
{
    struct json_parts all = json_parts_of(text, 1);
    struct json_part part;
    while (json_parts_next(&all, &part))
        if (!keep_part(report, &part, parts))
            return false;
    if (all.want != NULL)
        return fail(report, all.line, NULL, all.want);
    for (enum member member = 0; member < MEMBER_COUNT; member++)
        if (!parts->is_there[member] && !is_optional(member))
            return diag_add(report->diags, report->file, 1, NULL,
                            "is no report of assay: lacks the member \"%s\"", names[member]);
    return true;
}

/* --- all but the results ------------------------------------------------------------- */

static bool read_format(const struct reading *reading, const struct json *format,
                        struct report *report)
{
    (void)report;
    return strcmp(format->string, REPORT_FORMAT) == 0 ||
           read_error(reading, format, "want the format \"%s\", got %s", REPORT_FORMAT,
                      diag_quote(reading->arena, bytes_of(format->string)));
}

static bool read_assay(const struct reading *reading, const struct json *assay,
                       struct report *report)
{
    report->info.version = read_text(reading, assay, "version");
    return true;
}

/* A word that is not known here says nothing that a report has to know. */
static can_set read_can(const struct reading *reading, const struct json *object)
{
    size_t count = 0;
    const char *const *words = read_texts(reading, object, "can", &count);
    can_set can = 0;
    for (size_t i = 0; i < count; i++) {
        const enum capability one = can_find(words[i]);
        can |= one < CAN_COUNT ? (can_set)1 << one : 0;
    }
    return can;
}

static void read_subject(const struct reading *reading, const struct json *object,
                         struct subject_info *subject)
{
    subject->name = read_text(reading, object, "name");
    subject->version = read_optional_text(reading, object, "version");
    subject->client = read_optional_text(reading, object, "client");
    subject->engine = read_optional_text(reading, object, "engine");
    subject->patience = (unsigned)read_optional_count(reading, object, "patience", PATIENCE_MOST);
    if (subject->patience == 0)
        subject->patience = 1;
    subject->can = read_can(reading, object);
}

/* The index of the subject so named among the first `count`; `count` when it is none. */
static size_t subject_index(const struct run_info *info, size_t count, const char *name)
{
    size_t index = 0;
    while (index < count && strcmp(info->subjects[index].name, name) != 0)
        index++;
    return index;
}

static bool read_subjects(const struct reading *reading, const struct json *array,
                          struct report *report)
{
    struct subject_info *subjects = arena_array(report->arena, array->count, sizeof(*subjects));
    size_t count = 0;
    report->info.subjects = subjects;
    if (array->count > SUBJECTS_MOST)
        return read_error(reading, array, "want at most %d subjects, got %zu", SUBJECTS_MOST,
                          array->count);
    for (const struct json *item = array->items; item != NULL; item = item->next) {
        if (!read_is(reading, item, JSON_OBJECT))
            return false;
        read_subject(reading, item, &subjects[count]);
        if (subject_index(&report->info, count, subjects[count].name) < count)
            return read_error(reading, item, "a second subject is called %s",
                              diag_quote(reading->arena, bytes_of(subjects[count].name)));
        count++;
    }
    report->info.subject_count = count;
    report->totals = arena_array(report->arena, count, sizeof(*report->totals));
    return true;
}

/* "some/case[cut=17]" */
static const struct point *read_first(const struct reading *reading, const struct json *first)
{
    struct bytes rest = bytes_of(read_text(reading, first, "run"));
    const char *suffix = memchr(rest.at, '[', rest.len);
    struct case_ *parent = arena_alloc(reading->arena, sizeof(*parent));
    struct point *point = arena_alloc(reading->arena, sizeof(*point));
    const struct bytes id = bytes_take_until(&rest, '[');
    parent->id = arena_strndup(reading->arena, (const char *)id.at, id.len);
    point->parent = parent;
    point->suffix = suffix != NULL ? suffix : "";
    return point;
}

static bool read_rule_row(const struct reading *reading, const struct json *row,
                          struct report *report)
{
    const enum rule rule = read_rule(reading, row);
    const char *name = read_text(reading, row, "subject");
    const struct json *first = read_member(reading, row, "first", JSON_OBJECT);
    const size_t subject = subject_index(&report->info, report->info.subject_count, name);
    if (subject == report->info.subject_count)
        return read_error(reading, row, "no subject of the report is called %s",
                          diag_quote(reading->arena, bytes_of(name)));
    struct totals *totals = &report->totals[subject];
    const struct rule_count count = {
        .broken = read_count(reading, row, "broken", JSON_INTEGER_MAX),
        .first = first != NULL ? read_first(reading, first) : NULL,
        .connection =
            first != NULL ? (unsigned)read_count(reading, first, "connection", UINT_MAX) : 0,
        .offset = first != NULL ? read_count(reading, first, "offset", JSON_INTEGER_MAX) : 0,
    };
    totals->requests = read_count(reading, row, "of", JSON_INTEGER_MAX);
    if (rule != RULE_COUNT)
        totals->rules[rule] = count;
    return first != NULL;
}

static bool read_rules(const struct reading *reading, const struct json *array,
                       struct report *report)
{
    for (const struct json *row = array->items; row != NULL; row = row->next)
        if (!read_is(reading, row, JSON_OBJECT) || !read_rule_row(reading, row, report))
            return false;
    return true;
}

static bool read_catalog(const struct reading *reading, const struct json *array,
                         struct report *report)
{
    const struct requirement **all = arena_array(report->arena, array->count, sizeof(*all));
    for (const struct json *item = array->items; item != NULL; item = item->next) {
        if (!read_is(reading, item, JSON_OBJECT))
            return false;
        struct requirement *one = arena_alloc(report->arena, sizeof(*one));
        one->id = read_text(reading, item, "id");
        one->level = read_optional_text(reading, item, "level");
        one->text = read_optional_text(reading, item, "text");
        all[report->catalog_count++] = one;
    }
    report->catalog = all;
    report->catalog_size = report->catalog_count;
    return true;
}

static bool read_run_member(const struct reading *reading, const struct json *run,
                            struct report *report)
{
    const struct json *interrupted = read_member(reading, run, "interrupted", JSON_BOOL);
    const struct json *shard = read_optional(reading, run, "shard", JSON_OBJECT);
    if (shard != NULL) {
        report->info.shard = (unsigned)read_count(reading, shard, "index", UINT_MAX);
        report->info.shard_count = (unsigned)read_count(reading, shard, "count", UINT_MAX);
    }
    report->info.started = read_text(reading, run, "started");
    report->info.host = read_text(reading, run, "host");
    report->info.case_count = read_optional_count(reading, run, "cases", JSON_INTEGER_MAX);
    report->interrupted = interrupted != NULL && interrupted->boolean;
    report->duration_ns = NS_PER_MS * read_count(reading, run, "duration_ms", JSON_INTEGER_MAX);
    return true;
}

/* Those that others speak of come first. */
static bool read_members(struct report *report, const struct parts *parts)
{
    static const struct {
        enum member member;
        bool (*read)(const struct reading *reading, const struct json *value,
                     struct report *report);
    } order[] = {{FORMAT, read_format}, {ASSAY, read_assay},     {SUBJECTS, read_subjects},
                 {RULES, read_rules},   {CATALOG, read_catalog}, {RUN, read_run_member}};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        const enum member member = order[i].member;
        if (!parts->is_there[member])
            continue;
        const struct reading reading = {
            .report = report,
            .arena = report->arena,
            .place = arena_printf(report->arena, "/%s", names[member]),
            .line = parts->items[member].line,
        };
        const size_t before = report->diags->count;
        const struct json *value = read_part(&reading, parts->items[member].text);
        if (value == NULL || !read_is(&reading, value, types[member]) ||
            !order[i].read(&reading, value, report) || report->diags->count > before)
            return false;
    }
    return true;
}

/* --- the results ------------------------------------------------------------------------ */

void report_rewind(struct report *report)
{
    report->next = json_parts_of(report->results.text, report->results.line);
}

/* NULL at the end, and after telling a mistake. */
static const struct case_result *next_result(struct report *report, struct arena *scratch)
{
    struct json_part part;
    size_t step_room = 0;
    if (!json_parts_next(&report->next, &part)) {
        if (report->next.want != NULL)
            fail(report, report->next.line, "/results", report->next.want);
        return NULL;
    }
    const struct reading reading = {
        .report = report,
        .arena = scratch,
        .place = arena_printf(scratch, "/results/%zu", part.index),
        .line = part.line,
        .step_room = &step_room,
    };
    const size_t before = report->diags->count;
    const struct json *object = read_part(&reading, part.text);
    if (object == NULL || !read_is(&reading, object, JSON_OBJECT))
        return NULL;
    const struct case_result *result = read_result(&reading, object);
    return report->diags->count == before ? result : NULL;
}

const struct case_result *report_next(struct report *report, struct arena *scratch)
{
    const size_t unknown_count = report->unknown_count;
    const struct case_result *result = next_result(report, scratch);
    report->unknown_count = unknown_count; /* it was counted when the report was checked */
    return result;
}

/* Reads them all, and keeps of each what it is. */
static bool check_results(struct report *report)
{
    if (report->results.text.at[0] != '[')
        return fail(report, report->results.line, "/results", "an array");
    struct arena *scratch = arena_new();
    struct result_row *rows = NULL;
    const struct case_result *result;
    const size_t before = report->diags->count;
    report_rewind(report);
    while ((result = next_result(report, scratch)) != NULL) {
        rows =
            arena_room(report->arena, rows, report->result_count, &report->row_size, sizeof(*rows));
        rows[report->result_count++] = result_row_of(report->arena, result);
        arena_reset(scratch);
    }
    report->rows = rows;
    arena_free(scratch);
    report_rewind(report);
    return report->diags->count == before;
}

bool report_open(struct report *report, struct arena *arena, const char *file, struct bytes text,
                 struct diags *diags)
{
    struct parts parts = {.is_there = {false}};
    *report = (struct report){.file = file, .arena = arena, .diags = diags};
    report->is_cut = report_end_cut(&text, arena);
    if (!take_apart(report, text, &parts))
        return false;
    report->results = parts.items[RESULTS];
    if (!read_members(report, &parts) || !check_results(report))
        return false;
    /* Where no more is told, an interrupted run lacks one at least. */
    const size_t least = report->result_count + (report->interrupted ? 1 : 0);
    if (report->info.case_count < report->result_count)
        report->info.case_count = least;
    return true;
}
