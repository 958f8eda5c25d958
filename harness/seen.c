#include "harness/seen.h"

#include "harness/judge.h"
#include "wire/finder.h"

#include <stdlib.h>

/* Field lines in the order they came, in an array that doubles. */
struct field_list {
    struct field *items;
    size_t count, size;
};

struct seen_connection {
    struct seen_connection *next;
    unsigned index; /* as the transcript counts it */
    unsigned on;    /* as behaviours do: those with an octet */
    struct http_reader reader;
    struct rules rules;
    struct seen_wire *wire;
    bool is_answered; /* since the request that is being read began */
    size_t request_count;
    bool is_canary;               /* what is being read counts nowhere */
    bool met_canary;              /* it came here, as a request of its own */
    struct finder target;         /* its target, in whatever reads it comes */
    struct seen_request *request; /* that is being read; NULL between two */
    struct field_list fields, trailers;
    uint8_t *body; /* of `body_size` octets */
    size_t body_size;
};

void seen_findings_add(struct seen_findings *findings, struct run_finding one, struct arena *arena)
{
    findings->items = arena_room(arena, findings->items, findings->count, &findings->size,
                                 sizeof(*findings->items));
    findings->items[findings->count++] = one;
}

static void add_finding(void *context, const struct finding *finding)
{
    const struct seen_connection *connection = context;
    const struct seen_wire *wire = connection->wire;
    seen_findings_add(wire->findings,
                      (struct run_finding){*finding, wire->index, connection->index}, wire->arena);
}

static struct seen_connection *connection_of(struct seen_wire *wire, unsigned index)
{
    struct seen_connection *one = wire->connections;
    while (one != NULL && one->index != index)
        one = one->next;
    if (one != NULL)
        return one;
    one = arena_alloc(wire->arena, sizeof(*one));
    one->index = index;
    one->on = wire->peer->connection_count++;
    one->next = wire->connections;
    wire->connections = one;
    http_reader_init(&one->reader, HTTP_REQUESTS);
    one->reader.limits = http_limits_wide;
    one->wire = wire;
    rules_init(&one->rules, add_finding, one);
    if (wire->has_canary)
        one->target = finder_of(bytes_of(CANARY_TARGET),
                                arena_array(wire->arena, strlen(CANARY_TARGET), sizeof(size_t)));
    return one;
}

static void add_field(struct arena *arena, struct field_list *list,
                      const struct http_reader *reader)
{
    list->items = arena_room(arena, list->items, list->count, &list->size, sizeof(*list->items));
    list->items[list->count++] = (struct field){
        .name = arena_bytes(arena, reader->name),
        .value = arena_bytes(arena, reader->value),
    };
}

/* A connection that carried the canary alone was made for it. */
static bool meet_canary(struct seen_wire *wire, struct seen_connection *connection)
{
    const struct http_start *start = &connection->reader.start;
    connection->is_canary = bytes_equal(start->target, bytes_of(CANARY_TARGET)) &&
                            bytes_equal(start->method, bytes_of("GET"));
    if (!connection->is_canary)
        return false;
    connection->met_canary = true;
    wire->canary.was_met = true;
    wire->canary.was_reused = connection->request_count > 0;
    if (connection->request_count == 0)
        wire->peer->connection_count--;
    return true;
}

static void begin_request(struct seen_wire *wire, struct seen_connection *connection)
{
    const struct http_start *start = &connection->reader.start;
    struct seen_peer *peer = wire->peer;
    if (meet_canary(wire, connection))
        return;
    connection->request_count++;
    connection->is_answered = false;
    struct seen_request *request = arena_alloc(wire->arena, sizeof(*request));
    request->method = arena_bytes(wire->arena, start->method);
    request->target = arena_bytes(wire->arena, start->target);
    request->on = connection->on;
    request->connection = connection->index;
    request->number = (unsigned)(connection->request_count - 1);
    if (peer->last != NULL)
        peer->last->next = request;
    else
        peer->first = request;
    peer->last = request;
    peer->request_count++;
    connection->request = request;
    connection->fields = connection->trailers = (struct field_list){.count = 0};
    connection->body = NULL;
    connection->body_size = 0;
}

