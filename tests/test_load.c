/* Case files in, cases or mistakes out. */
#include "harness/load.h"
#include "tests/check.h"
#include "tests/load_rows.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct requirement requirements[] = {
    {.id = "9110-1-1", .level = "SHOULD", .has_keyword = true},
    {.id = "9110-1-2", .level = "MUST", .has_keyword = false},
    {.id = "9112-8-1", .level = "MUST", .has_keyword = true},
};
static const struct catalog catalog = {requirements, COUNT_OF(requirements)};

/* The corpus a row is loaded into. */
struct reading {
    struct corpus corpus;
    struct diags diags;
    bool is_good;
};

static void read_text(struct reading *reading, const char *text)
{
    struct arena *arena = arena_new();
    *reading = (struct reading){.corpus = {.arena = arena, .catalog = &catalog},
                                .diags = {.arena = arena}};
    reading->is_good =
        corpus_load_text(&reading->corpus, "f.json", bytes_of(text), &reading->diags);
}

static void refuses_every_bad_row(void)
{
    for (size_t i = 0; i < load_bad_row_count; i++) {
        struct reading reading;
        const char *want = load_row_want(&load_bad_rows[i]);
        read_text(&reading, load_bad_rows[i].text);
        bool is_told = false;
        for (const struct diag *one = reading.diags.first; one != NULL; one = one->next) {
            const char *got = diag_text(one, reading.diags.arena) + strlen("f.json:");
            is_told = is_told || strncmp(got, want, strlen(want)) == 0;
        }
        CHECK_ROW(is_told, "row %zu: want \"%s\", first got \"%s\"", i, want,
                  reading.diags.first != NULL ? diag_text(reading.diags.first, reading.diags.arena)
                                              : "no mistake");
        CHECK_ROW(!reading.is_good && reading.corpus.count == 0, "row %zu gives no case", i);
        arena_free(reading.diags.arena);
    }
}

/* --- what is good ------------------------------------------------------------------- */

static const struct bytes_row {
    const char *bytes, *want;
    size_t len;
} bytes_rows[] = {
    {"\"x\"", "x", 1},
    {"[\"a\", [\"b\", {\"hex\": \"00fFFf\"}], \"\"]", "ab\0\xff\xff", 5},
    {"{\"base64\": \"aGVsbG8=\"}", "hello", 5},
    {"{\"base64\": \"aGVsbA==\"}", "hell", 4},
    {"{\"base64\": \"\"}", "", 0},
    {"\"a{{CR}}{{LF}}{{NUL}}b{ }}\"", "a\r\n\0b{ }}", 9},
    {"\"{{origin.authority}}|{{origin.host}}|{{origin.port}}\"",
     "127.100.100.100:34567|127.100.100.100|34567", 43},
    {"{\"repeat\": \"ab\", \"times\": 3}", "ababab", 6},
    {"{\"repeat\": [\"a\", {\"repeat\": \"b\", \"times\": 2}], \"times\": 2}", "abbabb", 6},
    {"{\"repeat\": [\"a{{origin.port}}\"], \"times\": 2}", "a34567a34567", 12},
    {"{\"repeat\": \"x\", \"times\": 0}", "", 0},
    {"{\"random\": 10, \"seed\": 0}", "\xaf\xcd\x1d\x7b\x39\xa8\x20\xe2\xf4\x65", 10},
    {"{\"head\": [\"A: b\", \" c\"]}", "A: b\r\n c\r\n\r\n", 12},
    {"{\"head\": []}", "\r\n", 2},
    {"{\"chunk\": {\"repeat\": \"x\", \"times\": 17}, \"extension\": \";a=b\"}",
     "11;a=b\r\nxxxxxxxxxxxxxxxxx\r\n", 27},
    {"{\"last_chunk\": [\"A: b\"]}", "0\r\nA: b\r\n\r\n", 11},
    {"{\"reply\": \"hi\"}", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 40},
    {"{\"reply\": \"\", \"status\": 299, \"headers\": [\"A: b\"]}",
     "HTTP/1.1 299 \r\nA: b\r\nContent-Length: 0\r\n\r\n", 42},
};

