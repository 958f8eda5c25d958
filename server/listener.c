#include "server/listener.h"

#include "server/door.h"
#include "server/socket.h"

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
    /* Leases by name are few: these rest in turn. */
    LISTENER_NAMED_MAX = 64,
};

static_assert((int)ADDRESS_COUNT > (int)LISTENER_LEASES_MAX,
              "an address must rest before it comes again");

/* A socket that listens, and its port: one for each receive buffer. The kernel tells a client how
 * much it takes before anybody accepts, so the size has to be that of the listening socket. */
struct door {
    uv_poll_t poll;
    int fd;
    uint16_t port;
    unsigned receive_buffer;  /* octets; 0: as the system has it */
    struct named_port *named; /* that it is of; NULL: it is for all addresses */
    struct listener *listener;
    struct door *next;
};

/* A port on 127.0.0.1, and on ::1 where there is that. */
struct named_port {
    const struct door *door, *door6;
    struct lease *lease;   /* NULL: it rests ... */
    uint64_t rested_since; /* ... since so many others did */
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
    struct named_port named[LISTENER_NAMED_MAX];
    size_t named_count;
    uint64_t rests;
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
    const struct lease *lease =
        door->named != NULL ? door->named->lease : lease_of(door->listener, fd);
    if (lease != NULL)
        lease->accepted(lease->context, fd);
    else
        socket_reset(fd);
    return true;
}

void listener_accept(struct listener *listener)
{
    for (const struct door *door = listener->doors; door != NULL; door = door->next)
        while ((door->named == NULL || door->named->lease != NULL) && accept_one(door))
            continue;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    accept_one(poll->data); /* while there are more, it is called again */
}

/* Watches it; owns `fd`. */
static struct door *add_door(struct listener *listener, const struct door *of)
{
    struct door *door = must_calloc(1, sizeof(*door));
    *door = *of;
    door->listener = listener;
    uv_poll_init(listener->loop, &door->poll, door->fd);
    door->poll.data = door;
    uv_poll_start(&door->poll, UV_READABLE, on_readable);
    door->next = listener->doors;
    listener->doors = door;
    return door;
}

/* For all addresses. NULL with errno. */
static struct door *open_door(struct listener *listener, unsigned receive_buffer, bool *all)
{
    struct door door = {.receive_buffer = receive_buffer};
    door.fd = door_bind(address_of(0), &door.port, all);
    if (door.fd < 0)
        return NULL;
    if (door_listen(door.fd, receive_buffer) && door_is_reached(door.fd, address_of(0), door.port))
        return add_door(listener, &door);
    socket_give_up(door.fd);
    return NULL;
}

static void name_endpoint(struct endpoint *endpoint, const char *host, uint16_t port)
{
    snprintf(endpoint->host, sizeof(endpoint->host), "%s", host);
    snprintf(endpoint->port, sizeof(endpoint->port), "%u", (unsigned)port);
    snprintf(endpoint->authority, sizeof(endpoint->authority), "%s:%s", endpoint->host,
             endpoint->port);
}

static void name_address(struct endpoint *endpoint, uint32_t number, uint16_t port)
{
    const uint32_t address = address_of(number);
    char host[HOLE_HOST_LEN + 1];
    snprintf(host, sizeof(host), "127.%u.%u.%u", address >> 16 & 0xff, address >> 8 & 0xff,
             address & 0xff);
    name_endpoint(endpoint, host, port);
}

static const struct door *door_for(struct listener *listener, unsigned receive_buffer)
{
    bool all;
    for (const struct door *door = listener->doors; door != NULL; door = door->next)
        if (door->named == NULL && door->receive_buffer == receive_buffer)
            return door;
    return open_door(listener, receive_buffer, &all);
}

/* --- by name -------------------------------------------------------------------------- */

/* NULL with errno. Where localhost is ::1 too, a client may try that first. */
static struct named_port *open_named(struct listener *listener)
{
    int fd6;
    uint16_t port;
    const int fd = door_bind_named(&port, &fd6);
    if (fd < 0)
        return NULL;
    if (!door_listen(fd, 0) || (fd6 >= 0 && !door_listen(fd6, 0))) {
        socket_give_up(fd);
        if (fd6 >= 0)
            socket_give_up(fd6);
        return NULL;
    }
    struct named_port *named = &listener->named[listener->named_count++];
    named->door = add_door(listener, &(struct door){.fd = fd, .port = port, .named = named});
    if (fd6 >= 0)
        named->door6 = add_door(listener, &(struct door){.fd = fd6, .port = port, .named = named});
    return named;
}

/* The one that has rested longest: a client of the last run may still be on its way to it. */
static struct named_port *find_rested(struct listener *listener)
{
    struct named_port *found = NULL;
    for (size_t i = 0; i < listener->named_count; i++) {
        struct named_port *one = &listener->named[i];
        if (one->lease == NULL && (found == NULL || one->rested_since < found->rested_since))
            found = one;
    }
    return found;
}

/* Who came while nobody leased it is nobody's. */
static void reset_strays(const struct named_port *named)
{
    while (accept_one(named->door))
        continue;
    while (named->door6 != NULL && accept_one(named->door6))
        continue;
}

static bool lease_named(struct listener *listener, struct lease *lease)
{
    struct named_port *named =
        listener->named_count < LISTENER_NAMED_MAX ? open_named(listener) : find_rested(listener);
    if (named == NULL)
        return false;
    reset_strays(named);
    named->lease = lease;
    lease->named = named;
    name_endpoint(&lease->endpoint, lease->is_address ? ENDPOINT_ADDRESS : ENDPOINT_NAME,
                  named->door->port);
    return true;
}

static bool has_refusing_port(struct listener *listener)
{
    bool all;
    if (listener->refusing < 0)
        listener->refusing = door_bind(address_of(0), &listener->refusing_port, &all);
    return listener->refusing >= 0;
}

struct listener *listener_new(uv_loop_t *loop, struct diags *diags)
{
    bool all;
    struct listener *listener = must_calloc(1, sizeof(*listener));
    listener->loop = loop;
    listener->refusing = -1;
    if (open_door(listener, 0, &all) == NULL) {
        diag_add(diags, NULL, 0, NULL, "cannot listen and connect on the loopback interface: %s",
                 strerror(errno));
        free(listener);
        return NULL;
    }
    listener->address_count = all ? ADDRESS_COUNT : 1;
    listener->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return listener;
}

bool listener_lease(struct listener *listener, struct lease *lease)
{
    const struct door *door = NULL;
    if (lease->is_named)
        return lease_named(listener, lease);
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
        name_address(&lease->endpoint, number, door == NULL ? listener->refusing_port : door->port);
        return true;
    }
    return false;
}

void listener_give_back(struct listener *listener, struct lease *lease)
{
    struct lease **place = lease->is_named ? &lease->named->lease
                                           : &listener->leases[lease->number % LISTENER_LEASES_MAX];
    if (lease->is_named)
        lease->named->rested_since = ++listener->rests;
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
