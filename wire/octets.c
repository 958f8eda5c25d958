#include "wire/octets.h"

#include "wire/arena.h"

size_t hole_len(enum hole_kind hole, bool is_https)
{
    static const size_t lens[][2] = {
        [HOLE_NONE] = {0, 0},
        [HOLE_HOST] = {HOLE_HOST_LEN, HOLE_HTTPS_HOST_LEN},
        [HOLE_PORT] = {HOLE_PORT_LEN, HOLE_PORT_LEN},
        [HOLE_AUTHORITY] = {HOLE_AUTHORITY_LEN, HOLE_HTTPS_AUTHORITY_LEN},
    };
    return lens[hole][is_https];
}

struct bytes octets_piece(const struct piece *piece, const struct endpoint *endpoints)
{
    switch (piece->hole) {
    case HOLE_NONE:
        return piece->data;
    case HOLE_HOST:
        return bytes_of(endpoints[piece->peer].host);
    case HOLE_PORT:
        return bytes_of(endpoints[piece->peer].port);
    case HOLE_AUTHORITY:
        return bytes_of(endpoints[piece->peer].authority);
    }
    assert(false);
    return piece->data;
}

struct bytes octets_peek(const struct octets_cursor *cursor)
{
    for (size_t i = cursor->piece; i < cursor->octets->count; i++) {
        struct bytes text = octets_piece(&cursor->octets->pieces[i], cursor->endpoints);
        if (i == cursor->piece)
            bytes_take(&text, cursor->at);
        if (text.len > 0)
            return text;
    }
    return (struct bytes){NULL, 0};
}

void octets_skip(struct octets_cursor *cursor, size_t count)
{
    while (count > 0) {
        const struct piece *piece = &cursor->octets->pieces[cursor->piece];
        const size_t rest = octets_piece(piece, cursor->endpoints).len - cursor->at;
        if (count < rest) {
            cursor->at += count;
            return;
        }
        count -= rest;
        cursor->at = 0;
        if (rest == 0 || ++cursor->round == piece->times) {
            cursor->round = 0;
            cursor->piece++;
        }
    }
}

bool octets_has_prefix(const struct octets *octets, const struct endpoint *endpoints,
                       struct bytes text)
{
    struct octets_cursor cursor = {.octets = octets, .endpoints = endpoints};
    while (text.len > 0) {
        const struct bytes next = octets_peek(&cursor);
        const size_t count = next.len < text.len ? next.len : text.len;
        if (count == 0 || memcmp(next.at, text.at, count) != 0)
            return false;
        octets_skip(&cursor, count);
        bytes_take(&text, count);
    }
    return true;
}

bool octets_equal(const struct octets *octets, const struct endpoint *endpoints, struct bytes text)
{
    return octets->len == text.len && octets_has_prefix(octets, endpoints, text);
}

struct bytes octets_build(const struct octets *octets, const struct endpoint *endpoints,
                          struct arena *arena, size_t max)
{
    const size_t len = octets->len < max ? (size_t)octets->len : max;
    uint8_t *built = arena_alloc(arena, len + 1);
    struct octets_cursor cursor = {.octets = octets, .endpoints = endpoints};
    for (size_t at = 0; at < len;) {
        const struct bytes next = octets_peek(&cursor);
        const size_t count = next.len < len - at ? next.len : len - at;
        assert(count > 0 && next.at != NULL);
        memcpy(built + at, next.at, count);
        octets_skip(&cursor, count);
        at += count;
    }
    return (struct bytes){built, len};
}
