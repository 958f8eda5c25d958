#include "harness/bundled_private.h"

/* Gathers up to PIECE_SIZE octets of one piece. */
static struct bytes gather(struct source *source)
{
    struct bytes piece = {bundled_piece(source->bundled), 0};
    while (piece.len < PIECE_SIZE) {
        const struct bytes next = octets_peek(&source->cursor);
        const size_t room = PIECE_SIZE - piece.len;
        const size_t count = next.len < room ? next.len : room;
        if (count == 0)
            break;
        memcpy(source->bundled->piece + piece.len, next.at, count);
        octets_skip(&source->cursor, count);
        piece.len += count;
    }
    return piece;
}

static struct octets_cursor cursor_of(const struct source *source, size_t piece)
{
    return (struct octets_cursor){.octets = &source->body->pieces[piece].octets,
                                  .endpoints = source->bundled->session->endpoints};
}

static bool is_hold(const struct body *body, size_t piece)
{
    return piece < body->piece_count && body->pieces[piece].kind == SOURCE_HOLD;
}

static enum assay_piece next_piece(void *context, struct assay_bytes *piece)
{
    struct source *source = context;
    const struct bundled_watch *watch = &source->bundled->watch;
    if (source->cursor.octets == NULL || octets_peek(&source->cursor).len == 0) {
        const struct body *body = source->body;
        for (; is_hold(body, source->next); source->next++)
            watch->hold(watch->context, source->next);
        if (source->next == body->piece_count)
            return ASSAY_PIECES_END;
        if (body->pieces[source->next].kind == SOURCE_FAIL)
            return ASSAY_PIECES_BROKEN;
        source->cursor = cursor_of(source, source->next++);
    }
    *piece = bundled_lend(gather(source));
    return ASSAY_PIECE;
}

/* A small body is handed over as one, so that it leaves with the head; a larger one of known length
 * as a stream that declares it. */
struct assay_body bundled_body(struct source *source)
{
    const struct body *body = source->body;
    if (body->kind == BODY_NONE)
        return (struct assay_body){.kind = ASSAY_BODY_NONE};
    if (body->kind == BODY_BYTES && body->pieces[0].octets.len <= PIECE_SIZE) {
        source->cursor = cursor_of(source, 0);
        return (struct assay_body){.kind = ASSAY_BODY_BYTES, .bytes = bundled_lend(gather(source))};
    }
    if (body->kind == BODY_FILE)
        return (struct assay_body){.kind = ASSAY_BODY_FILE, .fd = fileno(source->file)};
    const bool is_bytes = body->kind == BODY_BYTES;
    return (struct assay_body){
        .kind = ASSAY_BODY_STREAM,
        .next = next_piece,
        .context = source,
        .has_length = is_bytes || body->has_length,
        .length = is_bytes ? body->pieces[0].octets.len : body->length,
    };
}
