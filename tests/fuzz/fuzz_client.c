/*
 * The bundled client against a server that answers anything. The first octets choose the request,
 * the limits, how the answer is cut and what calls read it; the others are the answer. Whatever the
 * calls, and however it is cut, the same body comes, and the same error; what is kept of the
 * response fits its grammar and the limits, and after an error the connection is closed and idle.
 *
 * The socket is a pair whose packets are received one by one: nothing waits, and each cut is one.
 */
#include "harness/client/private.h"
#include "tests/fuzz/client_reads.h"
#include "wire/hash.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The control octets, in their order. */
enum {
    CONTROL_REQUEST,
    CONTROL_LIMITS,
    CONTROL_CUT,
    CONTROL_CUT_HIGH,
    CONTROL_PART,
    CONTROL_CALLS,
    CONTROL_LEN
};

/* A pair holds ten packets. */
enum { PARTS_MAX = 8, BODY_SIZE_MAX = 1024 * 1024 };

enum request_kind { BY_GET, BY_HEAD, BY_CONNECT, BY_EARLY, BY_TUNNEL, KIND_COUNT };

struct plan {
    enum request_kind kind;
    bool is_debug, is_held, is_small;
    size_t limits;
    size_t cut, part_len;
    uint64_t calls; /* what is random of them */
    struct bytes answer;
};

/* One way to play it. */
struct play {
    const struct plan *plan;
    bool is_cut;
    int fd; /* the server's end */
    struct assay_connection *connection;
    struct bytes rest;    /* of the answer */
    unsigned part_count;  /* of it that were sent */
    unsigned given_count; /* pieces of the request's body */
    struct reads reads;
};

/* --- the server ------------------------------------------------------------------------------ */

static void send_part(const struct play *play, struct bytes part)
{
    if (part.len > 0 && send(play->fd, part.at, part.len, MSG_NOSIGNAL) != (ssize_t)part.len)
        must(errno == EPIPE); /* the client has had enough */
}

/* The next part of the answer; all that is left, unless it is cut. */
static void answer_more(struct play *play)
{
    size_t len = play->rest.len;
    if (play->is_cut && play->part_count < PARTS_MAX - 1)
        len = play->part_count == 0 ? play->plan->cut % (len + 1) : play->plan->part_len;
    send_part(play, bytes_take(&play->rest, len < play->rest.len ? len : play->rest.len));
    play->part_count++;
    if (play->rest.len == 0)
        shutdown(play->fd, SHUT_WR);
}

static void answer(struct play *play)
{
    do
        answer_more(play);
    while (play->rest.len > 0);
}

/* --- exchanges ------------------------------------------------------------------------------- */

/* The server answers in the midst of the body: a part of the answer for each of ours. */
static enum assay_piece give_piece(void *context, struct assay_bytes *piece)
{
    enum { PIECES = 3 };
    struct play *play = context;
    answer_more(play);
    *piece = assay_text("hello");
    return play->given_count++ < PIECES ? ASSAY_PIECE : ASSAY_PIECES_END;
}

static enum assay_error ask(struct play *play)
{
    static const char *const methods[KIND_COUNT] = {"GET", "HEAD", "CONNECT", "PUT", "GET"};
    const bool is_early = play->plan->kind == BY_EARLY;
    play->given_count = 0;
    const struct assay_request request = {
        .method = assay_text(methods[play->plan->kind]),
        .target = assay_text(play->plan->kind == BY_CONNECT ? "a.test:80" : "/a"),
        .body = {.kind = is_early ? ASSAY_BODY_STREAM : ASSAY_BODY_NONE,
                 .next = give_piece,
                 .context = play}};
    return assay_request(play->connection, &request);
}

static void check_ended(const struct play *play)
{
    must(assay_connection_state(play->connection) == ASSAY_IDLE);
    must(!assay_is_connected(play->connection));
}

/* The response, or why there is none. */
static struct assay_response *get(struct play *play)
{
    struct assay_response *response = NULL;
    const enum assay_error error = assay_getresponse(play->connection, &response);
    must(response != NULL && assay_connection_state(play->connection) == ASSAY_IDLE);
    reads_add_head(&play->reads, response);
    if (error == ASSAY_OK)
        return response;
    must(assay_connection_failure(play->connection)->error == error);
    reads_add_failure(&play->reads, assay_response_failure(response));
    check_ended(play);
    must(assay_isclosed(response));
    assay_response_free(response);
    return NULL;
}

