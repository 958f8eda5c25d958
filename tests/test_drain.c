/* How far a client is with what was sent: by one thread step by step, and with a client that reads
 * on its own. */
#include "server/drain.h"

#include "tests/check.h"
#include "tests/loopback.h"
#include "tests/suites.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static void tells_arrived_from_drained(struct diagnostics *diagnostics, int family,
                                       const char *host, const char *row)
{
    struct loopback connection;
    loopback_open(&connection, family, host);
    loopback_check(&connection, diagnostics, DRAIN_DRAINED, 0, 0, row);
    loopback_send(&connection, 100);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 100, 0, row);
    loopback_read(&connection, 40);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 100, 40, row);
    loopback_read(&connection, 60);
    loopback_check(&connection, diagnostics, DRAIN_DRAINED, 100, 100, row);
    loopback_close(&connection);
}

static void tells_how_far_a_client_has_read(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(diagnostics);
    tells_arrived_from_drained(diagnostics, AF_INET, "127.0.0.1", "IPv4");
    tells_arrived_from_drained(diagnostics, AF_INET, "127.100.100.101", "another IPv4");
    tells_arrived_from_drained(diagnostics, AF_INET6, "::1", "IPv6");
    tells_arrived_from_drained(diagnostics, AF_INET6, "::ffff:127.0.0.1", "IPv4 in IPv6");
    diagnostics_free(diagnostics);
}

static void counts_a_fin_as_one_octet(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct loopback connection;
    loopback_open(&connection, AF_INET, "127.0.0.1");
    loopback_send(&connection, 5);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 5, 0, "octets");
    loopback_read(&connection, 5);
    loopback_check(&connection, diagnostics, DRAIN_DRAINED, 5, 5, "octets read");
    loopback_send_fin(&connection);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 6, 5, "FIN not seen");
    char octet;
    CU_ASSERT_EQUAL(recv(connection.client, &octet, 1, 0), 0);
    loopback_check(&connection, diagnostics, DRAIN_DRAINED, 6, 6, "FIN seen");
    loopback_close(&connection);
    diagnostics_free(diagnostics);
}

/* Why a drained FIN does not prove that the client saw it. */
static void reading_the_last_octets_passes_the_fin(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct loopback connection;
    loopback_open(&connection, AF_INET, "127.0.0.1");
    loopback_send(&connection, 5);
    loopback_send_fin(&connection);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 6, 0, "all");
    loopback_read(&connection, 4);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 6, 4, "one octet and FIN");
    loopback_read(&connection, 1);
    loopback_check(&connection, diagnostics, DRAIN_DRAINED, 6, 6, "FIN passed");
    loopback_close(&connection);
    diagnostics_free(diagnostics);
}

/* What the client does after it was sent 10 octets of which it read `read_len`. */
static const struct ending_row {
    const char *name;
    size_t read_len;
    bool is_reset;
    bool fin_first; /* our end sends FIN, and the client sees it */
} ending_rows[] = {
    {"closes, all read", 10, false, false},    {"closes, some unread", 5, false, false},
    {"closes after our FIN", 10, false, true}, {"resets, all read", 10, true, false},
    {"resets, nothing read", 0, true, false},
};

static void check_ending(const struct ending_row *row, struct diagnostics *diagnostics,
                         bool is_known)
{
    struct loopback connection;
    char octet;
    loopback_open(&connection, AF_INET, "127.0.0.1");
    loopback_send(&connection, 10);
    const bool arrives = recv(connection.client, &octet, 1, MSG_PEEK) == 1;
    CHECK_ROW(arrives, "%s: octets arrive", row->name);
    if (is_known)
        drain_spin(&connection.drain, diagnostics, connection.server, DRAIN_ARRIVED,
                   LOOPBACK_PATIENCE_US);
    loopback_read(&connection, row->read_len);
    if (row->fin_first) {
        loopback_send_fin(&connection);
        CU_ASSERT_EQUAL(recv(connection.client, &octet, 1, 0), 0);
    }
    if (row->is_reset)
        loopback_reset_end(&connection.client);
    else
        loopback_close_end(&connection.client);
    /* With both FIN exchanged a client that was never asked about leaves no trace. */
    const enum drain_state want = DRAIN_GONE;
    const enum drain_state state = drain_spin(&connection.drain, diagnostics, connection.server,
                                              DRAIN_GONE, LOOPBACK_PATIENCE_US);
    CHECK_ROW(state == want, "%s%s: %s, want %s", row->name, is_known ? "" : " unknown",
              loopback_state_name(state), loopback_state_name(want));
    loopback_close(&connection);
}

