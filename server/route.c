#include "server/connection.h"
#include "server/head.h"
#include "wire/match_value.h"

static struct arena *arena_of(const struct connection *connection)
{
    return connection->peer->host->transcript->arena;
}

void route_note(struct connection *connection, enum http_event event)
{
    if (!connection->peer->keeps_heads)
        return;
    if (connection->head == NULL)
        connection->head = arena_alloc(arena_of(connection), sizeof(*connection->head));
    head_note(connection->head, arena_of(connection), &connection->requests, event);
}

static bool matches(const struct connection *connection, const struct value_pattern *pattern,
                    struct bytes text)
{
    const struct subject_value value = {true, text, text.len};
    return value_matches(pattern, connection->peer->host->endpoints, &value, arena_of(connection));
}

static bool fits(const struct connection *connection, const struct route *route)
{
    const struct head *head = connection->head;
    const struct fields fields = {head->fields, head->count};
    if (!matches(connection, &route->method, head->start.method) ||
        !matches(connection, &route->target, head->start.target))
        return false;
    for (size_t i = 0; i < route->headers.count; i++) {
        const struct field_pattern *wanted = &route->headers.items[i];
        const struct subject_value got =
            value_of_field(&fields, wanted->name, arena_of(connection));
        if (!value_matches(&wanted->value, connection->peer->host->endpoints, &got,
                           arena_of(connection)))
            return false;
    }
    return true;
}

const struct script *route_choose(struct connection *connection)
{
    struct peer_run *run = connection->peer;
    const struct peer *peer = run->peer;
    for (size_t i = 0; i < peer->script_count; i++) {
        const struct route *route = &peer->routes[i];
        const bool is_used_up = route->times > 0 && run->route_uses[i] >= route->times;
        if (is_used_up || !fits(connection, route))
            continue;
        run->route_uses[i]++;
        return &peer->scripts[i];
    }
    return NULL;
}
