#include "harness/anywhere.h"
#include "harness/expand.h"

/* --- the send ------------------------------------------------------------------------ */

static const struct script *script_of(const struct swept *swept)
{
    return &swept->point->peers[swept->peer].scripts[swept->script];
}

/* Finds the send so named; false after a mistake. */
static bool find_send(const struct expansion *expansion, struct swept *swept)
{
    const struct sweep *sweep = expansion->loader->sweep;
    const struct step_name *name = load_find_name(expansion->loader, sweep->send->string);
    *swept = (struct swept){
        .point = &expansion->base,
        .endpoints = anywhere_of(&expansion->base, expansion->loader->arena),
    };
    if (name != NULL && !name->is_client) {
        swept->peer = name->mark.peer;
        swept->script = name->mark.connection_script;
        swept->step = name->mark.step;
        swept->send = &script_of(swept)->steps[swept->step];
        if (swept->send->verb == STEP_SEND)
            return true;
    }
    load_error(expansion->loader, sweep->send, "no send has the name %s",
               diag_quote(expansion->loader->arena, bytes_of(sweep->send->string)));
    return false;
}

static enum http_answers answers_to(const struct octets *method)
{
    if (octets_equal(method, NULL, bytes_of("HEAD")))
        return HTTP_ANSWERS_HEAD;
    return octets_equal(method, NULL, bytes_of("CONNECT")) ? HTTP_ANSWERS_CONNECT
                                                           : HTTP_ANSWERS_OTHER;
}

/* By the method that the route is for. */
static enum http_answers route_answers(const struct route *route)
{
    const struct value *only = route->method.count == 1 ? route->method.values : NULL;
    return only != NULL && only->kind == VALUE_EQUALS ? answers_to(&only->octets)
                                                      : HTTP_ANSWERS_OTHER;
}

/* Whether the answer is the proxy's own to CONNECT: it stands before the TLS inside of the tunnel,
 * or, where there is none, behind the first request. */
static bool answers_tunnel(const struct swept *swept, const struct client_step *step)
{
    const struct peer *peer = &swept->point->peers[swept->peer];
    const struct step *steps = script_of(swept)->steps;
    size_t requests = 0;
    if (!peer->is_proxy || step->proxy == NULL)
        return false;
    for (size_t i = 0; i < swept->step; i++) {
        if (steps[i].verb == STEP_START_TLS)
            return false;
        requests += steps[i].verb == STEP_READ && steps[i].read != READ_BODY;
    }
    return swept->point->peers[0].is_https || (step->proxy->tunnels && requests <= 1);
}

/* Which request is answered: the requests that this script has read before it, behind one for each
 * connection before. */
static enum http_answers answers_of(const struct swept *swept)
{
    const struct script *script = script_of(swept);
    const struct route *routes = swept->point->peers[swept->peer].routes;
    size_t request = swept->script;
    if (routes != NULL)
        return route_answers(&routes[swept->script]);
    for (size_t i = 0, count = 0; i < swept->step; i++)
        if (script->steps[i].verb == STEP_READ && script->steps[i].read != READ_BODY && count++ > 0)
            request++;
    if (request >= swept->point->client_count)
        request = swept->point->client_count - 1;
    if (answers_tunnel(swept, &swept->point->client[request]))
        return HTTP_ANSWERS_CONNECT;
    return answers_to(&swept->point->client[request].method);
}

/* Told before anything is built of a send of gigabytes. */
static bool fits(const struct expansion *expansion, const struct swept *swept)
{
    if (swept->send->send.len < POINTS_MAX)
        return true;
    return load_error(expansion->loader, expansion->loader->sweep->send,
                      "the send has %llu octets: want less than %d",
                      (unsigned long long)swept->send->send.len, POINTS_MAX);
}

/* --- points ------------------------------------------------------------------------------ */

