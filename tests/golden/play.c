/*
 * golden-play -- makes the calls of golden entries (tests/golden/golden.py) by the client.
 *
 * Reads lines from stdin, and answers each by one on stdout: {"do": "begin", ...} makes a
 * connection, {"do": "request", ...} and so on are its calls, {"do": "end"} ends it. What
 * http.client keeps in attributes (state, sock, the response that is pending) stands in each
 * answer; for the last of these the client has no word, so it is looked up in its private parts.
 */
#include "tests/golden/play.h"

#include "harness/client/private.h"

#include <stdio.h>
#include <stdlib.h>

/* So long a body waits for 100 (Continue): http.client does not wait at all. */
enum { CONTINUE_TIMEOUT_MS = 200 };

static void keep_shown(void *context, const char *text, size_t len)
{
    struct play *play = context;
    char *grown = realloc(play->shown, play->shown_len + len);
    if (grown == NULL)
        return;
    memcpy(grown + play->shown_len, text, len);
    play->shown = grown;
    play->shown_len += len;
}

static void set_options(struct play *play, const struct json *call)
{
    struct assay_options *options = assay_connection_options(play->connection);
    const unsigned timeout_ms = (unsigned)play_integer(call, "timeout_ms", 0);
    options->connect_timeout_ms = options->io_timeout_ms = timeout_ms;
    options->continue_timeout_ms = CONTINUE_TIMEOUT_MS;
    options->block_size = (size_t)play_integer(call, "blocksize", (int64_t)options->block_size);
    options->auto_open = !play_is_true(call, "no_auto_open");
    options->is_http_1_0 = play_is_true(call, "http_1_0");
    options->debug = keep_shown;
    options->debug_context = play;
    assay_set_debuglevel(play->connection, (int)play_integer(call, "debuglevel", 0));
}

static enum assay_error set_up(struct play *play, const struct json *call)
{
    const char *source = play_text(play, call, "source_address");
    enum assay_error error = ASSAY_OK;
    set_options(play, call);
    if (source != NULL)
        error = assay_set_source_address(play->connection, source,
                                         (uint16_t)play_integer(call, "source_port", 0));
    if (error == ASSAY_OK && play_is_true(call, "tls"))
        error = assay_set_tls(play->connection, play->tls);
    return error;
}

static bool make_tls(struct play *play, const struct json *call)
{
    char reason[256];
    const struct assay_tls_options options = {.is_unverified = play_is_true(call, "is_unverified")};
    if (!play_is_true(call, "tls"))
        return true;
    play->tls = assay_tls_new(&options, reason, sizeof(reason));
    if (play->tls == NULL)
        fprintf(stderr, "golden-play: %s\n", reason);
    return play->tls != NULL;
}

static bool begin(struct play *play, const struct json *call)
{
    struct assay_failure why;
    if (play->connection != NULL || !make_tls(play, call))
        return false;
    play->connection = assay_connection_new(
        play_text(play, call, "host"), (int)play_integer(call, "port", ASSAY_PORT_IN_HOST), &why);
    if (play->connection == NULL)
        say_error(&why, NULL);
    else if (set_up(play, call) != ASSAY_OK)
        say_error(assay_connection_failure(play->connection), NULL);
    return true;
}

static void end(struct play *play)
{
    say_octets("stdout", (struct assay_bytes){(const uint8_t *)play->shown, play->shown_len});
    for (size_t i = 0; i < play->response_count; i++)
        assay_response_free(play->responses[i]);
    assay_connection_free(play->connection);
    assay_tls_free(play->tls);
    free(play->shown);
    *play = (struct play){.arena = play->arena};
}

static void say_state(const struct play *play)
{
    if (play->connection == NULL)
        return;
    say_octets("state", assay_text(assay_state_name(assay_connection_state(play->connection))));
    say_flag("sock_open", assay_is_connected(play->connection));
    say_flag("resp_pending", play->connection->held != NULL);
}

/* False: no such call, or it cannot be made. */
static bool play_call(struct play *play, const char *name, const struct json *call)
{
    if (text_equal(name, "begin"))
        return begin(play, call);
    if (play->connection == NULL && !text_equal(name, "new"))
        return false;
    if (text_equal(name, "state"))
        return true;
    if (text_equal(name, "end")) {
        end(play);
        return true;
    }
    if (play->response_count == PLAY_RESPONSES_MAX)
        return false;
    return play_connection_call(play, name, call) || play_response_call(play, name, call);
}

static bool play_line(struct play *play, struct bytes line)
{
    struct diags diags = {.arena = play->arena};
    const struct json *call = json_read(play->arena, &diags, "stdin", line);
    const char *name = call != NULL ? play_text(play, call, "do") : NULL;
    printf("{\"played\":true");
    const bool is_good = name != NULL && play_call(play, name, call);
    say_state(play);
    printf("}\n");
    fflush(stdout);
    if (call == NULL)
        fprintf(stderr, "golden-play: %s\n", diag_text(diags.first, play->arena));
    else if (!is_good)
        fprintf(stderr, "golden-play: cannot play \"%s\"\n", name != NULL ? name : "");
    return is_good;
}

int main(void)
{
    struct play play = {.arena = arena_new()};
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    bool is_good = true;
    while (is_good && (len = getline(&line, &size, stdin)) > 0) {
        is_good = play_line(&play, (struct bytes){(const uint8_t *)line, (size_t)len});
        arena_reset(play.arena);
    }
    if (play.connection != NULL)
        end(&play);
    arena_free(play.arena);
    free(line);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
