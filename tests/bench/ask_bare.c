/* ask_bare -- reads and writes that know beforehand how long all is; see tests/bench/ask.h. */
#define _GNU_SOURCE
#include "tests/bench/ask.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static uint8_t store[128 * 1024];

static int connect_to(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    ask_want(connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0, "connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static void write_all(int fd, struct iovec *parts, int count)
{
    while (count > 0) {
        ssize_t sent = writev(fd, parts, count);
        ask_want(sent > 0, "write");
        for (; count > 0 && (size_t)sent >= parts->iov_len; parts++, count--)
            sent -= (ssize_t)parts->iov_len;
        if (count > 0) {
            parts->iov_base = (uint8_t *)parts->iov_base + sent;
            parts->iov_len -= (size_t)sent;
        }
    }
}

static void write_text(int fd, const char *text)
{
    struct iovec part = {(void *)(uintptr_t)text, strlen(text)};
    write_all(fd, &part, 1);
}

/* The head, and `len` octets behind it. */
static void read_response(int fd, uint64_t len)
{
    size_t got = 0;
    const uint8_t *end = NULL;
    while (end == NULL) {
        const ssize_t more = read(fd, store + got, sizeof(store) - got);
        ask_want(more > 0, "read");
        got += (size_t)more;
        end = memmem(store, got, "\r\n\r\n", 4);
    }
    len -= (uint64_t)(store + got - (end + 4));
    while (len > 0) {
        const ssize_t more = read(fd, store, len < sizeof(store) ? (size_t)len : sizeof(store));
        ask_want(more > 0, "read");
        len -= (uint64_t)more;
    }
}

/* Of content in chunks, with what frames them. */
static uint64_t chunked_len(uint64_t len, uint64_t size)
{
    char line[32];
    const uint64_t count = len / size, rest = len % size;
    uint64_t all = sizeof("0\r\n\r\n") - 1;
    all +=
        count *
        ((uint64_t)snprintf(line, sizeof(line), "%llX\r\n\r\n", (unsigned long long)size) + size);
    if (rest > 0)
        all +=
            (uint64_t)snprintf(line, sizeof(line), "%llX\r\n\r\n", (unsigned long long)rest) + rest;
    return all;
}

static void write_content(int fd, const struct ask *ask)
{
    for (uint64_t left = ask->len; left > 0;) {
        const size_t size = left < ASK_PIECE_SIZE ? (size_t)left : ASK_PIECE_SIZE;
        char line[32];
        const int line_len = snprintf(line, sizeof(line), "%zX\r\n", size);
        struct iovec parts[] = {{line, ask->is_chunked ? (size_t)line_len : 0},
                                {(void *)(uintptr_t)ask_piece(), size},
                                {(void *)(uintptr_t) "\r\n", ask->is_chunked ? 2 : 0}};
        write_all(fd, parts, 3);
        left -= size;
    }
    if (ask->is_chunked)
        write_text(fd, "0\r\n\r\n");
}

int main(int argc, char **argv)
{
    struct ask ask = ask_read(argc, argv);
    const int fd = connect_to(ask.port);
    uint64_t len = ask.is_up ? 0 : ask.len;
    char head[256];
    snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n",
             ask.is_up ? "PUT" : "GET", ask.target, (unsigned)ask.port);
    char all[512];
    snprintf(all, sizeof(all),
             !ask.is_up       ? "%s\r\n"
             : ask.is_chunked ? "%sTransfer-Encoding: chunked\r\n\r\n"
                              : "%sContent-Length: %llu\r\n\r\n",
             head, (unsigned long long)ask.len);
    if (!ask.is_up && ask.is_chunked)
        len =
            chunked_len(len, strstr(ask.target, "/512/") != NULL ? ASK_SMALL_SIZE : ASK_CHUNK_SIZE);
    ask_begin(&ask);
    for (uint64_t i = 0; i < ask.requests; i++) {
        write_text(fd, all);
        if (ask.is_up)
            write_content(fd, &ask);
        read_response(fd, len);
    }
    ask_answer(&ask);
    close(fd);
    return 0;
}