/* The point with other steps in the script of the send. */
static struct point with_steps(const struct expansion *expansion, const struct swept *swept,
                               const struct step *steps, size_t count)
{
    struct arena *arena = expansion->loader->arena;
    struct point point = expansion->base;
    struct peer *peers = arena_array(arena, point.peer_count, sizeof(*peers));
    memcpy(peers, point.peers, point.peer_count * sizeof(*peers));
    struct peer *peer = &peers[swept->peer];
    struct script *scripts = arena_array(arena, peer->script_count, sizeof(*scripts));
    memcpy(scripts, peer->scripts, peer->script_count * sizeof(*scripts));
    scripts[swept->script] = (struct script){steps, count};
    peer->scripts = scripts;
    point.peers = peers;
    return point;
}

/* A copy of the first `count` steps, with room for `more`. */
static struct step *copy_steps(const struct expansion *expansion, const struct swept *swept,
                               size_t count, size_t more)
{
    struct step *steps = arena_array(expansion->loader->arena, count + more, sizeof(*steps));
    memcpy(steps, script_of(swept)->steps, count * sizeof(*steps));
    return steps;
}

/* "a=b", or "a=b,c=d" behind another. */
static const char *join_ids(const struct expansion *expansion, const char *id, const char *more)
{
    return id[0] == '\0' ? more : arena_printf(expansion->loader->arena, "%s,%s", id, more);
}

/* --- truncate -------------------------------------------------------------------------------- */

/* The first cut at which each state begins; 0 where it never does. */
struct begins {
    uint64_t at[CUT_STATE_COUNT];
};

static struct begins find_begins(const struct cut_facts *cuts, size_t len, enum end end)
{
    struct begins begins = {{0}};
    for (size_t cut = 1; cut <= len; cut++) {
        const enum cut_state state = cut_state_at_end(cuts[cut], end);
        if (begins.at[state] == 0)
            begins.at[state] = cut;
    }
    return begins;
}

/* The reader is the oracle of all points, so a person pins what it says. */
static void check_states(const struct expansion *expansion, const struct begins *begins)
{
    struct loader *loader = expansion->loader;
    const struct json *pins = loader->sweep->states;
    const char *text = "";
    bool is_same = true;
    if (pins == NULL || pins->type != JSON_OBJECT)
        return;
    for (int i = CUT_HEAD; i < CUT_STATE_COUNT; i++) {
        const char *name = cut_state_name((enum cut_state)i);
        const struct json *pin = json_member(pins, name);
        const uint64_t pinned =
            pin != NULL && pin->type == JSON_NUMBER ? (uint64_t)pin->integer : 0;
        is_same = is_same && pinned == begins->at[i];
        if (begins->at[i] > 0)
            text =
                arena_printf(loader->arena, "%s%s\"%s\": %llu", text, text[0] != '\0' ? ", " : "",
                             name, (unsigned long long)begins->at[i]);
    }
    if (!is_same)
        load_error(loader, pins, "the reader says {%s}", text);
}

/* The octets up to the cut, read by the client, and then the end: else a reset could overtake
 * them. */
static void add_cut(struct expansion *expansion, const struct swept *swept, const char *id,
                    struct cut_facts facts, const struct octets *sent, enum end end)
{
    static const enum close_kind closes[] = {[END_FIN] = CLOSE_FIN,
                                             [END_FULL] = CLOSE_FULL,
                                             [END_RST] = CLOSE_RST,
                                             [END_NO_NOTIFY] = CLOSE_FIN};
    const size_t count = (size_t)swept->step + 1;
    struct step *steps = copy_steps(expansion, swept, count, 2);
    steps[swept->step].send = *sent;
    steps[count] = (struct step){.verb = STEP_WAIT, .wait = WAIT_DRAINED};
    steps[count + 1] = (struct step){
        .verb = STEP_CLOSE, .close = closes[end], .withholds_notify = end == END_NO_NOTIFY};
    const struct point point = with_steps(expansion, swept, steps, count + 2);
    const struct settings settings = {
        .items = {{"cut", NULL, sent->len},
                  {"end", expand_end_name(end), 0},
                  {"state", cut_state_name(cut_state_at_end(facts, end)), 0}},
        .count = 3,
    };
    const char *own = arena_printf(expansion->loader->arena, "cut=%llu,end=%s",
                                   (unsigned long long)sent->len, expand_end_name(end));
    expand_add(expansion, &point, join_ids(expansion, id, own), &settings);
}

