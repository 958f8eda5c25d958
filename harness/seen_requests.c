#include "harness/given.h"
#include "harness/judge.h"
#include "harness/seen_private.h"

#include <stdlib.h>

static void add_field(struct arena *arena, struct field_list *list,
                      const struct http_reader *reader)
{
    list->items = arena_room(arena, list->items, list->count, &list->size, sizeof(*list->items));
    list->items[list->count++] = (struct field){
        .name = arena_bytes(arena, reader->name),
        .value = arena_bytes(arena, reader->value),
    };
}

/* The canary, or the CONNECT that makes its way. A connection that carried it alone was made for
 * it. */
static bool meet_canary(struct seen_wire *wire, struct seen_connection *connection)
{
    const struct http_start *start = &connection->reader.start;
    const bool is_it = bytes_equal(given_target(start->target), bytes_of(CANARY_TARGET)) &&
                       bytes_equal(start->method, bytes_of("GET"));
    connection->is_canary = is_it || (wire->run->canary_is_asked && seen_is_connect(connection));
    if (!connection->is_canary)
        return false;
    if (is_it) {
        connection->met_canary = true;
        wire->canary.was_met = true;
        wire->canary.was_reused = connection->request_count > 0;
    }
    if (connection->request_count == 0 && !connection->is_canarys)
        wire->peer->connection_count--;
    connection->is_canarys = true;
    return true;
}

static void begin_request(struct seen_wire *wire, struct seen_connection *connection)
{
    const struct http_start *start = &connection->reader.start;
    struct seen_peer *peer = wire->peer;
    if (connection->answers != NULL && !connection->is_inside)
        seen_begin_proxied(connection);
    if (meet_canary(wire, connection))
        return;
    connection->request_count++;
    connection->is_answered = false;
    struct seen_request *request = arena_alloc(wire->run->arena, sizeof(*request));
    request->method = arena_bytes(wire->run->arena, start->method);
    request->target = arena_bytes(wire->run->arena, start->target);
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
    seen_check_alpn(connection);
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

void seen_end_request(struct seen_connection *connection, bool is_complete)
{
    struct seen_request *request = connection->request;
    if (request == NULL)
        return;
    request->fields = (struct fields){connection->fields.items, connection->fields.count};
    request->trailers = (struct fields){connection->trailers.items, connection->trailers.count};
    request->is_complete = is_complete;
    connection->request = NULL;
}

bool seen_take(struct seen_connection *connection, enum http_event event)
{
    struct seen_wire *wire = connection->wire;
    struct http_reader *reader = &connection->reader;
    if (connection->is_canary && event != HTTP_START && event != HTTP_LOST &&
        event != HTTP_NEED_MORE)
        return true;
    switch (event) {
    case HTTP_START:
        begin_request(wire, connection);
        return true;
    case HTTP_FIELD:
        add_field(wire->run->arena, &connection->fields, reader);
        return true;
    case HTTP_HEAD:
        connection->request->framing = framing_of(reader->message.framing);
        connection->request->offset = connection->base_offset + reader->offset;
        seen_check_host(connection);
        return true;
    case HTTP_CHUNK:
        connection->request->chunk_count += reader->chunk_size > 0;
        return true;
    case HTTP_DATA:
        add_body(wire->run->arena, connection, reader->data);
        return true;
    case HTTP_TRAILER:
        add_field(wire->run->arena, &connection->trailers, reader);
        return true;
    case HTTP_END:
        seen_end_request(connection, true);
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
