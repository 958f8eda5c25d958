/*
 * replay -- the connections, segments and drain queries of a recording (record.c),
 * and nothing else: what the corpus can cost at best. Nothing is parsed, recorded
 * or judged; octets are zeros.
 *
 * Each job is a client thread and a server thread, which play the whole script
 * ROUNDS times over a listener of their own. Every call blocks, so there is no
 * loop, and no question whether a socket is ready. The drain query is the
 * product's own (server/drain.h), and spins: it is what both have to do.
 *
 * usage: replay SCRIPT RUNS ROUNDS JOBS; prints runs a second, SCRIPT being RUNS runs
 */
#include "server/drain.h"
#include "wire/arena.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CALLS_MAX = 1 << 20, SLOTS = 4096, JOBS_MAX = 64, OCTETS_MAX = 16 << 20, SPIN_US = 50 };
/* A replay that stands would stand for ever. */
enum { STANDS_S = 120 };

enum verb {
    CONNECT,
    REFUSED,
    ACCEPT,
    SEND,
    TAKE,
    OVER,
    SHUT,
    RESET,
    CLOSE,
    ARRIVED,
    DRAINED,
    VERBS
};

static const char *const verbs[VERBS] = {
    [CONNECT] = "connect", [REFUSED] = "refused", [ACCEPT] = "accept",   [SEND] = "send",
    [TAKE] = "take",       [OVER] = "over",       [SHUT] = "shut",       [RESET] = "reset",
    [CLOSE] = "close",     [ARRIVED] = "arrived", [DRAINED] = "drained",
};

struct call {
    enum verb verb;
    unsigned slot;        /* the recording's descriptor */
    unsigned long number; /* octets, or an address */
};

/* One end's part of the recording. */
struct script {
    struct call *calls;
    size_t count;
};

struct socket {
    int fd;
    unsigned long surplus; /* octets that were taken before their time */
    struct drain drain;
};

struct job {
    const struct script *client, *server;
    long rounds;
    int listening;
    struct sockaddr_in address, refusing;
    pthread_t client_thread, server_thread;
};

/* One end of one job. */
struct end {
    const struct job *job;
    struct socket *sockets; /* by slot */
    struct diagnostics *diagnostics;
    char *octets;
};

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static struct socket *open_socket(struct end *end, unsigned slot, int fd)
{
    if (fd < 0)
        fail("socket or accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    end->sockets[slot] = (struct socket){.fd = fd};
    return &end->sockets[slot];
}

static void connect_to(struct end *end, const struct call *call)
{
    struct sockaddr_in to = call->verb == REFUSED ? end->job->refusing : end->job->address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl((in_addr_t)call->number);
    const struct socket *client = open_socket(end, call->slot, fd);
    const int result = connect(client->fd, (const struct sockaddr *)&to, sizeof(to));
    if ((result == 0) != (call->verb == CONNECT))
        fail("connect");
}

/* In as many pieces as come. One that failed, for the peer is gone, failed in its time. */
static void take(struct socket *socket, char *into, unsigned long count)
{
    while (socket->surplus < count) {
        const ssize_t got = recv(socket->fd, into, OCTETS_MAX, 0);
        if (got <= 0)
            return;
        socket->surplus += (unsigned long)got;
    }
    socket->surplus -= count;
}

/* Until it can be written to. What comes meanwhile is taken, for the peer may wait for that. */
static void wait_for_room(struct socket *socket, char *into)
{
    struct pollfd waited = {.fd = socket->fd, .events = POLLIN | POLLOUT};
    while (poll(&waited, 1, -1) > 0 && (waited.revents & (POLLOUT | POLLERR)) == 0) {
        const ssize_t got = recv(socket->fd, into, OCTETS_MAX, 0);
        if (got > 0)
            socket->surplus += (unsigned long)got;
        else
            waited.events = POLLOUT;
    }
}

static void send_all(struct socket *socket, char *octets, unsigned long count)
{
    while (count > 0) {
        const ssize_t sent = send(socket->fd, octets, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN)
            return;
        if (sent < 0) {
            wait_for_room(socket, octets);
            continue;
        }
        socket->drain.sent += (uint64_t)sent;
        count -= (unsigned long)sent;
    }
}

static void ask(struct end *end, struct socket *socket, enum drain_state want)
{
    while (drain_spin(&socket->drain, end->diagnostics, socket->fd, want, SPIN_US) < want)
        continue;
}

static void play(struct end *end, const struct call *call)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    struct socket *socket = &end->sockets[call->slot];
    switch (call->verb) {
    case CONNECT:
    case REFUSED:
        connect_to(end, call);
        break;
    case ACCEPT:
        open_socket(end, call->slot, accept(end->job->listening, NULL, NULL));
        break;
    case SEND:
        send_all(socket, end->octets, call->number);
        break;
    case TAKE:
        take(socket, end->octets, call->number);
        break;
    case OVER:
        while (recv(socket->fd, end->octets, OCTETS_MAX, 0) > 0)
            continue;
        break;
    case SHUT:
        shutdown(socket->fd, SHUT_WR);
        socket->drain.sent++; /* as drain.h counts it */
        break;
    case RESET:
        setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        break;
    case CLOSE:
        close(socket->fd);
        break;
    case ARRIVED:
        ask(end, socket, DRAIN_ARRIVED);
        break;
    case DRAINED:
        ask(end, socket, DRAIN_DRAINED);
        break;
    case VERBS:
        break;
    }
}

