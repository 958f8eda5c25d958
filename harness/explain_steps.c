#include "harness/explain.h"

#include "harness/anywhere.h"
#include "reports/case_text.h"
#include "reports/label_text.h"
#include "reports/wire_text.h"
#include "wire/arena.h"
#include "wire/match_value.h"

#include <inttypes.h>

enum {
    SHOWN_MAX = 2048, /* octets of a send, or of a body */
    LINES_MAX = 16,
    LINE_MAX_LEN = 80,
};

/* Steps are told indented under the label, what they send under them. */
enum { STEP_INDENT = LABEL_INDENT, DETAIL_INDENT = LABEL_INDENT + 4 };

static void print_count(FILE *out, uint64_t count)
{
    fprintf(out, "%" PRIu64 " octet%s", count, count == 1 ? "" : "s");
}

/* --- octets -------------------------------------------------------------------------- */

static struct bytes build(const struct point *point, const struct octets *octets,
                          struct arena *arena)
{
    return octets_build(octets, anywhere_of(point, arena), arena, SHOWN_MAX);
}

static void print_line(FILE *out, struct bytes line)
{
    const struct bytes front = bytes_take(&line, line.len < LINE_MAX_LEN ? line.len : LINE_MAX_LEN);
    struct bytes rest = front;
    fprintf(out, "%*s", DETAIL_INDENT, "");
    while (rest.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const size_t len = wire_text_next(&rest, shown);
        fwrite(shown, 1, len, out);
    }
    if (line.len > 0)
        fprintf(out, "... (%zu more)", line.len);
    putc('\n', out);
}

/* A line of the protocol a line. */
static void print_octets(FILE *out, const struct point *point, const struct octets *octets)
{
    struct arena *arena = arena_new();
    struct bytes rest = build(point, octets, arena);
    uint64_t told = 0;
    for (size_t lines = 0; rest.len > 0 && lines < LINES_MAX; lines++) {
        const uint8_t *end = memchr(rest.at, '\n', rest.len);
        const struct bytes line =
            bytes_take(&rest, end != NULL ? (size_t)(end - rest.at) + 1 : rest.len);
        print_line(out, line);
        told += line.len;
    }
    if (told < octets->len)
        fprintf(out, "%*s... (%" PRIu64 " more)\n", DETAIL_INDENT, "", octets->len - told);
    arena_free(arena);
}

static void print_short(FILE *out, const struct point *point, const struct octets *octets)
{
    struct arena *arena = arena_new();
    wire_text_print(out, build(point, octets, arena));
    arena_free(arena);
}

/* --- references ------------------------------------------------------------------------- */

static void print_name(FILE *out, const char *name)
{
    if (name == NULL)
        return;
    fputs(" (\"", out);
    wire_text_print(out, bytes_of(name));
    fputs("\")", out);
}

void explain_step_ref(FILE *out, const struct point *point, const struct step_ref *ref)
{
    if (ref->is_client) {
        fprintf(out, "%sstep %u of the client", ref->is_head ? "the head of " : "", ref->step + 1);
        print_name(out, point->client[ref->step].name);
        return;
    }
    const struct peer *peer = &point->peers[ref->peer];
    fprintf(out, "step %u of the ", ref->step + 1);
    wire_text_print(out, bytes_of(peer->name));
    if (peer->script_count > 1)
        fprintf(out, "'s script %u", ref->script + 1);
    print_name(out, peer->scripts[ref->script].steps[ref->step].name);
}

static void print_after(FILE *out, const struct point *point, const struct step_ref *after,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? ", after " : " and ", out);
        explain_step_ref(out, point, &after[i]);
    }
}

/* --- the client ---------------------------------------------------------------------------- */

static void print_fields(FILE *out, const struct point *point, const char *what,
                         const struct header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%*s%s", DETAIL_INDENT, "", what);
        print_short(out, point, &headers[i].name);
        fputs(": ", out);
        print_short(out, point, &headers[i].value);
        putc('\n', out);
    }
}

static void print_source(FILE *out, const struct point *point, const struct source_step *piece)
{
    switch (piece->kind) {
    case SOURCE_PIECE:
        fprintf(out, "%*sbody: ", DETAIL_INDENT, "");
        print_count(out, piece->octets.len);
        putc('\n', out);
        print_octets(out, point, &piece->octets);
        break;
    case SOURCE_HOLD:
        fprintf(out, "%*sbody: the source stands until \"", DETAIL_INDENT, "");
        wire_text_print(out, bytes_of(piece->name));
        fputs("\" is done\n", out);
        break;
    case SOURCE_FAIL:
        fprintf(out, "%*sbody: the source breaks\n", DETAIL_INDENT, "");
        break;
    }
}

