#include "reports/observed.h"

#include "reports/json_text.h"
#include "reports/whole_file.h"
#include "wire/json.h"

#include <inttypes.h>
#include <stdlib.h>

#define FORMAT "assay-observed/1"

enum { HASH_DIGITS = 16 };

/* What one client did in one case. */
struct observation {
    const char *case_id, *subject;
    char hash[HASH_DIGITS + 1];
    const char *version, *verdict;
    const char *reason; /* NULL: none */
    const char *judged; /* NULL: none */
    const struct behaviour_count *behaviours;
    size_t behaviour_count;
};

struct observed {
    struct arena *arena; /* holds this struct too */
    const char *path;
    struct observation *items;
    size_t count, size;
};

static int by_case(const void *one, const void *other)
{
    const struct observation *a = one, *b = other;
    const int order = strcmp(a->case_id, b->case_id);
    return order != 0 ? order : strcmp(a->subject, b->subject);
}

static struct observation *find(const struct observed *observed, const char *case_id,
                                const char *subject)
{
    for (size_t i = 0; i < observed->count; i++)
        if (strcmp(observed->items[i].case_id, case_id) == 0 &&
            strcmp(observed->items[i].subject, subject) == 0)
            return &observed->items[i];
    return NULL;
}

static void put(struct observed *observed, const struct observation *one)
{
    struct observation *place = find(observed, one->case_id, one->subject);
    if (place == NULL) {
        observed->items = arena_room(observed->arena, observed->items, observed->count,
                                     &observed->size, sizeof(*observed->items));
        place = &observed->items[observed->count++];
    }
    *place = *one;
}

/* What was seen of another form of its case says nothing any more. */
static void forget_other_forms(struct observed *observed, const struct observation *now)
{
    size_t kept = 0;
    for (size_t i = 0; i < observed->count; i++)
        if (strcmp(observed->items[i].case_id, now->case_id) != 0 ||
            strcmp(observed->items[i].hash, now->hash) == 0)
            observed->items[kept++] = observed->items[i];
    observed->count = kept;
}

static void set_hash(struct observation *one, uint64_t hash)
{
    snprintf(one->hash, sizeof(one->hash), "%016" PRIx64, hash);
}

/* --- read ------------------------------------------------------------------------------- */

static const char *text_member(const struct json *object, const char *key)
{
    const struct json *member = json_member(object, key);
    return member != NULL && member->type == JSON_STRING ? member->string : NULL;
}

static bool read_behaviours(struct observed *observed, const struct json *object,
                            struct observation *one)
{
    if (object == NULL || object->type != JSON_OBJECT)
        return false;
    struct behaviour_count *items = arena_array(observed->arena, object->count, sizeof(*items));
    for (const struct json *member = object->items; member != NULL; member = member->next) {
        if (member->type != JSON_NUMBER || !member->is_integer || member->integer < 0)
            return false;
        items[one->behaviour_count++] =
            (struct behaviour_count){member->key, (size_t)member->integer};
    }
    one->behaviours = items;
    return true;
}

static bool read_observation(struct observed *observed, const char *case_id, const char *hash,
                             const struct json *object)
{
    struct observation one = {.case_id = case_id, .subject = object->key};
    if (object->type != JSON_OBJECT || hash == NULL || strlen(hash) != HASH_DIGITS)
        return false;
    memcpy(one.hash, hash, HASH_DIGITS);
    one.version = text_member(object, "version");
    one.verdict = text_member(object, "verdict");
    one.reason = text_member(object, "reason");
    one.judged = text_member(object, "judged");
    if (one.version == NULL || one.verdict == NULL ||
        !read_behaviours(observed, json_member(object, "behaviours"), &one))
        return false;
    put(observed, &one);
    return true;
}

static bool read_case(struct observed *observed, const struct json *object)
{
    const struct json *subjects =
        object->type == JSON_OBJECT ? json_member(object, "subjects") : NULL;
    if (subjects == NULL || subjects->type != JSON_OBJECT)
        return false;
    for (const struct json *one = subjects->items; one != NULL; one = one->next)
        if (!read_observation(observed, object->key, text_member(object, "hash"), one))
            return false;
    return true;
}

