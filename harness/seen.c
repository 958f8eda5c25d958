#include "harness/seen_private.h"

void seen_findings_add(struct seen_findings *findings, struct run_finding one, struct arena *arena)
{
    findings->items = arena_room(arena, findings->items, findings->count, &findings->size,
                                 sizeof(*findings->items));
    findings->items[findings->count++] = one;
}

const struct peer *seen_script_of(const struct seen_wire *wire)
{
    return &wire->run->point->peers[wire->index];
}

static void add_finding(struct seen_connection *connection, struct finding finding)
{
    const struct seen_wire *wire = connection->wire;
    if (wire->is_unjudged || seen_is_asked_for(wire->run, finding.rule))
        return;
    seen_findings_add(&wire->run->findings,
                      (struct run_finding){finding, wire->index, connection->index},
                      wire->run->arena);
}

/* What rules find is counted from where their reader began. */
static void take_finding(void *context, const struct finding *finding)
{
    struct seen_connection *connection = context;
    add_finding(connection,
                (struct finding){finding->rule, connection->base_offset + finding->offset,
                                 connection->base_request + finding->request});
}

void seen_tell(struct seen_connection *connection, enum rule rule, uint64_t offset)
{
    const struct seen_request *request = connection->request;
    add_finding(
        connection,
        (struct finding){rule, offset,
                         request != NULL ? request->number : (unsigned)connection->request_count});
}

static void begin_reading(struct seen_connection *connection)
{
    http_reader_init(&connection->reader, HTTP_REQUESTS);
    connection->reader.limits = http_limits_wide;
    rules_init(&connection->rules, take_finding, connection);
    connection->rules.is_proxy =
        seen_script_of(connection->wire)->is_proxy && !connection->is_inside;
}

static struct seen_connection *find_connection(const struct seen_wire *wire, unsigned index)
{
    struct seen_connection *one = wire->connections;
    while (one != NULL && one->index != index)
        one = one->next;
    return one;
}

static struct seen_connection *connection_of(struct seen_wire *wire, unsigned index)
{
    struct seen_connection *one = find_connection(wire, index);
    if (one != NULL)
        return one;
    struct arena *arena = wire->run->arena;
    const struct peer *peer = seen_script_of(wire);
    one = arena_alloc(arena, sizeof(*one));
    one->index = index;
    one->next = wire->connections;
    wire->connections = one;
    one->wire = wire;
    one->reading = peer->is_https ? SEEN_UNKNOWN : SEEN_REQUESTS;
    if (peer->is_proxy) {
        one->answers = arena_alloc(arena, sizeof(*one->answers));
        http_reader_init(&one->answers->reader, HTTP_RESPONSES);
        one->answers->reader.limits = http_limits_wide;
    }
    begin_reading(one);
    if (wire->run->has_canary)
        one->target = finder_of(bytes_of(CANARY_TARGET),
                                arena_array(arena, strlen(CANARY_TARGET), sizeof(size_t)));
    return one;
}

/* Behaviours count connections in the order of their first octets. */
static struct seen_connection *counted_connection(struct seen_wire *wire, unsigned index)
{
    struct seen_connection *connection = connection_of(wire, index);
    if (!connection->is_counted)
        connection->on = wire->peer->connection_count++;
    connection->is_counted = true;
    return connection;
}

static void read_requests(struct seen_connection *connection, struct bytes octets)
{
    struct seen_wire *wire = connection->wire;
    enum http_event event;
    bool is_more;
    if (wire->run->has_canary && !finder_has_found(&connection->target))
        finder_next(&connection->target, octets);
    do {
        event = http_reader_next(&connection->reader, &octets);
        if (event == HTTP_START && connection->is_behind_refusal)
            seen_begin_refused(connection);
        rules_event(&connection->rules, &connection->reader, event);
        is_more = seen_take(connection, event);
    } while (is_more && !(event == HTTP_END && seen_is_connect(connection)));
    if (is_more)
        seen_end_connect(connection, octets);
}

/* The first octets at the end of a tunnel, or where TLS is due. */
static void read_unknown(struct seen_connection *connection, struct bytes octets)
{
    connection->reading = seen_begins_http(octets.at[0]) ? SEEN_REQUESTS : SEEN_RAW;
    if (connection->reading == SEEN_REQUESTS && seen_is_tls_due(connection))
        seen_tell(connection, RULE_PLAIN_OCTETS_TO_TLS, connection->base_offset);
    seen_read(connection, octets);
}

void seen_read(struct seen_connection *connection, struct bytes octets)
{
    if (octets.len == 0)
        return;
    if (connection->is_behind_refusal)
        seen_refuse(connection, octets);
    switch (connection->reading) {
    case SEEN_REQUESTS:
        read_requests(connection, octets);
        break;
    case SEEN_UNKNOWN:
        read_unknown(connection, octets);
        break;
    case SEEN_WAITING:
        seen_hold(connection, octets);
        break;
    case SEEN_RAW:
    case SEEN_JOINED:
        break;
    }
}

