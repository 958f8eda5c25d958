#include "harness/match.h"
#include "tests/check.h"
#include "tests/suites.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define EQUALS(array)                                                                              \
    {                                                                                              \
        array, 1                                                                                   \
    }

static const struct piece hello_piece[] = {{.data = TEXT("hello"), .times = 1}};
static const struct piece empty_piece[] = {{.data = TEXT(""), .times = 1}};
static const struct piece ell_piece[] = {{.data = TEXT("ell"), .times = 1}};
static const struct piece joined_piece[] = {{.data = TEXT("a, b"), .times = 1}};

static const struct value is_hello[] = {{.kind = VALUE_EQUALS, .octets = {hello_piece, 1, 5}}};
static const struct value is_empty[] = {{.kind = VALUE_EQUALS, .octets = {empty_piece, 1, 0}}};
static const struct value begins_hello[] = {
    {.kind = VALUE_PREFIX_OF, .octets = {hello_piece, 1, 5}}};
static const struct value has_ell[] = {{.kind = VALUE_HAS, .octets = {ell_piece, 1, 3}}};
static const struct value five_long[] = {{.kind = VALUE_LENGTH, .length = 5}};
static const struct value absent[] = {{.kind = VALUE_ABSENT}};
static const struct value is_joined[] = {{.kind = VALUE_EQUALS, .octets = {joined_piece, 1, 4}}};
static const struct value hello_or_absent[] = {
    {.kind = VALUE_EQUALS, .octets = {hello_piece, 1, 5}}, {.kind = VALUE_ABSENT}};

static const struct field vary[] = {{TEXT("Vary"), TEXT("a")}, {TEXT("vary"), TEXT("b")}};
static const int just_200[] = {200};
static const int hints[] = {103};
static const struct interim one_hint[] = {{.status = 103}};

static const struct field_pattern vary_joined[] = {{TEXT("VARY"), EQUALS(is_joined)}};
static const struct field_pattern no_age[] = {{TEXT("Age"), EQUALS(absent)}};
static const struct field_pattern no_vary[] = {{TEXT("Vary"), EQUALS(absent)}};

#define WHOLE(text)                                                                                \
    {                                                                                              \
        .status = 200, .has_body = true, .body = TEXT(text), .body_len = sizeof(text) - 1,         \
        .has_fields = true, .fields = {                                                            \
            vary,                                                                                  \
            2                                                                                      \
        }                                                                                          \
    }
#define CUT(text)                                                                                  \
    {                                                                                              \
        .error = OUTCOME_INCOMPLETE, .status = 200, .has_body = true, .body = TEXT(text),          \
        .body_len = sizeof(text) - 1                                                               \
    }
#define NONE ERROR_BIT(OUTCOME_NONE)

