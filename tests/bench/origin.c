/*
 * origin -- a server that costs as little as it can, so that the clients of script/bench-client are
 * what is measured: content is sent from one block of memory (sendfile(2) of such a block was
 * slower, for it makes fragments of a page each), and what comes is dropped in the kernel. One
 * connection after the other, each for as many requests as it brings.
 *
 *     GET /small, /length/N, /chunked/SIZE/N: content of so many octets
 *     PUT /sink/N: drops the content, and answers 200 when it was of N octets, else 400
 *
 * usage: origin; prints its port
 */
#define _GNU_SOURCE
#include "tests/bench/ask.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of heads and size lines only a little is read at once, for what is behind them is dropped unread.
 */
enum { STORE_SIZE = 2048, BLOCK_SIZE = 256 * 1024 };

/* What came, and was not taken yet. */
struct peer {
    int fd;
    size_t at, len;
    uint8_t store[STORE_SIZE + 1];
};

static bool fill(struct peer *peer)
{
    if (peer->at > 0 && peer->at == peer->len)
        peer->at = peer->len = 0;
    if (peer->len == STORE_SIZE) {
        memmove(peer->store, peer->store + peer->at, peer->len - peer->at);
        peer->len -= peer->at;
        peer->at = 0;
    }
    const ssize_t got = read(peer->fd, peer->store + peer->len, STORE_SIZE - peer->len);
    peer->len += got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Up to and with `end`; NULL at the connection's end. */
static char *take_through(struct peer *peer, const char *end)
{
    for (;;) {
        char *from = (char *)peer->store + peer->at;
        char *found = memmem(from, peer->len - peer->at, end, strlen(end));
        if (found != NULL) {
            *found = '\0';
            peer->at = (size_t)(found + strlen(end) - (char *)peer->store);
            return from;
        }
        if (!fill(peer))
            return NULL;
    }
}

/* With MSG_TRUNC a TCP socket drops what it would copy (tcp(7)). */
static bool drop(struct peer *peer, uint64_t len)
{
    const size_t there = peer->len - peer->at;
    const size_t count = len < there ? (size_t)len : there;
    peer->at += count;
    len -= count;
    while (len > 0) {
        const ssize_t got =
            recv(peer->fd, NULL, len < BLOCK_SIZE ? (size_t)len : BLOCK_SIZE, MSG_TRUNC);
        if (got <= 0)
            return false;
        len -= (uint64_t)got;
    }
    return true;
}

/* False at the connection's end; else `len` is what was in the chunks. */
static bool drop_chunks(struct peer *peer, uint64_t *len)
{
    for (*len = 0;;) {
        const char *line = take_through(peer, "\r\n");
        if (line == NULL)
            return false;
        const uint64_t size = strtoull(line, NULL, 16);
        *len += size;
        if (!drop(peer, size + 2))
            return false;
        if (size == 0)
            return true;
    }
}

static void put(int fd, const void *at, size_t len)
{
    while (len > 0) {
        const ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
        ask_want(sent > 0, "send");
        at = (const uint8_t *)at + sent;
        len -= (size_t)sent;
    }
}

static void put_text(int fd, const char *text)
{
    put(fd, text, strlen(text));
}

static void put_length(int fd, uint64_t len)
{
    static const uint8_t block[BLOCK_SIZE];
    char head[128];
    snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %llu\r\n\r\n",
             (unsigned long long)len);
    put_text(fd, head);
    for (; len >= BLOCK_SIZE; len -= BLOCK_SIZE)
        put(fd, block, BLOCK_SIZE);
    put(fd, block, (size_t)len);
}

/* As many chunks in one send as fit. */
static void put_chunks(int fd, size_t size, uint64_t len)
{
    char line[32];
    const size_t line_len = (size_t)snprintf(line, sizeof(line), "%zX\r\n", size);
    const size_t each = line_len + size + 2, count = BLOCK_SIZE / each;
    uint8_t *block = calloc(count, each);
    ask_want(block != NULL, "chunks");
    for (size_t i = 0; i < count; i++) {
        memcpy(block + i * each, line, line_len);
        memcpy(block + (i + 1) * each - 2, "\r\n", 2);
    }
    put_text(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (; len >= size * count; len -= size * count)
        put(fd, block, count * each);
    put(fd, block, (size_t)(len / size) * each);
    free(block);
    if (len % size > 0) {
        snprintf(line, sizeof(line), "%llX\r\n", (unsigned long long)(len % size));
        put_text(fd, line);
        put(fd, ask_piece(), (size_t)(len % size));
        put_text(fd, "\r\n");
    }
    put_text(fd, "0\r\n\r\n");
}

static bool answer_sink(struct peer *peer, const char *head)
{
    const char *length = strcasestr(head, "content-length: ");
    const uint64_t wanted = strtoull(head + strlen("PUT /sink/"), NULL, 10);
    uint64_t len = 0;
    if (length != NULL)
        len = strtoull(strchr(length, ' ') + 1, NULL, 10);
    if (length != NULL ? !drop(peer, len) : !drop_chunks(peer, &len))
        return false;
    put_text(peer->fd, len == wanted ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                     : "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
    return true;
}

static bool answer(struct peer *peer, const char *head)
{
    static const char small[] = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nhello, world\n";
    if (strncmp(head, "PUT /sink/", strlen("PUT /sink/")) == 0)
        return answer_sink(peer, head);
    const char *length = strstr(head, "/length/"), *chunked = strstr(head, "/chunked/");
    if (length != NULL) {
        put_length(peer->fd, strtoull(length + strlen("/length/"), NULL, 10));
    } else if (chunked != NULL) {
        char *end;
        const size_t size = strtoul(chunked + strlen("/chunked/"), &end, 10);
        put_chunks(peer->fd, size, strtoull(end + 1, NULL, 10));
    } else {
        put(peer->fd, small, sizeof(small) - 1);
    }
    return true;
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    static struct peer peer;
    ask_want(bind(listening, (struct sockaddr *)&address, size) == 0 && listen(listening, 1) == 0 &&
                 getsockname(listening, (struct sockaddr *)&address, &size) == 0,
             "listen");
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        peer.fd = accept(listening, NULL, NULL);
        peer.at = peer.len = 0;
        ask_want(peer.fd >= 0, "accept");
        setsockopt(peer.fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        const char *head;
        while ((head = take_through(&peer, "\r\n\r\n")) != NULL && answer(&peer, head))
            ;
        close(peer.fd);
    }
}
