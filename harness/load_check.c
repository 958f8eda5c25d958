#include "harness/load_private.h"

#include "wire/match_value.h"

/*
 * One behaviour hides a later one when each run that the later describes matches
 * the earlier already. Only what is plain is found: `covers` functions answer
 * true when they are sure, and false otherwise.
 */

static bool octets_same(const struct octets *one, const struct octets *other)
{
    if (one->len != other->len || one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++) {
        const struct piece *first = &one->pieces[i], *second = &other->pieces[i];
        if (first->times != second->times || first->hole != second->hole ||
            first->peer != second->peer ||
            (first->hole == HOLE_NONE && !bytes_equal(first->data, second->data)))
            return false;
    }
    return true;
}

static bool value_same(const struct value *one, const struct value *other)
{
    return one->kind == other->kind && one->length == other->length &&
           octets_same(&one->octets, &other->octets);
}

/* Whether the pattern takes all that `value` takes: it is among its own, or is plain octets that it
 * matches. */
static bool value_covered(const struct loader *loader, const struct value_pattern *pattern,
                          const struct value *value)
{
    enum { TRIED_MAX = 4096 };
    for (size_t i = 0; i < pattern->count; i++)
        if (value_same(&pattern->values[i], value))
            return true;
    if (value->kind != VALUE_EQUALS || value->octets.len > TRIED_MAX ||
        load_has_hole(&value->octets))
        return false;
    const struct subject_value plain = {
        true, octets_build(&value->octets, NULL, loader->arena, TRIED_MAX), value->octets.len};
    for (size_t i = 0; i < pattern->count; i++)
        if (load_has_hole(&pattern->values[i].octets))
            return false;
    return value_matches(pattern, NULL, &plain, loader->arena);
}

static bool value_covers(const struct loader *loader, const struct value_pattern *earlier,
                         const struct value_pattern *later)
{
    if (earlier->count == 0)
        return true;
    for (size_t i = 0; i < later->count; i++)
        if (!value_covered(loader, earlier, &later->values[i]))
            return false;
    return later->count > 0;
}

static bool fields_cover(const struct loader *loader, const struct fields_pattern *earlier,
                         const struct fields_pattern *later)
{
    for (size_t i = 0; i < earlier->count; i++) {
        bool is_covered = false;
        for (size_t j = 0; j < later->count && !is_covered; j++)
            is_covered = bytes_equal_fold(earlier->items[i].name, later->items[j].name) &&
                         value_covers(loader, &earlier->items[i].value, &later->items[j].value);
        if (!is_covered)
            return false;
    }
    return true;
}

static bool range_covers(struct range earlier, struct range later)
{
    return earlier.least <= later.least && earlier.most >= later.most;
}

/* --- outcomes -------------------------------------------------------------------- */

static bool status_covers(const struct outcome_pattern *earlier,
                          const struct outcome_pattern *later)
{
    if (!earlier->states_status)
        return true;
    if (!later->states_status)
        return false;
    if (earlier->status_count == 0)
        return true;
    for (size_t i = 0; i < later->status_count; i++) {
        bool is_among = false;
        for (size_t j = 0; j < earlier->status_count; j++)
            is_among = is_among || earlier->statuses[j] == later->statuses[i];
        if (!is_among)
            return false;
    }
    return later->status_count > 0;
}

static bool interim_covers(const struct outcome_pattern *earlier,
                           const struct outcome_pattern *later)
{
    if (earlier->before != NULL)
        return false;
    if (!earlier->states_interim)
        return true;
    return later->states_interim && earlier->interim_count == later->interim_count &&
           (later->interim_count == 0 ||
            memcmp(earlier->interim, later->interim,
                   later->interim_count * sizeof(*later->interim)) == 0);
}

/* Of the errors that the later takes, without error only `body` counts, with one only `partial`. */
static bool outcome_covers(const struct loader *loader, const struct outcome_pattern *earlier,
                           const struct outcome_pattern *later, bool heeds_errors)
{
    const bool may_be_whole = (later->errors & ERROR_BIT(OUTCOME_NONE)) != 0;
    const bool may_fail = (later->errors & ~ERROR_BIT(OUTCOME_NONE)) != 0;
    return (!heeds_errors || (later->errors & ~earlier->errors) == 0) &&
           status_covers(earlier, later) &&
           (!may_be_whole || value_covers(loader, &earlier->body, &later->body)) &&
           (!may_fail || value_covers(loader, &earlier->partial, &later->partial)) &&
           value_covers(loader, &earlier->reason, &later->reason) &&
           fields_cover(loader, &earlier->headers, &later->headers) &&
           fields_cover(loader, &earlier->trailers, &later->trailers) &&
           interim_covers(earlier, later);
}

/* --- what a peer saw ---------------------------------------------------------------- */

static bool request_covers(const struct loader *loader, const struct request_pattern *earlier,
                           const struct request_pattern *later)
{
    const bool framing = earlier->framings == 0 ||
                         (later->framings != 0 && (later->framings & ~earlier->framings) == 0);
    const bool chunks = !earlier->states_chunks ||
                        (later->states_chunks && range_covers(earlier->chunks, later->chunks));
    const bool complete = !earlier->states_complete ||
                          (later->states_complete && earlier->complete == later->complete);
    const bool on = !earlier->states_on || (later->states_on && earlier->on == later->on);
    return framing && chunks && complete && on &&
           value_covers(loader, &earlier->method, &later->method) &&
           value_covers(loader, &earlier->target, &later->target) &&
           value_covers(loader, &earlier->body, &later->body) &&
           fields_cover(loader, &earlier->headers, &later->headers) &&
           fields_cover(loader, &earlier->trailers, &later->trailers);
}