/* An end without close_notify is one only where there may be TLS. */
static bool are_ends_possible(const struct expansion *expansion, const struct swept *swept)
{
    const struct sweep *sweep = expansion->loader->sweep;
    for (size_t i = 0; i < sweep->end_count; i++)
        if (sweep->ends[i] == END_NO_NOTIFY &&
            !load_may_be_tls(&swept->point->peers[swept->peer], swept->script, swept->step))
            return load_error(expansion->loader, json_member(sweep->place, "ends"),
                              "there is no TLS to end: want \"tls\" or a \"start_tls\" before");
    return true;
}

static void truncate_send(struct expansion *expansion, const struct swept *swept, const char *id)
{
    struct loader *loader = expansion->loader;
    const struct sweep *sweep = loader->sweep;
    const struct octets *all = &swept->send->send;
    if (swept->step + 1 < script_of(swept)->count) {
        load_error(loader, sweep->send,
                   "a send that is truncated ends its script: want no step behind it");
        return;
    }
    if (!are_ends_possible(expansion, swept))
        return;
    const struct cut_facts *cuts = expand_cuts(loader->arena, swept);
    const struct begins begins = find_begins(cuts, (size_t)all->len, sweep->ends[0]);
    check_states(expansion, &begins);
    for (size_t cut = 0; cut <= all->len && !expansion->is_full; cut++) {
        const struct octets sent = expand_slice(loader->arena, all, 0, cut);
        for (size_t i = 0; i < sweep->end_count; i++)
            add_cut(expansion, swept, id, cuts[cut], &sent, sweep->ends[i]);
    }
}

/* --- split -------------------------------------------------------------------------------------
 */

/* `cut` 0 is the whole, the send's length each byte. */
static void add_split(struct expansion *expansion, const struct swept *swept, const char *id,
                      size_t cut)
{
    struct arena *arena = expansion->loader->arena;
    const size_t count = script_of(swept)->count;
    const bool is_whole = cut == 0, is_each = cut == swept->send->send.len;
    const char *word = is_whole ? "whole" : is_each ? "each byte" : NULL;
    struct step *steps = copy_steps(expansion, swept, count, 0);
    if (word == NULL) {
        uint64_t *sizes = arena_alloc(arena, sizeof(*sizes));
        *sizes = cut;
        steps[swept->step].sizes = sizes;
        steps[swept->step].size_count = 1;
    }
    steps[swept->step].segmentation = is_whole  ? SEGMENTS_WHOLE
                                      : is_each ? SEGMENTS_EACH_BYTE
                                                : SEGMENTS_SIZES;
    struct point point = with_steps(expansion, swept, steps, count);
    point.split_group = expansion->split_count;
    point.is_split_whole = is_whole;
    const struct settings settings = {.items = {{"split", word, cut}}, .count = 1};
    const char *own = word != NULL ? arena_printf(arena, "split=%s", word)
                                   : arena_printf(arena, "split=%zu", cut);
    expand_add(expansion, &point, join_ids(expansion, id, own), &settings);
}

static void split_send(struct expansion *expansion, const struct swept *swept, const char *id)
{
    const struct json *place = expansion->loader->sweep->send;
    const size_t len = (size_t)swept->send->send.len;
    if (swept->send->segmentation != SEGMENTS_WHOLE)
        load_error(expansion->loader, place, "\"split\" cuts the send: want no \"segments\" in it");
    if (len < 2) {
        load_error(expansion->loader, place, "the send has %zu octets: want at least 2", len);
        return;
    }
    expansion->split_count++;
    for (size_t cut = 0; cut <= len && !expansion->is_full; cut++)
        add_split(expansion, swept, id, cut);
}

/* --- insert ------------------------------------------------------------------------------------
 */

