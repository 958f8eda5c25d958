#include "reports/record_text.h"

#include <inttypes.h>
#include <stdio.h>

enum { HEADER_LEN = 5, TYPE_FIRST = 20, TOLD_MAX = 6 };

static const char *const types[] = {"change_cipher_spec", "alert", "handshake", "application data"};
enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

/* As much of a header as there is. */
static bool is_header(struct bytes octets)
{
    return octets.len > 1 && octets.at[0] >= TYPE_FIRST && octets.at[0] < TYPE_FIRST + TYPE_COUNT &&
           octets.at[1] == 3;
}

struct record_text_flow *record_text_flow(struct record_text_flows *flows,
                                          const struct event *event)
{
    const size_t room = sizeof(flows->items) / sizeof(flows->items[0]);
    for (size_t i = 0; i < flows->count; i++)
        if (flows->items[i].peer == event->peer && flows->items[i].kind == event->kind &&
            flows->items[i].connection == event->connection)
            return &flows->items[i];
    if (flows->count == room || !is_header(event->octets))
        return NULL;
    flows->items[flows->count] = (struct record_text_flow){
        .peer = event->peer, .connection = event->connection, .kind = event->kind};
    return &flows->items[flows->count++];
}

static struct bytes take_rest(struct record_text_flow *flow, struct bytes octets)
{
    const size_t count = flow->rest < octets.len ? (size_t)flow->rest : octets.len;
    flow->rest -= count;
    return bytes_take(&octets, count);
}

/* The next thing that can be told of `octets`; what it tells of is taken off. */
static void tell_next(char *text, size_t size, struct record_text_flow *flow, struct bytes *octets)
{
    if (flow->rest > 0) {
        const struct bytes rest = take_rest(flow, *octets);
        bytes_take(octets, rest.len);
        snprintf(text, size, "%zu more of it", rest.len);
        return;
    }
    if (!is_header(*octets) || octets->len < HEADER_LEN) {
        flow->is_unknown = true;
        snprintf(text, size, "%zu octets", octets->len);
        bytes_take(octets, octets->len);
        return;
    }
    const char *type = types[octets->at[0] - TYPE_FIRST];
    const size_t len = HEADER_LEN + ((size_t)octets->at[3] << 8 | octets->at[4]);
    if (len <= octets->len)
        snprintf(text, size, "%s %zu", type, len);
    else
        snprintf(text, size, "%s %zu of %zu", type, octets->len, len);
    flow->rest = len;
    const struct bytes all = take_rest(flow, *octets);
    bytes_take(octets, all.len);
}

void record_text(char text[RECORD_TEXT_SIZE], struct record_text_flow *flow,
                 const struct event *event)
{
    struct bytes octets = event->octets;
    size_t len = 0;
    flow->is_unknown = flow->is_unknown || event->len > octets.len;
    if (flow->is_unknown) {
        snprintf(text, RECORD_TEXT_SIZE, "%" PRIu64 " octets", event->len);
        return;
    }
    text[0] = '\0';
    for (size_t told = 0; octets.len > 0; told++) {
        char next[64];
        tell_next(next, sizeof(next), flow, &octets);
        if (told <= TOLD_MAX)
            len += (size_t)snprintf(text + len, RECORD_TEXT_SIZE - len, "%s%s",
                                    told > 0 ? ", " : "", told < TOLD_MAX ? next : "...");
    }
}
