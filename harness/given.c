#include "harness/given.h"

static bool sets_field(const struct client_step *step, const struct endpoint *endpoints,
                       const char *name)
{
    for (size_t i = 0; i < step->header_count; i++) {
        struct octets_cursor cursor = {.octets = &step->headers[i].name, .endpoints = endpoints};
        if (bytes_equal_fold(octets_peek(&cursor), bytes_of(name)))
            return true;
    }
    return false;
}

static bool frames_itself(const struct client_step *step, const struct endpoint *endpoints)
{
    return sets_field(step, endpoints, "Content-Length") ||
           sets_field(step, endpoints, "Transfer-Encoding") ||
           sets_field(step, endpoints, "Content-Encoding");
}

/* What is left of `came` when the piece has been taken off its front; false where they differ. */
static bool take_piece(const struct octets *piece, const struct endpoint *endpoints,
                       struct bytes *came)
{
    struct octets_cursor cursor = {.octets = piece, .endpoints = endpoints};
    for (struct bytes next = octets_peek(&cursor); next.len > 0 && came->len > 0;
         next = octets_peek(&cursor)) {
        const size_t len = next.len < came->len ? next.len : came->len;
        if (memcmp(next.at, came->at, len) != 0)
            return false;
        bytes_take(came, len);
        octets_skip(&cursor, len);
    }
    return true;
}

static bool gave(const struct body *body, const struct endpoint *endpoints,
                 const struct seen_request *request)
{
    struct bytes came = request->body;
    uint64_t given_len = 0;
    bool is_broken = false;
    for (size_t i = 0; i < body->piece_count; i++) {
        const struct source_step *piece = &body->pieces[i];
        is_broken = is_broken || piece->kind == SOURCE_FAIL;
        if (piece->kind != SOURCE_PIECE)
            continue;
        given_len += piece->octets.len;
        if (!take_piece(&piece->octets, endpoints, &came))
            return false;
    }
    if (body->has_length && body->length < given_len)
        given_len = body->length;
    return request->is_complete && !is_broken ? request->body_len == given_len
                                              : request->body_len <= given_len;
}

bool given_holds(const struct point *point, const struct endpoint *endpoints,
                 const struct seen_request *request)
{
    bool is_known = false;
    for (size_t i = 0; i < point->client_count; i++) {
        const struct client_step *step = &point->client[i];
        if (!octets_equal(&step->method, endpoints, request->method) ||
            !octets_equal(&step->target, endpoints, request->target))
            continue;
        if (frames_itself(step, endpoints) || gave(&step->body, endpoints, request))
            return true;
        is_known = true;
    }
    return !is_known;
}
