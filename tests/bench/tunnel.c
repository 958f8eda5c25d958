/*
 * tunnel -- a proxy made of the product's own peer: answers CONNECT by 200, then relays to a port
 * of 127.0.0.1. Plays one connection, as one run does, and ends with it.
 *
 * usage: tunnel PORT on|off; prints host and port of the proxy. on: the transcript is that of a
 * run; off: it records nothing
 */
#include "server/listener.h"
#include "server/peer.h"

#include <stdio.h>
#include <stdlib.h>

static const char opened[] = "HTTP/1.1 200 OK\r\n\r\n";
static const struct piece piece = {.data = {(const uint8_t *)opened, sizeof(opened) - 1},
                                   .times = 1};

struct proxy {
    uv_loop_t loop;
    struct arena *arena;
    struct listener *listener;
    struct lease lease;
    struct transcript transcript;
    struct peer_host host;
    struct peer_run *run;
};

static void watch_nothing(void *watcher, const struct event *event)
{
    (void)watcher;
    (void)event;
}

static void on_accepted(void *context, int fd)
{
    struct proxy *proxy = context;
    peer_run_accept(proxy->run, fd);
}

static void on_tick(void *context)
{
    struct proxy *proxy = context;
    peer_run_poke(proxy->run);
}

static void on_changed(void *context)
{
    struct proxy *proxy = context;
    uv_stop(&proxy->loop);
}

static void serve(struct proxy *proxy, const struct peer *peer)
{
    proxy->run = peer_run_new(peer, 1, &proxy->host);
    printf("%s %s\n", proxy->lease.endpoint.host, proxy->lease.endpoint.port);
    fflush(stdout);
    uv_run(&proxy->loop, UV_RUN_DEFAULT);
    peer_run_end(proxy->run);
    ticker_free(proxy->host.ticker);
    listener_give_back(proxy->listener, &proxy->lease);
    listener_close(proxy->listener);
    uv_run(&proxy->loop, UV_RUN_DEFAULT);
}

int main(int argc, char **argv)
{
    static const struct step steps[] = {
        {.verb = STEP_READ, .read = READ_REQUEST},
        {.verb = STEP_SEND, .send = {.pieces = &piece, .count = 1, .len = sizeof(opened) - 1}},
        {.verb = STEP_RELAY, .target = 0},
    };
    static const struct script script = {steps, sizeof(steps) / sizeof(steps[0])};
    static const struct peer peers[] = {
        {.name = "origin"},
        {.name = "proxy", .scripts = &script, .script_count = 1, .is_proxy = true},
    };
    static uint8_t scratch[PEER_SCRATCH_SIZE];
    struct endpoint endpoints[2] = {{.host = "127.0.0.1"}};
    struct proxy proxy = {.arena = arena_new()};
    struct diags diags = {.arena = proxy.arena};
    if (argc != 3 || (strcmp(argv[2], "on") != 0 && strcmp(argv[2], "off") != 0)) {
        fprintf(stderr, "usage: tunnel PORT on|off\n");
        return 2;
    }
    snprintf(endpoints[0].port, sizeof(endpoints[0].port), "%s", argv[1]);
    uv_loop_init(&proxy.loop);
    proxy.listener = listener_new(&proxy.loop, &diags);
    proxy.lease = (struct lease){.accepted = on_accepted, .context = &proxy};
    if (proxy.listener == NULL || !listener_lease(proxy.listener, &proxy.lease)) {
        fprintf(stderr, "tunnel: cannot listen\n");
        return EXIT_FAILURE;
    }
    endpoints[1] = proxy.lease.endpoint;
    transcript_init(&proxy.transcript, strcmp(argv[2], "on") == 0 ? proxy.arena : NULL,
                    watch_nothing, NULL);
    proxy.host = (struct peer_host){.loop = &proxy.loop,
                                    .transcript = &proxy.transcript,
                                    .started_ns = uv_hrtime(),
                                    .peers = peers,
                                    .endpoints = endpoints,
                                    .scratch = scratch,
                                    .changed = on_changed,
                                    .context = &proxy,
                                    .ticker = ticker_new(&proxy.loop, on_tick, &proxy),
                                    .patience = 1};
    serve(&proxy, &peers[1]);
    uv_loop_close(&proxy.loop);
    arena_free(proxy.arena);
    return EXIT_SUCCESS;
}
