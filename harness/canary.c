#include "harness/canary.h"

#include "wire/arena.h"

#define CANARY_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" CANARY_BODY
static_assert(sizeof(CANARY_BODY) - 1 == 14, "the canary's answer states its length");

const struct canary *canary_of_peers(void)
{
    static const struct canary canary = {
        .target = {(const uint8_t *)CANARY_TARGET, sizeof(CANARY_TARGET) - 1},
        .answer = {(const uint8_t *)CANARY_ANSWER, sizeof(CANARY_ANSWER) - 1},
    };
    return &canary;
}

const struct client_step *canary_steps(const struct point *point, struct arena *arena)
{
    static const struct piece method[] = {{.data = {(const uint8_t *)"GET", 3}, .times = 1}};
    static const struct piece target[] = {
        {.data = {(const uint8_t *)CANARY_TARGET, sizeof(CANARY_TARGET) - 1}, .times = 1}};
    struct client_step *steps = arena_array(arena, point->client_count + 1, sizeof(*steps));
    memcpy(steps, point->client, point->client_count * sizeof(*steps));
    const struct client_step *last = &steps[point->client_count - 1];
    steps[point->client_count] = (struct client_step){
        .method = {method, 1, method[0].data.len},
        .target = {target, 1, target[0].data.len},
        .authority = last->authority,
        .proxy = last->proxy,
    };
    return steps;
}