static void tells_that_a_client_is_gone(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    for (size_t i = 0; i < COUNT_OF(ending_rows); i++) {
        check_ending(&ending_rows[i], diagnostics, true);
        check_ending(&ending_rows[i], diagnostics, false);
    }
    diagnostics_free(diagnostics);
}

static void a_half_closed_client_still_reads(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct loopback connection;
    loopback_open(&connection, AF_INET, "127.0.0.1");
    shutdown(connection.client, SHUT_WR);
    loopback_send(&connection, 7);
    loopback_check(&connection, diagnostics, DRAIN_ARRIVED, 7, 0, "half-closed");
    loopback_read(&connection, 7);
    loopback_check(&connection, diagnostics, DRAIN_DRAINED, 7, 7, "half-closed, read");
    loopback_close(&connection);
    diagnostics_free(diagnostics);
}

struct reader {
    int fd;
    bool is_polling; /* asks again and again instead of standing in recv(2) */
    size_t reads, octets, longest;
    bool saw_end;
};

static void *read_all(void *context)
{
    struct reader *reader = context;
    static const size_t size = 4096;
    char *octets = malloc(size);
    for (;;) {
        const ssize_t got = recv(reader->fd, octets, size, reader->is_polling ? MSG_DONTWAIT : 0);
        if (got < 0 && errno == EAGAIN)
            continue;
        if (got <= 0) {
            reader->saw_end = got == 0;
            break;
        }
        reader->reads++;
        reader->octets += (size_t)got;
        if ((size_t)got > reader->longest)
            reader->longest = (size_t)got;
    }
    free(octets);
    return NULL;
}

static void *be_busy(void *context)
{
    atomic_bool *is_over = context;
    while (!atomic_load(is_over))
        continue;
    return NULL;
}

enum { BUSY_MAX = 2 };

static const struct segments_row {
    const char *name;
    size_t segments; /* of one octet */
    bool is_polling;
    size_t busy; /* threads that take the processors away */
} segments_rows[] = {
    {"a reader in recv", 10000, false, 0},
    {"a reader that polls", 10000, true, 0},
    {"a reader in recv, busy machine", 2000, false, BUSY_MAX},
    {"a reader that polls, busy machine", 500, true, BUSY_MAX},
};

/* Each segment is sent once the one before is drained. How many never were. */
static size_t send_segments(struct loopback *connection, struct diagnostics *diagnostics,
                            size_t segments)
{
    size_t undrained = 0;
    for (size_t i = 0; i < segments; i++) {
        loopback_send(connection, 1);
        if (drain_spin(&connection->drain, diagnostics, connection->server, DRAIN_DRAINED,
                       LOOPBACK_PATIENCE_US) != DRAIN_DRAINED)
            undrained++;
    }
    return undrained;
}

