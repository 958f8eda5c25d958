/* Scripts played on real sockets: what the client gets, and what the record says. */
#include "server/socket.h"
#include "tests/check.h"
#include "tests/loopback.h"
#include "tests/peer_ends.h"
#include "tests/suites.h"

#include <sys/socket.h>
#include <unistd.h>

struct stand {
    struct peer_hall hall;
    struct lease lease;
    struct peer_run *peer;
};

static void on_accepted(void *context, int fd)
{
    struct stand *stand = context;
    peer_run_accept(stand->peer, fd);
}

static void on_tick(void *context)
{
    const struct stand *stand = context;
    peer_run_poke(stand->peer);
}

static void stand_open(struct stand *stand)
{
    peer_hall_open(&stand->hall, on_tick, stand);
    stand->lease.accepted = on_accepted;
    stand->lease.context = stand;
}

/* Plays until the client's last connection has come to its end. */
static void play(struct stand *stand, struct peer_client *client)
{
    uv_thread_t thread;
    client->endpoint = stand->lease.endpoint;
    uv_thread_create(&thread, peer_client_main, client);
    do
        uv_run(&stand->hall.loop, UV_RUN_ONCE);
    while (stand->hall.transcript.first == NULL || !peer_run_settle(stand->peer));
    uv_thread_join(&thread);
}

static void play_row(struct stand *stand, const struct peer_row *row)
{
    const struct script script = {row->steps, row->step_count};
    const struct peer peer = {.name = "origin", .scripts = &script, .script_count = 1};
    char got[256];
    struct peer_client client = {.row = row, .got = got, .size = sizeof(got)};
    peer_hall_clear(&stand->hall);
    CHECK_ROW(listener_lease(stand->hall.listener, &stand->lease), "%s: lease", row->label);
    stand->peer = peer_run_new(&peer, 0, &stand->hall.host);
    play(stand, &client);
    ticker_stop(stand->hall.host.ticker);
    peer_run_end(stand->peer);
    listener_give_back(stand->hall.listener, &stand->lease);
    peer_client_check(&client);
    peer_record_check(&stand->hall.transcript, 0, row->label, row->record);
}

static void plays_every_row(void)
{
    struct stand stand = {.peer = NULL};
    stand_open(&stand);
    for (size_t i = 0; i < peer_row_count; i++)
        play_row(&stand, &peer_rows[i]);
    peer_hall_close(&stand.hall);
}

/* Of a pair of datagram sockets each recv(2) gives a part. */
static void keeps_what_the_kernel_gives_in_parts(void)
{
    int ends[2];
    uint8_t got[] = "....";
    CU_ASSERT(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    CU_ASSERT(send(ends[1], "ab", 2, 0) == 2 && send(ends[1], "cd", 2, 0) == 2);
    socket_take(ends[0], got, 4);
    CHECK_ROW(memcmp(got, "abcd", 4) == 0, "got %s", (const char *)got);
    close(ends[0]);
    close(ends[1]);
}

/* --- the canary ------------------------------------------------------------------------- */

static const char canary_request[] = "GET /.assay/canary HTTP/1.1\r\nHost: a\r\n\r\n";

static const struct canary canary = {
    .target = {(const uint8_t *)"/.assay/canary", 14},
    .answer = {(const uint8_t *)"HTTP/1.1 204 No Content\r\n\r\n", 27},
};

/* What stood on the connection before, and whether the canary comes in its content. */
static const struct canary_row {
    const char *label, *before;
    bool is_content;
} canary_rows[] = {
    {"on a new connection", "", false},
    {"behind a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false},
    {"as content", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc", true},
    {"as a field line", "GET / HTTP/1.1\r\nHost: a\r\n", true},
    {"behind what is no request", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\nabc",
     true},
};

/* Sends up to the cut, then the rest, each read by the peer before the next. */
static void check_canary(struct stand *stand, const struct canary_row *row, size_t cut)
{
    static const struct step steps[] = {{.verb = STEP_READ, .read = READ_HEAD}};
    static const struct script script = {steps, COUNT_OF(steps)};
    static const struct peer peer = {.name = "origin", .scripts = &script, .script_count = 1};
    struct loopback ends;
    peer_hall_clear(&stand->hall);
    stand->peer = peer_run_new(&peer, 0, &stand->hall.host);
    loopback_open(&ends, AF_INET, "127.0.0.1");
    peer_run_accept(stand->peer, ends.server);
    peer_send_text(ends.client, row->before);
    peer_run_settle(stand->peer);
    stand->hall.host.canary = &canary;
    peer_run_end_scripts(stand->peer);
    CU_ASSERT(send(ends.client, canary_request, cut, MSG_NOSIGNAL) == (ssize_t)cut);
    peer_run_settle(stand->peer);
    const ssize_t rest =
        send(ends.client, canary_request + cut, strlen(canary_request) - cut, MSG_NOSIGNAL);
    CHECK_ROW(rest > 0 || stand->hall.host.was_desynced, "%s: reset", row->label);
    peer_run_settle(stand->peer);
    CHECK_ROW(stand->hall.host.was_desynced == row->is_content, "%s, cut at %zu: %s", row->label,
              cut, row->is_content ? "not found" : "taken for a desync");
    peer_run_end(stand->peer);
    loopback_close_end(&ends.client);
}

static void knows_the_canary_at_every_cut(void)
{
    struct stand stand = {.peer = NULL};
    stand_open(&stand);
    for (size_t i = 0; i < COUNT_OF(canary_rows); i++)
        for (size_t cut = 1; cut < strlen(canary_request); cut++)
            check_canary(&stand, &canary_rows[i], cut);
    peer_hall_close(&stand.hall);
}

CU_TestInfo peer_tests[] = {
    {"knows the canary at every cut", knows_the_canary_at_every_cut},
    {"plays every row", plays_every_row},
    {"keeps what the kernel gives in parts", keeps_what_the_kernel_gives_in_parts},
    CU_TEST_INFO_NULL,
};