bool observed_load(struct observed *observed, struct bytes text, struct diags *diags)
{
    const struct json *root = json_read(observed->arena, diags, observed->path, text);
    if (root == NULL)
        return false;
    const char *format = root->type == JSON_OBJECT ? text_member(root, "format") : NULL;
    const struct json *cases = format != NULL ? json_member(root, "cases") : NULL;
    if (format == NULL || strcmp(format, FORMAT) != 0 || cases == NULL ||
        cases->type != JSON_OBJECT)
        return diag_add(diags, observed->path, root->line, NULL,
                        "want an object with \"format\": \"" FORMAT "\" and \"cases\"");
    for (const struct json *one = cases->items; one != NULL; one = one->next)
        if (!read_case(observed, one))
            return diag_add(diags, observed->path, one->line, json_pointer(one, diags->arena),
                            "want \"hash\" and, by client, \"version\", \"verdict\" and "
                            "\"behaviours\": assay observe writes them");
    return true;
}

struct observed *observed_new(const char *path)
{
    struct arena *arena = arena_new();
    struct observed *observed = arena_alloc(arena, sizeof(*observed));
    observed->arena = arena;
    observed->path = path;
    return observed;
}

void observed_free(struct observed *observed)
{
    arena_free(observed->arena); /* `observed` lives there */
}

/* --- results ------------------------------------------------------------------------------ */

struct observed_sink {
    struct sink base;
    struct observed *observed;
    const struct subject_info *subjects;
    size_t subject_count;
};

static void on_begin(struct sink *base, const struct run_info *info)
{
    struct observed_sink *sink = (struct observed_sink *)base;
    struct arena *arena = sink->observed->arena;
    struct subject_info *subjects = arena_array(arena, info->subject_count, sizeof(*subjects));
    for (size_t i = 0; i < info->subject_count; i++) {
        const char *name = info->subjects[i].name, *version = info->subjects[i].version;
        subjects[i].name = arena_strndup(arena, name, strlen(name));
        subjects[i].version = version != NULL ? arena_strndup(arena, version, strlen(version)) : "";
    }
    sink->subjects = subjects;
    sink->subject_count = info->subject_count;
}

static bool is_same(const struct observation *one, const struct observation *other)
{
    if (strcmp(one->verdict, other->verdict) != 0 || one->behaviour_count != other->behaviour_count)
        return false;
    for (size_t i = 0; i < one->behaviour_count; i++)
        if (strcmp(one->behaviours[i].name, other->behaviours[i].name) != 0)
            return false;
    return true;
}

static void on_result(struct sink *base, const struct case_result *result)
{
    struct observed_sink *sink = (struct observed_sink *)base;
    struct observed *observed = sink->observed;
    struct observation one = {
        .case_id = result->case_->id, .version = "", .verdict = verdict_name(result->verdict)};
    struct behaviour_count *behaviours =
        arena_array(observed->arena, result->behaviour_count, sizeof(*behaviours));
    set_hash(&one, result->case_->hash);
    forget_other_forms(observed, &one);
    const struct observation *before = find(observed, one.case_id, result->subject);
    for (size_t i = 0; i < sink->subject_count; i++)
        if (strcmp(sink->subjects[i].name, result->subject) == 0) {
            one.subject = sink->subjects[i].name;
            one.version = sink->subjects[i].version;
        }
    for (; one.behaviour_count < result->behaviour_count; one.behaviour_count++)
        behaviours[one.behaviour_count] = result->behaviours[one.behaviour_count];
    one.behaviours = behaviours;
    if (result->worst->reason != NULL && result->worst->verdict != VERDICT_PASS)
        one.reason =
            arena_strndup(observed->arena, result->worst->reason, strlen(result->worst->reason));
    if (before != NULL && is_same(before, &one))
        one.judged = before->judged;
    put(observed, &one);
}

static bool on_end(struct sink *base, const struct totals *totals, uint64_t duration_ns,
                   bool interrupted, struct diags *diags)
{
    (void)base;
    (void)totals;
    (void)duration_ns;
    (void)interrupted;
    (void)diags;
    return true;
}

static void on_free(struct sink *base)
{
    free(base);
}

struct sink *observed_sink_new(struct observed *observed)
{
    static const struct sink_vtable vtable = {on_begin, on_result, on_end, on_free};
    struct observed_sink *sink = must_calloc(1, sizeof(*sink));
    sink->base.vtable = &vtable;
    sink->observed = observed;
    return &sink->base;
}