static void check_segments(const struct segments_row *row, struct diagnostics *diagnostics)
{
    struct loopback connection;
    pthread_t thread, busy[BUSY_MAX] = {0};
    atomic_bool is_over = false;
    loopback_open(&connection, AF_INET, "127.0.0.1");
    struct reader reader = {.fd = connection.client, .is_polling = row->is_polling};
    pthread_create(&thread, NULL, read_all, &reader);
    for (size_t i = 0; i < row->busy; i++)
        pthread_create(&busy[i], NULL, be_busy, &is_over);
    const size_t undrained = send_segments(&connection, diagnostics, row->segments);
    loopback_send_fin(&connection);
    pthread_join(thread, NULL);
    atomic_store(&is_over, true);
    for (size_t i = 0; i < row->busy; i++)
        pthread_join(busy[i], NULL);
    CHECK_ROW(undrained == 0, "%s: %zu segments not drained", row->name, undrained);
    CHECK_ROW(reader.octets == row->segments && reader.reads == row->segments &&
                  reader.longest == 1,
              "%s: %zu octets in %zu reads, the longest of %zu, want %zu in as many", row->name,
              reader.octets, reader.reads, reader.longest, row->segments);
    CHECK_ROW(reader.saw_end, "%s: sees the end", row->name);
    loopback_close(&connection);
}

static void a_reader_gets_every_segment_alone(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    for (size_t i = 0; i < COUNT_OF(segments_rows); i++)
        check_segments(&segments_rows[i], diagnostics);
    diagnostics_free(diagnostics);
}

/* More than any buffer holds, so that the client reads while it is sent. */
static void counts_a_large_transfer_exactly(void)
{
    static const size_t len = 64 * 1024 * 1024 + 1;
    struct diagnostics *diagnostics = diagnostics_new();
    struct loopback connection;
    pthread_t thread;
    loopback_open(&connection, AF_INET, "127.0.0.1");
    struct reader reader = {.fd = connection.client};
    pthread_create(&thread, NULL, read_all, &reader);
    loopback_send(&connection, len);
    CU_ASSERT_EQUAL(drain_spin(&connection.drain, diagnostics, connection.server, DRAIN_DRAINED,
                               LOOPBACK_PATIENCE_US),
                    DRAIN_DRAINED);
    CU_ASSERT_EQUAL(connection.drain.arrived, len);
    CU_ASSERT_EQUAL(connection.drain.drained, len);
    loopback_send_fin(&connection);
    pthread_join(thread, NULL);
    CU_ASSERT_TRUE(reader.octets == len && reader.saw_end);
    loopback_close(&connection);
    diagnostics_free(diagnostics);
}

/* What our kernel took has not arrived while the client's window is shut. */
static void waits_while_the_window_is_shut(void)
{
    struct diagnostics *diagnostics = diagnostics_new();
    struct sockaddr_storage address;
    socklen_t size;
    struct loopback connection;
    static const char octets[64 * 1024];
    ssize_t sent = 0;
    const int listening = loopback_listen(&address, &size, AF_INET, "127.0.0.1");
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(client, SOL_SOCKET, SO_RCVBUF, &(int){4096}, sizeof(int));
    loopback_connect(&connection, client, listening, &address, size);
    while ((sent = send(connection.server, octets, sizeof(octets), MSG_DONTWAIT)) > 0)
        connection.drain.sent += (uint64_t)sent;
    CU_ASSERT_EQUAL(drain_check(&connection.drain, diagnostics, connection.server), DRAIN_WAIT);
    CU_ASSERT_TRUE(connection.drain.arrived < connection.drain.sent);
    CU_ASSERT_EQUAL(connection.drain.drained, 0);
    loopback_close(&connection);
    close(listening);
    diagnostics_free(diagnostics);
}

CU_TestInfo drain_tests[] = {
    {"tells how far a client has read", tells_how_far_a_client_has_read},
    {"counts a FIN as one octet", counts_a_fin_as_one_octet},
    {"reading the last octets passes the FIN", reading_the_last_octets_passes_the_fin},
    {"tells that a client is gone", tells_that_a_client_is_gone},
    {"a half-closed client still reads", a_half_closed_client_still_reads},
    {"a reader gets every segment alone", a_reader_gets_every_segment_alone},
    {"counts a large transfer exactly", counts_a_large_transfer_exactly},
    {"waits while the window is shut", waits_while_the_window_is_shut},
    CU_TEST_INFO_NULL,
};
