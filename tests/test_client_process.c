#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/suites.h"
#include "tests/tls_server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* A part of a response, which the client holds. */
#define HELD "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"

/* Steps. */
/* clang-format off */
#define ACCEPT        {TLS_ACCEPT, NULL, 0}
#define START         {TLS_START, NULL, MINTED_VALID}
#define READ          {TLS_WANT, NULL, 0}
#define SEND(octets)  {TLS_SEND, octets, 0}
#define DO(verb)      {TLS_##verb, NULL, 0}
/* clang-format on */

enum { STEPS_MAX = 6, PIECE_COUNT = 1000, SIGNALS_END = 32 };

static enum assay_piece give_piece(void *context, struct assay_bytes *piece)
{
    static const uint8_t octets[64 * 1024];
    unsigned *left = context;
    *piece = (struct assay_bytes){octets, sizeof(octets)};
    return (*left)-- > 0 ? ASSAY_PIECE : ASSAY_PIECES_END;
}

/* The server closes while a response is held, so that nobody looks at what comes: then a large body
 * is sent. */
static enum assay_error send_to_nobody(uint16_t port, const struct assay_tls *tls)
{
    unsigned left = PIECE_COUNT;
    const struct assay_request get = {.field_count = 0};
    const struct assay_request put = {
        .body = {.kind = ASSAY_BODY_STREAM, .next = give_piece, .context = &left}};
    struct assay_connection *connection = assay_connection_new("localhost", port, NULL);
    struct assay_response *responses[2] = {NULL, NULL};
    assay_set_tls(connection, tls);
    enum assay_error error = assay_request(connection, &get);
    if (error == ASSAY_OK)
        error = assay_getresponse(connection, &responses[0]);
    if (error == ASSAY_OK) {
        struct pollfd end = {.fd = connection->wire->fd, .events = POLLIN};
        poll(&end, 1, -1);
        error = assay_request(connection, &put);
    }
    assay_response_free(responses[0]);
    if (error == ASSAY_OK)
        error = assay_getresponse(connection, &responses[1]);
    assay_response_free(responses[1]);
    assay_connection_free(connection);
    return left > 0 ? error : ASSAY_OK; /* nobody took all of it */
}

/* What belongs to the process and is nobody's to change; SIGPIPE would stay pending. */
struct process {
    void (*handlers[SIGNALS_END])(int number);
    sigset_t blocked;
    bool is_pipe_pending;
};

static void look_at(struct process *process)
{
    sigset_t pending;
    for (int number = 1; number < SIGNALS_END; number++) {
        struct sigaction action = {.sa_handler = SIG_DFL};
        sigaction(number, NULL, &action);
        process->handlers[number] = action.sa_handler;
    }
    pthread_sigmask(SIG_SETMASK, NULL, &process->blocked);
    sigpending(&pending);
    process->is_pipe_pending = sigismember(&pending, SIGPIPE) == 1;
}

static bool is_same(const struct process *before, const struct process *after)
{
    for (int number = 1; number < SIGNALS_END; number++)
        if (before->handlers[number] != after->handlers[number] ||
            sigismember(&before->blocked, number) != sigismember(&after->blocked, number))
            return false;
    return before->is_pipe_pending == after->is_pipe_pending;
}

/* Standard output and error go to `file`. */
static void redirect(int file, int kept[2])
{
    fflush(NULL);
    kept[0] = dup(STDOUT_FILENO);
    kept[1] = dup(STDERR_FILENO);
    CU_ASSERT(dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0);
}

static void put_back(const int kept[2])
{
    fflush(NULL);
    dup2(kept[0], STDOUT_FILENO);
    dup2(kept[1], STDERR_FILENO);
    close(kept[0]);
    close(kept[1]);
}

static void play_row(const char *label, uint16_t port, const struct assay_tls *tls)
{
    struct process before, after;
    int kept[2];
    FILE *output = tmpfile();
    CU_ASSERT_FATAL(output != NULL);
    look_at(&before);
    redirect(fileno(output), kept);
    const enum assay_error error = send_to_nobody(port, tls);
    put_back(kept);
    look_at(&after);
    CHECK_ROW(error != ASSAY_OK, "%s: nobody is there, and it is no error", label);
    CHECK_ROW(!after.is_pipe_pending, "%s: SIGPIPE is raised", label);
    CHECK_ROW(is_same(&before, &after), "%s: signals are changed", label);
    CHECK_ROW(lseek(fileno(output), 0, SEEK_END) == 0, "%s: something is written", label);
    fclose(output);
}

static void leaves_the_process_as_it_is(void)
{
    /* clang-format off */
    static const struct { const char *label; bool is_tls; struct tls_step steps[STEPS_MAX]; } rows[] = {
        {"FIN", false, {ACCEPT, READ, SEND(HELD), ACCEPT}},
        {"RST", false, {ACCEPT, READ, SEND(HELD), DO(RST)}},
        {"TLS, FIN", true, {ACCEPT, START, READ, SEND(HELD), ACCEPT}},
        {"TLS, RST", true, {ACCEPT, START, READ, SEND(HELD), DO(RST)}},
    };
    /* clang-format on */
    char reason[256] = "", trouble[256], name[64];
    struct tls_authority *authority = tls_authority_new();
    const struct assay_tls_options options = {.ca_path = tls_authority_path(authority)};
    struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
    CHECK_ROW(tls != NULL, "%s", reason);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tls_server *server = tls_server_new("127.0.0.1", authority, rows[i].steps);
        play_row(rows[i].label, tls_server_port(server), rows[i].is_tls ? tls : NULL);
        tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name));
    }
    assay_tls_free(tls);
    tls_authority_free(authority);
}

/* SIGPIPE does as ever, which is to end the process; but it would wait, so that the test can say
 * so. */
static void raises_and_takes_no_signal(void)
{
    sigset_t pipe_alone, blocked, pending;
    struct sigaction kept;
    sigemptyset(&pipe_alone);
    sigaddset(&pipe_alone, SIGPIPE);
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_DFL}, &kept);
    pthread_sigmask(SIG_BLOCK, &pipe_alone, &blocked);
    leaves_the_process_as_it_is();
    int number;
    if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1)
        sigwait(&pipe_alone, &number);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    sigaction(SIGPIPE, &kept, NULL);
}

CU_TestInfo client_process_tests[] = {
    {"raises and takes no signal, and writes nothing", raises_and_takes_no_signal},
    CU_TEST_INFO_NULL,
};
