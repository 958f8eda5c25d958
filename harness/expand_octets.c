#include "harness/expand.h"

/* Pieces that are counted first, then kept. */
struct slices {
    struct piece *pieces; /* NULL: they are counted */
    size_t count;
    uint64_t len;
};

static void add_piece(struct slices *slices, struct bytes data, uint64_t times)
{
    if (data.len == 0 || times == 0)
        return;
    if (slices->pieces != NULL)
        slices->pieces[slices->count] = (struct piece){.data = data, .times = times};
    slices->count++;
    slices->len += data.len * times;
}

/* The octets of one piece from `from` to `to`: a rest, whole rounds, a beginning. */
static void add_part(struct slices *slices, const struct piece *piece, uint64_t from, uint64_t to)
{
    const struct bytes data = piece->data;
    const uint64_t first = from / data.len, last = to / data.len;
    const size_t skipped = (size_t)(from % data.len), rest = (size_t)(to % data.len);
    if (first == last) {
        add_piece(slices, (struct bytes){data.at + skipped, rest - skipped}, 1);
        return;
    }
    if (skipped > 0)
        add_piece(slices, (struct bytes){data.at + skipped, data.len - skipped}, 1);
    add_piece(slices, data, last - first - (skipped > 0 ? 1 : 0));
    add_piece(slices, (struct bytes){data.at, rest}, 1);
}

static void add_octets(struct slices *slices, const struct octets *all, uint64_t from, uint64_t to)
{
    uint64_t at = 0;
    for (size_t i = 0; i < all->count && at < to; i++) {
        const struct piece *piece = &all->pieces[i];
        const uint64_t len = piece->data.len * piece->times;
        const uint64_t begin = from > at ? from - at : 0;
        const uint64_t end = to - at < len ? to - at : len;
        assert(piece->hole == HOLE_NONE);
        if (begin < end)
            add_part(slices, piece, begin, end);
        at += len;
    }
}

struct octets expand_insert(struct arena *arena, const struct octets *all, uint64_t at,
                            struct bytes inserted)
{
    struct slices slices = {.pieces = NULL};
    for (int round = 0; round < 2; round++) {
        if (round > 0)
            slices =
                (struct slices){.pieces = arena_array(arena, slices.count, sizeof(struct piece))};
        add_octets(&slices, all, 0, at);
        add_piece(&slices, inserted, 1);
        add_octets(&slices, all, at, all->len);
    }
    return (struct octets){slices.pieces, slices.count, slices.len};
}

struct octets expand_slice(struct arena *arena, const struct octets *all, uint64_t from,
                           uint64_t to)
{
    struct slices slices = {.pieces = NULL};
    for (int round = 0; round < 2; round++) {
        if (round > 0)
            slices =
                (struct slices){.pieces = arena_array(arena, slices.count, sizeof(struct piece))};
        add_octets(&slices, all, from, to);
    }
    return (struct octets){slices.pieces, slices.count, slices.len};
}