static bool requests_cover(const struct loader *loader, const struct peer_pattern *earlier,
                           const struct peer_pattern *later)
{
    if (!earlier->states_requests)
        return true;
    if (!later->states_requests || earlier->request_count != later->request_count)
        return false;
    for (size_t i = 0; i < later->request_count; i++)
        if (!request_covers(loader, &earlier->requests[i], &later->requests[i]))
            return false;
    return true;
}

static bool counts_cover(const struct peer_pattern *earlier, const struct peer_pattern *later)
{
    for (size_t i = 0; i < earlier->count_count; i++) {
        const struct count_pattern *one = &earlier->counts[i];
        bool is_covered = false;
        for (size_t j = 0; j < later->count_count && !is_covered; j++)
            is_covered = bytes_equal(one->method, later->counts[j].method) &&
                         bytes_equal(one->target, later->counts[j].target) &&
                         range_covers(one->times, later->counts[j].times);
        if (!is_covered)
            return false;
    }
    return true;
}

static bool peer_covers(const struct loader *loader, const struct peer_pattern *earlier,
                        const struct peer_pattern *later)
{
    const bool connections =
        !earlier->states_connections ||
        (later->states_connections && range_covers(earlier->connections, later->connections));
    return earlier->peer == later->peer && connections && requests_cover(loader, earlier, later) &&
           counts_cover(earlier, later);
}

/* --- behaviours ---------------------------------------------------------------------- */

static bool behaviour_covers(const struct loader *loader, const struct behaviour *earlier,
                             const struct behaviour *later, bool heeds_errors)
{
    if (earlier->client_count > later->client_count ||
        (earlier->wants_clean && !later->wants_clean))
        return false;
    for (size_t i = 0; i < earlier->client_count; i++)
        if (!outcome_covers(loader, &earlier->client[i], &later->client[i], heeds_errors))
            return false;
    for (size_t i = 0; i < earlier->peer_count; i++) {
        bool is_covered = false;
        for (size_t j = 0; j < later->peer_count && !is_covered; j++)
            is_covered = peer_covers(loader, &earlier->peers[i], &later->peers[j]);
        if (!is_covered)
            return false;
    }
    return true;
}

/* Where no outcome is of the harness' own saying, or may be whole, only the kinds of errors are
 * left to tell two apart. */
static bool has_errors_only(const struct behaviour *behaviour)
{
    for (size_t i = 0; i < behaviour->client_count; i++)
        if ((behaviour->client[i].errors & ~ERROR_ANY) != 0)
            return false;
    return behaviour->client_count > 0;
}

static bool differ_in_error_kind(const struct loader *loader, const struct behaviour *one,
                                 const struct behaviour *other)
{
    return has_errors_only(one) && has_errors_only(other) &&
           behaviour_covers(loader, one, other, false) &&
           behaviour_covers(loader, other, one, false);
}

/* The earlier one when it hides the later, else NULL. `scratch` is a loader whose arena may be
 * emptied behind each pair. */
static const struct behaviour *check_pair(const struct loader *loader, const struct loader *scratch,
                                          const struct behaviour *earlier,
                                          const struct behaviour *later, const struct json *place)
{
    if (behaviour_covers(scratch, earlier, later, true))
        return earlier;
    if (earlier->verdict != later->verdict && differ_in_error_kind(scratch, earlier, later))
        load_error(loader, place,
                   "differs from %s, line %u, only in an error's kind: want the same verdict",
                   diag_quote(loader->arena, bytes_of(earlier->name)), earlier->line);
    return NULL;
}

void load_check_behaviours(const struct loader *loader, const struct point *point,
                           const struct json *const *places, const struct behaviour **hiders)
{
    struct loader scratch = *loader;
    scratch.arena = arena_new();
    for (size_t i = 0; i < point->behaviour_count; i++) {
        hiders[i] = NULL;
        for (size_t j = 0; j < i && hiders[i] == NULL; j++) {
            hiders[i] = check_pair(loader, &scratch, &point->behaviours[j], &point->behaviours[i],
                                   places[i]);
            arena_reset(scratch.arena);
        }
    }
    arena_free(scratch.arena);
}

static can_set reported_by(const struct behaviour *behaviour)
{
    can_set reported = 0;
    for (size_t i = 0; i < behaviour->client_count; i++) {
        const struct outcome_pattern *pattern = &behaviour->client[i];
        reported |= pattern->reason.count > 0 ? CAN(REPORT_REASON) : 0;
        reported |= pattern->headers.count > 0 ? CAN(REPORT_HEADERS) : 0;
        reported |= pattern->trailers.count > 0 ? CAN(REPORT_TRAILERS) : 0;
        reported |= pattern->states_interim ? CAN(REPORT_INTERIM) : 0;
        reported |= pattern->partial.count > 0 ? CAN(REPORT_PARTIAL) : 0;
    }
    return reported;
}

can_set load_reported_needs(const struct point *point)
{
    can_set all = point->behaviour_count > 0 ? ~(can_set)0 : 0;
    for (size_t i = 0; i < point->behaviour_count; i++)
        all &= reported_by(&point->behaviours[i]);
    return all;
}
