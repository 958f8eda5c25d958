#include "server/peer.h"

#include "server/leg.h"
#include "server/socket.h"

#include <stdlib.h>
#include <unistd.h>

/* Each reads or sends 64 KiB at most: some milliseconds. */
enum { PLAYS_A_TURN = 64 };

static const struct bytes nothing = {NULL, 0};

static struct event event_of(const struct connection *connection, enum event_kind kind)
{
    const struct peer_run *run = connection->peer;
    return (struct event){
        .kind = kind,
        .ns = uv_hrtime() - run->host->started_ns,
        .peer = run->index,
        .connection = connection->index,
        .script = connection->script_index,
        .step = (unsigned)connection->step,
    };
}

void connection_record(struct connection *connection, enum event_kind kind, struct bytes octets,
                       int error)
{
    struct event event = event_of(connection, kind);
    event.octets = octets;
    event.len = octets.len;
    event.error = error;
    if (connection->channel.tls != NULL && octets.len > 0) {
        const struct record record =
            kind == EVENT_SENT ? connection->channel.sent_in : connection->channel.received_in;
        event.record_offset = record.offset;
        event.record_len = record.len;
    }
    transcript_add(connection->peer->host->transcript, &event);
}

void connection_tell(struct connection *connection, const struct event *event)
{
    struct event whole = event_of(connection, event->kind);
    whole.text = event->text;
    whole.hello = event->hello;
    whole.error = event->error;
    transcript_add(connection->peer->host->transcript, &whole);
}

void connection_record_manners(struct connection *connection, const char *why)
{
    connection_tell(connection, &(struct event){.kind = EVENT_MANNERS, .text = why});
}

static void connection_free(struct connection *connection)
{
    http_reader_release(&connection->requests);
    http_reader_release(&connection->responses);
    channel_release(&connection->channel);
    free(connection->finder.borders);
    free(connection->rounds);
    free(connection);
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    connection->is_poll_closed = true;
    if (connection->is_ended)
        connection_free(connection);
}

/* The handle goes first, and at once: closing it takes its descriptor out of the loop's epoll, and
 * the number may soon be another connection's. */
void connection_close(struct connection *connection, void (*close_fd)(int fd))
{
    leg_close(connection, socket_reset);
    leg_forget(connection);
    connection->via = NULL;
    uv_close((uv_handle_t *)&connection->poll, on_poll_closed);
    connection->polled = 0;
    close_fd(connection->channel.fd);
    connection->channel.fd = -1;
}

static void on_ready(uv_poll_t *poll, int status, int events);

static void wait_for(struct connection *connection, int events)
{
    if (connection->channel.fd < 0 || connection->polled == events)
        return;
    connection->polled = events;
    if (events == 0)
        uv_poll_stop(&connection->poll);
    else
        uv_poll_start(&connection->poll, events, on_ready);
}

/* Plays as far as that goes without waiting; but a client that sends for ever, or takes all that it
 * is sent, would keep the loop from the deadline, so that it has its turn in between. */
static enum play play_on(struct connection *connection)
{
    struct peer_host *host = connection->peer->host;
    enum play play = PLAY_ON;
    for (int i = 0; i < PLAYS_A_TURN && play == PLAY_ON && !host->is_runaway; i++)
        play = connection_play(connection);
    if (play == PLAY_ON && !host->is_runaway) {
        play = PLAY_TICK;
        ticker_set(host->ticker, uv_hrtime());
    }
    static const int events[] = {[PLAY_READABLE] = UV_READABLE,
                                 [PLAY_WRITABLE] = UV_WRITABLE,
                                 [PLAY_LEG] = 0,
                                 [PLAY_OVER] = 0};
    wait_for(connection, play == PLAY_LEG ? connection->leg_events : events[play]);
    connection->waiting = play;
    return play;
}

void connection_go_on(struct connection *connection)
{
    struct peer_host *host = connection->peer->host;
    if (play_on(connection) == PLAY_OVER || host->is_runaway)
        host->changed(host->context);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct connection *connection = poll->data;
    (void)events;
    if (status < 0) /* libuv has stopped the handle; the next read or write says why */
        connection->polled = 0;
    connection_go_on(connection);
}