static void add_body(struct arena *arena, struct seen_connection *connection, struct bytes data)
{
    struct seen_request *request = connection->request;
    request->body_len += data.len;
    const size_t room = JUDGE_BODY_MAX - request->body.len;
    const size_t count = data.len < room ? data.len : room;
    const size_t len = request->body.len + count;
    if (count == 0)
        return;
    if (len > connection->body_size) {
        const size_t twice = connection->body_size * 2;
        connection->body_size = len > twice ? len : twice;
        uint8_t *grown = arena_alloc(arena, connection->body_size);
        if (request->body.len > 0)
            memcpy(grown, connection->body, request->body.len);
        connection->body = grown;
    }
    memcpy(connection->body + request->body.len, data.at, count);
    request->body = (struct bytes){connection->body, len};
}

static enum framing_bit framing_of(enum http_framing framing)
{
    switch (framing) {
    case HTTP_FRAMING_NONE:
        return FRAMING_NONE;
    case HTTP_FRAMING_LENGTH:
        return FRAMING_LENGTH;
    case HTTP_FRAMING_CHUNKED:
        return FRAMING_CHUNKED;
    case HTTP_FRAMING_TO_CLOSE:
    case HTTP_FRAMING_TUNNEL:
    case HTTP_FRAMING_UNKNOWN:
        break;
    }
    return 0;
}

static void end_request(struct seen_connection *connection, bool is_complete)
{
    struct seen_request *request = connection->request;
    if (request == NULL)
        return;
    request->fields = (struct fields){connection->fields.items, connection->fields.count};
    request->trailers = (struct fields){connection->trailers.items, connection->trailers.count};
    request->is_complete = is_complete;
    connection->request = NULL;
}

/* Takes one thing that the reader found; false when it has nothing more to say. */
static bool take_event(struct seen_wire *wire, struct seen_connection *connection,
                       enum http_event event)
{
    struct http_reader *reader = &connection->reader;
    if (connection->is_canary && event != HTTP_START && event != HTTP_LOST &&
        event != HTTP_NEED_MORE)
        return true;
    switch (event) {
    case HTTP_START:
        begin_request(wire, connection);
        return true;
    case HTTP_FIELD:
        add_field(wire->arena, &connection->fields, reader);
        return true;
    case HTTP_HEAD:
        connection->request->framing = framing_of(reader->message.framing);
        connection->request->offset = reader->offset;
        return true;
    case HTTP_CHUNK:
        connection->request->chunk_count += reader->chunk_size > 0;
        return true;
    case HTTP_DATA:
        add_body(wire->arena, connection, reader->data);
        return true;
    case HTTP_TRAILER:
        add_field(wire->arena, &connection->trailers, reader);
        return true;
    case HTTP_END:
        end_request(connection, true);
        return true;
    case HTTP_DEVIATION:
        return true;
    case HTTP_NO_MEMORY:
        abort(); /* as wire/arena.c */
    case HTTP_NEED_MORE:
    case HTTP_LOST:
    case HTTP_CUT:
    case HTTP_IDLE:
        break;
    }
    return false;
}

void seen_receive(struct seen_wire *wire, unsigned index, struct bytes octets)
{
    struct seen_connection *connection = connection_of(wire, index);
    enum http_event event;
    if (wire->has_canary && !finder_has_found(&connection->target))
        finder_next(&connection->target, octets);
    do {
        event = http_reader_next(&connection->reader, &octets);
        rules_event(&connection->rules, &connection->reader, event);
    } while (take_event(wire, connection, event));
}

void seen_answer(struct seen_wire *wire, unsigned index)
{
    for (struct seen_connection *one = wire->connections; one != NULL; one = one->next)
        if (one->index == index)
            one->is_answered = true;
}

void seen_finish(struct seen_wire *wire, bool is_stopped)
{
    for (struct seen_connection *one = wire->connections; one != NULL; one = one->next) {
        const struct rules_facts facts = {.is_answered = one->is_answered,
                                          .is_stopped = is_stopped};
        rules_end(&one->rules, &one->reader, &facts);
        end_request(one, false);
        if (finder_has_found(&one->target) && !one->met_canary)
            wire->canary.was_content = true;
    }
}

void seen_release(struct seen_wire *wire)
{
    for (struct seen_connection *one = wire->connections; one != NULL; one = one->next)
        http_reader_release(&one->reader);
}
