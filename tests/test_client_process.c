#include "harness/client/private.h"
#include "tests/check.h"
#include "tests/suites.h"
#include "tests/tls_server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
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

/* Signals do what they do in a new process. */
static void reset_signals(void)
{
    for (int number = 1; number < SIGNALS_END; number++)
        sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

static bool are_signals_reset(void)
{
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    for (int number = 1; number < SIGNALS_END; number++) {
        struct sigaction action;
        if (number != SIGKILL && number != SIGSTOP &&
            (sigaction(number, NULL, &action) != 0 || action.sa_handler != SIG_DFL ||
             sigismember(&blocked, number) == 1))
            return false;
    }
    return true;
}

/* What the exit status of the child says. */
enum { ALL_WELL, SIGNALS_CHANGED, OUTPUT, NO_FAILURE };

static int be_a_process(uint16_t port, const struct assay_tls *tls)
{
    FILE *output = tmpfile();
    if (output == NULL || dup2(fileno(output), STDOUT_FILENO) < 0 ||
        dup2(fileno(output), STDERR_FILENO) < 0)
        return OUTPUT;
    reset_signals();
    if (send_to_nobody(port, tls) == ASSAY_OK)
        return NO_FAILURE;
    if (!are_signals_reset())
        return SIGNALS_CHANGED;
    fflush(stdout);
    return lseek(fileno(output), 0, SEEK_END) == 0 ? ALL_WELL : OUTPUT;
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
    char reason[256] = "";
    struct tls_authority *authority = tls_authority_new();
    const struct assay_tls_options options = {.ca_path = tls_authority_path(authority)};
    struct assay_tls *tls = assay_tls_new(&options, reason, sizeof(reason));
    CHECK_ROW(tls != NULL, "%s", reason);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct tls_server *server = tls_server_new("127.0.0.1", authority, rows[i].steps);
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0)
            _exit(be_a_process(tls_server_port(server), rows[i].is_tls ? tls : NULL));
        int status = -1;
        CU_ASSERT(waitpid(child, &status, 0) == child);
        CHECK_ROW(WIFEXITED(status) && WEXITSTATUS(status) == ALL_WELL, "%s: %s %d", rows[i].label,
                  WIFSIGNALED(status) ? "it is killed by signal" : "it ends with",
                  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        char trouble[256], name[64];
        tls_server_end(server, trouble, sizeof(trouble), name, sizeof(name));
    }
    assay_tls_free(tls);
    tls_authority_free(authority);
}

CU_TestInfo client_process_tests[] = {
    {"leaves the process as it is", leaves_the_process_as_it_is},
    CU_TEST_INFO_NULL,
};