static void add_insert(struct expansion *expansion, const struct swept *swept, const char *id,
                       const struct inserted *inserted, uint64_t at)
{
    struct loader *loader = expansion->loader;
    const size_t count = script_of(swept)->count;
    struct step *steps = copy_steps(expansion, swept, count, 0);
    struct step *send = &steps[swept->step];
    send->send = expand_insert(loader->arena, &swept->send->send, at, inserted->octets);
    const struct point point = with_steps(expansion, swept, steps, count);
    const struct settings settings = {
        .items = {{"octet", inserted->name, 0},
                  {"at", NULL, at},
                  {"deviation", loader->sweep->deviations[expand_deviation(swept, &send->send)],
                   0}},
        .count = 3,
    };
    const char *own =
        arena_printf(loader->arena, "octet=%s,at=%llu", inserted->name, (unsigned long long)at);
    expand_add(expansion, &point, join_ids(expansion, id, own), &settings);
}

/* The head's octets in the send are those before the first cut at which the head is whole. */
static size_t head_len(const struct expansion *expansion, const struct swept *swept)
{
    const size_t len = (size_t)swept->send->send.len;
    const struct cut_facts *cuts = expand_cuts(expansion->loader->arena, swept);
    for (size_t cut = 0; cut <= len; cut++)
        if (cuts[cut].state > CUT_HEAD)
            return cut;
    return len;
}

static void insert_range(struct expansion *expansion, const struct swept *swept, const char *id,
                         const struct inserted *inserted)
{
    const struct sweep *sweep = expansion->loader->sweep;
    const uint64_t len = swept->send->send.len;
    const uint64_t head = sweep->range == INSERT_ALL ? 0 : head_len(expansion, swept);
    const uint64_t first = sweep->range == INSERT_BODY ? head : 0;
    const uint64_t last = sweep->range == INSERT_HEAD ? head : len;
    if (first == last)
        load_error(expansion->loader, sweep->send, "there is no such position in the send");
    for (uint64_t at = first; at < last && !expansion->is_full; at++)
        add_insert(expansion, swept, id, inserted, at);
}

static void insert_listed(struct expansion *expansion, const struct swept *swept, const char *id,
                          const struct inserted *inserted)
{
    const struct sweep *sweep = expansion->loader->sweep;
    const uint64_t len = swept->send->send.len;
    for (size_t i = 0; i < sweep->position_count; i++) {
        if (sweep->positions[i] <= len)
            add_insert(expansion, swept, id, inserted, sweep->positions[i]);
        else
            load_error(expansion->loader, sweep->send,
                       "the send has %llu octets: no position %llu is in it",
                       (unsigned long long)len, (unsigned long long)sweep->positions[i]);
    }
}

static void insert_octets(struct expansion *expansion, const struct swept *swept, const char *id)
{
    const struct sweep *sweep = expansion->loader->sweep;
    for (size_t i = 0; i < sweep->octet_count && !expansion->is_full; i++) {
        if (sweep->range == INSERT_LISTED)
            insert_listed(expansion, swept, id, &sweep->octets[i]);
        else
            insert_range(expansion, swept, id, &sweep->octets[i]);
    }
}

/* --- the sweep
 * ------------------------------------------------------------------------------------ */

void expand_sweep(struct expansion *expansion, const char *id)
{
    struct loader *loader = expansion->loader;
    struct swept swept;
    if (loader->sweep->send == NULL || !find_send(expansion, &swept) || !fits(expansion, &swept))
        return;
    swept.answers = answers_of(&swept);
    if (loader->sweep->kind == SWEEP_SPLIT) {
        split_send(expansion, &swept, id);
        return;
    }
    if (load_has_hole(&swept.send->send))
        load_error(loader, loader->sweep->send,
                   "want a send whose octets do not depend on the run");
    else if (loader->sweep->kind == SWEEP_TRUNCATE)
        truncate_send(expansion, &swept, id);
    else
        insert_octets(expansion, &swept, id);
}
