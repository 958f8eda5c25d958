#include "harness/anywhere.h"

#include "wire/arena.h"

static struct endpoint endpoint_of(const struct peer *peer)
{
    if (!peer->is_https)
        return (struct endpoint){"127.100.100.100", "34567", "127.100.100.100:34567"};
    if (peer->is_address)
        return (struct endpoint){"127.0.0.1", "34567", "127.0.0.1:34567"};
    return (struct endpoint){"localhost", "34567", "localhost:34567"};
}

const struct endpoint *anywhere_of(const struct point *point, struct arena *arena)
{
    struct endpoint *endpoints = arena_array(arena, point->peer_count, sizeof(*endpoints));
    for (size_t i = 0; i < point->peer_count; i++)
        endpoints[i] = endpoint_of(&point->peers[i]);
    return endpoints;
}