static void exchange(struct play *play)
{
    must(ask(play) == ASSAY_OK);
    answer(play);
    struct assay_response *response = get(play), *second = NULL;
    if (response == NULL)
        return;
    const bool is_asked = play->plan->is_held && ask(play) == ASSAY_OK;
    reads_add_number(&play->reads, is_asked);
    reads_add_body(&play->reads, response);
    if (is_asked)
        second = get(play);
    if (second != NULL)
        reads_add_body(&play->reads, second);
    assay_response_free(response);
    assay_response_free(second);
    /* The server has closed; or what is asked may not be, of a server that speaks HTTP/1.0. */
    must(ask(play) != ASSAY_OK);
    check_ended(play);
}

/* Nothing that stands behind the answer to a CONNECT is lost. */
static void open_tunnel(struct play *play)
{
    uint8_t octets[4096];
    struct assay_connection *connection = play->connection;
    answer(play);
    const enum assay_error error = assay_tunnel_open(connection);
    const struct assay_wire *wire = connection->wire;
    reads_add_number(&play->reads, (uint64_t)assay_get_proxy_response_status(connection));
    reads_add_fields(&play->reads, assay_get_proxy_response_headers(connection));
    reads_add_number(&play->reads, error);
    if (error != ASSAY_OK) {
        reads_add_failure(&play->reads, assay_connection_failure(connection));
        return;
    }
    uint64_t count = wire->reader.offset + wire->input.len;
    for (ssize_t got = 1; got > 0; count += (uint64_t)got)
        got = recv(wire->fd, octets, sizeof(octets), MSG_TRUNC);
    must(count == play->plan->answer.len);
}

/* --- the stage ------------------------------------------------------------------------------- */

static void drop(void *context, const char *text, size_t len)
{
    (void)context;
    must(len > 0 && text[len - 1] == '\n');
}

static void set_options(const struct plan *plan, struct assay_connection *connection)
{
    const size_t limits = plan->limits;
    struct assay_options *options = assay_connection_options(connection);
    options->auto_open = false;
    options->body_size_max = BODY_SIZE_MAX;
    options->debug = drop;
    assay_set_debuglevel(connection, plan->is_debug);
    if (!plan->is_small)
        return;
    options->line_size_max = 20 + limits;
    options->field_count_max = limits % 5;
    options->interim_count_max = limits % 4;
    options->fields_size_max = 100 + 4 * limits;
    options->chunk_overhead_max = limits % 8;
}

/* As if it had connected. */
static void connect_to_pair(struct play *play)
{
    int ends[2];
    must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    struct assay_connection *connection = assay_connection_new("a.test", 80, NULL);
    must(connection != NULL);
    set_options(play->plan, connection);
    if (play->plan->kind == BY_TUNNEL)
        must(assay_set_tunnel(connection, "b.test", 443, NULL, 0) == ASSAY_OK);
    connection->wire =
        assay_wire_new(&connection->options, connection->debuglevel, &connection->host, 80);
    must(connection->wire != NULL);
    connection->wire->fd = ends[0];
    play->connection = connection;
    play->reads.options = &connection->options;
    play->fd = ends[1];
}

static uint64_t play_out(const struct plan *plan, enum calls calls, bool is_cut)
{
    struct play play = {
        .plan = plan,
        .is_cut = is_cut,
        .rest = plan->answer,
        .reads = {.calls = calls, .random = plan->calls, .hash = HASH_START},
    };
    connect_to_pair(&play);
    if (plan->kind == BY_TUNNEL)
        open_tunnel(&play);
    else
        exchange(&play);
    assay_connection_free(play.connection);
    close(play.fd);
    return play.reads.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { DEBUG = 16, HELD = 32, SMALL = 64 };
    if (size < CONTROL_LEN)
        return 0;
    const struct plan plan = {
        .kind = (enum request_kind)(data[CONTROL_REQUEST] % 8 % KIND_COUNT),
        .is_debug = (data[CONTROL_REQUEST] & DEBUG) != 0,
        .is_held = (data[CONTROL_REQUEST] & HELD) != 0,
        .is_small = (data[CONTROL_REQUEST] & SMALL) != 0,
        .limits = data[CONTROL_LIMITS],
        .cut = data[CONTROL_CUT] + 256U * data[CONTROL_CUT_HIGH],
        .part_len = data[CONTROL_PART],
        .calls = data[CONTROL_CALLS],
        .answer = {data + CONTROL_LEN, size - CONTROL_LEN},
    };
    const uint64_t whole = play_out(&plan, CALL_READ_ALL, false);
    const uint64_t cut = play_out(&plan, CALL_READ_ALL, true);
    must(play_out(&plan, CALL_ANY, false) == whole);
    must(play_out(&plan, CALL_ANY, true) == cut);
    /* An early answer ends a request sooner or later, depending on when it comes. */
    must(cut == whole || plan.kind == BY_EARLY);
    play_out(&plan, CALL_ANY_AND_CLOSE, true);
    return 0;
}
