#include "tests/client_pair.h"
#include "harness/client/private.h"
#include "tests/check.h"

#include <sys/socket.h>
#include <unistd.h>

struct client_pair client_pair_new(void)
{
    int ends[2] = {-1, -1};
    CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    struct assay_connection *connection = assay_connection_new("a.test", 80, NULL);
    CU_ASSERT_FATAL(connection != NULL);
    connection->options.auto_open = false;
    connection->wire = assay_wire_new(&connection->options, 0, &connection->host, 80);
    CU_ASSERT_FATAL(connection->wire != NULL);
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

void client_pair_hear(const struct client_pair *pair, char *text, size_t size)
{
    size_t len = 0;
    for (ssize_t got = 1; got > 0 && len<size - 1; len += got> 0 ? (size_t)got : 0)
        got = recv(pair->fd, text + len, size - 1 - len, MSG_DONTWAIT);
    text[len] = '\0';
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
