#include "tests/client_pair.h"
#include "harness/client/private.h"
#include "tests/check.h"

#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

struct client_pair client_pair_new(void)
{
    struct assay_connection *connection = assay_connection_new("a.test", 80, NULL);
    assert(connection != NULL);
    return client_pair_of(connection);
}

struct client_pair client_pair_of(struct assay_connection *connection)
{
    int ends[2] = {-1, -1};
    assert(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    connection->options.auto_open = false;
    connection->wire = assay_wire_new(&connection->options, 0, &connection->host, 80);
    assert(connection->wire != NULL);
    connection->wire->fd = ends[0];
    return (struct client_pair){connection, ends[1]};
}

void client_pair_say(const struct client_pair *pair, const char *octets, size_t len)
{
    if (len > 0)
        CU_ASSERT(send(pair->fd, octets, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len);
}

void client_pair_say_cut(const struct client_pair *pair, const char *octets, size_t cut)
{
    client_pair_say(pair, octets, cut);
    client_pair_say(pair, octets + cut, strlen(octets) - cut);
}

void client_pair_fin(const struct client_pair *pair)
{
    shutdown(pair->fd, SHUT_WR);
}

void client_pair_close(struct client_pair *pair)
{
    if (pair->fd >= 0)
        close(pair->fd);
    pair->fd = -1;
}
