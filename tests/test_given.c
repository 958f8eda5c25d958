#include "harness/given.h"
#include "tests/check.h"
#include "tests/suites.h"

#define OCTETS(text)                                                                               \
    {                                                                                              \
        (const struct piece[]){{.data = {(const uint8_t *)(text), sizeof(text) - 1}, .times = 1}}, \
            sizeof(text) > 1 ? 1 : 0, sizeof(text) - 1                                             \
    }
#define PIECE(text)                                                                                \
    {                                                                                              \
        .octets = OCTETS(text)                                                                     \
    }

static const struct source_step two_pieces[] = {PIECE("foo"), PIECE(""), PIECE("bar")};
static const struct source_step held[] = {PIECE("foo"), {.kind = SOURCE_HOLD}, PIECE("bar")};
static const struct source_step broken[] = {PIECE("foo"), {.kind = SOURCE_FAIL}};
static const struct header length[] = {{OCTETS("content-LENGTH"), OCTETS("3")}};

/* clang-format off */
static const struct row {
    const char *label;
    struct client_step step;
    const char *method, *came;
    bool is_complete, holds;
} rows[] = {
    {"nothing given, nothing came", {.body = {.kind = BODY_NONE}}, "PUT", "", true, true},
    {"nothing given, something came", {.body = {.kind = BODY_NONE}}, "PUT", "a", true, false},
    {"all came", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "foobar", true, true},
    {"all came past a hold", {.body = {.kind = BODY_STREAM, .pieces = held, .piece_count = 3}}, "PUT", "foobar", true, true},
    {"less came, and the message is whole", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "foo", true, false},
    {"less came, and the message was cut", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "foob", false, true},
    {"nothing came of it", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "", true, false},
    {"more came", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "foobarb", false, false},
    {"other octets came", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "fooba", false, true},
    {"an octet differs", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "foubar", true, false},
    {"an octet differs, and the message was cut", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "fox", false, false},
    {"cut at the declared length", {.body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3, .has_length = true, .length = 5}}, "PUT", "fooba", true, true},
    {"what a broken source gave", {.body = {.kind = BODY_STREAM, .pieces = broken, .piece_count = 2}}, "PUT", "foo", true, true},
    {"the step frames it itself", {.headers = length, .header_count = 1, .body = {.kind = BODY_STREAM, .pieces = two_pieces, .piece_count = 3}}, "PUT", "foo", true, true},
    {"a request that no step asked for", {.body = {.kind = BODY_NONE}}, "POST", "a", true, true},
};
/* clang-format on */

static void holds_contents_against_steps(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct client_step step = rows[i].step;
        step.method = (struct octets)OCTETS("PUT");
        step.target = (struct octets)OCTETS("/");
        const struct point point = {.client = &step, .client_count = 1};
        const struct seen_request request = {.method = bytes_of(rows[i].method),
                                             .target = bytes_of("/"),
                                             .body = bytes_of(rows[i].came),
                                             .body_len = strlen(rows[i].came),
                                             .is_complete = rows[i].is_complete};
        CHECK_ROW(given_holds(&point, NULL, &request) == rows[i].holds, "%s", rows[i].label);
    }
}

static void finds_the_step_of_a_proxied_request(void)
{
    static const struct {
        const char *label, *method, *target;
        bool holds; /* of other content than was given */
    } proxied[] = {
        {"absolute-form", "PUT", "http://origin.test/", false},
        {"with a port", "PUT", "HTTPS://[::1]:8080/", false},
        {"of another target", "PUT", "http://origin.test/a", true},
        {"without a path", "PUT", "http://origin.test", true},
        {"CONNECT", "CONNECT", "/", true},
        {"a path that looks so", "PUT", "/http://origin.test/", true},
    };
    for (size_t i = 0; i < COUNT_OF(proxied); i++) {
        const struct client_step step = {
            .method = OCTETS("PUT"), .target = OCTETS("/"), .body = {.kind = BODY_NONE}};
        const struct client_step connect = {
            .method = OCTETS("CONNECT"), .target = OCTETS("/"), .body = {.kind = BODY_NONE}};
        const struct client_step both[] = {step, connect};
        const struct point point = {.client = both, .client_count = 2};
        const struct seen_request request = {.method = bytes_of(proxied[i].method),
                                             .target = bytes_of(proxied[i].target),
                                             .body = bytes_of("a"),
                                             .body_len = 1,
                                             .is_complete = true};
        CHECK_ROW(given_holds(&point, NULL, &request) == proxied[i].holds, "%s", proxied[i].label);
    }
}

CU_TestInfo given_tests[] = {
    {"holds contents against what was given", holds_contents_against_steps},
    {"finds the step of a proxied request", finds_the_step_of_a_proxied_request},
    CU_TEST_INFO_NULL,
};
