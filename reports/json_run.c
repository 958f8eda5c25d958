#include "reports/json_run.h"

#include "reports/case_text.h"
#include "reports/json_wire.h"
#include "reports/kept_text.h"

enum { NS_PER_US = 1000 };

static void write_fields(struct json_text *text, const char *key, const struct fields *fields)
{
    json_text_array(text, key, JSON_FLAT);
    for (size_t i = 0; i < fields->count; i++) {
        json_text_array(text, NULL, JSON_FLAT);
        json_text_octets(text, NULL, fields->items[i].name);
        json_text_octets(text, NULL, fields->items[i].value);
        json_text_close(text);
    }
    json_text_close(text);
}

static void write_interims(struct json_text *text, const struct outcome *outcome)
{
    json_text_array(text, "interims", JSON_FLAT);
    for (size_t i = 0; i < outcome->interim_count; i++) {
        json_text_object(text, NULL, JSON_FLAT);
        json_text_number(text, "status", (uint64_t)outcome->interims[i].status);
        write_fields(text, "headers", &outcome->interims[i].fields);
        json_text_close(text);
    }
    json_text_close(text);
}

/* Of a longer body only so many first octets are written: other runs wait meanwhile. */
enum { BODY_WRITTEN_MAX = 64 * 1024 };

static void write_body(struct json_text *text, const struct outcome *outcome)
{
    struct bytes front = outcome->body;
    front = bytes_take(&front, front.len < BODY_WRITTEN_MAX ? front.len : BODY_WRITTEN_MAX);
    json_text_object(text, "body", JSON_FLAT);
    json_text_number(text, "len", outcome->body_len);
    json_text_readable(text, "text", front);
    json_text_base64(text, "b64", front);
    json_text_close(text);
}

/* A member is there only when the client said so much. */
static void write_outcome(struct json_text *text, size_t step, const struct outcome *outcome)
{
    json_text_object(text, NULL, JSON_FLAT);
    json_text_number(text, "step", step);
    json_text_string(text, "error", outcome_error_name(outcome->error));
    if (outcome->is_unsupported)
        json_text_bool(text, "unsupported", true);
    if (outcome->text != NULL)
        json_text_string(text, "text", outcome->text);
    if (outcome->status > 0)
        json_text_number(text, "status", (uint64_t)outcome->status);
    if (outcome->has_reason)
        json_text_octets(text, "reason", outcome->reason);
    if (outcome->has_fields)
        write_fields(text, "headers", &outcome->fields);
    if (outcome->has_body)
        write_body(text, outcome);
    if (outcome->has_trailers)
        write_fields(text, "trailers", &outcome->trailers);
    if (outcome->has_interims)
        write_interims(text, outcome);
    json_text_close(text);
}

static void write_outcomes(struct json_text *text, const struct run_result *run)
{
    json_text_array(text, "outcomes", JSON_LINES);
    for (size_t i = 0; i < run->outcome_count; i++) {
        if (run->outcomes[i] != NULL)
            write_outcome(text, i, run->outcomes[i]);
        else
            json_text_null(text, NULL);
    }
    json_text_close(text);
}

/* The rules that the client broke in this run. */
static void write_findings(struct json_text *text, const struct run_result *run)
{
    json_text_array(text, "findings", JSON_LINES);
    for (size_t i = 0; i < run->finding_count; i++) {
        const struct run_finding *found = &run->findings[i];
        json_text_object(text, NULL, JSON_FLAT);
        json_text_string(text, "rule", rule_name(found->finding.rule));
        json_text_string(text, "requirement", rule_requirement(found->finding.rule));
        json_text_string(text, "message", rule_message(found->finding.rule));
        json_text_string(text, "peer", run->point->peers[found->peer].name);
        json_text_number(text, "connection", found->connection);
        json_text_number(text, "request", found->finding.request);
        json_text_number(text, "offset", found->finding.offset);
        json_text_close(text);
    }
    json_text_close(text);
}

/* What the client was asked, a text a step. */
static void write_asked(struct json_text *text, const struct point *point)
{
    json_text_array(text, "asked", JSON_FLAT);
    for (size_t i = 0; i < point->client_count; i++) {
        struct kept_text kept;
        case_text_request(kept_text_open(&kept), point, &point->client[i]);
        kept_text_close(&kept);
        json_text_string(text, NULL, kept.at);
        kept_text_free(&kept);
    }
    json_text_close(text);
}

static void write_name(struct json_text *text, const struct run_result *run, struct arena *scratch)
{
    const char *number = run->repeat > 0 ? arena_printf(scratch, "#%u", run->repeat) : "";
    json_text_string(
        text, "run",
        arena_printf(scratch, "%s%s%s", run->point->parent->id, run->point->suffix, number));
}

void json_run_write(struct json_text *text, const struct run_result *run, bool with_wire,
                    struct arena *scratch)
{
    json_text_object(text, NULL, JSON_LINES);
    write_name(text, run, scratch);
    json_text_string(text, "verdict", verdict_name(run->verdict));
    json_text_string(text, "behaviour", run->behaviour != NULL ? run->behaviour->name : NULL);
    json_text_string(text, "reason", run->reason);
    json_text_number(text, "attempts", run->attempts);
    write_asked(text, run->point);
    write_outcomes(text, run);
    write_findings(text, run);
    json_text_number(text, "duration_us", run->duration_ns / NS_PER_US);
    if (with_wire && run->transcript != NULL)
        json_wire_write(text, run);
    json_text_close(text);
}