static const struct row {
    const char *label;
    struct outcome_pattern pattern;
    struct outcome outcome;
    const char *want; /* the first difference; NULL: none */
} rows[] = {
    {"whole", {.errors = NONE}, WHOLE("hello"), NULL},
    {"no error wanted", {.errors = NONE}, CUT("he"), "step 1: error is incomplete, want none"},
    {"any error", {.errors = ERROR_ANY}, CUT("he"), NULL},
    {"any is not hung",
     {.errors = ERROR_ANY & ~(ERROR_ANY - 1)},
     {.error = OUTCOME_HUNG},
     "step 1: error is hung, want invalid_request"},
    {"maybe", {.errors = ERROR_ANY | NONE}, WHOLE("hello"), NULL},
    {"status",
     {.errors = NONE, .states_status = true, .statuses = just_200, .status_count = 1},
     WHOLE(""),
     NULL},
    {"other status",
     {.errors = NONE, .states_status = true, .statuses = just_200, .status_count = 1},
     {.status = 204},
     "step 1: status is 204, want 200"},
    {"any status", {.errors = ERROR_ANY, .states_status = true}, CUT(""), NULL},
    {"no status",
     {.errors = ERROR_ANY, .states_status = true},
     {.error = OUTCOME_RESET},
     "step 1: no status, want any"},
    {"body", {.errors = NONE, .body = EQUALS(is_hello)}, WHOLE("hello"), NULL},
    {"shorter body",
     {.errors = NONE, .body = EQUALS(is_hello)},
     WHOLE("hell"),
     "step 1: body is \"hell\", want \"hello\""},
    {"longer body",
     {.errors = NONE, .body = EQUALS(is_hello)},
     WHOLE("hello!"),
     "step 1: body is \"hello!\", want \"hello\""},
    {"other body",
     {.errors = NONE, .body = EQUALS(is_hello)},
     WHOLE("hallo"),
     "step 1: body is \"hallo\", want \"hello\""},
    {"no body is empty", {.errors = NONE, .body = EQUALS(is_empty)}, {.status = 204}, NULL},
    {"beginning", {.errors = NONE, .body = EQUALS(begins_hello)}, WHOLE("he"), NULL},
    {"no beginning",
     {.errors = NONE, .body = EQUALS(begins_hello)},
     WHOLE("hi"),
     "step 1: body is \"hi\", want a beginning of \"hello\""},
    {"part", {.errors = NONE, .body = EQUALS(has_ell)}, WHOLE("hello"), NULL},
    {"no part",
     {.errors = NONE, .body = EQUALS(has_ell)},
     WHOLE("help"),
     "step 1: body is \"help\", want one that has \"ell\""},
    {"length", {.errors = NONE, .body = EQUALS(five_long)}, WHOLE("12345"), NULL},
    {"other length",
     {.errors = NONE, .body = EQUALS(five_long)},
     WHOLE("1234"),
     "step 1: body is \"1234\", want 5 octets"},
    {"a length past what is kept",
     {.errors = NONE, .body = EQUALS(is_hello)},
     {.status = 200, .has_body = true, .body = TEXT("he"), .body_len = 5},
     NULL},
    {"partial", {.errors = ERROR_ANY, .partial = EQUALS(is_hello)}, CUT("hello"), NULL},
    {"other partial",
     {.errors = ERROR_ANY, .partial = EQUALS(is_hello)},
     CUT(""),
     "step 1: partial is \"\", want \"hello\""},
    {"no partial",
     {.errors = ERROR_ANY, .partial = EQUALS(is_hello)},
     {.error = OUTCOME_RESET},
     "step 1: partial is absent, want \"hello\""},
    {"fields joined", {.errors = NONE, .headers = {vary_joined, 1}}, WHOLE(""), NULL},
    {"absent field", {.errors = NONE, .headers = {no_age, 1}}, WHOLE(""), NULL},
    {"field that is there",
     {.errors = NONE, .headers = {no_vary, 1}},
     WHOLE(""),
     "step 1: header Vary is \"a, b\", want absent"},
    {"interim",
     {.errors = NONE, .states_interim = true, .interim = hints, .interim_count = 1},
     {.status = 200, .has_interims = true, .interims = one_hint, .interim_count = 1},
     NULL},
    {"no interim",
     {.errors = NONE, .states_interim = true, .interim = hints, .interim_count = 1},
     {.status = 200, .has_interims = true},
     "step 1: 0 interim responses, want 103"},
    {"one of two values",
     {.errors = NONE, .reason = {hello_or_absent, 2}},
     {.status = 200, .has_reason = true, .reason = TEXT("OK")},
     "step 1: reason is \"OK\", want \"hello\" or absent"},
};

static const struct peer scripts[] = {{.name = "origin"}};

/* The first difference of a run with that outcome, or NULL. */
static const char *difference(const struct behaviour *behaviour, const struct outcome *outcome,
                              const struct seen_peer *peer, can_set can, struct arena *arena)
{
    const struct seen seen = {.outcomes = &outcome,
                              .outcome_count = 1,
                              .peers = peer,
                              .scripts = scripts,
                              .can = can,
                              .arena = arena};
    struct differences told = {.is_told = true}, counted = {.is_told = false};
    const bool is_match = match_behaviour(behaviour, &seen, &told);
    CHECK_ROW(is_match == match_behaviour(behaviour, &seen, &counted), "told and counted agree");
    CHECK_ROW(told.count == counted.count, "told and counted agree");
    return is_match ? NULL : told.texts[0];
}

static bool is_same(const char *got, const char *want)
{
    return got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);
}

static void matches_every_outcome_row(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct behaviour behaviour = {.client = &rows[i].pattern, .client_count = 1};
        const char *got = difference(&behaviour, &rows[i].outcome, NULL, ~(can_set)0, arena);
        CHECK_ROW(is_same(got, rows[i].want), "%s: got %s", rows[i].label,
                  got != NULL ? got : "none");
    }
    arena_free(arena);
}

