#include "reports/json.h"

#include "reports/json_run.h"
#include "reports/whole_file.h"

enum { NS_PER_US = 1000, NS_PER_MS = 1000000 };

struct json_sink {
    struct sink base;      /* first: a sink is cast back to what holds it */
    struct arena *arena;   /* holds this struct too */
    struct arena *scratch; /* emptied after each result */
    enum json_wire wire;
    struct whole_file file;
    struct json_text text; /* into the file */
    const char *started, *host;
    const char *const *subjects; /* names */
    size_t subject_count, case_count;
    unsigned shard, shard_count;
    const struct requirement **catalog; /* that the results name */
    size_t catalog_count, catalog_size;
};

static void write_can(struct json_text *text, can_set can)
{
    json_text_array(text, "can", JSON_FLAT);
    for (enum capability one = 0; one < CAN_COUNT; one++)
        if ((can >> one & 1) != 0)
            json_text_string(text, NULL, can_name(one));
    json_text_close(text);
}

static const char *keep(struct json_sink *sink, const char *text)
{
    return text != NULL ? arena_strndup(sink->arena, text, strlen(text)) : NULL;
}

static void write_shard(struct json_sink *sink)
{
    if (sink->shard_count == 0) {
        json_text_null(&sink->text, "shard");
        return;
    }
    json_text_object(&sink->text, "shard", JSON_FLAT);
    json_text_number(&sink->text, "index", sink->shard);
    json_text_number(&sink->text, "count", sink->shard_count);
    json_text_close(&sink->text);
}

/* What is known of the run from its start. */
static void write_run(struct json_sink *sink)
{
    struct json_text *text = &sink->text;
    json_text_string(text, "started", sink->started);
    json_text_string(text, "host", sink->host);
    write_shard(sink);
    json_text_number(text, "cases", sink->case_count);
}

static void json_begin(struct sink *base, const struct run_info *info)
{
    struct json_sink *sink = (struct json_sink *)base;
    struct json_text *text = &sink->text;
    sink->started = keep(sink, info->started);
    sink->host = keep(sink, info->host);
    sink->case_count = info->case_count;
    sink->subject_count = info->subject_count;
    sink->shard = info->shard;
    sink->shard_count = info->shard_count;
    sink->subjects = sink_subject_names(sink->arena, info);
    json_text_object(text, NULL, JSON_LINES);
    json_text_string(text, "format", "assay-report/1");
    json_text_object(text, "assay", JSON_FLAT);
    json_text_string(text, "version", info->version);
    json_text_close(text);
    json_text_object(text, "begun", JSON_FLAT);
    write_run(sink);
    json_text_close(text);
    json_text_array(text, "subjects", JSON_LINES);
    for (size_t i = 0; i < info->subject_count; i++) {
        const struct subject_info *subject = &info->subjects[i];
        json_text_object(text, NULL, JSON_FLAT);
        json_text_string(text, "name", subject->name);
        json_text_string(text, "version", subject->version);
        json_text_string(text, "client", subject->client);
        json_text_string(text, "engine", subject->engine);
        json_text_number(text, "patience", subject->patience);
        write_can(text, subject->can);
        json_text_close(text);
    }
    json_text_close(text);
    json_text_array(text, "results", JSON_LINES);
    json_text_flush(text);
}

static void write_texts(struct json_text *text, const char *key, const char *const *texts,
                        size_t count)
{
    json_text_array(text, key, JSON_FLAT);
    for (size_t i = 0; i < count; i++)
        json_text_string(text, NULL, texts[i]);
    json_text_close(text);
}

/* The corpus' own, so each is there once; a report that was read has its own, too. */
static void name_requirement(struct json_sink *sink, const struct requirement *requirement)
{
    for (size_t i = 0; i < sink->catalog_count; i++)
        if (strcmp(sink->catalog[i]->id, requirement->id) == 0)
            return;
    sink->catalog = arena_room(sink->arena, sink->catalog, sink->catalog_count, &sink->catalog_size,
                               sizeof(struct requirement *));
    sink->catalog[sink->catalog_count++] = requirement;
}

static void write_case(struct json_sink *sink, const struct case_ *case_)
{
    struct json_text *text = &sink->text;
    json_text_string(text, "case", case_->id);
    json_text_string(text, "title", case_->title);
    json_text_string(text, "file", case_->file);
    json_text_number(text, "line", case_->line);
    json_text_array(text, "requirements", JSON_FLAT);
    for (size_t i = 0; i < case_->requirement_count; i++) {
        json_text_string(text, NULL, case_->requirements[i]->id);
        name_requirement(sink, case_->requirements[i]);
    }
    json_text_close(text);
    write_texts(text, "seen_in", case_->seen_in, case_->seen_in_count);
}

static void write_tally(struct json_text *text, const char *key, const size_t *counts)
{
    json_text_object(text, key, JSON_FLAT);
    for (enum verdict one = 0; one < VERDICT_COUNT; one++)
        if (counts[one] > 0)
            json_text_number(text, verdict_name(one), counts[one]);
    json_text_close(text);
}

static void write_counts(struct json_text *text, const struct case_result *result)
{
    json_text_object(text, "runs", JSON_FLAT);
    json_text_number(text, "count", result->run_count);
    json_text_object(text, "behaviours", JSON_FLAT);
    for (size_t i = 0; i < result->behaviour_count; i++)
        json_text_number(text, result->behaviours[i].name, result->behaviours[i].count);
    json_text_close(text);
    write_tally(text, "verdicts", result->verdict_runs);
    json_text_close(text);
}

