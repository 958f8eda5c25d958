#include "harness/given.h"

#include "wire/uri.h"

bool given_field(const struct header *headers, size_t count, const struct endpoint *endpoints,
                 const char *name)
{
    for (size_t i = 0; i < count; i++) {
        struct octets_cursor cursor = {.octets = &headers[i].name, .endpoints = endpoints};
        if (bytes_equal_fold(octets_peek(&cursor), bytes_of(name)))
            return true;
    }
    return false;
}

struct bytes given_target(struct bytes target)
{
    struct bytes rest = target, scheme, authority;
    const bool is_absolute =
        uri_take_authority(&rest, &scheme, &authority) &&
        (bytes_equal_fold(scheme, bytes_of("http")) || bytes_equal_fold(scheme, bytes_of("https")));
    return is_absolute ? rest : target;
}

static bool frames_itself(const struct client_step *step, const struct endpoint *endpoints)
{
    static const char *const names[] = {"Content-Length", "Transfer-Encoding", "Content-Encoding"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (given_field(step->headers, step->header_count, endpoints, names[i]))
            return true;
    return false;
}

static bool asked_for(const struct client_step *step, const struct endpoint *endpoints,
                      const struct seen_request *request)
{
    return octets_equal(&step->method, endpoints, request->method) &&
           (octets_equal(&step->target, endpoints, request->target) ||
            octets_equal(&step->target, endpoints, given_target(request->target)));
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
    if (bytes_equal(request->method, bytes_of("CONNECT")))
        return true;
    for (size_t i = 0; i < point->client_count; i++) {
        const struct client_step *step = &point->client[i];
        if (!asked_for(step, endpoints, request))
            continue;
        if (frames_itself(step, endpoints) || gave(&step->body, endpoints, request))
            return true;
        is_known = true;
    }
    return !is_known;
}