static void makes_octets_of_every_form(void)
{
    static const struct endpoint here = {"127.100.100.100", "34567", "127.100.100.100:34567"};
    for (size_t i = 0; i < COUNT_OF(bytes_rows); i++) {
        const struct bytes_row *row = &bytes_rows[i];
        char text[1024];
        struct reading reading;
        snprintf(text, sizeof(text), HEAD CLIENT ", \"origin\": [{\"send\": %s}]" EXPECT "}",
                 row->bytes);
        read_text(&reading, text);
        CHECK_ROW(reading.is_good, "%s: %s", row->bytes,
                  reading.diags.first != NULL ? reading.diags.first->message : "");
        if (reading.is_good) {
            const struct octets *send =
                &reading.corpus.cases[0]->points[0].peers[0].scripts[0].steps[0].send;
            const struct bytes got = octets_build(send, &here, reading.diags.arena, 4096);
            CHECK_ROW(send->len == row->len && got.len == row->len &&
                          memcmp(got.at, row->want, row->len) == 0,
                      "%s: \"%.*s\" (%zu)", row->bytes, (int)got.len, (const char *)got.at,
                      got.len);
        }
        arena_free(reading.diags.arena);
    }
}

/* Also when cases were taken back with a file that has a mistake. */
static void finds_an_id_among_many(void)
{
    enum { MANY = 3000 };
    struct arena *arena = arena_new();
    struct corpus corpus = {.arena = arena, .catalog = &catalog};
    struct diags diags = {.arena = arena};
    for (int i = 0; i < MANY; i++) {
        const char *text =
            arena_printf(arena, "{\"id\": \"t/%d\", \"title\": \"t\"" CLIENT ORIGIN EXPECT "%s}", i,
                         i % 2 == 1 ? ", \"x\": 1" : "");
        CHECK_ROW(corpus_load_text(&corpus, "f.json", bytes_of(text), &diags) == (i % 2 == 0),
                  "case %d", i);
    }
    for (int i = 0; i < MANY; i++) {
        const char *text =
            arena_printf(arena, "{\"id\": \"t/%d\", \"title\": \"t\"" CLIENT ORIGIN EXPECT "}", i);
        CHECK_ROW(corpus_load_text(&corpus, "g.json", bytes_of(text), &diags) == (i % 2 == 1),
                  "case %d again", i);
    }
    CHECK_ROW(corpus.count == MANY, "%zu cases", corpus.count);
    arena_free(arena);
}

static const char whole_case[] =
    "{\"$schema\": \"x\",\n"
    " \"id\": \"theme/name\", \"title\": \"A title\", \"requirements\": [\"9112-8-1\"],\n"
    " \"seen_in\": [\"https://example.com/1\"], \"tags\": [\"smoke\"], \"deadline_ms\": 50,\n"
    " \"needs\": [\"report.trailers\"],\n"
    " \"defs\": {\"answer\": [{\"read\": \"request\"}, {\"send\": \"x\", \"as\": \"sent\"}],\n"
    "   \"errs\": {\"name\": \"errs\", \"verdict\": \"fail\", \"why\": \"9112-8-1\",\n"
    "              \"client\": [{\"error\": [\"reset\", \"closed\"]}]}},\n"
    " \"client\": [\n"
    "  {\"request\": {\"method\": \"PUT\", \"target\": \"/\\u00e9\", \"headers\": [\"A:  b \"],\n"
    "               \"body\": {\"stream\": [\"a\", \"bc\"], \"length\": 3}, \"read\": [1, 2]}},\n"
    "  {\"request\": {\"read\": {\"abandon\": 7}}, \"as\": \"second\"}],\n"
    " \"origin\": {\"connections\": [[{\"use\": \"answer\"}, {\"close\": \"full\"}],\n"
    "             [{\"read\": {\"until\": \"\\r\\n\"}}, {\"read\": {\"bytes\": 3}}]]},\n"
    " \"mark\": [\"sent\"],\n"
    " \"behaviours\": [\n"
    "  {\"name\": \"works\", \"verdict\": \"pass\",\n"
    "   \"client\": [{\"status\": [200, 201], \"body\": {\"any\": [\"x\", null]}}],\n"
    "   \"origin\": {\"connections\": [1, 2], \"count\": {\"* /2\": 1},\n"
    "     \"requests\": [{\"framing\": [\"none\", \"chunked\"], \"on\": 0}]}},\n"
    "  {\"use\": \"errs\"}]}";

