#include "harness/bundled_private.h"

enum { KEPT_SIZE_FIRST = 4 * 1024 };

static void grow(struct kept *kept, size_t more)
{
    size_t size = kept->size > 0 ? kept->size : KEPT_SIZE_FIRST;
    while (size - kept->len < more)
        size *= 2;
    uint8_t *at = arena_alloc(kept->arena, size);
    if (kept->len > 0)
        memcpy(at, kept->at, kept->len);
    kept->at = at;
    kept->size = size;
}

static void keep(struct kept *kept, struct bytes octets)
{
    kept->body_len += octets.len;
    const size_t room = BUNDLED_BODY_MAX - kept->len;
    const size_t count = octets.len < room ? octets.len : room;
    if (count == 0)
        return;
    if (kept->size - kept->len < count)
        grow(kept, count);
    memcpy(kept->at + kept->len, octets.at, count);
    kept->len += count;
}

/* Reads `amount` octets as one would with a buffer of that size. `is_end` when there were fewer. */
static enum assay_error read_amount(struct bundled *bundled, struct assay_response *response,
                                    struct kept *kept, uint64_t amount, bool *is_end)
{
    uint8_t *into = bundled_piece(bundled);
    *is_end = false;
    while (amount > 0 && !*is_end) {
        const size_t asked = amount < PIECE_SIZE ? (size_t)amount : PIECE_SIZE;
        size_t got;
        const enum assay_error error = assay_read(response, into, asked, &got);
        keep(kept, (struct bytes){into, got});
        if (error != ASSAY_OK)
            return error;
        amount -= asked;
        *is_end = got < asked;
    }
    return ASSAY_OK;
}

static enum assay_error read_stream(struct assay_response *response, struct kept *kept)
{
    for (;;) {
        struct assay_bytes piece;
        const enum assay_error error = assay_read_piece(response, &piece);
        if (error != ASSAY_OK || piece.len == 0)
            return error;
        keep(kept, bundled_take(piece));
    }
}

static enum assay_error read_amounts(struct bundled *bundled, const struct client_step *step,
                                     struct assay_response *response, struct kept *kept)
{
    bool is_end = false;
    for (size_t i = 0; !is_end; i += i + 1 < step->amount_count) {
        /* The last amount is asked for again: as 0 it would be for ever. */
        const uint64_t amount = step->amounts[i] > 0 ? step->amounts[i] : 1;
        const enum assay_error error = read_amount(bundled, response, kept, amount, &is_end);
        if (error != ASSAY_OK)
            return error;
    }
    return ASSAY_OK;
}

/* Freeing a response that is not read whole closes its connection. */
static enum assay_error abandon(struct bundled *bundled, const struct client_step *step,
                                struct assay_response *response, struct kept *kept)
{
    bool is_end;
    return read_amount(bundled, response, kept, step->amounts[0], &is_end);
}

enum assay_error bundled_read_body(struct bundled *bundled, const struct client_step *step,
                                   struct assay_response *response, struct kept *kept)
{
    bool is_end;
    switch (step->read) {
    case READ_MODE_ALL:
        return read_amount(bundled, response, kept, UINT64_MAX, &is_end);
    case READ_MODE_STREAM:
        return read_stream(response, kept);
    case READ_MODE_AMOUNTS:
        return read_amounts(bundled, step, response, kept);
    case READ_MODE_ABANDON:
        return abandon(bundled, step, response, kept);
    }
    assert(false);
    return ASSAY_OK;
}

static struct fields fields_of(struct arena *arena, struct assay_fields from)
{
    struct field *items = arena_array(arena, from.count, sizeof(*items));
    for (size_t i = 0; i < from.count; i++) {
        items[i].name = arena_bytes(arena, bundled_take(from.items[i].name));
        items[i].value = arena_bytes(arena, bundled_take(from.items[i].value));
    }
    return (struct fields){items, from.count};
}

static void show_interims(struct arena *arena, struct assay_interims from, struct outcome *outcome)
{
    struct interim *interims = arena_array(arena, from.count, sizeof(*interims));
    for (size_t i = 0; i < from.count; i++) {
        interims[i].status = from.items[i].status;
        interims[i].fields = fields_of(arena, from.items[i].fields);
    }
    outcome->has_interims = true;
    outcome->interims = interims;
    outcome->interim_count = from.count;
}

void bundled_show(struct arena *arena, const struct assay_response *response,
                  struct outcome *outcome)
{
    show_interims(arena, assay_response_interims(response), outcome);
    outcome->status = assay_response_status(response);
    if (outcome->status == 0)
        return;
    outcome->has_reason = outcome->has_fields = outcome->has_trailers = true;
    outcome->reason = arena_bytes(arena, bundled_take(assay_response_reason(response)));
    outcome->fields = fields_of(arena, assay_getheaders(response));
    outcome->trailers = fields_of(arena, assay_response_trailers(response));
}