/* --- write -------------------------------------------------------------------------------- */

static void write_observation(struct json_text *text, const struct observation *one)
{
    json_text_object(text, one->subject, JSON_LINES);
    json_text_string(text, "version", one->version);
    json_text_string(text, "verdict", one->verdict);
    json_text_object(text, "behaviours", JSON_LINES);
    for (size_t i = 0; i < one->behaviour_count; i++)
        json_text_number(text, one->behaviours[i].name, one->behaviours[i].count);
    json_text_close(text);
    if (one->reason != NULL)
        json_text_string(text, "reason", one->reason);
    if (one->judged != NULL)
        json_text_string(text, "judged", one->judged);
    json_text_close(text);
}

static void write_cases(struct json_text *text, const struct observation *items, size_t count)
{
    json_text_object(text, "cases", JSON_LINES);
    for (size_t i = 0; i < count;) {
        const char *case_id = items[i].case_id;
        json_text_object(text, case_id, JSON_LINES);
        json_text_string(text, "hash", items[i].hash);
        json_text_object(text, "subjects", JSON_LINES);
        for (; i < count && strcmp(items[i].case_id, case_id) == 0; i++)
            write_observation(text, &items[i]);
        json_text_close(text);
        json_text_close(text);
    }
    json_text_close(text);
}

bool observed_write(const struct observed *observed, struct diags *diags)
{
    struct whole_file file;
    if (!whole_file_create(&file, observed->arena, observed->path, diags))
        return false;
    struct json_text text = {.out = file.out};
    if (observed->count > 0)
        qsort(observed->items, observed->count, sizeof(*observed->items), by_case);
    json_text_object(&text, NULL, JSON_LINES);
    json_text_string(&text, "format", FORMAT);
    write_cases(&text, observed->items, observed->count);
    json_text_close(&text);
    file.error = text.error;
    return whole_file_finish(&file, diags);
}

/* --- check ------------------------------------------------------------------------------------ */

static bool points_may_fail(const struct case_ *case_)
{
    for (size_t i = 0; i < case_->point_count; i++)
        for (size_t j = 0; j < case_->points[i].behaviour_count; j++)
            if (case_->points[i].behaviours[j].verdict == VERDICT_FAIL)
                return true;
    return false;
}

static bool may_fail(const struct case_ *case_)
{
    for (int i = 0; case_->connection != NULL && i < GRADE_COUNT; i++)
        if (case_->connection->verdicts[i] == VERDICT_FAIL)
            return true;
    for (size_t i = 0; i < case_->rule_count; i++)
        if (rule_verdict(case_->rules[i]) == VERDICT_FAIL)
            return true;
    return points_may_fail(case_);
}

/* Whether the case has all that a fail needs. */
static bool check_case(const struct observed *observed, const struct case_ *case_,
                       struct diags *diags)
{
    struct observation now = {.case_id = case_->id};
    size_t clients = 0;
    bool is_good = true;
    set_hash(&now, case_->hash);
    for (size_t i = 0; i < observed->count; i++) {
        const struct observation *one = &observed->items[i];
        if (strcmp(one->case_id, case_->id) != 0 || strcmp(one->hash, now.hash) != 0)
            continue;
        clients++;
        if (strcmp(one->verdict, verdict_name(VERDICT_FAIL)) == 0 &&
            (one->judged == NULL || one->judged[0] == '\0'))
            is_good = diag_add(diags, case_->file, case_->line, NULL,
                               "%s fails %s: nobody has judged it in %s", case_->id, one->subject,
                               observed->path);
    }
    if (clients < OBSERVED_CLIENTS_LEAST)
        is_good = diag_add(diags, case_->file, case_->line, NULL,
                           "%s may say fail, but as it stands %zu clients were seen in it: want %d "
                           "(assay observe %s)",
                           case_->id, clients, OBSERVED_CLIENTS_LEAST, case_->id);
    return is_good;
}

size_t observed_check(const struct observed *observed, const struct case_ *const *cases,
                      size_t count, struct diags *diags)
{
    size_t lacking = 0;
    for (size_t i = 0; i < count; i++)
        if (may_fail(cases[i]) && !check_case(observed, cases[i], diags))
            lacking++;
    return lacking;
}