void seen_restart(struct seen_connection *connection, enum seen_reading reading, size_t held_len)
{
    seen_end_request(connection, false);
    http_reader_release(&connection->reader);
    connection->reading = reading;
    connection->is_canary = false;
    connection->base_offset = connection->received - held_len;
    connection->base_request = (unsigned)connection->request_count;
    begin_reading(connection);
}

/* --- events --------------------------------------------------------------------------- */

static void take_received(struct seen_wire *wire, const struct event *event)
{
    struct seen_connection *connection = counted_connection(wire, event->connection);
    connection->received += event->octets.len;
    seen_read(connection, event->octets);
}

/* Something is sent, or the peer ends its side: a request that is not whole may stay so. */
static void take_answered(struct seen_wire *wire, const struct event *event)
{
    struct seen_connection *connection = find_connection(wire, event->connection);
    if (connection == NULL && seen_script_of(wire)->is_proxy)
        connection = connection_of(wire, event->connection);
    if (connection == NULL)
        return;
    connection->is_answered = true;
    if (event->kind == EVENT_SENT)
        seen_answer(connection, event->octets);
    else
        seen_take_tls(connection, event);
}

static void take_begun_step(struct seen_wire *wire, const struct event *event)
{
    const struct script *script = &seen_script_of(wire)->scripts[event->script];
    const struct step *step = &script->steps[event->step];
    if (step->verb == STEP_FORWARD || step->verb == STEP_RELAY)
        connection_of(wire, event->connection)->is_forwarded = step->verb == STEP_FORWARD;
}

static void take_joined(struct seen_wire *wire, const struct event *event)
{
    seen_join(connection_of(wire, event->connection), event->text);
}

static void take_end(struct seen_wire *wire, const struct event *event)
{
    struct seen_connection *connection = find_connection(wire, event->connection);
    if (connection == NULL)
        return;
    if (event->kind == EVENT_FIN_RECEIVED && connection->reading == SEEN_JOINED &&
        !connection->tls.is_over)
        wire->run->left_count++;
    seen_take_tls(connection, event);
}

/* What is said of TLS shows that octets came. */
static void take_tls(struct seen_wire *wire, const struct event *event)
{
    seen_take_tls(counted_connection(wire, event->connection), event);
}

typedef void event_taker(struct seen_wire *wire, const struct event *event);

static event_taker *const takers[EVENT_KIND_COUNT] = {
    [EVENT_RECEIVED] = take_received,
    [EVENT_SENT] = take_answered,
    [EVENT_FIN_SENT] = take_answered,
    [EVENT_RST_SENT] = take_answered,
    [EVENT_CLOSED] = take_answered,
    [EVENT_RELAY_CUT] = take_answered,
    [EVENT_NOTIFY_SENT] = take_answered,
    [EVENT_ALERT_SENT] = take_answered,
    [EVENT_FIN_RECEIVED] = take_end,
    [EVENT_RST_RECEIVED] = take_end,
    [EVENT_STEP_BEGUN] = take_begun_step,
    [EVENT_JOINED] = take_joined,
    [EVENT_HELLO] = take_tls,
    [EVENT_SECURED] = take_tls,
    [EVENT_TLS_FAILED] = take_tls,
    [EVENT_NOTIFY_RECEIVED] = take_tls,
    [EVENT_ALERT_RECEIVED] = take_tls,
};

void seen_event(struct seen_wire *wire, const struct event *event)
{
    if (takers[event->kind] != NULL)
        takers[event->kind](wire, event);
}

/* --- begin and end ------------------------------------------------------------------- */

struct seen_wire seen_wire_of(struct seen_run *run, unsigned index, struct seen_peer *peer)
{
    return (struct seen_wire){.run = run,
                              .index = index,
                              .peer = peer,
                              .is_unjudged = seen_has_step_to(run->point, STEP_FORWARD, index)};
}

void seen_finish(struct seen_wire *wire, bool is_stopped)
{
    const bool is_cut = is_stopped || seen_is_cut_off(wire->run->point, wire->index);
    for (struct seen_connection *one = wire->connections; one != NULL; one = one->next) {
        const struct rules_facts facts = {.is_answered = one->is_answered, .is_stopped = is_cut};
        seen_end_waiting(one);
        if (one->reading == SEEN_REQUESTS)
            rules_end(&one->rules, &one->reader, &facts);
        if (!is_cut)
            seen_check_close(one);
        seen_end_request(one, false);
        if (finder_has_found(&one->target) && !one->met_canary)
            wire->canary.was_content = true;
    }
}

void seen_release(struct seen_wire *wire)
{
    for (struct seen_connection *one = wire->connections; one != NULL; one = one->next) {
        http_reader_release(&one->reader);
        if (one->answers != NULL)
            http_reader_release(&one->answers->reader);
    }
}
