/*
 * diagnostics -- what a client on this machine has received and read, asked of its kernel.
 *
 * Linux tells anyone about any TCP socket by its addresses and ports (NETLINK_SOCK_DIAG), so this
 * needs nothing of the client and no privilege. Knows TCP, and not what the octets mean; how to
 * wait for one's octets is drain.h.
 *
 * What it cannot see: where the kernel itself reads for a client (kernel TLS, MPTCP, a BPF
 * sockmap), octets count as read before the program has asked for them. Behind a forwarder the
 * client is the forwarder.
 */
#ifndef SERVER_DIAGNOSTICS_H
#define SERVER_DIAGNOSTICS_H

#include <stdbool.h>
#include <stdint.h>

/* A way to ask; one serves all connections of a thread. */
struct diagnostics;

/* NULL where there is none: another system, a sandbox, a kernel before 4.2 or without tcp_diag.
 * Asks only about sockets in the network namespace that the calling thread is in. */
struct diagnostics *diagnostics_new(void);
void diagnostics_free(struct diagnostics *diagnostics);

/* Whose socket to ask about. All fields are private, and as the kernel orders them. */
struct client_socket {
    uint8_t family;
    uint16_t port, peer_port;
    uint32_t address[4], peer_address[4];
    uint32_t interface; /* 0 unless our end is bound to one */
    uint64_t cookie;    /* the kernel's number for this very socket, once it was found */
};

/* The socket at the other end of `fd`. False with errno: ENOTCONN once it was reset,
 * EAFNOSUPPORT where `fd` is neither IPv4 nor IPv6. */
bool client_socket_init(struct client_socket *client, int fd);

struct client_queue {
    bool is_found;     /* false: its connection is no more, or is not in our network namespace */
    bool is_open;      /* a process holds it; false: it was closed, the kernel does the rest */
    uint8_t state;     /* TCP_ESTABLISHED ... */
    uint64_t received; /* octets in its kernel, read or not, with our FIN as one */
    uint64_t unread;   /* octets in its kernel, not read; seen a moment before `received` was */
};

/* One question and its answer, without sleeping. Between seeing `unread` and `received` the kernel
 * locks the client's socket: a read that had made `unread` 0 is over when this returns. False with
 * errno when the question itself failed; a client that is not found is no failure. */
bool diagnostics_query(struct diagnostics *diagnostics, struct client_socket *client,
                       struct client_queue *queue);

#endif
