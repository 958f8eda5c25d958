/* socket -- the few system calls on accepted sockets, each with the option it needs. Linux first;
 * what a system lacks is left out without harm. */
#ifndef SERVER_SOCKET_H
#define SERVER_SOCKET_H

#include "wire/octets.h"

#include <netinet/in.h>
#include <sys/types.h>

/* No delay by Nagle's algorithm. What a listening socket accepts has it from that socket. False
 * with errno. */
bool socket_send_at_once(int fd);

/* Non-blocking and close-on-exec. -1 with errno when there is none. */
int socket_accept(int listening);

/* A connection to a peer of ours: on the loopback interface connect(2) is done at once. `name` is
 * then its own end's. -1 with errno. */
int socket_connect(const struct endpoint *endpoint, struct sockaddr_in *name);

/* An acknowledgement now: a client that writes head and body apart does not wait 40 ms for it. */
void socket_acknowledge(int fd);

/* close(2): FIN, or RST where octets lie unread. */
void socket_close(int fd);

/* The same, where another call has failed: errno stays as it is. */
void socket_give_up(int fd);

/* close(2) that sends RST, whatever lies in the queues. */
void socket_reset(int fd);

/* Octets that were received and not read; 0 when unknown. */
size_t socket_unread(int fd);

/* What waits to be read, without taking it: as recv(2), with EAGAIN where nothing waits. */
ssize_t socket_peek(int fd, uint8_t *buffer, size_t size);

/* Of a call of these that gave -1: it may be made again later. */
bool socket_is_later(int error);

/* As recv(2). */
ssize_t socket_receive(int fd, void *buffer, size_t size);

/* Takes `len` octets that socket_peek() showed. */
void socket_take(int fd, uint8_t *buffer, size_t len);

/* Whether the other end has neither sent FIN nor RST, as far as the kernel knows, though octets
 * before it may lie unread. */
bool socket_is_open_there(int fd);

/* As send(2); EPIPE instead of SIGPIPE. */
ssize_t socket_send(int fd, struct bytes octets);

#endif