static void write_listed(struct json_text *text, const struct case_result *result)
{
    json_text_object(text, "baseline", JSON_FLAT);
    json_text_string(text, "reason", result->listed);
    json_text_bool(text, "stale", result->is_stale);
    json_text_close(text);
}

static bool has_wire(const struct json_sink *sink, const struct run_result *run)
{
    return sink->wire == JSON_WIRE_ALL || run->verdict != VERDICT_PASS;
}

static void json_result(struct sink *base, const struct case_result *result)
{
    struct json_sink *sink = (struct json_sink *)base;
    struct json_text *text = &sink->text;
    const struct run_result *worst = result->worst;
    const struct behaviour *behaviour = worst != NULL ? worst->behaviour : NULL;
    json_text_object(text, NULL, JSON_LINES);
    write_case(sink, result->case_);
    json_text_string(text, "subject", result->subject);
    json_text_string(text, "verdict", verdict_name(result->verdict));
    json_text_string(text, "behaviour", behaviour != NULL ? behaviour->name : NULL);
    json_text_string(text, "reason", worst != NULL ? worst->reason : NULL);
    if (result->case_->connection != NULL && worst != NULL)
        json_text_string(text, "connection", grade_name(worst->grade));
    json_text_string(text, "why", behaviour != NULL ? behaviour->why : NULL);
    if (result->listed != NULL)
        write_listed(text, result);
    json_text_number(text, "duration_us", result->duration_ns / NS_PER_US);
    write_counts(text, result);
    json_text_array(text, "shown", JSON_LINES);
    for (size_t i = 0; i < result->shown_count; i++)
        json_run_write(text, result->shown[i], has_wire(sink, result->shown[i]), sink->scratch);
    json_text_close(text);
    json_text_close(text);
    json_text_flush(text);
    arena_reset(sink->scratch);
}

static void write_totals(struct json_sink *sink, const struct totals *totals)
{
    struct json_text *text = &sink->text;
    json_text_object(text, "totals", JSON_LINES);
    for (size_t i = 0; i < sink->subject_count; i++) {
        json_text_object(text, sink->subjects[i], JSON_FLAT);
        write_tally(text, "cases", totals[i].cases);
        write_tally(text, "runs", totals[i].runs);
        json_text_close(text);
    }
    json_text_close(text);
}

/* Rules are rows of the report: a row for each that was broken. */
static void write_rules(struct json_sink *sink, const struct totals *totals)
{
    struct json_text *text = &sink->text;
    json_text_array(text, "rules", JSON_LINES);
    for (size_t i = 0; i < sink->subject_count; i++)
        for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
            const struct rule_count *count = &totals[i].rules[rule];
            if (count->broken == 0)
                continue;
            json_text_object(text, NULL, JSON_FLAT);
            json_text_string(text, "rule", rule_name(rule));
            json_text_string(text, "subject", sink->subjects[i]);
            json_text_string(text, "requirement", rule_requirement(rule));
            json_text_string(text, "level", rule_level(rule));
            json_text_string(text, "verdict", verdict_name(rule_verdict(rule)));
            json_text_number(text, "broken", count->broken);
            json_text_number(text, "of", totals[i].requests);
            json_text_object(text, "first", JSON_FLAT);
            json_text_string(text, "run",
                             arena_printf(sink->scratch, "%s%s", count->first->parent->id,
                                          count->first->suffix));
            json_text_number(text, "connection", count->connection);
            json_text_number(text, "offset", count->offset);
            json_text_close(text);
            json_text_close(text);
        }
    json_text_close(text);
}

/* The requirements that the results name, in words: a report is read where no corpus is. */
static void write_catalog(struct json_sink *sink)
{
    struct json_text *text = &sink->text;
    json_text_array(text, "catalog", JSON_LINES);
    for (size_t i = 0; i < sink->catalog_count; i++) {
        json_text_object(text, NULL, JSON_FLAT);
        json_text_string(text, "id", sink->catalog[i]->id);
        json_text_string(text, "level", sink->catalog[i]->level);
        json_text_string(text, "text", sink->catalog[i]->text);
        json_text_close(text);
    }
    json_text_close(text);
}

static bool json_end(struct sink *base, const struct totals *totals, uint64_t duration_ns,
                     bool interrupted, struct diags *diags)
{
    struct json_sink *sink = (struct json_sink *)base;
    struct json_text *text = &sink->text;
    json_text_close(text);
    write_rules(sink, totals);
    write_catalog(sink);
    write_totals(sink, totals);
    json_text_object(text, "run", JSON_FLAT);
    write_run(sink);
    json_text_number(text, "duration_ms", duration_ns / NS_PER_MS);
    json_text_bool(text, "interrupted", interrupted);
    json_text_close(text);
    json_text_close(text);
    sink->file.error = text->error;
    return whole_file_finish(&sink->file, diags);
}

static void json_free(struct sink *base)
{
    struct json_sink *sink = (struct json_sink *)base;
    whole_file_abandon(&sink->file);
    arena_free(sink->scratch);
    arena_free(sink->arena); /* `sink` lives there */
}

struct sink *json_sink_new(const char *path, enum json_wire wire, struct diags *diags)
{
    static const struct sink_vtable vtable = {json_begin, json_result, json_end, json_free};
    struct arena *arena = arena_new();
    struct json_sink *sink = arena_alloc(arena, sizeof(*sink));
    sink->base.vtable = &vtable;
    sink->arena = arena;
    sink->scratch = arena_new();
    sink->wire = wire;
    if (!whole_file_create(&sink->file, arena, path, diags)) {
        json_free(&sink->base);
        return NULL;
    }
    sink->text.out = sink->file.out;
    return &sink->base;
}
