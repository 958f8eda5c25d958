#include "tests/check.h"
#include "tests/suites.h"
#include "wire/diag.h"

static void writes_each_place(void)
{
    static const struct {
        struct diag diag;
        const char *want;
    } rows[] = {
        {{.file = "a.json", .line = 3, .path = "/steps/0", .message = "want x, got y"},
         "a.json:3: /steps/0: want x, got y"},
        {{.file = "a.json", .line = 3, .path = "", .message = "m"}, "a.json:3: m"},
        {{.file = "a.json", .message = "m"}, "a.json: m"},
        {{.file = "a.json", .line = 1, .message = "m"}, "a.json:1: m"},
        {{.message = "m"}, "m"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *got = diag_text(&rows[i].diag, arena);
        CHECK_ROW(strcmp(got, rows[i].want) == 0, "\"%s\", want \"%s\"", got, rows[i].want);
    }
    arena_free(arena);
}

static void quotes_whatever_it_gets(void)
{
    static const struct {
        struct bytes text;
        const char *want;
    } rows[] = {
        {{(const uint8_t *)"plain", 5}, "\"plain\""},
        {{(const uint8_t *)"", 0}, "\"\""},
        {{(const uint8_t *)"a\"b\\c", 5}, "\"a\\\"b\\\\c\""},
        {{(const uint8_t *)"gr\xc3\xbc\xc3", 5}, "\"gr\xc3\xbc\\xc3\""},
        {{(const uint8_t *)"\x9b\x7f", 2}, "\"\\x9b\\x7f\""},
        {{(const uint8_t *)"\r\n\t\0\x1b", 5}, "\"\\r\\n\\t\\x00\\x1b\""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *got = diag_quote(arena, rows[i].text);
        CHECK_ROW(strcmp(got, rows[i].want) == 0, "%s, want %s", got, rows[i].want);
    }
    char longer[200];
    memset(longer, 'x', sizeof(longer));
    const struct bytes text = {(const uint8_t *)longer, sizeof(longer)};
    CHECK_ROW(strlen(diag_quote(arena, text)) < 70, "a long text is cut");
    arena_free(arena);
}

static void suggests_what_is_near(void)
{
    static const char *const words[] = {"help", "grep", "send", "read", "close", "headers", NULL};
    static const struct {
        const char *got, *want;
    } rows[] = {
        {"gerp", "grep"}, {"sned", "send"},    {"sen", "send"},       {"Send", "send"},
        {"raed", "read"}, {"closed", "close"}, {"header", "headers"}, {"xyz", NULL},
        {"", NULL},       {"transmit", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *near = diag_suggest(bytes_of(rows[i].got), words);
        const bool is_right = near == rows[i].want || (near != NULL && rows[i].want != NULL &&
                                                       strcmp(near, rows[i].want) == 0);
        CHECK_ROW(is_right, "%s gives %s", rows[i].got, near != NULL ? near : "nothing");
    }
}

static void lists_each_mistake_once(void)
{
    struct diags diags = {.arena = arena_new()};
    CHECK_ROW(!diag_add(&diags, "f", 1, "/a", "want %d", 1), "returns false");
    diag_add(&diags, "f", 1, "/a", "want %d", 1);
    diag_add(&diags, "f", 1, "/a", "want %d", 2);
    CHECK_ROW(diags.count == 2, "%zu mistakes", diags.count);
    for (int i = 0; i < 2 * DIAGS_MAX; i++)
        diag_add(&diags, "f", 2, "/b", "mistake %d", i);
    size_t told = 0;
    for (const struct diag *one = diags.first; one != NULL; one = one->next)
        told++;
    CHECK_ROW(told == DIAGS_MAX && diags.count == 2 + 2 * DIAGS_MAX, "%zu told, %zu counted", told,
              diags.count);
    arena_free(diags.arena);
}

CU_TestInfo diag_tests[] = {
    {"writes each place", writes_each_place},
    {"quotes whatever it gets", quotes_whatever_it_gets},
    {"suggests what is near", suggests_what_is_near},
    {"lists each mistake once", lists_each_mistake_once},
    CU_TEST_INFO_NULL,
};
