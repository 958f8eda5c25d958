/*
 * Peers that relay and speak TLS, against a client that does anything: the octets say what it does,
 * an act after the other. Nothing may crash, leak or go on for ever.
 */
#include "server/listener.h"
#include "server/mint.h"
#include "server/peer.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURNS_A_STEP = 4, PEER_COUNT = 2 };

#define OPENED "HTTP/1.1 200 OK\r\n\r\n"
#define REPLY  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
static const struct piece opened[] = {
    {.data = {(const uint8_t *)OPENED, sizeof(OPENED) - 1}, .times = 1}};
static const struct piece reply[] = {
    {.data = {(const uint8_t *)REPLY, sizeof(REPLY) - 1}, .times = 1}};

/* What stays over the inputs: keys cost much. */
struct stand {
    uv_loop_t loop;
    struct listener *listener;
    struct mint *mint;
    SSL_CTX *context;
    uint8_t *scratch;
    struct ticker *ticker;
};

struct play {
    struct stand *stand;
    struct peer_host host;
    struct transcript transcript;
    struct lease leases[PEER_COUNT];
    struct endpoint endpoints[PEER_COUNT];
    struct peer_run *runs[PEER_COUNT];
    int fd; /* the client's; -1 once closed */
    SSL *ssl;
};

static void on_tick(void *context)
{
    (void)context; /* nobody waits: the scripts have no waits */
}

static void on_changed(void *context)
{
    (void)context;
}

static bool is_done(void *context, const struct step_ref *ref)
{
    (void)context;
    (void)ref;
    return true;
}

static void on_accepted_origin(void *context, int fd)
{
    const struct play *play = context;
    peer_run_accept(play->runs[0], fd);
}

static struct stand *stand_of_all(void)
{
    static struct stand *stand;
    if (stand != NULL)
        return stand;
    struct diags diags = {.arena = arena_new()};
    stand = must_calloc(1, sizeof(*stand));
    uv_loop_init(&stand->loop);
    stand->listener = listener_new(&stand->loop, &diags);
    stand->mint = mint_new(&diags);
    stand->context = SSL_CTX_new(TLS_client_method());
    stand->scratch = must_calloc(1, PEER_SCRATCH_SIZE);
    stand->ticker = ticker_new(&stand->loop, on_tick, NULL);
    arena_free(diags.arena);
    if (stand->listener == NULL || stand->mint == NULL || stand->context == NULL)
        abort();
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    return stand;
}

static void turn(const struct play *play)
{
    for (int i = 0; i < TURNS_A_STEP; i++)
        uv_run(&play->stand->loop, UV_RUN_NOWAIT);
}

/* --- the client ------------------------------------------------------------------------------ */

static void read_all(const struct play *play)
{
    uint8_t got[4096];
    while (play->fd >= 0 && recv(play->fd, got, sizeof(got), MSG_DONTWAIT) > 0)
        continue;
}

static struct bytes take_octets(struct bytes *data)
{
    const size_t wanted = data->len > 0 ? bytes_take(data, 1).at[0] : 0;
    return bytes_take(data, wanted < data->len ? wanted : data->len);
}

