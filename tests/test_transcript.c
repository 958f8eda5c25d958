#include "tests/check.h"
#include "tests/suites.h"
#include "wire/hash.h"
#include "wire/transcript.h"

#include <stdlib.h>

struct watched {
    size_t count;
    uint64_t len;
};

static void watch(void *watcher, const struct event *event)
{
    struct watched *watched = watcher;
    watched->count++;
    watched->len += event->octets.len;
}

static void copies_what_it_stores(void)
{
    struct arena *arena = arena_new();
    struct transcript transcript;
    char text[] = "GET";
    const struct outcome outcome = {.error = OUTCOME_RESET, .status = 200};
    transcript_init(&transcript, arena, NULL, NULL);
    transcript_add(&transcript, &(struct event){.kind = EVENT_RECEIVED,
                                                .ns = 7,
                                                .octets = {(const uint8_t *)text, 3},
                                                .len = 3});
    transcript_add(&transcript, &(struct event){.kind = EVENT_OUTCOME, .outcome = &outcome});
    memset(text, 'x', 3);
    const struct event *first = &transcript.first->event, *last = &transcript.last->event;
    CHECK_ROW(bytes_equal(first->octets, bytes_of("GET")) && first->ns == 7, "octets");
    CHECK_ROW(last->outcome != &outcome && last->outcome->error == OUTCOME_RESET, "outcome");
    CHECK_ROW(transcript.count == 2 && transcript.first->next == transcript.last, "two events");
    arena_free(arena);
}

static void keeps_ends_past_its_budget(void)
{
    struct arena *arena = arena_new();
    struct watched watched = {0, 0};
    struct transcript transcript;
    const size_t len = 100000, rounds = 4;
    uint8_t *octets = malloc(len);
    for (size_t i = 0; i < len; i++)
        octets[i] = (uint8_t)i;
    transcript_init(&transcript, arena, watch, &watched);
    for (size_t i = 0; i < rounds; i++)
        transcript_add(&transcript,
                       &(struct event){.kind = EVENT_SENT, .octets = {octets, len}, .len = len});
    const struct event *first = &transcript.first->event, *last = &transcript.last->event;
    CHECK_ROW(watched.count == rounds && watched.len == rounds * len, "the watcher sees all");
    CHECK_ROW(first->octets.len == len && first->tail.len == 0, "the first is kept whole");
    CHECK_ROW(last->len == len && last->octets.len == TRANSCRIPT_END_LEN &&
                  last->tail.len == TRANSCRIPT_END_LEN,
              "the last by its ends");
    CHECK_ROW(memcmp(last->octets.at, octets, TRANSCRIPT_END_LEN) == 0, "its head");
    CHECK_ROW(memcmp(last->tail.at, octets + len - TRANSCRIPT_END_LEN, TRANSCRIPT_END_LEN) == 0,
              "its tail");
    CHECK_ROW(first->digest == 0 &&
                  last->digest == hash_words(HASH_START, (struct bytes){octets, len}),
              "the digest of all");
    free(octets);
    arena_free(arena);
}

/* The numbers are of the form's own words, by a program of another language. */
static void digests_every_octet(void)
{
    static const char text[] = "hello, world";
    uint8_t octets[19] = {0};
    const uint64_t zeros = hash_words(HASH_START, (struct bytes){octets, sizeof(octets)});
    CHECK_ROW(hash_words(HASH_START, bytes_of(text)) == UINT64_C(0xc978bfe3b1a78d75), "a text");
    CHECK_ROW(hash_words(HASH_START, bytes_of("")) == UINT64_C(0xf8bb92c91b3f5cc0), "nothing");
    for (size_t i = 0; i < sizeof(octets); i++) {
        octets[i] = 0x80;
        CHECK_ROW(hash_words(HASH_START, (struct bytes){octets, sizeof(octets)}) != zeros,
                  "octet %zu", i);
        octets[i] = 0;
        CHECK_ROW(hash_words(HASH_START, (struct bytes){octets, i}) != zeros, "%zu octets", i);
    }
}

static void counts_what_it_drops(void)
{
    struct arena *arena = arena_new();
    struct watched watched = {0, 0};
    struct transcript transcript;
    transcript_init(&transcript, arena, watch, &watched);
    for (size_t i = 0; i < TRANSCRIPT_EVENTS_MAX + 5; i++)
        transcript_add(&transcript, &(struct event){.kind = EVENT_CONNECT});
    CHECK_ROW(transcript.count == TRANSCRIPT_EVENTS_MAX && transcript.dropped == 5, "%zu, %zu",
              transcript.count, transcript.dropped);
    CHECK_ROW(watched.count == TRANSCRIPT_EVENTS_MAX + 5, "the watcher sees all");
    arena_free(arena);
}

static void records_nothing_without_an_arena(void)
{
    struct watched watched = {0, 0};
    struct transcript transcript;
    transcript_init(&transcript, NULL, watch, &watched);
    transcript_add(&transcript,
                   &(struct event){.kind = EVENT_SENT, .octets = bytes_of("GET"), .len = 3});
    CHECK_ROW(watched.count == 0, "the watcher sees %zu", watched.count);
    CHECK_ROW(transcript.first == NULL && transcript.count == 0 && transcript.dropped == 0 &&
                  transcript.kept_len == 0,
              "nothing is stored, nor counted as dropped");
}

CU_TestInfo transcript_tests[] = {
    {"copies what it stores", copies_what_it_stores},
    {"keeps ends past its budget", keeps_ends_past_its_budget},
    {"digests every octet", digests_every_octet},
    {"counts what it drops", counts_what_it_drops},
    {"records nothing without an arena", records_nothing_without_an_arena},
    CU_TEST_INFO_NULL,
};