static void print_client_step(FILE *out, const struct point *point, size_t index)
{
    const struct client_step *step = &point->client[index];
    label_text_begin(out, index == 0 ? "client" : "");
    fprintf(out, "%zu  ", index + 1);
    case_text_request(out, point, step);
    if (step->auth != NULL)
        fputs(", with a password", out);
    if (step->redirects > 0)
        fprintf(out, ", following %" PRIu64 " redirects", step->redirects);
    print_name(out, step->name);
    print_after(out, point, step->after, step->after_count);
    putc('\n', out);
    print_fields(out, point, "", step->headers, step->header_count);
    if (step->proxy != NULL)
        print_fields(out, point, "for the proxy: ", step->proxy->headers,
                     step->proxy->header_count);
    for (size_t i = 0; i < step->body.piece_count; i++)
        print_source(out, point, &step->body.pieces[i]);
    print_fields(out, point, "trailer: ", step->trailers, step->trailer_count);
}

/* --- the peers ----------------------------------------------------------------------------- */

static void print_read(FILE *out, const struct step *step)
{
    static const char *const texts[] = {
        [READ_HEAD] = "reads the head of a request",
        [READ_BODY] = "reads the rest of that request",
        [READ_REQUEST] = "reads a request, head and body",
        [READ_EOF] = "reads until the client ends its side",
        [READ_COUNT] = "reads ",
        [READ_UNTIL] = "reads up to and with ",
    };
    fputs(texts[step->read], out);
    if (step->read == READ_COUNT)
        print_count(out, step->count);
    if (step->read == READ_UNTIL)
        wire_text_quote(out, step->until, step->until.len);
}

static void print_send(FILE *out, const struct step *step)
{
    fputs("sends ", out);
    print_count(out, step->send.len);
    if (step->segmentation == SEGMENTS_EACH_BYTE)
        fputs(", each on its own, when the one before was read", out);
    if (step->segmentation != SEGMENTS_SIZES)
        return;
    fputs(", in segments of", out);
    for (size_t i = 0; i < step->size_count; i++)
        fprintf(out, " %" PRIu64, step->sizes[i]);
    fputs(" and the rest, each when the one before was read", out);
}

static void print_wait(FILE *out, const struct point *point, const struct step *step)
{
    static const char *const texts[] = {
        [WAIT_ARRIVED] = "waits until all that was sent has arrived",
        [WAIT_DRAINED] = "waits until the client has read all that was sent",
        [WAIT_SETTLED] = "waits until all has arrived; then for its reading, a close or 100 ms",
        [WAIT_TIME] = "waits for ",
    };
    fputs(texts[step->wait], out);
    if (step->wait == WAIT_TIME)
        fprintf(out, "%" PRIu64 " ms", step->ms);
    if (step->unless == NULL)
        return;
    fputs(", unless that was done: ", out);
    explain_step_ref(out, point, step->unless);
}

static void print_repeat(FILE *out, const struct step *step)
{
    if (step->repeated_count == 1)
        fputs("does the step before again", out);
    else
        fprintf(out, "does the %zu steps before again", step->repeated_count);
    fprintf(out,
            step->until_gone ? ", until the client has left, at most %" PRIu64 " times in all"
                             : ", %" PRIu64 " times in all",
            step->times);
}

static void print_close(FILE *out, const struct step *step)
{
    static const char *const texts[] = {
        [CLOSE_FIN] = "ends its side (FIN), and reads on",
        [CLOSE_FULL] = "closes the connection, as a server does",
        [CLOSE_RST] = "resets the connection (RST)",
        [CLOSE_NOTIFY] = "ends its side of TLS (close_notify), and not the connection",
    };
    fputs(texts[step->close], out);
    if (step->withholds_notify)
        fputs(", without close_notify", out);
}

/* One direction of a relay that is cut. */
static void print_cut(FILE *out, const char *whither, const struct relay_cut *cut)
{
    static const char *const ends[] = {
        [CUT_FIN] = "FIN", [CUT_RST] = "RST", [CUT_SILENCE] = "silence"};
    if (!cut->is_set)
        return;
    fputs(whither, out);
    print_count(out, cut->after);
    fprintf(out, ", then %s", ends[cut->end]);
}

static void print_relay(FILE *out, const struct point *point, const struct step *step)
{
    fputs("joins the connection to the ", out);
    wire_text_print(out, bytes_of(point->peers[step->target].name));
    print_cut(out, "; to it pass ", &step->up);
    print_cut(out, "; to the client pass ", &step->down);
}

