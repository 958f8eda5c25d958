#define _GNU_SOURCE /* SOCK_NONBLOCK and SO_BINDTODEVICE */
#include "server/listener.h"

#include "server/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    /* Each of the last three parts of an address runs from 100 to 199: equal width. */
    PART_FIRST = 100,
    PART_COUNT = 100,
    ADDRESS_COUNT = PART_COUNT * PART_COUNT * PART_COUNT,
    BACKLOG = 4096,
    PORT_TRIES = 64,
};

static_assert((int)ADDRESS_COUNT > (int)LISTENER_LEASES_MAX,
              "an address must rest before it comes again");

/* A socket that listens, and its port: one for each receive buffer. The kernel tells a client how
 * much it takes before anybody accepts, so the size has to be that of the listening socket. */
struct door {
    uv_poll_t poll;
    int fd;
    uint16_t port;
    unsigned receive_buffer; /* octets; 0: as the system has it */
    struct listener *listener;
    struct door *next;
};

struct listener {
    uv_loop_t *loop;
    struct door *doors; /* the plain one is the last */
    int refusing;       /* bound, and never listened on; -1 until a lease needs it */
    uint16_t refusing_port;
    uint32_t address_count; /* 1 where only one address is listened on */
    uint32_t next;
    int spare; /* a descriptor to give up when none is left */
    bool ran_out;
    struct lease *leases[LISTENER_LEASES_MAX]; /* by number, modulo */
};

static uint32_t address_of(uint32_t number)
{
    const uint32_t parts[] = {number / (PART_COUNT * PART_COUNT), number / PART_COUNT % PART_COUNT,
                              number % PART_COUNT};
    return UINT32_C(127) << 24 | (PART_FIRST + parts[0]) << 16 | (PART_FIRST + parts[1]) << 8 |
           (PART_FIRST + parts[2]);
}

/* The number of an address; ADDRESS_COUNT when it is none of ours. */
static uint32_t number_of(uint32_t address)
{
    uint32_t number = 0;
    for (unsigned shift = 24; shift > 0;) {
        shift -= 8;
        const uint32_t part = (address >> shift & 0xff) - PART_FIRST;
        if (part >= PART_COUNT)
            return ADDRESS_COUNT;
        number = number * PART_COUNT + part;
    }
    return number;
}

static struct lease *lease_of(struct listener *listener, int fd)
{
    struct sockaddr_in name = {0};
    socklen_t size = sizeof(name);
    if (getsockname(fd, (struct sockaddr *)&name, &size) != 0)
        return NULL;
    const uint32_t number = number_of(ntohl(name.sin_addr.s_addr));
    struct lease *lease = listener->leases[number % LISTENER_LEASES_MAX];
    return lease != NULL && lease->number == number ? lease : NULL;
}

static bool is_exhaustion(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* No descriptor is left for the next connection: it is taken on the spare one and reset, for else
 * it would be offered again and again. False when even that fails. */
static bool turn_away(struct listener *listener, const struct door *door)
{
    listener->ran_out = true;
    close(listener->spare);
    const int fd = socket_accept(door->fd);
    if (fd >= 0)
        socket_reset(fd);
    listener->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
}

bool listener_ran_out(struct listener *listener)
{
    const bool ran_out = listener->ran_out;
    listener->ran_out = false;
    return ran_out;
}

/* False when nobody has come. */
static bool accept_one(const struct door *door)
{
    const int fd = socket_accept(door->fd);
    if (fd < 0)
        return errno == ECONNABORTED || errno == EINTR ||
               (is_exhaustion(errno) && turn_away(door->listener, door));
    const struct lease *lease = lease_of(door->listener, fd);
    if (lease != NULL)
        lease->accepted(lease->context, fd);
    else
        socket_reset(fd);
    return true;
}

void listener_accept(struct listener *listener)
{
    for (const struct door *door = listener->doors; door != NULL; door = door->next)
        while (accept_one(door))
            continue;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    accept_one(poll->data); /* while there are more, it is called again */
}

/* Narrows the socket to the loopback interface; true when any of its addresses may be bound. */
static bool bind_to_loopback(int fd)
{
#ifdef SO_BINDTODEVICE
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo")) == 0;
#else
    (void)fd;
    return false;
#endif
}

/* A socket on a port that the kernel chooses; -1 with errno. `all` says whether on every address.
 */
static int bind_to_any_port(uint16_t *port, bool *all)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    *all = bind_to_loopback(fd);
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(*all ? INADDR_ANY : address_of(0))};
    socklen_t size = sizeof(name);
    if (bind(fd, (struct sockaddr *)&name, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&name, &size) != 0) {
        const int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    *port = ntohs(name.sin_port);
    return fd;
}

/* Octets of a script must have the same length in every run, so the port has HOLE_PORT_LEN digits.
 */
