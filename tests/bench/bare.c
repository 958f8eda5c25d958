/*
 * bare -- the connects, writes, reads and closes of one plain case, and nothing
 * else: what a run can cost at best. A client thread connects, asks, reads the
 * answer to its length and closes; the server accepts, reads, answers, reads
 * the FIN and resets, as the runner ends its connections, so that neither
 * measures the TIME_WAIT table.
 *
 * usage: bare RUNS; prints runs a second
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static const char request[] = "GET / HTTP/1.1\r\nHost: 127.100.100.100:34567\r\n"
                              "Accept-Encoding: identity\r\n\r\n";

struct bench {
    struct sockaddr_in address;
    long runs;
};

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void send_all(int fd, const char *text, size_t len)
{
    if (send(fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
        fail("send");
}

static void read_until(int fd, size_t len)
{
    char buffer[4096];
    for (size_t got = 0; got < len;) {
        const ssize_t count = recv(fd, buffer, sizeof(buffer), 0);
        if (count <= 0)
            fail("recv");
        got += (size_t)count;
    }
}

static void *client_main(void *context)
{
    const struct bench *bench = context;
    for (long i = 0; i < bench->runs; i++) {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 ||
            connect(fd, (const struct sockaddr *)&bench->address, sizeof(bench->address)) != 0)
            fail("connect");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        send_all(fd, request, sizeof(request) - 1);
        read_until(fd, sizeof(REPLY) - 1);
        close(fd);
    }
    return NULL;
}

static void serve_one(int listening)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    char octet;
    const int fd = accept(listening, NULL, NULL);
    if (fd < 0)
        fail("accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    read_until(fd, sizeof(request) - 1);
    send_all(fd, REPLY, sizeof(REPLY) - 1);
    if (recv(fd, &octet, 1, 0) != 0)
        fail("recv of FIN");
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

static int listen_on(struct sockaddr_in *address)
{
    socklen_t size = sizeof(*address);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    inet_pton(AF_INET, "127.0.0.1", &address->sin_addr);
    if (fd < 0 || bind(fd, (struct sockaddr *)address, size) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)address, &size) != 0)
        fail("listen");
    return fd;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct bench bench = {.runs = argc == 2 ? strtol(argv[1], NULL, 10) : 0};
    pthread_t client;
    if (bench.runs <= 0) {
        fprintf(stderr, "usage: bare RUNS\n");
        return 2;
    }
    const int listening = listen_on(&bench.address);
    const double started_s = now_s();
    if (pthread_create(&client, NULL, client_main, &bench) != 0)
        fail("pthread_create");
    for (long i = 0; i < bench.runs; i++)
        serve_one(listening);
    pthread_join(client, NULL);
    printf("%.0f\n", (double)bench.runs / (now_s() - started_s));
    return EXIT_SUCCESS;
}
