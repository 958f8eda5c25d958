#include "tests/golden/play.h"

#include <stdio.h>

/* What one call reads: error, and octets. Those of read(n), read1(n) and readinto(n) lie in the
 * arena, the others are lent. */
typedef enum assay_error read_call(struct play *play, struct assay_response *response,
                                   int64_t amount, struct assay_bytes *octets);

static enum assay_error read_by(struct play *play, struct assay_response *response, int64_t amount,
                                struct assay_bytes *octets)
{
    if (amount < 0)
        return assay_read_all(response, octets);
    uint8_t *into = arena_alloc(play->arena, (size_t)amount + 1);
    *octets = (struct assay_bytes){into, 0};
    return assay_read(response, into, (size_t)amount, &octets->len);
}

static enum assay_error read1_by(struct play *play, struct assay_response *response, int64_t amount,
                                 struct assay_bytes *octets)
{
    if (amount < 0)
        return assay_read_piece(response, octets);
    uint8_t *into = arena_alloc(play->arena, (size_t)amount + 1);
    *octets = (struct assay_bytes){into, 0};
    return assay_read1(response, into, (size_t)amount, &octets->len);
}

/* readline(0) asks for nothing; assay_readline() takes 0 for no limit. */
static enum assay_error readline_by(struct play *play, struct assay_response *response,
                                    int64_t amount, struct assay_bytes *octets)
{
    (void)play;
    *octets = (struct assay_bytes){NULL, 0};
    if (amount == 0)
        return ASSAY_OK;
    return assay_readline(response, amount < 0 ? 0 : (size_t)amount, octets);
}

static enum assay_error peek_by(struct play *play, struct assay_response *response, int64_t amount,
                                struct assay_bytes *octets)
{
    (void)play;
    (void)amount;
    return assay_peek(response, octets);
}

void say_length(const struct assay_response *response)
{
    uint64_t length;
    if (assay_response_length(response, &length))
        say_integer("length", (int64_t)length);
    else
        say_null("length");
}

static void play_once(struct play *play, struct assay_response *response, read_call *how,
                      int64_t amount)
{
    struct assay_bytes octets;
    const enum assay_error error = how(play, response, amount, &octets);
    if (error != ASSAY_OK) {
        say_error(assay_response_failure(response), &octets);
    } else {
        say_octets("data", octets);
        say_integer("n", (int64_t)octets.len);
    }
    say_flag("isclosed", assay_isclosed(response));
    say_length(response);
}

/* Until nothing comes, or an error. */
static void play_loop(struct play *play, struct assay_response *response, read_call *how,
                      int64_t amount)
{
    struct assay_bytes octets;
    enum assay_error error;
    bool is_first = true;
    say_list("pieces");
    while ((error = how(play, response, amount, &octets)) == ASSAY_OK && octets.len > 0) {
        say_element(octets, is_first);
        is_first = false;
    }
    say_list_end();
    if (error != ASSAY_OK)
        say_error(assay_response_failure(response), &octets);
    say_flag("isclosed", assay_isclosed(response));
}

static bool play_read(struct play *play, struct assay_response *response, const char *name,
                      const struct json *call)
{
    static const struct {
        const char *name;
        void (*play)(struct play *play, struct assay_response *response, read_call *how,
                     int64_t amount);
        read_call *how;
    } rows[] = {
        {"read", play_once, read_by},         {"read_loop", play_loop, read_by},
        {"readinto", play_once, read_by},     {"readinto_loop", play_loop, read_by},
        {"read1", play_once, read1_by},       {"read1_loop", play_loop, read1_by},
        {"readline", play_once, readline_by}, {"readlines", play_loop, readline_by},
        {"peek", play_once, peek_by},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!text_equal(rows[i].name, name))
            continue;
        rows[i].play(play, response, rows[i].how, play_integer(call, "amount", -1));
        return true;
    }
    return false;
}

static void play_getheader(struct play *play, struct assay_response *response,
                           const struct json *call)
{
    struct assay_bytes value;
    const enum assay_error error = assay_getheader(response, play_text(play, call, "name"), &value);
    if (error != ASSAY_OK)
        say_error(assay_response_failure(response), NULL);
    else if (value.at == NULL)
        say_null("value");
    else
        say_octets("value", value);
}

static bool play_shown(struct play *play, struct assay_response *response, const char *name,
                       const struct json *call)
{
    if (text_equal(name, "isclosed"))
        say_flag("isclosed", assay_isclosed(response));
    else if (text_equal(name, "getheader"))
        play_getheader(play, response, call);
    else if (text_equal(name, "getheaders"))
        say_fields("value", assay_getheaders(response));
    else if (text_equal(name, "getcode"))
        say_integer("value", assay_response_status(response));
    else if (text_equal(name, "geturl"))
        say_octets("value", assay_text(assay_response_url(response)));
    else
        return false;
    return true;
}

bool play_response_call(struct play *play, const char *name, const struct json *call)
{
    const int64_t last = (int64_t)play->response_count - 1;
    const int64_t at = play_integer(call, "r", last);
    if (at < 0 || at > last) {
        say_octets("skipped", assay_text("no response object"));
        return true;
    }
    struct assay_response *response = play->responses[at];
    if (text_equal(name, "resp_close")) {
        assay_response_close(response);
        say_flag("isclosed", assay_isclosed(response));
        return true;
    }
    return play_read(play, response, name, call) || play_shown(play, response, name, call);
}
