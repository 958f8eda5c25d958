/* door -- sockets that listen on the loopback interface, at ports of HOLE_PORT_LEN digits: octets
 * of a script have the same length in every run. Private to server/listener.c. */
#ifndef SERVER_DOOR_H
#define SERVER_DOOR_H

#include "wire/bytes.h"

/* Bound to a port that the kernel chooses, on all addresses of the interface, or, where a user may
 * not do that (Linux before 5.7), on `address` alone (in host order); `all` says which. -1 with
 * errno. */
int door_bind(uint32_t address, uint16_t *port, bool *all);

/* The same on 127.0.0.1 alone. `fd6` is one on ::1 at the same port, or -1 where there is no IPv6.
 */
int door_bind_named(uint16_t *port, int *fd6);

/* Listens, with that receive buffer unless it is 0. False with errno. */
bool door_listen(int fd, unsigned receive_buffer);

/* Whether a connection to it can be made at all: a network that is down, or ports that are used up,
 * must not look like a client that fails. False with errno. */
bool door_is_reached(int fd, uint32_t address, uint16_t port);

#endif
