/* What a hostile case file could make grow without end, and mistakes told once, word for word. */
#include "harness/load.h"
#include "tests/check.h"
#include "tests/load_rows.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>

static const struct requirement requirements[] = {
    {.id = "9112-8-1", .level = "MUST", .has_keyword = true}};
static const struct catalog catalog = {requirements, COUNT_OF(requirements)};

/* A text made of parts: `head`, `item` so often, with its number for "#" and the next one for "@",
 * `tail`. */
static const struct limit_row {
    const char *name, *head, *item, *tail;
    unsigned times;
    const char *want; /* the first mistake, whole */
} rows[] = {
    {"definitions that double",
     HEAD CLIENT EXPECT ", \"origin\": [{\"send\": {\"use\": \"d0\"}}],"
                        " \"defs\": {",
     "\"d#\": [{\"use\": \"d@\"}, {\"use\": \"d@\"}],", "\"d31\": \"x\"}}", 31,
     "f.json:1: /defs/d26/1/use: this file's definitions and generators make more than 268435456 "
     "octets"},
    {"steps that double",
     HEAD CLIENT EXPECT ", \"origin\": [{\"send\": \"x\"}, {\"use\": \"d0\"}],"
                        " \"defs\": {",
     "\"d#\": [{\"use\": \"d@\"}, {\"use\": \"d@\"}],", "\"d31\": [{\"send\": \"x\"}]}}", 31,
     "f.json:1: /defs/d26/0/use: this file's definitions and generators make more than 268435456 "
     "octets"},
    {"a long chain",
     HEAD CLIENT EXPECT ", \"origin\": [{\"send\": {\"use\": \"d0\"}}],"
                        " \"defs\": {",
     "\"d#\": {\"use\": \"d@\"},", "\"d70\": \"x\"}}", 70,
     "f.json:1: /defs/d63/use: definitions use each other more than 64 deep"},
    {"generators", HEAD CLIENT EXPECT ", \"origin\": [{\"send\": [",
     "{\"random\": 16777216, \"seed\": #},", "\"\"]}]}", 17,
     "f.json:1: /origin/0/send/16: this file's definitions and generators make more than 268435456 "
     "octets"},
    {"mistakes", HEAD CLIENT EXPECT ", \"origin\": [{\"send\": [", "#,", "0]}]}", 200000,
     "f.json:1: /origin/0/send/0: want a string, an array or an object that gives octets, got a "
     "number"},
    {"alternatives", HEAD CLIENT ORIGIN ", \"expect\": {\"client\": [{\"body\": {\"any\": [",
     "\"#\",", "\"\"]}}]}}", 256,
     "f.json:1: /expect/client/0/body: want at most 256 here, got 257"},
    {"statuses", HEAD CLIENT ORIGIN ", \"expect\": {\"client\": [{\"status\": [", "200,",
     "200]}]}}", 256, "f.json:1: /expect/client/0/status: want at most 256 here, got 257"},
    {"field names", HEAD CLIENT ORIGIN ", \"expect\": {\"client\": [{\"headers\": {",
     "\"a#\": \"x\",", "\"b\": \"x\"}}]}}", 256,
     "f.json:1: /expect/client/0/headers: want at most 256 here, got 257"},
    {"behaviours", HEAD CLIENT ORIGIN ", \"behaviours\": [",
     "{\"name\": \"#\", \"verdict\": \"pass\", \"client\": [{\"body\": \"#\"}]},", "{}]}", 256,
     "f.json:1: /behaviours: want at most 256 behaviours, got 257"},
    {"names", HEAD CLIENT EXPECT ", \"origin\": [", "{\"send\": \"x\", \"as\": \"#\"},",
     "{\"send\": \"x\"}]}", 1001, "f.json:1: /origin/1000/as: more than 1000 steps with a name"},
    {"requirements", HEAD CLIENT ORIGIN EXPECT ", \"requirements\": [", "\"9112-8-1\",",
     "\"9112-8-1\"]}", 50000, "f.json:1: /requirements/1: \"9112-8-1\" stands here before"},
};

static void print_item(FILE *out, const char *item, unsigned number)
{
    for (; *item != '\0'; item++) {
        if (*item == '#' || *item == '@')
            fprintf(out, "%u", number + (*item == '@'));
        else
            putc(*item, out);
    }
}

static char *text_of(const struct limit_row *row)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    fputs(row->head, out);
    for (unsigned i = 0; i < row->times; i++)
        print_item(out, row->item, i);
    fputs(row->tail, out);
    fclose(out);
    return text;
}