static void check_client(const struct case_ *one)
{
    const struct client_step *first = &one->points[0].client[0];
    const struct client_step *second = &one->points[0].client[1];
    CHECK_ROW(octets_equal(&first->method, NULL, bytes_of("PUT")), "method");
    CHECK_ROW(octets_equal(&first->target, NULL, bytes_of("/\xc3\xa9")), "target");
    CHECK_ROW(octets_equal(&first->headers[0].name, NULL, bytes_of("A")), "name");
    CHECK_ROW(octets_equal(&first->headers[0].value, NULL, bytes_of("b ")), "value");
    CHECK_ROW(first->body.kind == BODY_STREAM && first->body.has_length &&
                  first->body.length == 3 && first->body.piece_count == 2,
              "body");
    CHECK_ROW(first->read == READ_MODE_AMOUNTS && first->amount_count == 2, "amounts");
    CHECK_ROW(second->read == READ_MODE_ABANDON && second->amounts[0] == 7, "abandon");
    CHECK_ROW(octets_equal(&second->method, NULL, bytes_of("GET")), "default method");
    CHECK_ROW(strcmp(second->name, "second") == 0, "name of a step");
    const can_set needs = CAN(SESSION) | CAN(METHOD_ANY) | CAN(TARGET_RAW) | CAN(HEADERS_ANY) |
                          CAN(BODY_STREAM_LENGTH) | CAN(READ_AMOUNT) | CAN(READ_ABANDON) |
                          CAN(REPORT_TRAILERS);
    CHECK_ROW(one->needs == needs, "needs are %llx", (unsigned long long)one->needs);
}

static void check_behaviours(const struct point *point)
{
    const struct behaviour *works = &point->behaviours[0], *errs = &point->behaviours[1];
    CHECK_ROW(point->behaviour_count == 2, "two behaviours");
    CHECK_ROW(works->verdict == VERDICT_PASS && works->client[0].status_count == 2 &&
                  works->client[0].body.count == 2 && works->line == 16,
              "the first");
    CHECK_ROW(works->peers[0].counts[0].method.len == 0 &&
                  bytes_equal(works->peers[0].counts[0].target, bytes_of("/2")),
              "count");
    CHECK_ROW(works->peers[0].requests[0].framings == (FRAMING_NONE | FRAMING_CHUNKED), "framing");
    CHECK_ROW(errs->verdict == VERDICT_FAIL && strcmp(errs->why, "9112-8-1") == 0 &&
                  errs->client[0].errors == (ERROR_BIT(OUTCOME_RESET) | ERROR_BIT(OUTCOME_CLOSED)),
              "the second");
}

static void reads_a_whole_case(void)
{
    struct reading reading;
    read_text(&reading, whole_case);
    CHECK_ROW(reading.is_good, "%s",
              reading.diags.first != NULL ? diag_text(reading.diags.first, reading.diags.arena)
                                          : "");
    if (reading.is_good) {
        const struct case_ *one = reading.corpus.cases[0];
        const struct point *point = &one->points[0];
        const struct script *scripts = point->peers[0].scripts;
        CHECK_ROW(strcmp(one->id, "theme/name") == 0 && strcmp(one->title, "A title") == 0, "id");
        CHECK_ROW(one->deadline_ms == 50 && one->tag_count == 1 && one->seen_in_count == 1,
                  "about");
        CHECK_ROW(one->requirement_count == 1 && one->requirements[0] == &requirements[2],
                  "requirements");
        CHECK_ROW(point->peers[0].script_count == 2 && scripts[0].count == 3, "scripts");
        CHECK_ROW(scripts[0].steps[2].close == CLOSE_FULL, "close");
        CHECK_ROW(bytes_equal(scripts[1].steps[0].until, bytes_of("\r\n")), "until");
        CHECK_ROW(point->mark_count == 1 && point->marks[0].step == 1, "mark");
        check_client(one);
        check_behaviours(point);
    }
    arena_free(reading.diags.arena);
}