static void leave(struct play *play, bool resets)
{
    const struct linger at_once = {.l_onoff = resets, .l_linger = 0};
    setsockopt(play->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(play->fd);
    play->fd = -1;
}

static void act(struct play *play, struct bytes *data)
{
    enum { ACTS = 8, READ_MAX = 512 };
    uint8_t got[READ_MAX];
    struct bytes octets;
    switch (bytes_take(data, 1).at[0] % ACTS) {
    case 0: /* octets as they are */
        octets = take_octets(data);
        send(play->fd, octets.at, octets.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        break;
    case 1:
        SSL_do_handshake(play->ssl);
        break;
    case 2: /* and in TLS */
        octets = take_octets(data);
        if (octets.len > 0)
            SSL_write(play->ssl, octets.at, (int)octets.len);
        break;
    case 3:
        SSL_read(play->ssl, got, sizeof(got));
        break;
    case 4:
        SSL_shutdown(play->ssl);
        break;
    case 5:
        shutdown(play->fd, SHUT_WR);
        break;
    case 6:
        leave(play, data->len % 2 == 0);
        break;
    case 7:
        read_all(play);
        break;
    }
}

/* --- the peers ------------------------------------------------------------------------------- */

static const struct tls any_tls = {.least = TLS_1_2, .most = TLS_1_3};

static const struct step origin_steps[] = {
    {.verb = STEP_READ, .read = READ_REQUEST},
    {.verb = STEP_SEND, .send = {reply, 1, sizeof(REPLY) - 1}},
    {.verb = STEP_CLOSE, .close = CLOSE_FIN},
};
static const struct step tunnel_steps[] = {
    {.verb = STEP_READ, .read = READ_REQUEST},
    {.verb = STEP_SEND, .send = {opened, 1, sizeof(OPENED) - 1}},
    {.verb = STEP_RELAY, .target = 0},
};
static const struct step cut_steps[] = {
    {.verb = STEP_RELAY, .target = 0, .up = {true, 700, CUT_FIN}, .down = {true, 20, CUT_SILENCE}},
    {.verb = STEP_CLOSE, .close = CLOSE_FULL},
};
static const struct step inner_steps[] = {
    {.verb = STEP_READ, .read = READ_REQUEST},
    {.verb = STEP_SEND, .send = {opened, 1, sizeof(OPENED) - 1}},
    {.verb = STEP_START_TLS, .tls = &any_tls},
    {.verb = STEP_READ, .read = READ_REQUEST},
    {.verb = STEP_SEND, .send = {reply, 1, sizeof(REPLY) - 1}},
    {.verb = STEP_CLOSE, .close = CLOSE_NOTIFY},
};
static const struct step forward_steps[] = {
    {.verb = STEP_FORWARD, .target = 0},
};

#define SCRIPT(steps)                                                                              \
    {                                                                                              \
        steps, sizeof(steps) / sizeof((steps)[0])                                                  \
    }
static const struct script scripts[] = {SCRIPT(origin_steps), SCRIPT(tunnel_steps),
                                        SCRIPT(cut_steps), SCRIPT(inner_steps),
                                        SCRIPT(forward_steps)};
enum { SCRIPT_COUNT = sizeof(scripts) / sizeof(scripts[0]) };

/* The first octet says which script the peer has that is met, and which of the two speaks TLS. */
static void begin(struct play *play, uint8_t choice, struct peer peers[PEER_COUNT])
{
    int ends[2];
    const struct script *met = &scripts[choice % SCRIPT_COUNT];
    peers[0] = (struct peer){.name = "origin", .scripts = &scripts[0], .script_count = 1};
    peers[1] = (struct peer){.name = "proxy", .scripts = met, .script_count = 1, .is_proxy = true};
    peers[0].tls = (choice & 0x80) != 0 ? &any_tls : NULL;
    peers[1].tls = (choice & 0x40) != 0 ? &any_tls : NULL;
    play->leases[0] = (struct lease){.accepted = on_accepted_origin, .context = play};
    if (!listener_lease(play->stand->listener, &play->leases[0]) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        abort();
    play->endpoints[0] = play->endpoints[1] = play->leases[0].endpoint;
    for (unsigned i = 0; i < PEER_COUNT; i++)
        play->runs[i] = peer_run_new(&peers[i], i, &play->host);
    play->fd = ends[0];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    play->ssl = SSL_new(play->stand->context);
    SSL_set_fd(play->ssl, ends[0]);
    SSL_set_connect_state(play->ssl);
    peer_run_accept(play->runs[1], ends[1]);
}

static void end(struct play *play)
{
    SSL_free(play->ssl);
    if (play->fd >= 0)
        close(play->fd);
    turn(play);
    for (unsigned i = 0; i < PEER_COUNT; i++)
        peer_run_settle(play->runs[i]);
    for (unsigned i = 0; i < PEER_COUNT; i++)
        peer_run_end(play->runs[i]);
    listener_give_back(play->stand->listener, &play->leases[0]);
    turn(play); /* handles close */
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
    struct bytes data = {octets, size};
    struct arena *arena = arena_new();
    struct peer peers[PEER_COUNT];
    struct play play = {.stand = stand_of_all()};
    transcript_init(&play.transcript, arena, NULL, NULL);
    play.host = (struct peer_host){
        .loop = &play.stand->loop,
        .transcript = &play.transcript,
        .peers = peers,
        .endpoints = play.endpoints,
        .mint = play.stand->mint,
        .scratch = play.stand->scratch,
        .changed = on_changed,
        .ticker = play.stand->ticker,
        .patience = 1,
        .is_done = is_done,
    };
    begin(&play, size > 0 ? bytes_take(&data, 1).at[0] : 0, peers);
    while (data.len > 0 && play.fd >= 0) {
        act(&play, &data);
        turn(&play);
    }
    end(&play);
    arena_free(arena);
    return 0;
}
