/* Leases with receive buffers of their own, and by name: whose connection it is, and how much it
 * takes. */
#include "server/listener.h"
#include "server/socket.h"
#include "tests/check.h"
#include "tests/loopback.h"
#include "tests/suites.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
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

static void an_upload_stands(struct listener *listener)
{
    struct seat plain, narrow, another;
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
}

/* --- by name ------------------------------------------------------------------------------ */

/* As many as there are ports; they rest in turn. */
enum { NAMED_MAX = 64 };

struct named {
    struct lease lease;
    unsigned count; /* of connections */
};

static void on_named(void *context, int fd)
{
    struct named *named = context;
    named->count++;
    socket_close(fd);
}

static void lease_named(struct named *named, struct listener *listener, bool is_address)
{
    *named = (struct named){
        .lease = {
            .accepted = on_named, .context = named, .is_named = true, .is_address = is_address}};
    CU_ASSERT_FATAL(listener_lease(listener, &named->lease));
}

/* Of both addresses, `host` is one. -1 with errno when it is refused, or not there. */
static int connect_to(const char *host, const char *port)
{
    struct sockaddr_storage address;
    const int family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
    const socklen_t size = loopback_address(&address, family, host);
    const uint16_t number = htons((uint16_t)strtoul(port, NULL, 10));
    if (family == AF_INET6)
        ((struct sockaddr_in6 *)&address)->sin6_port = number;
    else
        ((struct sockaddr_in *)&address)->sin_port = number;
    const int fd = socket(family, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, size) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Each connection is counted to that lease alone. */
static void check_named(struct listener *listener, struct named *named, const char *host)
{
    const unsigned before = named->count;
    const int fd = connect_to(host, named->lease.endpoint.port);
    if (fd < 0 && strchr(host, ':') != NULL &&
        (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT || errno == ENETUNREACH))
        return; /* there is no IPv6 here */
    CHECK_ROW(fd >= 0, "%s: %s", host, strerror(errno));
    listener_accept(listener);
    CHECK_ROW(named->count == before + 1, "%s: %u connections came", host, named->count - before);
    close(fd);
}

static void check_texts(const struct named *named, const char *host)
{
    char authority[HOLE_AUTHORITY_LEN + 1];
    const struct endpoint *endpoint = &named->lease.endpoint;
    snprintf(authority, sizeof(authority), "%s:%s", host, endpoint->port);
    CHECK_ROW(strcmp(endpoint->host, host) == 0, "%s: it is %s", host, endpoint->host);
    CHECK_ROW(strlen(endpoint->port) == HOLE_PORT_LEN, "%s: port %s", host, endpoint->port);
    CHECK_ROW(strcmp(endpoint->authority, authority) == 0, "it is %s", endpoint->authority);
}

static void a_name_has_a_port_of_its_own(struct listener *listener)
{
    struct named name, address;
    lease_named(&name, listener, false);
    lease_named(&address, listener, true);
    check_texts(&name, ENDPOINT_NAME);
    check_texts(&address, ENDPOINT_ADDRESS);
    CHECK_ROW(strcmp(name.lease.endpoint.port, address.lease.endpoint.port) != 0,
              "both have port %s", name.lease.endpoint.port);
    check_named(listener, &name, "127.0.0.1");
    check_named(listener, &address, "127.0.0.1");
    check_named(listener, &name, "::1");
    check_named(listener, &address, "::1");
    listener_give_back(listener, &name.lease);
    listener_give_back(listener, &address.lease);
}

/* Who came while nobody leased the port is not the next one's. */
static void a_stray_counts_to_nobody(struct listener *listener)
{
    struct named all[NAMED_MAX], gone;
    lease_named(&gone, listener, false);
    listener_give_back(listener, &gone.lease);
    const int fd = connect_to("127.0.0.1", gone.lease.endpoint.port);
    CHECK_ROW(fd >= 0, "the stray: %s", strerror(errno));
    for (size_t i = 0; i < NAMED_MAX; i++)
        lease_named(&all[i], listener, false);
    listener_accept(listener);
    for (size_t i = 0; i < NAMED_MAX; i++) {
        CHECK_ROW(all[i].count == 0, "counted to the lease %zu", i);
        listener_give_back(listener, &all[i].lease);
    }
    CHECK_ROW(gone.count == 0, "counted to who has left");
    close(fd);
}

/* All are leased, then given back in an order of their own, in which they come again. */
static void who_rested_longest_comes_next(struct listener *listener)
{
    struct named all[NAMED_MAX], one;
    for (size_t i = 0; i < NAMED_MAX; i++)
        lease_named(&all[i], listener, false);
    one = (struct named){.lease = {.is_named = true}};
    CHECK_ROW(!listener_lease(listener, &one.lease), "there are more than %d", NAMED_MAX);
    for (size_t i = 0; i < NAMED_MAX; i++)
        listener_give_back(listener, &all[i * 7 % NAMED_MAX].lease);
    for (size_t i = 0; i < NAMED_MAX; i++) {
        const char *want = all[i * 7 % NAMED_MAX].lease.endpoint.port;
        lease_named(&one, listener, false);
        CHECK_ROW(strcmp(one.lease.endpoint.port, want) == 0, "port %s comes, want %s",
                  one.lease.endpoint.port, want);
        listener_give_back(listener, &one.lease);
    }
}

static void with_listener(void (*test)(struct listener *listener))
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    uv_loop_t loop;
    uv_loop_init(&loop);
    struct listener *listener = listener_new(&loop, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(listener);
    test(listener);
    listener_close(listener);
    uv_run(&loop, UV_RUN_DEFAULT);
    CHECK_ROW(uv_loop_close(&loop) == 0, "every handle is closed");
    arena_free(arena);
}

static void a_small_receive_buffer_makes_an_upload_stand(void)
{
    with_listener(an_upload_stands);
}

static void leases_by_name(void)
{
    with_listener(a_name_has_a_port_of_its_own);
    with_listener(who_rested_longest_comes_next);
}

static void strays_count_to_nobody(void)
{
    with_listener(a_stray_counts_to_nobody);
}

CU_TestInfo listener_tests[] = {
    {"a small receive buffer makes an upload stand", a_small_receive_buffer_makes_an_upload_stand},
    {"leases by name", leases_by_name},
    {"strays count to nobody", strays_count_to_nobody},
    CU_TEST_INFO_NULL,
};
