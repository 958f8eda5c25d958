/* A client, a proxy and an origin: what goes through a relay or a forward, and what both record. */
#include "tests/check.h"
#include "tests/loopback.h"
#include "tests/peer_ends.h"
#include "tests/relay_rows.h"
#include "tests/suites.h"

#include <unistd.h>

enum { ORIGIN, PROXY, PEER_COUNT };

/* So often what the kernel holds is looked for where no end comes. */
enum { ROUNDS_OF_SILENCE = 8 };

struct seat {
    struct lease lease;
    struct peer_run *run;
};

struct stand {
    struct peer_hall hall;
    uv_async_t left;
    unsigned left_count; /* clients that have */
    struct seat seats[PEER_COUNT];
    struct endpoint endpoints[PEER_COUNT];
    struct peer peers[PEER_COUNT];
    struct script scripts[PEER_COUNT];
};

static void on_accepted(void *context, int fd)
{
    const struct seat *seat = context;
    peer_run_accept(seat->run, fd);
}

static void on_tick(void *context)
{
    const struct stand *stand = context;
    for (unsigned i = 0; i < PEER_COUNT; i++)
        peer_run_poke(stand->seats[i].run);
}

static void on_left(uv_async_t *left)
{
    (void)left; /* it ends a turn of the loop */
}

static void stand_open(struct stand *stand)
{
    peer_hall_open(&stand->hall, on_tick, stand);
    uv_async_init(&stand->hall.loop, &stand->left, on_left);
    stand->hall.host.peers = stand->peers;
    stand->hall.host.endpoints = stand->endpoints;
    stand->hall.host.patience = 100;
}

static void stand_close(struct stand *stand)
{
    uv_close((uv_handle_t *)&stand->left, NULL);
    peer_hall_close(&stand->hall);
}

static void stand_set(struct stand *stand, const struct relay_row *row)
{
    peer_hall_clear(&stand->hall);
    stand->scripts[ORIGIN] = (struct script){row->origin, row->origin_count};
    stand->scripts[PROXY] = (struct script){row->client.steps, row->client.step_count};
    for (unsigned i = 0; i < PEER_COUNT; i++) {
        struct seat *seat = &stand->seats[i];
        seat->lease = (struct lease){
            .accepted = on_accepted, .context = seat, .refuses = i == ORIGIN && row->refuses};
        CU_ASSERT_FATAL(listener_lease(stand->hall.listener, &seat->lease));
        stand->endpoints[i] = seat->lease.endpoint;
        static const struct route any;
        stand->peers[i] = (struct peer){.name = i == ORIGIN ? "origin" : "proxy",
                                        .scripts = &stand->scripts[i],
                                        .script_count = 1,
                                        .routes = i == PROXY && row->is_routed ? &any : NULL,
                                        .is_proxy = i == PROXY};
        seat->run = peer_run_new(&stand->peers[i], i, &stand->hall.host);
    }
}

static void stand_clear(struct stand *stand)
{
    ticker_stop(stand->hall.host.ticker);
    for (unsigned i = 0; i < PEER_COUNT; i++) {
        peer_run_end(stand->seats[i].run);
        listener_give_back(stand->hall.listener, &stand->seats[i].lease);
    }
}

/* True once all connections have come to their end. */
static bool settle(struct stand *stand)
{
    listener_accept(stand->hall.listener);
    const bool is_quiet = peer_run_settle(stand->seats[PROXY].run);
    return peer_run_settle(stand->seats[ORIGIN].run) && is_quiet;
}

static void client_main(void *context)
{
    struct peer_client *client = context;
    struct stand *stand = client->context;
    peer_client_main(client);
    __atomic_add_fetch(&stand->left_count, 1, __ATOMIC_SEQ_CST);
    uv_async_send(&stand->left);
}

/* Plays until the clients have left, and then what they have left behind. */
static void play(struct stand *stand, struct peer_client *clients, unsigned count, bool is_silent)
{
    uv_thread_t threads[2];
    stand->left_count = 0;
    for (unsigned i = 0; i < count; i++) {
        clients[i].endpoint = stand->endpoints[PROXY];
        clients[i].context = stand;
        uv_thread_create(&threads[i], client_main, &clients[i]);
    }
    while (__atomic_load_n(&stand->left_count, __ATOMIC_SEQ_CST) < count)
        uv_run(&stand->hall.loop, UV_RUN_ONCE);
    for (unsigned i = 0; i < count; i++)
        uv_thread_join(&threads[i]);
    for (int i = 0; i < ROUNDS_OF_SILENCE && is_silent; i++) {
        settle(stand);
        uv_run(&stand->hall.loop, UV_RUN_NOWAIT);
    }
    while (!is_silent && !settle(stand))
        uv_run(&stand->hall.loop, UV_RUN_ONCE);
}

/* --- rows --------------------------------------------------------------------------------- */

static void check_origin_got(const struct stand *stand, const struct relay_row *row)
{
    struct bytes want = bytes_of(row->origin_got);
    for (const struct transcript_node *node = stand->hall.transcript.first; node != NULL;
         node = node->next) {
        const struct event *event = &node->event;
        if (event->peer != ORIGIN || event->kind != EVENT_RECEIVED)
            continue;
        const bool is_so = bytes_begin_with(want, event->octets);
        CHECK_ROW(is_so, "%s: the origin got \"%.*s\"", row->client.label, (int)event->octets.len,
                  (const char *)event->octets.at);
        bytes_take(&want, is_so ? event->octets.len : want.len);
    }
    CHECK_ROW(want.len == 0, "%s: the origin did not get \"%s\"", row->client.label,
              (const char *)want.at);
}

