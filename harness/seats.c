#include "harness/seats.h"

struct seat {
    struct lease lease;
    struct peer_run *peer; /* NULL once it was left */
    bool is_leased;
};

static void on_accepted(void *context, int fd)
{
    const struct seat *seat = context;
    peer_run_accept(seat->peer, fd);
}

static bool take(struct seats *seats, size_t index, const struct peer *peer, struct peer_host *host)
{
    struct seat *seat = &seats->items[index];
    seat->lease.accepted = on_accepted;
    seat->lease.context = seat;
    seat->lease.refuses = peer->refuses;
    seat->lease.is_named = peer->is_https;
    seat->lease.is_address = peer->is_address;
    seat->lease.receive_buffer = peer->receive_buffer;
    seat->is_leased = listener_lease(seats->listener, &seat->lease);
    if (!seat->is_leased)
        return false;
    seats->endpoints[index] = seat->lease.endpoint;
    seat->peer = peer_run_new(peer, (unsigned)index, host);
    return true;
}

bool seats_take(struct seats *seats, struct listener *listener, const struct point *point,
                struct peer_host *host, struct arena *arena)
{
    *seats = (struct seats){.listener = listener, .count = point->peer_count};
    seats->items = arena_array(arena, seats->count, sizeof(*seats->items));
    seats->endpoints = arena_array(arena, seats->count, sizeof(*seats->endpoints));
    for (size_t i = 0; i < seats->count; i++)
        if (!take(seats, i, &point->peers[i], host)) {
            seats_leave(seats);
            return false;
        }
    return true;
}

void seats_leave(struct seats *seats)
{
    for (size_t i = 0; i < seats->count; i++) {
        struct seat *seat = &seats->items[i];
        if (seat->peer != NULL)
            peer_run_end(seat->peer);
        if (seat->is_leased)
            listener_give_back(seats->listener, &seat->lease);
        seat->peer = NULL;
        seat->is_leased = false;
    }
}

/* Every peer is settled, also when one of them is not quiet. */
bool seats_are_quiet(struct seats *seats)
{
    bool is_quiet = true;
    for (size_t i = 0; i < seats->count; i++) {
        struct peer_run *peer = seats->items[i].peer;
        is_quiet = (peer == NULL || peer_run_settle(peer)) && is_quiet;
    }
    return is_quiet;
}

bool seats_are_busy(const struct seats *seats)
{
    for (size_t i = 0; i < seats->count; i++)
        if (peer_run_is_busy(seats->items[i].peer))
            return true;
    return false;
}

bool seats_are_held(const struct seats *seats)
{
    for (size_t i = 0; i < seats->count; i++)
        if (peer_run_is_held(seats->items[i].peer))
            return true;
    return false;
}

void seats_each(const struct seats *seats, void (*do_it)(struct peer_run *run))
{
    for (size_t i = 0; i < seats->count; i++)
        do_it(seats->items[i].peer);
}
