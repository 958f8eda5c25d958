/* loopback -- TCP connections with both ends in the test. Failing to make one ends the test. */
#ifndef TESTS_LOOPBACK_H
#define TESTS_LOOPBACK_H

#include "server/drain.h"

#include <stddef.h>
#include <sys/socket.h>

/* How long a state is asked for before it counts as not coming. */
enum { LOOPBACK_PATIENCE_US = 20 * 1000 * 1000 };

struct loopback {
    int client, server; /* -1 once closed */
    struct drain drain; /* of what the server's end sent */
};

/* `host` without a port; gives the size. */
socklen_t loopback_address(struct sockaddr_storage *address, int family, const char *host);

/* A socket that listens at a free port of `host`, and in `address` where that is. */
int loopback_listen(struct sockaddr_storage *address, socklen_t *size, int family,
                    const char *host);

/* The socket `client` connects to `address`, where `listening` listens. */
void loopback_connect(struct loopback *connection, int client, int listening,
                      const struct sockaddr_storage *address, socklen_t size);

/* A connection to a port of its own of `host`. */
void loopback_open(struct loopback *connection, int family, const char *host);
void loopback_close(struct loopback *connection);

void loopback_close_end(int *fd);
void loopback_reset_end(int *fd);

/* The server's end sends `len` octets, and counts them. */
void loopback_send(struct loopback *connection, size_t len);
void loopback_send_fin(struct loopback *connection);

/* The client reads `len` octets by one read. */
void loopback_read(struct loopback *connection, size_t len);

/* Waits for arrival, then wants this state and these counts; `row` names what is checked. */
void loopback_check(struct loopback *connection, struct diagnostics *diagnostics,
                    enum drain_state want, uint64_t arrived, uint64_t drained, const char *row);

const char *loopback_state_name(enum drain_state state);

#endif