static void play_row(struct stand *stand, const struct relay_row *row)
{
    char got[512];
    struct peer_client client = {.row = &row->client, .got = got, .size = sizeof(got)};
    stand_set(stand, row);
    play(stand, &client, 1, row->is_silent);
    stand_clear(stand);
    peer_client_check(&client);
    peer_record_check(&stand->hall.transcript, PROXY, row->client.label, row->client.record);
    if (row->origin_record != NULL)
        peer_record_check(&stand->hall.transcript, ORIGIN, row->client.label, row->origin_record);
    if (row->origin_got != NULL)
        check_origin_got(stand, row);
    CHECK_ROW(!row->is_by_octet || client.read_count == client.len,
              "%s: %zu octets came in %zu reads", row->client.label, client.len, client.read_count);
}

static void relays_every_row(void)
{
    struct stand stand = {.left_count = 0};
    stand_open(&stand);
    for (size_t i = 0; i < relay_row_count; i++)
        play_row(&stand, &relay_rows[i]);
    stand_close(&stand);
}

static void forwards_every_row(void)
{
    struct stand stand = {.left_count = 0};
    stand_open(&stand);
    for (size_t i = 0; i < forward_row_count; i++)
        play_row(&stand, &forward_rows[i]);
    stand_close(&stand);
}

static void two_relays_at_once(void)
{
    struct stand stand = {.left_count = 0};
    char got[2][64];
    struct peer_client clients[] = {
        {.row = &relay_rows[0].client, .got = got[0], .size = sizeof(got[0])},
        {.row = &relay_rows[0].client, .got = got[1], .size = sizeof(got[1])}};
    stand_open(&stand);
    stand_set(&stand, &relay_rows[0]);
    play(&stand, clients, COUNT_OF(clients), false);
    stand_clear(&stand);
    for (size_t i = 0; i < COUNT_OF(clients); i++)
        peer_client_check(&clients[i]);
    stand_close(&stand);
}

/* --- much ----------------------------------------------------------------------------------- */

enum { MUCH_LEN = 64 * 1024 * 1024 };

static const struct piece much[] = {
    {.data = {(const uint8_t *)"0123456789abcdef", 16}, .times = MUCH_LEN / 16}};

static const struct relay_row much_row = {
    .client = {.label = "much",
               .steps = {{.verb = STEP_RELAY}},
               .step_count = 1,
               .send = "",
               .read_len = READ_ALL,
               .got_end = "eof"},
    .origin = {{.verb = STEP_SEND, .send = {much, 1, MUCH_LEN}},
               {.verb = STEP_CLOSE, .close = CLOSE_FIN}},
    .origin_count = 2,
};

/* The client reads a page at a time. */
static void keeps_little_of_much(void)
{
    struct stand stand = {.left_count = 0};
    struct peer_client client = {.row = &much_row.client};
    stand_open(&stand);
    stand_set(&stand, &much_row);
    play(&stand, &client, 1, false);
    stand_clear(&stand);
    peer_client_check(&client);
    CHECK_ROW(client.len == MUCH_LEN, "%zu octets came", client.len);
    CHECK_ROW(stand.hall.transcript.kept_len < MUCH_LEN / 16, "%llu octets are kept",
              (unsigned long long)stand.hall.transcript.kept_len);
    stand_close(&stand);
}

/* --- the canary ------------------------------------------------------------------------------ */

#define CANARY_ANSWER "HTTP/1.1 204 No Content\r\n\r\n"

static const struct canary canary = {
    .target = {(const uint8_t *)"/.assay/canary", 14},
    .answer = {(const uint8_t *)CANARY_ANSWER, sizeof(CANARY_ANSWER) - 1},
};

static const struct relay_row canary_row = {
    .client = {.label = "canary",
               .steps = {{.verb = STEP_READ, .read = READ_HEAD}},
               .step_count = 1},
    .origin = {{.verb = STEP_READ, .read = READ_HEAD}},
    .origin_count = 1,
};

/* Plays until the client has all of `want`. */
static void expect(struct stand *stand, int client, const char *want)
{
    char got[64] = "";
    const size_t len = strlen(want);
    size_t got_len = 0;
    while (got_len < len) {
        settle(stand);
        const ssize_t more = recv(client, got + got_len, len - got_len, MSG_DONTWAIT);
        if (more == 0)
            break;
        got_len += more > 0 ? (size_t)more : 0;
    }
    CHECK_ROW(strcmp(got, want) == 0, "got \"%s\", want \"%s\"", got, want);
}

static void the_canary_comes_through_a_tunnel(void)
{
    struct stand stand = {.left_count = 0};
    struct loopback ends;
    stand_open(&stand);
    stand_set(&stand, &canary_row);
    loopback_open(&ends, AF_INET, "127.0.0.1");
    peer_run_accept(stand.seats[PROXY].run, ends.server);
    stand.hall.host.canary = &canary;
    for (unsigned i = 0; i < PEER_COUNT; i++)
        peer_run_end_scripts(stand.seats[i].run);
    peer_send_text(ends.client, "CONNECT origin.test:80 HTTP/1.1\r\nHost: origin.test:80\r\n\r\n");
    expect(&stand, ends.client, "HTTP/1.1 200 OK\r\n\r\n");
    peer_send_text(ends.client, "GET /.assay/canary HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    expect(&stand, ends.client, CANARY_ANSWER);
    CHECK_ROW(!stand.hall.host.was_desynced, "it is no desync");
    stand_clear(&stand);
    loopback_close_end(&ends.client);
    stand_close(&stand);
}

CU_TestInfo relay_tests[] = {
    {"relays every row", relays_every_row},
    {"forwards every row", forwards_every_row},
    {"two relays at once", two_relays_at_once},
    {"keeps little of much", keeps_little_of_much},
    {"the canary comes through a tunnel", the_canary_comes_through_a_tunnel},
    CU_TEST_INFO_NULL,
};
