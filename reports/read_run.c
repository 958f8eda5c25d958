#include "reports/read_private.h"

#include <limits.h>

enum { NS_PER_US = 1000 };

/* --- outcomes -------------------------------------------------------------------- */

static struct fields read_fields(const struct reading *reading, const struct json *array)
{
    struct field *items = arena_array(reading->arena, array->count, sizeof(*items));
    size_t count = 0;
    for (const struct json *item = array->items; item != NULL; item = item->next) {
        if (!read_is(reading, item, JSON_ARRAY))
            continue;
        if (item->count != 2) {
            read_error(reading, item, "want a name and a value, got %zu elements", item->count);
            continue;
        }
        items[count++] = (struct field){read_octets(reading, item->items),
                                        read_octets(reading, item->items->next)};
    }
    return (struct fields){items, count};
}

/* Whether the member is there. */
static bool read_optional_fields(const struct reading *reading, const struct json *object,
                                 const char *key, struct fields *fields)
{
    const struct json *array = read_optional(reading, object, key, JSON_ARRAY);
    if (array != NULL)
        *fields = read_fields(reading, array);
    return array != NULL;
}

static void read_interims(const struct reading *reading, const struct json *array,
                          struct outcome *outcome)
{
    struct interim *interims = arena_array(reading->arena, array->count, sizeof(*interims));
    for (const struct json *item = array->items; item != NULL; item = item->next) {
        if (!read_is(reading, item, JSON_OBJECT))
            continue;
        struct interim *one = &interims[outcome->interim_count++];
        one->status = (int)read_count(reading, item, "status", INT_MAX);
        read_optional_fields(reading, item, "headers", &one->fields);
    }
    outcome->interims = interims;
}

static void read_body(const struct reading *reading, const struct json *body,
                      struct outcome *outcome)
{
    outcome->has_body = true;
    outcome->body = read_base64(reading, body, "b64");
    outcome->body_len = read_count(reading, body, "len", JSON_INTEGER_MAX);
}

static const struct outcome *read_outcome(const struct reading *reading, const struct json *object)
{
#define WORD(name, text) text,
    static const char *const errors[] = {OUTCOME_ERRORS(WORD) NULL};
#undef WORD
    struct outcome *outcome = arena_alloc(reading->arena, sizeof(*outcome));
    const struct json *unsupported = read_optional(reading, object, "unsupported", JSON_BOOL);
    const struct json *reason = json_member(object, "reason");
    const struct json *body = read_optional(reading, object, "body", JSON_OBJECT);
    const struct json *interims = read_optional(reading, object, "interims", JSON_ARRAY);
    outcome->error = (enum outcome_error)read_word(reading, object, "error", errors);
    outcome->is_unsupported = unsupported != NULL && unsupported->boolean;
    outcome->text = read_optional_text(reading, object, "text");
    outcome->status = (int)read_optional_count(reading, object, "status", INT_MAX);
    outcome->has_reason = reason != NULL;
    if (reason != NULL)
        outcome->reason = read_octets(reading, reason);
    outcome->has_fields = read_optional_fields(reading, object, "headers", &outcome->fields);
    outcome->has_trailers = read_optional_fields(reading, object, "trailers", &outcome->trailers);
    if (body != NULL)
        read_body(reading, body, outcome);
    outcome->has_interims = interims != NULL;
    if (interims != NULL)
        read_interims(reading, interims, outcome);
    return outcome;
}

static void read_outcomes(const struct reading *reading, const struct json *object,
                          struct run_result *run)
{
    const struct json *array = read_member(reading, object, "outcomes", JSON_ARRAY);
    if (array == NULL)
        return;
    const struct outcome **outcomes = arena_array(reading->arena, array->count, sizeof(*outcomes));
    for (const struct json *item = array->items; item != NULL;
         item = item->next, run->outcome_count++)
        if (item->type != JSON_NULL && read_is(reading, item, JSON_OBJECT))
            outcomes[run->outcome_count] = read_outcome(reading, item);
    run->outcomes = outcomes;
}

/* --- the run ----------------------------------------------------------------------- */

/* A step for each text, or, where an older report has none, for each outcome. */
static void read_asked(const struct reading *reading, const struct json *object,
                       size_t outcome_count, struct point *point)
{
    size_t count = 0;
    const char *const *texts = NULL;
    if (json_member(object, "asked") != NULL)
        texts = read_texts(reading, object, "asked", &count);
    point->client_count = texts != NULL ? count : outcome_count;
    struct client_step *steps = arena_array(reading->arena, point->client_count, sizeof(*steps));
    for (size_t i = 0; i < point->client_count; i++)
        steps[i].told = texts != NULL ? texts[i] : "";
    point->client = steps;
}

/* The case's id, with the point and the number of the run behind it. */
static void read_name(const struct reading *reading, const struct json *object,
                      struct run_result *run, struct point *point)
{
    const struct json *name = read_member(reading, object, "run", JSON_STRING);
    const size_t len = strlen(point->parent->id);
    point->suffix = "";
    if (name == NULL)
        return;
    if (strncmp(name->string, point->parent->id, len) == 0)
        point->suffix = read_suffix(reading->arena, name->string + len, &run->repeat);
    else
        read_error(reading, name, "want a run of %s, got %s",
                   diag_quote(reading->arena, bytes_of(point->parent->id)),
                   diag_quote(reading->arena, bytes_of(name->string)));
}

static const struct behaviour *read_behaviour(const struct reading *reading,
                                              const struct json *object, enum verdict verdict)
{
    const char *name = read_optional_text(reading, object, "behaviour");
    if (name == NULL)
        return NULL;
    struct behaviour *behaviour = arena_alloc(reading->arena, sizeof(*behaviour));
    behaviour->name = name;
    behaviour->verdict = verdict;
    return behaviour;
}

struct run_result *read_run(const struct reading *reading, const struct json *object,
                            const struct case_ *case_)
{
    struct run_result *run = arena_alloc(reading->arena, sizeof(*run));
    struct point *point = arena_alloc(reading->arena, sizeof(*point));
    point->parent = case_;
    run->point = point;
    run->verdict = read_verdict(reading, object, "verdict");
    run->behaviour = read_behaviour(reading, object, run->verdict);
    run->reason = read_optional_text(reading, object, "reason");
    run->attempts = (unsigned)read_count(reading, object, "attempts", UINT_MAX);
    run->duration_ns = NS_PER_US * read_count(reading, object, "duration_us", JSON_INTEGER_MAX);
    read_name(reading, object, run, point);
    read_outcomes(reading, object, run);
    read_asked(reading, object, run->outcome_count, point);
    read_wire(reading, object, run, point);
    return run;
}
