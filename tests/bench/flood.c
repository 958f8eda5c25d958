/*
 * flood -- both ends of a stream, to time what lies between: a source that sends so many octets to
 * each connection, as fast as they are taken, and a sink that reads to the end.
 *
 * usage: flood source LEN                     prints its port, and serves until it is killed
 *        flood sink HOST PORT LEN [connect]   prints MB a second; `connect`: behind CONNECT
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 };

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static struct sockaddr_in address_of(const char *host, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        fail("no address");
    return address;
}

static void pour(int fd, uint64_t len)
{
    static char piece[PIECE];
    while (len > 0) {
        const ssize_t sent = send(fd, piece, len < PIECE ? len : PIECE, MSG_NOSIGNAL);
        if (sent <= 0)
            fail("send");
        len -= (uint64_t)sent;
    }
}

static void source(uint64_t len)
{
    struct sockaddr_in address = address_of("127.0.0.1", "0");
    socklen_t size = sizeof(address);
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, size) != 0 || listen(listening, 1) != 0 ||
        getsockname(listening, (struct sockaddr *)&address, &size) != 0)
        fail("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        const int fd = accept(listening, NULL, NULL);
        if (fd < 0)
            fail("accept");
        pour(fd, len);
        close(fd);
    }
}

/* Reads no more than the answer: what is behind it is counted. */
static void open_tunnel(int fd)
{
    static const char request[] = "CONNECT origin.test:80 HTTP/1.1\r\nHost: origin.test:80\r\n\r\n";
    static const char answer[] = "HTTP/1.1 200 OK\r\n\r\n";
    char got[sizeof(answer)] = "";
    if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0 ||
        recv(fd, got, sizeof(answer) - 1, MSG_WAITALL) < 0)
        fail("CONNECT");
    if (strcmp(got, answer) != 0) {
        fprintf(stderr, "flood: CONNECT was answered by \"%s\"\n", got);
        exit(EXIT_FAILURE);
    }
}

static uint64_t drink(int fd)
{
    static char piece[PIECE];
    uint64_t len = 0;
    ssize_t got;
    while ((got = recv(fd, piece, sizeof(piece), 0)) > 0)
        len += (uint64_t)got;
    if (got < 0)
        fail("recv");
    return len;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int sink(const struct sockaddr_in *address, uint64_t len, int is_tunnel)
{
    const double started_s = now_s();
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0)
        fail("connect");
    if (is_tunnel)
        open_tunnel(fd);
    const uint64_t got = drink(fd);
    if (got != len) {
        fprintf(stderr, "flood: %ju octets of %ju came\n", (uintmax_t)got, (uintmax_t)len);
        return EXIT_FAILURE;
    }
    printf("%.0f\n", (double)len / 1e6 / (now_s() - started_s));
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "source") == 0)
        source(strtoull(argv[2], NULL, 10));
    if ((argc == 5 || argc == 6) && strcmp(argv[1], "sink") == 0) {
        const struct sockaddr_in address = address_of(argv[2], argv[3]);
        return sink(&address, strtoull(argv[4], NULL, 10), argc == 6);
    }
    fprintf(stderr, "usage: flood source LEN | flood sink HOST PORT LEN [connect]\n");
    return 2;
}