/* Each would else take minutes or all memory, so that it ends at all is half of the test. */
static void stops_at_every_limit(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new();
        struct corpus corpus = {.arena = arena, .catalog = &catalog};
        struct diags diags = {.arena = arena};
        char *text = text_of(&rows[i]);
        const bool is_good = corpus_load_text(&corpus, "f.json", bytes_of(text), &diags);
        const char *got = diags.first != NULL ? diag_text(diags.first, arena) : "no mistake";
        CHECK_ROW(!is_good && corpus.count == 0 && strcmp(got, rows[i].want) == 0, "%s: \"%s\"",
                  rows[i].name, got);
        free(text);
        arena_free(arena);
    }
}

#define WITH_OUTCOME(members) HEAD CLIENT ORIGIN ", \"expect\": {\"client\": [{" members "}]}}"
#define NAMED(id)             "{\"id\": \"" id "\", \"title\": \"t\"" CLIENT ORIGIN EXPECT "}"
#define WITH_SEEN(address)    HEAD CLIENT ORIGIN EXPECT ", \"seen_in\": [\"" address "\"]}"

static const struct told_row {
    const char *text;
    const char *want; /* all that is told, whole, behind the file's name */
} told_rows[] = {
    {WITH_OUTCOME("\"body\": {\"any\": [\"a\"], \"or\": 1}"),
     "1: /expect/client/0/body/or: unknown key \"or\"; want \"any\""},
    {WITH_OUTCOME("\"body\": {\"any\": \"a\"}"),
     "1: /expect/client/0/body/any: want an array, got a string"},
    {WITH_OUTCOME("\"headers\": {\"A\": \"x\", \"a\": \"y\"}"),
     "1: /expect/client/0/headers/a: the name stands here before, as \"A\""},
    {HEAD CLIENT ORIGIN ", \"behaviours\": [{\"name\": \"n\", \"verdict\": \"fial\", "
                        "\"why\": \"leak\", \"client\": [{}]}]}",
     "1: /behaviours/0/verdict: want \"pass\", \"info\", \"warn\", \"fail\" or \"unexercised\", "
     "got "
     "\"fial\""},
    {HEAD CLIENT ORIGIN ", \"behaviours\": [{\"name\": \"n\", \"verdict\": \"pass\", "
                        "\"client\": [{\"error\": \"any\"}]}, {\"name\": \"m\", "
                        "\"verdict\": \"pass\", \"client\": [5]}]}",
     "1: /behaviours/1/client/0: want an object, got a number"},
    {HEAD ", \"client\": []" ORIGIN EXPECT "}", "1: /client: want at least one step"},
    {HEAD CLIENT EXPECT ", \"origin\": [{\"send\": \"x\"}, "
                        "{\"read\": {\"until\": \"{{origin.port}}\"}}]}",
     "1: /origin/1/read/until: want octets that do not depend on the run"},
    {NAMED("../x"),
     "1: /id: want THEME/NAME in lower-case letters, digits, \"-\", \".\" and \"_\", "
     "got \"../x\""},
    {NAMED("a/./x"),
     "1: /id: want THEME/NAME in lower-case letters, digits, \"-\", \".\" and \"_\", "
     "got \"a/./x\""},
    {WITH_SEEN("https://"), "1: /seen_in/0: want an address that begins with https://, got "
                            "\"https://\""},
    {WITH_SEEN("https:///x"), "1: /seen_in/0: want an address that begins with https://, got "
                              "\"https:///x\""},
    {WITH_SEEN("https://a/<b>"), "1: /seen_in/0: want an address that begins with https://, got "
                                 "\"https://a/<b>\""},
    {WITH_SEEN("https://a/\\n"), "1: /seen_in/0: want an address that begins with https://, got "
                                 "\"https://a/\\n\""},
};

static void tells_a_mistake_once_and_whole(void)
{
    for (size_t i = 0; i < COUNT_OF(told_rows); i++) {
        struct arena *arena = arena_new();
        struct corpus corpus = {.arena = arena, .catalog = &catalog};
        struct diags diags = {.arena = arena};
        corpus_load_text(&corpus, "f.json", bytes_of(told_rows[i].text), &diags);
        const char *got =
            diags.first != NULL ? diag_text(diags.first, arena) + strlen("f.json:") : "no mistake";
        CHECK_ROW(diags.count == 1 && strcmp(got, told_rows[i].want) == 0,
                  "row %zu: %zu mistakes, first \"%s\"", i, diags.count, got);
        arena_free(arena);
    }
}

CU_TestInfo load_limits_tests[] = {
    {"stops at every limit", stops_at_every_limit},
    {"tells a mistake once, and whole", tells_a_mistake_once_and_whole},
    CU_TEST_INFO_NULL,
};