static void leaves_out_what_cannot_be_reported(void)
{
    const struct outcome_pattern pattern = {
        .errors = ERROR_ANY,
        .partial = EQUALS(is_hello),
        .reason = EQUALS(is_hello),
        .headers = {vary_joined, 1},
        .trailers = {vary_joined, 1},
        .states_interim = true,
        .interim = hints,
        .interim_count = 1,
    };
    static const can_set each[] = {CAN(REPORT_PARTIAL), CAN(REPORT_REASON), CAN(REPORT_HEADERS),
                                   CAN(REPORT_TRAILERS), CAN(REPORT_INTERIM)};
    const struct behaviour behaviour = {.client = &pattern, .client_count = 1};
    const struct outcome bare = {.error = OUTCOME_OTHER};
    struct arena *arena = arena_new();
    CHECK_ROW(difference(&behaviour, &bare, NULL, 0, arena) == NULL, "reports nothing");
    for (size_t i = 0; i < COUNT_OF(each); i++)
        CHECK_ROW(difference(&behaviour, &bare, NULL, each[i], arena) != NULL, "reports [%zu]", i);
    arena_free(arena);
}

/* --- what a peer saw -------------------------------------------------------------- */

static const struct seen_request second_row = {.method = TEXT("POST"),
                                               .target = TEXT("/2"),
                                               .body = TEXT("hello"),
                                               .body_len = 5,
                                               .framing = FRAMING_CHUNKED,
                                               .chunk_count = 2,
                                               .on = 1};

static const struct request_pattern anything[] = {{.framings = 0}, {.framings = 0}};
static const struct request_pattern framed[] = {
    {.states_complete = true, .complete = true, .framings = FRAMING_NONE | FRAMING_LENGTH},
    {.framings = FRAMING_CHUNKED,
     .states_chunks = true,
     .chunks = {1, 2},
     .states_on = true,
     .on = 1,
     .body = EQUALS(is_hello)}};
static const struct request_pattern misframed[] = {{.framings = FRAMING_CHUNKED}, {.framings = 0}};
static const struct request_pattern incomplete[] = {{.framings = 0},
                                                    {.states_complete = true, .complete = true}};

static const struct peer_row {
    const char *label;
    struct peer_pattern pattern;
    const char *want;
} peer_rows[] = {
    {"nothing", {.peer = 0}, NULL},
    {"connections", {.states_connections = true, .connections = {2, 2}}, NULL},
    {"other connections",
     {.states_connections = true, .connections = {0, 1}},
     "origin: number of connections is 2, want 0 to 1"},
    {"requests", {.states_requests = true, .requests = anything, .request_count = 2}, NULL},
    {"fewer requests",
     {.states_requests = true, .requests = anything, .request_count = 1},
     "origin: 2 requests, want 1"},
    {"framing", {.states_requests = true, .requests = framed, .request_count = 2}, NULL},
    {"other framing",
     {.states_requests = true, .requests = misframed, .request_count = 2},
     "origin, request 1: framing is none, want chunked"},
    {"complete",
     {.states_requests = true, .requests = incomplete, .request_count = 2},
     "origin, request 2: the request is not complete"},
    {"count",
     {.counts = &(const struct count_pattern){TEXT("POST"), TEXT("/2"), {1, 1}}, .count_count = 1},
     NULL},
    {"count of any",
     {.counts = &(const struct count_pattern){{NULL, 0}, {NULL, 0}, {2, 2}}, .count_count = 1},
     NULL},
    {"other count",
     {.counts = &(const struct count_pattern){{NULL, 0}, TEXT("/3"), {1, 1}}, .count_count = 1},
     "origin: count of * /3 is 0, want 1"},
};

static void matches_every_peer_row(void)
{
    struct arena *arena = arena_new();
    struct seen_request second = second_row;
    struct seen_request first = {.next = &second,
                                 .method = TEXT("GET"),
                                 .target = TEXT("/1"),
                                 .framing = FRAMING_NONE,
                                 .is_complete = true};
    const struct seen_peer peer = {
        .first = &first, .last = &second, .request_count = 2, .connection_count = 2};
    for (size_t i = 0; i < COUNT_OF(peer_rows); i++) {
        const struct behaviour behaviour = {.peers = &peer_rows[i].pattern, .peer_count = 1};
        const char *got = difference(&behaviour, NULL, &peer, 0, arena);
        CHECK_ROW(is_same(got, peer_rows[i].want), "%s: got %s", peer_rows[i].label,
                  got != NULL ? got : "none");
    }
    arena_free(arena);
}

CU_TestInfo match_tests[] = {
    {"matches every outcome row", matches_every_outcome_row},
    {"leaves out what cannot be reported", leaves_out_what_cannot_be_reported},
    {"matches every peer row", matches_every_peer_row},
    CU_TEST_INFO_NULL,
};