static void play_end(const struct job *job, const struct script *script)
{
    struct end end = {.job = job};
    end.sockets = must_calloc(SLOTS, sizeof(*end.sockets));
    end.octets = must_calloc(OCTETS_MAX, 1);
    end.diagnostics = diagnostics_new();
    for (long round = 0; round < job->rounds; round++)
        for (size_t i = 0; i < script->count; i++)
            play(&end, &script->calls[i]);
    diagnostics_free(end.diagnostics);
    free(end.octets);
    free(end.sockets);
}

static void *client_main(void *context)
{
    const struct job *job = context;
    play_end(job, job->client);
    return NULL;
}

static void *server_main(void *context)
{
    const struct job *job = context;
    play_end(job, job->server);
    return NULL;
}

/* On every address of the loopback interface, as the product: a run has an address of its own. */
static int bind_to_loopback(struct sockaddr_in *address)
{
    socklen_t size = sizeof(*address);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo")) != 0 ||
        bind(fd, (struct sockaddr *)address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)address, &size) != 0)
        fail("bind to the loopback interface");
    return fd;
}

static void start(struct job *job)
{
    bind_to_loopback(&job->refusing);
    job->listening = bind_to_loopback(&job->address);
    if (listen(job->listening, SOMAXCONN) != 0 ||
        pthread_create(&job->client_thread, NULL, client_main, job) != 0 ||
        pthread_create(&job->server_thread, NULL, server_main, job) != 0)
        fail("start");
}

static void add(struct script *script, const char *name, unsigned slot, unsigned long number)
{
    int verb = 0;
    while (verb < VERBS && strcmp(verbs[verb], name) != 0)
        verb++;
    if (verb == VERBS || script->count == CALLS_MAX || slot >= SLOTS ||
        (verb == SEND && number > OCTETS_MAX)) {
        fprintf(stderr, "replay: cannot play %s %u %lu\n", name, slot, number);
        exit(EXIT_FAILURE);
    }
    script->calls[script->count++] = (struct call){(enum verb)verb, slot, number};
}

static void load(const char *path, struct script *client, struct script *server)
{
    char end[8], name[16];
    unsigned slot;
    unsigned long number;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail(path);
    client->calls = must_calloc(CALLS_MAX, sizeof(*client->calls));
    server->calls = must_calloc(CALLS_MAX, sizeof(*server->calls));
    while (fscanf(file, "%7s %15s %u %lu", end, name, &slot, &number) == 4)
        add(strcmp(end, "client") == 0 ? client : server, name, slot, number);
    fclose(file);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct script client = {0}, server = {0};
    struct job jobs[JOBS_MAX];
    const long runs = argc == 5 ? strtol(argv[2], NULL, 10) : 0;
    const long rounds = argc == 5 ? strtol(argv[3], NULL, 10) : 0;
    const long count = argc == 5 ? strtol(argv[4], NULL, 10) : 0;
    if (runs <= 0 || rounds <= 0 || count <= 0 || count > JOBS_MAX) {
        fprintf(stderr, "usage: replay SCRIPT RUNS ROUNDS JOBS\n");
        return 2;
    }
    load(argv[1], &client, &server);
    alarm(STANDS_S);
    const double started_s = now_s();
    for (long i = 0; i < count; i++) {
        jobs[i] = (struct job){.client = &client, .server = &server, .rounds = rounds};
        start(&jobs[i]);
    }
    for (long i = 0; i < count; i++) {
        pthread_join(jobs[i].client_thread, NULL);
        pthread_join(jobs[i].server_thread, NULL);
    }
    printf("%.0f\n", (double)(runs * rounds * count) / (now_s() - started_s));
    return EXIT_SUCCESS;
}