static int bind_to_wide_port(uint16_t *port, bool *all)
{
    enum { PORT_LEAST = 10000 };
    for (int i = 0; i < PORT_TRIES; i++) {
        const int fd = bind_to_any_port(port, all);
        if (fd < 0 || *port >= PORT_LEAST)
            return fd;
        close(fd);
    }
    errno = EADDRNOTAVAIL;
    return -1;
}

/* Whether a connection can be made at all: a network that is down, or ports that are used up, must
 * not look like a client that fails. On the loopback interface connect(2) is done at once. */
static bool reaches(const struct door *door)
{
    const struct sockaddr_in name = {.sin_family = AF_INET,
                                     .sin_port = htons(door->port),
                                     .sin_addr.s_addr = htonl(address_of(0))};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    const bool is_reached = connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0;
    const int error = errno;
    const int accepted = is_reached ? socket_accept(door->fd) : -1;
    socket_reset(fd);
    if (accepted >= 0)
        close(accepted);
    errno = error;
    return is_reached;
}

/* False with errno. */
static bool open_door(struct door *door, bool *all)
{
    const int octets = (int)door->receive_buffer;
    door->fd = bind_to_wide_port(&door->port, all);
    if (door->fd < 0)
        return false;
    if ((octets == 0 ||
         setsockopt(door->fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets)) == 0) &&
        socket_send_at_once(door->fd) && listen(door->fd, BACKLOG) == 0 && reaches(door))
        return true;
    const int error = errno;
    close(door->fd);
    errno = error;
    return false;
}

/* NULL with errno. */
static struct door *add_door(struct listener *listener, unsigned receive_buffer, bool *all)
{
    struct door *door = must_calloc(1, sizeof(*door));
    door->receive_buffer = receive_buffer;
    door->listener = listener;
    if (!open_door(door, all)) {
        free(door);
        return NULL;
    }
    uv_poll_init(listener->loop, &door->poll, door->fd);
    door->poll.data = door;
    uv_poll_start(&door->poll, UV_READABLE, on_readable);
    door->next = listener->doors;
    listener->doors = door;
    return door;
}

static const struct door *door_for(struct listener *listener, unsigned receive_buffer)
{
    bool all;
    for (const struct door *door = listener->doors; door != NULL; door = door->next)
        if (door->receive_buffer == receive_buffer)
            return door;
    return add_door(listener, receive_buffer, &all);
}

static bool has_refusing_port(struct listener *listener)
{
    bool all;
    if (listener->refusing < 0)
        listener->refusing = bind_to_wide_port(&listener->refusing_port, &all);
    return listener->refusing >= 0;
}

struct listener *listener_new(uv_loop_t *loop, struct diags *diags)
{
    bool all;
    struct listener *listener = must_calloc(1, sizeof(*listener));
    listener->loop = loop;
    listener->refusing = -1;
    if (add_door(listener, 0, &all) == NULL) {
        diag_add(diags, NULL, 0, NULL, "cannot listen and connect on the loopback interface: %s",
                 strerror(errno));
        free(listener);
        return NULL;
    }
    listener->address_count = all ? ADDRESS_COUNT : 1;
    listener->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return listener;
}

static void name_endpoint(struct endpoint *endpoint, uint32_t number, uint16_t port)
{
    const uint32_t address = address_of(number);
    snprintf(endpoint->host, sizeof(endpoint->host), "127.%u.%u.%u", address >> 16 & 0xff,
             address >> 8 & 0xff, address & 0xff);
    snprintf(endpoint->port, sizeof(endpoint->port), "%u", (unsigned)port);
    snprintf(endpoint->authority, sizeof(endpoint->authority), "%s:%s", endpoint->host,
             endpoint->port);
}

bool listener_lease(struct listener *listener, struct lease *lease)
{
    const struct door *door = NULL;
    if (lease->refuses ? !has_refusing_port(listener)
                       : (door = door_for(listener, lease->receive_buffer)) == NULL)
        return false;
    for (uint32_t tries = 0; tries < LISTENER_LEASES_MAX; tries++) {
        const uint32_t number = listener->next++ % listener->address_count;
        struct lease **place = &listener->leases[number % LISTENER_LEASES_MAX];
        if (*place != NULL)
            continue;
        *place = lease;
        lease->number = number;
        name_endpoint(&lease->endpoint, number,
                      door == NULL ? listener->refusing_port : door->port);
        return true;
    }
    return false;
}

void listener_give_back(struct listener *listener, struct lease *lease)
{
    struct lease **place = &listener->leases[lease->number % LISTENER_LEASES_MAX];
    assert(*place == lease);
    *place = NULL;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void listener_close(struct listener *listener)
{
    for (struct door *door = listener->doors, *next; door != NULL; door = next) {
        next = door->next;
        uv_poll_stop(&door->poll);
        close(door->fd);
        uv_close((uv_handle_t *)&door->poll, on_closed);
    }
    close(listener->spare);
    if (listener->refusing >= 0)
        close(listener->refusing);
    free(listener);
}