static void tells_all_mistakes_from_top_to_end(void)
{
    static const char text[] = "{\n"
                               "\"id\": \"A\",\n"
                               "\"behaviours\": [\n"
                               "{\"name\": \"a\", \"verdict\": \"ok\", \"client\": [{}]}],\n"
                               "\"origin\": [{\"sned\": \"x\"}],\n"
                               "\"client\": [{\"request\": {\"target\": 5}}],\n"
                               "\"titel\": \"x\"}";
    static const unsigned lines[] = {1, 2, 4, 5, 6, 7};
    struct reading reading;
    size_t count = 0;
    read_text(&reading, text);
    for (const struct diag *one = reading.diags.first; one != NULL; one = one->next, count++)
        CHECK_ROW(count < COUNT_OF(lines) && one->line == lines[count], "%s",
                  diag_text(one, reading.diags.arena));
    CHECK_ROW(count == COUNT_OF(lines), "%zu mistakes", count);
    arena_free(reading.diags.arena);
}

/* --- files and folders ---------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void remove_file(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    remove(path);
}

#define NAMED(id) "{\"id\": \"" id "\", \"title\": \"t\"" CLIENT ORIGIN EXPECT "}"

static void loads_folders_in_order(void)
{
    static const char *const names[] = {
        "b.json",    "a.json",      "sub/c.json", "x.schema.json", "requirements.json",
        "notes.txt", ".hidden.json"};
    char folder[] = "test-load-XXXXXX", sub[64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(sub, sizeof(sub), "%s/sub", folder);
    mkdir(sub, 0700);
    write_file(folder, names[0], NAMED("t/b"));
    write_file(folder, names[1], NAMED("t/a"));
    write_file(folder, names[2], NAMED("t/c"));
    for (size_t i = 3; i < COUNT_OF(names); i++)
        write_file(folder, names[i], "not a case");
    struct arena *arena = arena_new();
    struct corpus corpus = {.arena = arena, .catalog = &catalog};
    struct diags diags = {.arena = arena};
    CHECK_ROW(corpus_load(&corpus, folder, &diags) && corpus.count == 3, "%zu cases", corpus.count);
    for (size_t i = 0; i < corpus.count; i++)
        CHECK_ROW(corpus.cases[i]->id[2] == "abc"[i], "%s", corpus.cases[i]->id);
    CHECK_ROW(!corpus_load(&corpus, sub, &diags) &&
                  strncmp(diags.first->message, "this file was loaded before, as ", 32) == 0,
              "twice");
    write_file(folder, names[1], NAMED("t/b"));
    struct corpus again = {.arena = arena, .catalog = &catalog};
    struct diags more = {.arena = arena};
    CHECK_ROW(!corpus_load(&again, folder, &more), "one id in two files");
    CHECK_ROW(!corpus_load(&again, "no-such-folder", &more), "no folder");
    for (size_t i = 0; i < COUNT_OF(names); i++)
        remove_file(folder, names[i]);
    rmdir(sub);
    rmdir(folder);
    arena_free(arena);
}

CU_TestInfo load_tests[] = {
    {"refuses every bad row", refuses_every_bad_row},
    {"makes octets of every form", makes_octets_of_every_form},
    {"finds an id among many", finds_an_id_among_many},
    {"reads a whole case", reads_a_whole_case},
    {"tells all mistakes, from top to end", tells_all_mistakes_from_top_to_end},
    {"loads folders in order", loads_folders_in_order},
    CU_TEST_INFO_NULL,
};
