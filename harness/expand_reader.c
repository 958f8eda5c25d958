#include "harness/expand.h"

/* Further than this nothing is read of what stands around the send: a body that is longer than a
 * sweep can be. */
enum { AROUND_LEN_MAX = 1024 * 1024 };

const char *cut_state_name(enum cut_state state)
{
    static const char *const names[] = {
#define CUT_STATE_TEXT(name, text) [CUT_##name] = text,
        CUT_STATES(CUT_STATE_TEXT)
#undef CUT_STATE_TEXT
    };
    return names[state];
}

/* --- reading ------------------------------------------------------------------------ */

/* A reader of the answer, and what it has found. */
struct answer {
    struct http_reader reader;
    bool is_whole; /* the final response has ended: what follows is surplus */
    bool is_lost;
    bool has_deviation;
    enum http_deviation_kind first, last;
};

static void note_deviation(struct answer *answer)
{
    answer->last = answer->reader.deviation.kind;
    if (!answer->has_deviation)
        answer->first = answer->last;
    answer->has_deviation = true;
}

/* Of the octets, those of the answer. */
static void feed(struct answer *answer, struct bytes octets)
{
    while (!answer->is_whole && !answer->is_lost) {
        switch (http_reader_next(&answer->reader, &octets)) {
        case HTTP_NEED_MORE:
            return;
        case HTTP_DEVIATION:
            note_deviation(answer);
            break;
        case HTTP_END:
            answer->is_whole = !answer->reader.message.is_interim;
            break;
        case HTTP_LOST:
        case HTTP_NO_MEMORY:
            answer->is_lost = true;
            break;
        case HTTP_START:
        case HTTP_FIELD:
        case HTTP_HEAD:
        case HTTP_CHUNK:
        case HTTP_DATA:
        case HTTP_TRAILER:
        case HTTP_CUT:
        case HTTP_IDLE:
            break;
        }
    }
}

static void feed_all(struct answer *answer, const struct swept *swept, const struct octets *octets)
{
    struct octets_cursor cursor = {.octets = octets, .endpoints = swept->endpoints};
    size_t total = 0;
    for (struct bytes next = octets_peek(&cursor); next.len > 0 && total < AROUND_LEN_MAX;
         next = octets_peek(&cursor)) {
        feed(answer, next);
        octets_skip(&cursor, next.len);
        total += next.len;
    }
}

static const struct script *script_of(const struct swept *swept)
{
    return &swept->point->peers[swept->peer].scripts[swept->script];
}

/* What was sent on this connection since the last read belongs to the same answer. */
static void begin(struct answer *answer, const struct swept *swept)
{
    const struct script *script = script_of(swept);
    size_t first = swept->step;
    *answer = (struct answer){.is_whole = false};
    http_reader_init(&answer->reader, HTTP_RESPONSES);
    answer->reader.answers = swept->answers;
    while (first > 0 && script->steps[first - 1].verb != STEP_READ)
        first--;
    for (; first < swept->step; first++)
        if (script->steps[first].verb == STEP_SEND)
            feed_all(answer, swept, &script->steps[first].send);
}

/* And so does what is sent until the next. */
static void finish(struct answer *answer, const struct swept *swept)
{
    const struct script *script = script_of(swept);
    for (size_t i = swept->step + 1; i < script->count && script->steps[i].verb != STEP_READ; i++)
        if (script->steps[i].verb == STEP_SEND)
            feed_all(answer, swept, &script->steps[i].send);
}

/* --- cuts --------------------------------------------------------------------------------- */

static struct cut_facts facts_of(const struct answer *answer)
{
    static const enum cut_state states[] = {
        [HTTP_AT_NOTHING] = CUT_NOTHING, [HTTP_IN_HEAD] = CUT_HEAD,   [HTTP_IN_BODY] = CUT_BODY,
        [HTTP_AT_EDGE] = CUT_EDGE,       [HTTP_AT_WHOLE] = CUT_WHOLE,
    };
    const enum http_progress progress = http_reader_progress(&answer->reader);
    const bool is_in_body = progress == HTTP_IN_BODY && !answer->is_whole;
    return (struct cut_facts){
        .state = answer->is_whole ? CUT_WHOLE : states[progress],
        .is_to_close = is_in_body && answer->reader.message.framing == HTTP_FRAMING_TO_CLOSE,
    };
}

const struct cut_facts *expand_cuts(struct arena *arena, const struct swept *swept)
{
    const size_t len = (size_t)swept->send->send.len;
    const struct bytes all = octets_build(&swept->send->send, swept->endpoints, arena, len);
    struct cut_facts *cuts = arena_array(arena, len + 1, sizeof(*cuts));
    struct answer answer;
    begin(&answer, swept);
    for (size_t cut = 0; cut <= len; cut++) {
        if (cut > 0)
            feed(&answer, (struct bytes){all.at + cut - 1, 1});
        cuts[cut] = facts_of(&answer);
    }
    http_reader_release(&answer.reader);
    return cuts;
}

/* RFC 9112, section 8: such a body is complete when the connection was closed; a reset is no close
 * of the server's own. Section 9.8: over TLS it is complete behind close_notify alone. */
enum cut_state cut_state_at_end(struct cut_facts facts, enum end end)
{
    if (!facts.is_to_close || end == END_NO_NOTIFY)
        return facts.state;
    return end == END_RST ? CUT_EDGE : CUT_WHOLE;
}

/* --- deviations ------------------------------------------------------------------------------ */

enum { DEVIATION_CUT = HTTP_DEVIATION_COUNT, DEVIATION_NONE, DEVIATION_NAME_COUNT };

static const char *spoken(struct arena *arena, const char *name)
{
    const size_t len = strlen(name);
    uint8_t *text = arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++)
        text[i] = name[i] == '_' ? ' ' : byte_lower((uint8_t)name[i]);
    return (const char *)text;
}

const char *const *expand_deviation_names(struct arena *arena)
{
    static const char *const names[DEVIATION_NAME_COUNT] = {
#define DEVIATION_NAME(name, text, requirement, framing) [HTTP_DEVIATION_##name] = #name,
        HTTP_DEVIATIONS(DEVIATION_NAME)
#undef DEVIATION_NAME
            [DEVIATION_CUT] = "CUT",
        [DEVIATION_NONE] = "NONE",
    };
    const char **all = arena_array(arena, DEVIATION_NAME_COUNT + 1, sizeof(*all));
    for (size_t i = 0; i < DEVIATION_NAME_COUNT; i++)
        all[i] = spoken(arena, names[i]);
    return all;
}

size_t expand_deviation(const struct swept *swept, const struct octets *octets)
{
    struct answer answer;
    begin(&answer, swept);
    feed_all(&answer, swept, octets);
    finish(&answer, swept);
    const bool is_cut =
        !answer.is_whole && !answer.is_lost && http_reader_end(&answer.reader) != HTTP_END;
    http_reader_release(&answer.reader);
    if (answer.has_deviation)
        return answer.is_lost ? answer.last : answer.first;
    return is_cut ? DEVIATION_CUT : DEVIATION_NONE;
}