static void print_forward(FILE *out, const struct point *point, const struct step *step)
{
    fputs("forwards one request to the ", out);
    wire_text_print(out, bytes_of(point->peers[step->target].name));
    fputs(", and its response back", out);
}

/* "a certificate: expired; TLS 1.2 alone; with tickets" */
static void print_tls(FILE *out, const struct tls *tls)
{
    fprintf(out, ", certificate: %s", certificate_name(tls->certificate));
    if (tls->least == tls->most)
        fprintf(out, ", TLS %s alone", tls->most == TLS_1_2 ? "1.2" : "1.3");
    if (tls->sends_tickets)
        fputs(", with tickets", out);
}

static void print_step(FILE *out, const struct point *point, const struct script *script,
                       size_t index)
{
    const struct step *step = &script->steps[index];
    fprintf(out, "%*s%zu  ", STEP_INDENT, "", index + 1);
    switch (step->verb) {
    case STEP_READ:
        print_read(out, step);
        break;
    case STEP_SEND:
        print_send(out, step);
        break;
    case STEP_WAIT:
        print_wait(out, point, step);
        break;
    case STEP_REPEAT:
        print_repeat(out, step);
        break;
    case STEP_CLOSE:
        print_close(out, step);
        break;
    case STEP_RELAY:
        print_relay(out, point, step);
        break;
    case STEP_FORWARD:
        print_forward(out, point, step);
        break;
    case STEP_START_TLS:
        fputs("begins TLS", out);
        print_tls(out, step->tls);
        break;
    case STEP_VERB_COUNT:
        assert(false);
    }
    print_name(out, step->name);
    print_after(out, point, step->after, step->after_count);
    putc('\n', out);
    if (step->verb == STEP_SEND)
        print_octets(out, point, &step->send);
}

/* "any", or what it has to be, without its details. */
static void print_route(FILE *out, const struct route *route)
{
    struct arena *arena = arena_new();
    const char *method = "any method", *target = "any target";
    if (route->method.count > 0)
        method = value_pattern_text(&route->method, NULL, arena);
    if (route->target.count > 0)
        target = value_pattern_text(&route->target, NULL, arena);
    fputs("a request of ", out);
    wire_text_print(out, bytes_of(method));
    fputs(" to ", out);
    wire_text_print(out, bytes_of(target));
    for (size_t i = 0; i < route->headers.count; i++) {
        fputs(i == 0 ? ", with a fitting " : " and ", out);
        wire_text_print(out, route->headers.items[i].name);
    }
    if (route->times > 0)
        fprintf(out, ", at most %" PRIu64 " times", route->times);
    arena_free(arena);
}

/* What plays the script: connections in their order, or requests. */
static void print_when(FILE *out, const struct peer *peer, size_t index)
{
    if (peer->routes != NULL)
        print_route(out, &peer->routes[index]);
    else if (peer->script_count == 1)
        fputs("each connection", out);
    else if (index + 1 < peer->script_count)
        fprintf(out, "connection %zu", index + 1);
    else
        fprintf(out, "connection %zu and all further ones", index + 1);
    fputs(":\n", out);
}

/* How it is reached, where that is not as usual; false where it is. */
static bool print_door(FILE *out, const struct peer *peer)
{
    if (peer->receive_buffer == 0 && !peer->is_https)
        return false;
    label_text_begin(out, peer->name);
    if (peer->receive_buffer > 0)
        fprintf(out, "with a receive buffer of %u octets", peer->receive_buffer);
    if (peer->is_https)
        fprintf(out, "https, as %s", peer->is_address ? "127.0.0.1" : "localhost");
    if (peer->tls != NULL)
        print_tls(out, peer->tls);
    else if (peer->is_https)
        fputs(", TLS where its script begins it", out);
    putc('\n', out);
    return true;
}

static void print_peer(FILE *out, const struct point *point, const struct peer *peer)
{
    if (peer->refuses) {
        label_text_lines(out, peer->name, "nobody listens on its port");
        return;
    }
    const bool has_door = print_door(out, peer);
    for (size_t i = 0; i < peer->script_count; i++) {
        label_text_begin(out, i == 0 && !has_door ? peer->name : "");
        print_when(out, peer, i);
        for (size_t j = 0; j < peer->scripts[i].count; j++)
            print_step(out, point, &peer->scripts[i], j);
    }
}

void explain_steps(FILE *out, const struct point *point)
{
    for (size_t i = 0; i < point->client_count; i++)
        print_client_step(out, point, i);
    for (size_t i = 0; i < point->peer_count; i++)
        print_peer(out, point, &point->peers[i]);
}
