#include "harness/match.h"

#include "wire/match_value.h"

#include <stdarg.h>
#include <stdio.h>

/* Where we are in the comparison: "step 1: ", "origin, request 2: " stands before each difference.
 */
struct place {
    const struct seen *seen;
    struct differences *differences;
    const char *what; /* "step", or a peer's name */
    size_t number;    /* from 1; 0: none */
};

__attribute__((format(printf, 2, 3))) static void differs(const struct place *place,
                                                          const char *fmt, ...)
{
    struct differences *differences = place->differences;
    const size_t index = differences->count++;
    if (!differences->is_told || index >= DIFFERENCES_TOLD)
        return;
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    struct arena *arena = place->seen->arena;
    differences->texts[index] =
        place->number > 0 ? arena_printf(arena, "%s %zu: %s", place->what, place->number, text)
                          : arena_printf(arena, "%s: %s", place->what, text);
}

static void match_value(const struct place *place, const char *name,
                        const struct value_pattern *pattern, const struct subject_value *got)
{
    const struct seen *seen = place->seen;
    if (value_matches(pattern, seen->endpoints, got, seen->arena))
        return;
    if (!place->differences->is_told)
        differs(place, "%s", name);
    else
        differs(place, "%s is %s, want %s", name, value_text(got, seen->arena),
                value_pattern_text(pattern, seen->endpoints, seen->arena));
}

static struct subject_value whole(struct bytes text)
{
    const struct subject_value value = {true, text, text.len};
    return value;
}

static void match_fields(const struct place *place, const char *kind,
                         const struct fields_pattern *pattern, const struct fields *fields)
{
    for (size_t i = 0; i < pattern->count; i++) {
        const struct field_pattern *item = &pattern->items[i];
        const struct subject_value got = value_of_field(fields, item->name, place->seen->arena);
        const char *name = kind;
        if (place->differences->is_told)
            name = arena_printf(place->seen->arena, "%s %.*s", kind, (int)item->name.len,
                                (const char *)item->name.at);
        match_value(place, name, &item->value, &got);
    }
}

/* --- what the client told ---------------------------------------------------- */

static const char *statuses_text(const int *statuses, size_t count, struct arena *arena)
{
    const char *text = count == 0 ? "none" : "";
    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s%d", text, i > 0 ? ", " : "", statuses[i]);
    return text;
}

static const char *errors_text(error_set errors, struct arena *arena)
{
    const char *text = "";
    for (int i = 0; i < OUTCOME_ERROR_COUNT; i++)
        if ((errors & ERROR_BIT(i)) != 0)
            text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? " or " : "",
                                outcome_error_name((enum outcome_error)i));
    return text;
}

static void match_status(const struct place *place, const struct outcome_pattern *pattern,
                         const struct outcome *outcome)
{
    if (!pattern->states_status)
        return;
    for (size_t i = 0; i < pattern->status_count; i++)
        if (pattern->statuses[i] == outcome->status)
            return;
    if (pattern->status_count == 0 && outcome->status != 0)
        return;
    struct arena *arena = place->seen->arena;
    const char *got =
        outcome->status != 0 ? arena_printf(arena, "status is %d", outcome->status) : "no status";
    differs(place, "%s, want %s", got,
            pattern->status_count == 0
                ? "any"
                : statuses_text(pattern->statuses, pattern->status_count, arena));
}

static void match_interim(const struct place *place, const struct outcome_pattern *pattern,
                          const struct outcome *outcome)
{
    bool is_equal = pattern->interim_count == outcome->interim_count;
    for (size_t i = 0; is_equal && i < outcome->interim_count; i++)
        is_equal = pattern->interim[i] == outcome->interims[i].status;
    if (is_equal)
        return;
    differs(place, "%zu interim responses, want %s", outcome->interim_count,
            statuses_text(pattern->interim, pattern->interim_count, place->seen->arena));
}

/* Content: a missing one is empty where there was no error, and nothing to compare where there was.
 */
static void match_body(const struct place *place, const struct outcome_pattern *pattern,
                       const struct outcome *outcome)
{
    const bool is_whole = outcome->error == OUTCOME_NONE;
    const struct subject_value got = {is_whole || outcome->has_body, outcome->body,
                                      outcome->body_len};
    if (is_whole)
        match_value(place, "body", &pattern->body, &got);
    else if ((place->seen->can & CAN(REPORT_PARTIAL)) != 0)
        match_value(place, "partial", &pattern->partial, &got);
}

/* What only some subjects can report. */
static void match_reported(const struct place *place, const struct outcome_pattern *pattern,
                           const struct outcome *outcome)
{
    const can_set can = place->seen->can;
    const struct subject_value reason = {outcome->has_reason, outcome->reason, outcome->reason.len};
    if ((can & CAN(REPORT_REASON)) != 0)
        match_value(place, "reason", &pattern->reason, &reason);
    if ((can & CAN(REPORT_HEADERS)) != 0)
        match_fields(place, "header", &pattern->headers, &outcome->fields);
    if ((can & CAN(REPORT_TRAILERS)) != 0)
        match_fields(place, "trailer", &pattern->trailers, &outcome->trailers);
    if ((can & CAN(REPORT_INTERIM)) != 0 && pattern->states_interim)
        match_interim(place, pattern, outcome);
}

