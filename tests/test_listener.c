/* Leases with receive buffers of their own: whose connection it is, and how much it takes. */
#include "server/listener.h"
#include "server/socket.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 4096, UPLOAD = 16 * 1024 * 1024, STANDS_MS = 100, BLOCK = 64 * 1024 };

/* A lease, and both ends of the one connection to it. */
struct seat {
    struct lease lease;
    int client, server;
};

static void on_accepted(void *context, int fd)
{
    struct seat *seat = context;
    seat->server = fd;
}

static void take_seat(struct seat *seat, struct listener *listener, unsigned receive_buffer)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    *seat = (struct seat){
        .lease = {.accepted = on_accepted, .context = seat, .receive_buffer = receive_buffer},
        .server = -1};
    CU_ASSERT_FATAL(listener_lease(listener, &seat->lease));
    inet_pton(AF_INET, seat->lease.endpoint.host, &address.sin_addr);
    address.sin_port = htons((uint16_t)strtoul(seat->lease.endpoint.port, NULL, 10));
    seat->client = socket(AF_INET, SOCK_STREAM, 0);
    CU_ASSERT_FATAL(connect(seat->client, (struct sockaddr *)&address, sizeof(address)) == 0);
    listener_accept(listener);
    CU_ASSERT_FATAL(seat->server >= 0);
}

static void leave_seat(struct seat *seat, struct listener *listener)
{
    close(seat->client);
    socket_close(seat->server);
    listener_give_back(listener, &seat->lease);
}

/* How much of the upload the client gets rid of before it stands. */
static size_t send_until_it_stands(const struct seat *seat)
{
    static const uint8_t block[BLOCK];
    struct pollfd writable = {.fd = seat->client, .events = POLLOUT};
    size_t sent = 0;
    while (sent < UPLOAD && poll(&writable, 1, STANDS_MS) > 0) {
        const ssize_t more = socket_send(seat->client, (struct bytes){block, sizeof(block)});
        if (more < 0 && errno != EAGAIN)
            break;
        sent += more > 0 ? (size_t)more : 0;
    }
    return sent;
}

static void read_all(const struct seat *seat, size_t len)
{
    uint8_t block[BLOCK];
    struct pollfd readable = {.fd = seat->server, .events = POLLIN};
    while (len > 0 && poll(&readable, 1, -1) > 0) {
        const ssize_t got = recv(seat->server, block, sizeof(block), 0);
        if (got <= 0)
            break;
        len -= (size_t)got;
    }
    CHECK_ROW(len == 0, "%zu octets did not come", len);
}

static void a_small_receive_buffer_makes_an_upload_stand(void)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    uv_loop_t loop;
    struct seat plain, narrow, another;
    uv_loop_init(&loop);
    struct listener *listener = listener_new(&loop, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(listener);
    take_seat(&plain, listener, 0);
    take_seat(&narrow, listener, BUFFER);
    take_seat(&another, listener, BUFFER);
    CHECK_ROW(strcmp(narrow.lease.endpoint.port, another.lease.endpoint.port) == 0,
              "leases of one size share a port");
    const size_t sent = send_until_it_stands(&narrow);
    CHECK_ROW(sent < UPLOAD, "all of it went out");
    CHECK_ROW(socket_unread(narrow.server) <= 2 * (size_t)BUFFER, "%zu octets lie unread",
              socket_unread(narrow.server));
    CHECK_ROW(send_until_it_stands(&plain) > 0, "the plain one takes octets too");
    CHECK_ROW(socket_unread(plain.server) > 2 * (size_t)BUFFER, "the plain one has more room");
    read_all(&narrow, sent);
    leave_seat(&another, listener);
    leave_seat(&narrow, listener);
    leave_seat(&plain, listener);
    listener_close(listener);
    uv_run(&loop, UV_RUN_DEFAULT);
    CHECK_ROW(uv_loop_close(&loop) == 0, "every handle is closed");
    arena_free(arena);
}

CU_TestInfo listener_tests[] = {
    {"a small receive buffer makes an upload stand", a_small_receive_buffer_makes_an_upload_stand},
    CU_TEST_INFO_NULL,
};