void peer_run_end_scripts(struct peer_run *run)
{
    for (struct connection *one = run->connections; one != NULL; one = one->next)
        if (one->channel.fd >= 0 && !one->fin_received)
            connection_go_on(one);
}

bool peer_run_is_held(const struct peer_run *run)
{
    for (const struct connection *one = run->connections; one != NULL; one = one->next)
        if (one->waiting == PLAY_BARRIER)
            return true;
    return false;
}

bool peer_run_is_busy(const struct peer_run *run)
{
    for (const struct connection *one = run->connections; one != NULL; one = one->next)
        if (one->waiting == PLAY_TICK || (one->waiting == PLAY_BARRIER && !connection_is_held(one)))
            return true;
    return false;
}

void peer_run_poke(struct peer_run *run)
{
    for (struct connection *one = run->connections; one != NULL; one = one->next)
        if (one->waiting == PLAY_BARRIER || one->waiting == PLAY_TICK)
            connection_go_on(one);
}

static bool forwards(const struct peer *peer)
{
    for (size_t i = 0; i < peer->script_count; i++)
        for (size_t j = 0; j < peer->scripts[i].count; j++)
            if (peer->scripts[i].steps[j].verb == STEP_FORWARD)
                return true;
    return false;
}

static size_t count_request_reads(const struct peer *peer)
{
    size_t count = 0;
    for (size_t i = 0; peer->routes != NULL && i < peer->script_count; i++)
        count += (size_t)peer->routes[i].times + 1;
    for (size_t i = 0; i < peer->script_count; i++)
        for (size_t j = 0; j < peer->scripts[i].count; j++) {
            const struct step *step = &peer->scripts[i].steps[j];
            count += step->verb == STEP_FORWARD ||
                     (step->verb == STEP_READ &&
                      (step->read == READ_REQUEST || step->read == READ_HEAD));
        }
    return count;
}

struct peer_run *peer_run_new(const struct peer *peer, unsigned index, struct peer_host *host)
{
    struct peer_run *run = must_calloc(1, sizeof(*run));
    run->peer = peer;
    run->index = index;
    run->host = host;
    run->requests_planned = count_request_reads(peer);
    run->keeps_heads = peer->routes != NULL || forwards(peer);
    if (peer->routes != NULL)
        run->route_uses = must_calloc(peer->script_count, sizeof(*run->route_uses));
    return run;
}

static void tell_of_tls(void *context, const struct event *event)
{
    connection_tell(context, event);
}

void peer_run_accept(struct peer_run *run, int fd)
{
    struct connection *connection = must_calloc(1, sizeof(*connection));
    connection->peer = run;
    connection->channel = (struct channel){.fd = fd, .tell = tell_of_tls, .context = connection};
    connection->index = run->connection_count++;
    connection->next = run->connections;
    run->connections = connection;
    http_reader_init(&connection->requests, HTTP_REQUESTS);
    connection->requests.limits = http_limits_wide;
    http_reader_init(&connection->responses, HTTP_RESPONSES);
    uv_poll_init(run->host->loop, &connection->poll, fd);
    connection->poll.data = connection;
    connection->via = leg_find(connection);
    connection_record(connection, EVENT_CONNECT, nothing, 0);
    if (run->peer->tls != NULL)
        channel_begin_tls(&connection->channel, run->host->mint, run->peer->tls);
    if (run->connection_count >
        run->peer->script_count + run->host->asked_count + PEER_RUNAWAY_MARGIN)
        run->host->is_runaway = true;
    connection_go_on(connection);
}

bool peer_run_settle(struct peer_run *run)
{
    bool is_quiet = true;
    for (struct connection *one = run->connections; one != NULL; one = one->next) {
        if (one->channel.fd >= 0 && !one->fin_received)
            play_on(one);
        is_quiet = is_quiet && (one->channel.fd < 0 || one->fin_received);
    }
    return is_quiet;
}

void peer_run_end(struct peer_run *run)
{
    for (struct connection *one = run->connections, *next; one != NULL; one = next) {
        next = one->next;
        if (one->channel.fd >= 0)
            connection_close(one, socket_reset);
        one->is_ended = true;
        if (one->is_poll_closed)
            connection_free(one);
    }
    free(run->route_uses);
    free(run);
}