static void match_outcome(const struct place *place, const struct outcome_pattern *pattern,
                          const struct outcome *outcome)
{
    if (outcome == NULL) {
        differs(place, "no outcome");
        return;
    }
    if ((pattern->errors & ERROR_BIT(outcome->error)) == 0)
        differs(place, "error is %s, want %s", outcome_error_name(outcome->error),
                errors_text(pattern->errors, place->seen->arena));
    match_status(place, pattern, outcome);
    match_body(place, pattern, outcome);
    match_reported(place, pattern, outcome);
    const struct seen *seen = place->seen;
    if (pattern->before != NULL &&
        !seen->came_before(seen->context, place->number - 1, pattern->before))
        differs(place, "its first news came after a step of %s had begun",
                seen->scripts[pattern->before->peer].name);
}

/* --- what a peer saw ---------------------------------------------------------- */

static bool is_in(struct range range, uint64_t number)
{
    return number >= range.least && number <= range.most;
}

static void match_range(const struct place *place, const char *name, struct range range,
                        uint64_t number)
{
    if (is_in(range, number))
        return;
    const unsigned long long got = number, least = range.least, most = range.most;
    if (least == most)
        differs(place, "%s is %llu, want %llu", name, got, least);
    else
        differs(place, "%s is %llu, want %llu to %llu", name, got, least, most);
}

static const char *framing_text(unsigned framing)
{
    static const char *const names[] = {"unknown",           "none",    "length",
                                        "none or length",    "chunked", "none or chunked",
                                        "length or chunked", "any"};
    assert(framing < sizeof(names) / sizeof(names[0]));
    return names[framing];
}

static void match_request(const struct place *place, const struct request_pattern *pattern,
                          const struct seen_request *request)
{
    const struct subject_value method = whole(request->method), target = whole(request->target);
    const struct subject_value body = {true, request->body, request->body_len};
    match_value(place, "method", &pattern->method, &method);
    match_value(place, "target", &pattern->target, &target);
    match_fields(place, "header", &pattern->headers, &request->fields);
    match_value(place, "body", &pattern->body, &body);
    match_fields(place, "trailer", &pattern->trailers, &request->trailers);
    if (pattern->framings != 0 && (pattern->framings & request->framing) == 0)
        differs(place, "framing is %s, want %s", framing_text(request->framing),
                framing_text(pattern->framings));
    if (pattern->states_chunks)
        match_range(place, "number of chunks", pattern->chunks, request->chunk_count);
    if (pattern->states_complete && pattern->complete != request->is_complete)
        differs(place, "the request is %s", request->is_complete ? "complete" : "not complete");
    if (pattern->states_on)
        match_range(place, "connection", (struct range){pattern->on, pattern->on}, request->on);
}

static uint64_t count_requests(const struct seen_peer *peer, const struct count_pattern *pattern)
{
    uint64_t count = 0;
    for (const struct seen_request *one = peer->first; one != NULL; one = one->next)
        count += (pattern->method.len == 0 || bytes_equal(pattern->method, one->method)) &&
                 (pattern->target.len == 0 || bytes_equal(pattern->target, one->target));
    return count;
}

static const char *count_text(const struct count_pattern *pattern, struct arena *arena)
{
    const struct bytes any = bytes_of("*");
    const struct bytes method = pattern->method.len > 0 ? pattern->method : any;
    const struct bytes target = pattern->target.len > 0 ? pattern->target : any;
    return arena_printf(arena, "count of %.*s %.*s", (int)method.len, (const char *)method.at,
                        (int)target.len, (const char *)target.at);
}

static void match_peer(const struct seen *seen, struct differences *differences,
                       const struct peer_pattern *pattern)
{
    const struct seen_peer *peer = &seen->peers[pattern->peer];
    const char *name = seen->scripts[pattern->peer].name;
    struct place place = {seen, differences, name, 0};
    if (pattern->states_connections)
        match_range(&place, "number of connections", pattern->connections, peer->connection_count);
    for (size_t i = 0; i < pattern->count_count; i++)
        match_range(&place, count_text(&pattern->counts[i], seen->arena), pattern->counts[i].times,
                    count_requests(peer, &pattern->counts[i]));
    if (!pattern->states_requests)
        return;
    if (pattern->request_count != peer->request_count)
        differs(&place, "%zu requests, want %zu", peer->request_count, pattern->request_count);
    const struct seen_request *request = peer->first;
    if (differences->is_told)
        place.what = arena_printf(seen->arena, "%s, request", name);
    for (size_t i = 0; i < pattern->request_count && request != NULL; i++) {
        place.number = i + 1;
        match_request(&place, &pattern->requests[i], request);
        request = request->next;
    }
}

bool match_behaviour(const struct behaviour *behaviour, const struct seen *seen,
                     struct differences *differences)
{
    const size_t before = differences->count;
    for (size_t i = 0; i < behaviour->client_count; i++) {
        const struct place place = {seen, differences, "step", i + 1};
        match_outcome(&place, &behaviour->client[i],
                      i < seen->outcome_count ? seen->outcomes[i] : NULL);
    }
    for (size_t i = 0; i < behaviour->peer_count; i++)
        match_peer(seen, differences, &behaviour->peers[i]);
    const struct place rules = {seen, differences, "rules", 0};
    if (behaviour->wants_clean && seen->finding_count > 0)
        differs(&rules, "%zu findings, want none", seen->finding_count);
    return differences->count == before;
}
