/* Whose socket the kernel tells of, and whose it does not. */
#define _GNU_SOURCE /* SO_BINDTODEVICE */
#include "server/diagnostics.h"

#include "tests/check.h"
#include "tests/loopback.h"
#include "tests/suites.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

/* The two ends may call one address by different families. */
static void finds_an_ipv6_client_at_an_ipv4_server(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct sockaddr_storage address, mapped;
    socklen_t size;
    struct loopback connection;
    const int listening = loopback_listen(&address, &size, AF_INET, "127.0.0.1");
    size = loopback_address(&mapped, AF_INET6, "::ffff:127.0.0.1");
    ((struct sockaddr_in6 *)&mapped)->sin6_port = ((struct sockaddr_in *)&address)->sin_port;
    loopback_connect(&connection, socket(AF_INET6, SOCK_STREAM, 0), listening, &mapped, size);
    loopback_send(&connection, 3);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 3, 0, "mapped");
    loopback_close(&connection);
    close(listening);
    diagnostics_free(diagnostics);
}

/* As the harness listens: any address, bound to the loopback interface. */
static void finds_a_client_that_is_bound_to_the_interface(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct sockaddr_storage address;
    socklen_t size;
    struct loopback connection;
    const int listening = loopback_listen(&address, &size, AF_INET, "127.0.0.1");
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listening, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2);
    setsockopt(client, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2);
    loopback_connect(&connection, client, listening, &address, size);
    loopback_send(&connection, 3);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 3, 0, "bound to lo");
    loopback_close(&connection);
    close(listening);
    diagnostics_free(diagnostics);
}

static void finds_no_socket_of_another_pair(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct loopback one, other;
    struct client_socket client, mixed;
    struct client_queue queue;
    loopback_open(&one, AF_INET, "127.0.0.1");
    loopback_open(&other, AF_INET, "127.0.0.1");
    CU_ASSERT_TRUE(client_socket_init(&client, one.server));
    CU_ASSERT_TRUE(client_socket_init(&mixed, other.server));
    mixed.port = client.port;
    CU_ASSERT_TRUE(diagnostics_query(diagnostics, &mixed, &queue));
    CU_ASSERT_FALSE(queue.is_found);
    CU_ASSERT_TRUE(diagnostics_query(diagnostics, &client, &queue));
    CU_ASSERT_TRUE(queue.is_found && queue.is_open && queue.state == TCP_ESTABLISHED);
    loopback_close(&one);
    loopback_close(&other);
    diagnostics_free(diagnostics);
}

/* For a pair without a connection the kernel tells of whoever listens at the address. */
static void finds_no_listener_in_the_clients_place(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct loopback connection;
    struct client_socket client;
    struct client_queue queue;
    struct sockaddr_storage address;
    socklen_t size;
    loopback_open(&connection, AF_INET, "127.0.0.1");
    const int listening = loopback_listen(&address, &size, AF_INET, "127.0.0.1");
    CU_ASSERT_TRUE(client_socket_init(&client, connection.server));
    client.port = ((struct sockaddr_in *)&address)->sin_port;
    CU_ASSERT_TRUE(diagnostics_query(diagnostics, &client, &queue));
    CU_ASSERT_FALSE(queue.is_found);
    CU_ASSERT_EQUAL(client.cookie, 0);
    close(listening);
    loopback_close(&connection);
    diagnostics_free(diagnostics);
}

/* The same addresses and ports, but another socket: the cookie tells. */
static void takes_no_later_client_for_the_first(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct sockaddr_storage address, from;
    socklen_t size, from_size = sizeof(from);
    struct loopback first, later;
    const int listening = loopback_listen(&address, &size, AF_INET, "127.0.0.1");
    const int first_client = socket(AF_INET, SOCK_STREAM, 0);
    loopback_address(&from, AF_INET, "127.101.102.103"); /* no one else's ports are there */
    CU_ASSERT_EQUAL(bind(first_client, (struct sockaddr *)&from, sizeof(struct sockaddr_in)), 0);
    loopback_connect(&first, first_client, listening, &address, size);
    loopback_check(&first, diagnostics, DRAIN_DRAINED, 0, 0, "first");
    getsockname(first.client, (struct sockaddr *)&from, &from_size);
    loopback_reset_end(&first.client);
    const int later_client = socket(AF_INET, SOCK_STREAM, 0);
    CU_ASSERT_EQUAL(bind(later_client, (struct sockaddr *)&from, from_size), 0);
    loopback_connect(&later, later_client, listening, &address, size);
    loopback_check(&first, diagnostics, DRAIN_GONE, 0, 0, "first, gone");
    loopback_check(&later, diagnostics, DRAIN_DRAINED, 0, 0, "later");
    loopback_close(&first);
    loopback_close(&later);
    close(listening);
    diagnostics_free(diagnostics);
}

static void refuses_what_is_no_connection(void)
{
    struct client_socket client;
    int pair[2];
    struct drain drain = {0};
    struct diagnostics *diagnostics = diagnostics_new();
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CU_ASSERT_FALSE(client_socket_init(&client, pair[0]));
    CU_ASSERT_EQUAL(errno, EAFNOSUPPORT);
    CU_ASSERT_EQUAL(drain_check(&drain, diagnostics, pair[0]), DRAIN_UNKNOWN);
    drain = (struct drain){0};
    CU_ASSERT_EQUAL(drain_check(&drain, NULL, pair[0]), DRAIN_UNKNOWN);
    close(pair[0]);
    close(pair[1]);
    diagnostics_free(diagnostics);
    diagnostics_free(NULL);
}

CU_TestInfo diagnostics_tests[] = {
    {"finds an IPv6 client at an IPv4 server", finds_an_ipv6_client_at_an_ipv4_server},
    {"finds a client that is bound to the interface",
     finds_a_client_that_is_bound_to_the_interface},
    {"finds no socket of another pair", finds_no_socket_of_another_pair},
    {"finds no listener in the client's place", finds_no_listener_in_the_clients_place},
    {"takes no later client for the first", takes_no_later_client_for_the_first},
    {"refuses what is no connection", refuses_what_is_no_connection},
    CU_TEST_INFO_NULL,
};
