#include "tests/golden/play.h"

#include <stdio.h>

/* The error of a call of the connection, unless there was none. */
static void say_outcome(const struct play *play, enum assay_error error)
{
    if (error != ASSAY_OK)
        say_error(assay_connection_failure(play->connection), NULL);
}

static void play_request(struct play *play, const struct json *call)
{
    struct assay_request request = {.method = play_octets(play, call, "method"),
                                    .target = play_octets(play, call, "url"),
                                    .encode_chunked = play_is_true(call, "encode_chunked")};
    request.fields = play_fields(play, call, "headers", &request.field_count);
    request.body = play_body(play, call);
    say_outcome(play, assay_request(play->connection, &request));
    play_body_end(&request.body);
}

static void play_putrequest(struct play *play, const struct json *call)
{
    const unsigned skip =
        (play_is_true(call, "skip_host") ? (unsigned)ASSAY_SKIP_HOST : 0U) |
        (play_is_true(call, "skip_accept_encoding") ? (unsigned)ASSAY_SKIP_ACCEPT_ENCODING : 0U);
    say_outcome(play, assay_putrequest(play->connection, play_octets(play, call, "method"),
                                       play_octets(play, call, "url"), skip));
}

static void play_putheader(struct play *play, const struct json *call)
{
    const struct json *list = json_member(call, "values");
    struct assay_bytes *values = arena_array(play->arena, list->count + 1, sizeof(*values));
    size_t count = 0;
    for (const struct json *value = list->items; value != NULL; value = value->next)
        values[count++] = play_decoded(play, value);
    const struct assay_bytes name = play_octets(play, call, "name");
    say_outcome(play, count == 1 ? assay_putheader(play->connection, name, values[0])
                                 : assay_putheader_values(play->connection, name, values, count));
}

/* http.client's endheaders() without a body leaves that to send(). */
static void play_endheaders(struct play *play, const struct json *call)
{
    const struct assay_body body = play_body(play, call);
    say_outcome(play,
                assay_endheaders(play->connection, body.kind == ASSAY_BODY_NONE ? NULL : &body,
                                 play_is_true(call, "encode_chunked")));
    play_body_end(&body);
}

static void play_send(struct play *play, const struct json *call)
{
    const struct assay_body body = play_body(play, call);
    say_outcome(play, assay_send(play->connection, &body));
    play_body_end(&body);
}

static void play_connect(struct play *play, const struct json *call)
{
    (void)call;
    say_outcome(play, assay_connect(play->connection));
}

static void play_close(struct play *play, const struct json *call)
{
    (void)call;
    assay_close(play->connection);
}

static void play_set_tunnel(struct play *play, const struct json *call)
{
    size_t count;
    const struct assay_field *fields = play_fields(play, call, "headers", &count);
    say_outcome(play, assay_set_tunnel(play->connection, play_text(play, call, "host"),
                                       (int)play_integer(call, "port", ASSAY_PORT_IN_HOST), fields,
                                       count));
}

static void play_set_debuglevel(struct play *play, const struct json *call)
{
    assay_set_debuglevel(play->connection, (int)play_integer(call, "level", 0));
}

static void play_proxy_headers(struct play *play, const struct json *call)
{
    (void)call;
    if (assay_get_proxy_response_status(play->connection) == 0)
        say_null("headers");
    else
        say_fields("headers", assay_get_proxy_response_headers(play->connection));
}

static void play_getresponse(struct play *play, const struct json *call)
{
    (void)call;
    struct assay_response *response;
    const enum assay_error error = assay_getresponse(play->connection, &response);
    if (error != ASSAY_OK) {
        static const struct assay_bytes nothing = {NULL, 0};
        say_error(assay_connection_failure(play->connection),
                  error == ASSAY_INCOMPLETE_READ ? &nothing : NULL);
        assay_response_free(response);
        return;
    }
    play->responses[play->response_count++] = response;
    say_integer("status", assay_response_status(response));
    say_octets("reason", assay_response_reason(response));
    say_integer("version", assay_response_version(response));
    say_fields("headers", assay_getheaders(response));
    say_flag("chunked", assay_response_is_chunked(response));
    say_length(response);
    say_flag("will_close", assay_response_will_close(response));
    say_flag("isclosed", assay_isclosed(response));
}

/* http.client's constructor, which connects to nothing. */
static void play_new(struct play *play, const struct json *call)
{
    char reason[256];
    struct assay_failure why;
    static const struct assay_tls_options unverified = {.is_unverified = true};
    struct assay_tls *tls =
        play_is_true(call, "https") ? assay_tls_new(&unverified, reason, sizeof(reason)) : NULL;
    struct assay_connection *made = assay_connection_new(
        play_text(play, call, "host"), (int)play_integer(call, "port", ASSAY_PORT_IN_HOST), &why);
    if (made == NULL) {
        say_error(&why, NULL);
    } else {
        assay_set_tls(made, tls);
        say_octets("host", assay_text(assay_connection_host(made)));
        say_integer("port", assay_connection_port(made));
    }
    assay_connection_free(made);
    assay_tls_free(tls);
}

bool play_connection_call(struct play *play, const char *name, const struct json *call)
{
    static const struct {
        const char *name;
        void (*play)(struct play *play, const struct json *call);
    } rows[] = {
        {"request", play_request},
        {"putrequest", play_putrequest},
        {"putheader", play_putheader},
        {"endheaders", play_endheaders},
        {"send", play_send},
        {"connect", play_connect},
        {"close", play_close},
        {"set_tunnel", play_set_tunnel},
        {"set_debuglevel", play_set_debuglevel},
        {"proxy_headers", play_proxy_headers},
        {"getresponse", play_getresponse},
        {"new", play_new},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!text_equal(rows[i].name, name))
            continue;
        rows[i].play(play, call);
        return true;
    }
    return false;
}
