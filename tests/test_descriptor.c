/* Descriptors of command-line clients: their files, the command lines made of them, and what is
 * read of their answers. */
#include "harness/command_answer.h"
#include "harness/command_args.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FRONT "{\"client\": \"c\", \"version\": {\"command\": [\"c\"], \"after\": \"c \"}, "
#define ABLE  "\"can\": [\"session\"], "
#define BACK                                                                                       \
    "\"answer\": {\"status\": \"s.n\", \"code\": \"c\", \"headers\": \"h\", \"text\": \"t\"}}"
#define PARTS "\"command\": [\"c\"], \"gate\": [\"-g\", \"{{url}}\"], \"between\": [\"--\"], "

/* clang-format off */
static const struct bad_row {
    const char *text, *want;
} bad_rows[] = {
    {"[]", "want an object"},
    {"{", "want"},
    {"{}", "want a member \"client\""},
    {FRONT ABLE PARTS "\"request\": [], \"requests\": [], " BACK, "unknown key \"requests\"; did you mean \"request\"?"},
    {FRONT "\"can\": [\"sesion\"], " PARTS "\"request\": [\"{{url}}\"], " BACK, "no subject can do \"sesion\"; did you mean \"session\"?"},
    {FRONT ABLE "\"command\": [\"c\"], \"request\": [\"{{url}}\"], " BACK, "\"session\" needs a \"gate\""},
    {FRONT ABLE "\"command\": [], \"request\": [\"{{url}}\"], " BACK, "want at least one text"},
    {FRONT ABLE PARTS "\"request\": [{\"if\": \"metod\", \"add\": [\"x\"]}], " BACK, "want \"method HEAD\", "},
    {FRONT ABLE PARTS "\"request\": [{\"if\": \"timeout\"}], " BACK, "want \"add\" or \"unsupported\""},
    {FRONT ABLE PARTS "\"request\": [{\"add\": [\"x\"], \"empty\": [\"y\"]}], " BACK, "\"empty\" goes with \"each\""},
    {FRONT ABLE PARTS "\"request\": [\"x\"], \"errors\": {\"x\": \"reset\"}, " BACK, "want a code from 1 to 255 as the key"},
    {FRONT ABLE PARTS "\"request\": [\"x\"], \"errors\": {\"7\": \"hung\"}, " BACK, "want \"invalid_request\""},
    {FRONT ABLE PARTS "\"request\": [\"x\"], \"answer\": {\"status\": \"s\"}}", "want \"status\" and \"code\""},
    {FRONT ABLE PARTS "\"request\": [\"x\"], \"patience\": 21, " BACK, "want a whole number from 1 to 20"},
};
/* clang-format on */

/* The descriptor that the text describes; NULL with diags. */
static const struct descriptor *load(const char *text, struct diags *diags)
{
    char path[] = "/tmp/assay-descriptor-XXXXXX";
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL)
        return NULL;
    fputs(text, file);
    fclose(file);
    const struct descriptor *descriptor =
        descriptor_load(arena_printf(diags->arena, "%s", path), diags);
    unlink(path);
    return descriptor;
}

static void tells_what_is_wrong(void)
{
    for (size_t i = 0; i < COUNT_OF(bad_rows); i++) {
        struct arena *arena = arena_new();
        struct diags diags = {.arena = arena};
        const struct descriptor *descriptor = load(bad_rows[i].text, &diags);
        const char *told = "";
        for (const struct diag *one = diags.first; one != NULL; one = one->next)
            told = arena_printf(arena, "%s%s\n", told, diag_text(one, arena));
        CHECK_ROW(descriptor == NULL && strstr(told, bad_rows[i].want) != NULL,
                  "row %zu: want %s, told %s", i, bad_rows[i].want, told);
        arena_free(arena);
    }
}

#define OCTETS(text)                                                                               \
    {                                                                                              \
        (const struct piece[]){{.data = {(const uint8_t *)(text), sizeof(text) - 1}, .times = 1}}, \
            sizeof(text) > 1 ? 1 : 0, sizeof(text) - 1                                             \
    }

static const struct endpoint endpoint = {"127.100.100.100", "32768", "127.100.100.100:32768"};
static const struct header headers[] = {{OCTETS("A"), OCTETS("b {{c}}")},
                                        {OCTETS("D"), OCTETS("")}};
static const struct source_step pieces[] = {{.octets = OCTETS("x")}};

#define REQUEST                                                                                    \
    FRONT ABLE PARTS                                                                               \
        "\"request\": [{\"if\": \"method HEAD\", \"add\": [\"-I\"]}, "                             \
        "{\"if\": \"method other\", \"add\": [\"-X{{method}}\"]}, "                                \
        "{\"if\": \"content expected\", \"add\": [\"-e\"]}, "                                      \
        "{\"if\": [\"method POST\", \"body bytes\"], \"add\": [\"-d\", \"{{content}}\"]}, "        \
        "{\"if\": \"body stream\", \"unsupported\": \"no streams\"}, "                             \
        "{\"if\": \"body file\", \"add\": [\"-T\", \"{{content}}\"]}, "                            \
        "{\"if\": [\"body file\", \"target folder\"], \"unsupported\": \"no folders\"}, "          \
        "{\"each\": \"header\", \"add\": [\"-H{{name}}={{value}}\"], \"empty\": "                  \
        "[\"-E{{name}}\"]}, "                                                                      \
        "{\"if\": \"timeout\", \"add\": [\"-t{{seconds}}\"]}, "                                    \
        "{\"if\": \"expect_continue\", \"add\": [\"{{url}\", \"{{url\"]}, "                        \
        "\"{{other}}\", \"{{url}}\"], " BACK

/* clang-format off */
static const struct args_row {
    const char *label;
    struct client_step steps[2];
    size_t count, asked_count;
    const char *want; /* the arguments, blanks between; or why there are none */
} args_rows[] = {
    {"a plain one", {{.method = OCTETS("GET"), .target = OCTETS("/a")}}, 1, 1, "c {{other}} http://127.100.100.100:32768/a"},
    {"a head", {{.method = OCTETS("HEAD"), .target = OCTETS("/")}}, 1, 1, "c -I {{other}} http://127.100.100.100:32768/"},
    {"another method", {{.method = OCTETS("PUT"), .target = OCTETS("/")}}, 1, 1, "c -XPUT -e {{other}} http://127.100.100.100:32768/"},
    {"content", {{.method = OCTETS("POST"), .target = OCTETS("/"), .body = {.kind = BODY_BYTES, .pieces = pieces, .piece_count = 1}}}, 1, 1, "c -d F/content-0 {{other}} http://127.100.100.100:32768/"},
    {"fields", {{.method = OCTETS("GET"), .target = OCTETS("/"), .headers = headers, .header_count = 2}}, 1, 1, "c -HA=b {{c}} -ED {{other}} http://127.100.100.100:32768/"},
    {"a limit", {{.method = OCTETS("GET"), .target = OCTETS("/"), .timeout_ms = 1050}}, 1, 1, "c -t1.050 {{other}} http://127.100.100.100:32768/"},
    {"names without their end", {{.method = OCTETS("GET"), .target = OCTETS("/"), .expects_continue = true}}, 1, 1, "c {{url} {{url {{other}} http://127.100.100.100:32768/"},
    {"two at once", {{.method = OCTETS("GET"), .target = OCTETS("/1")}, {.method = OCTETS("GET"), .target = OCTETS("/2")}}, 2, 2,
     "c {{other}} http://127.100.100.100:32768/1 -- {{other}} http://127.100.100.100:32768/2"},
    {"a gate between", {{.method = OCTETS("GET"), .target = OCTETS("/1")}, {.method = OCTETS("GET"), .target = OCTETS("/2")}}, 2, 1,
     "c {{other}} http://127.100.100.100:32768/1 -- -g GATE -- {{other}} http://127.100.100.100:32768/2"},
    {"a stream", {{.method = OCTETS("PUT"), .target = OCTETS("/"), .body = {.kind = BODY_STREAM, .pieces = pieces, .piece_count = 1}}}, 1, 1, "no streams"},
    {"a file", {{.method = OCTETS("PUT"), .target = OCTETS("/a?b/"), .body = {.kind = BODY_FILE, .pieces = pieces, .piece_count = 1}}}, 1, 1, "c -XPUT -T F/content-0 {{other}} http://127.100.100.100:32768/a?b/"},
    {"a file to a folder", {{.method = OCTETS("PUT"), .target = OCTETS("/a/?b"), .body = {.kind = BODY_FILE, .pieces = pieces, .piece_count = 1}}}, 1, 1, "no folders"},
    {"a NUL", {{.method = OCTETS("GET"), .target = OCTETS("/\0")}}, 1, 1, "no argument can hold a NUL"},
};
/* clang-format on */

static const char *join(struct arena *arena, const struct command_args *args, const char *gate)
{
    const char *text = "";
    if (args->unsupported != NULL)
        return args->unsupported;
    for (size_t i = 0; args->items[i] != NULL; i++)
        text = arena_printf(arena, "%s%s%s", text, i > 0 ? " " : "",
                            strcmp(args->items[i], gate) == 0 ? "GATE" : args->items[i]);
    return text;
}

static void makes_command_lines(void)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    uv_loop_t loop;
    uv_loop_init(&loop);
    struct gate *gate = gate_new(&loop, &diags);
    const struct descriptor *descriptor = load(REQUEST, &diags);
    CHECK_ROW(gate != NULL && descriptor != NULL, "the descriptor loads");
    for (size_t i = 0; descriptor != NULL && i < COUNT_OF(args_rows); i++) {
        const struct args_row *row = &args_rows[i];
        const struct driver_session session = {
            .endpoints = &endpoint, .steps = row->steps, .count = row->count};
        const struct command_args args =
            command_args_make(descriptor, &session, row->asked_count, gate, "F", arena);
        const char *got = join(arena, &args, gate_url(gate, 1, arena));
        CHECK_ROW(strcmp(got, row->want) == 0, "%s: got %s", row->label, got);
    }
    gate_free(gate);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    arena_free(arena);
}

/* clang-format off */
static const struct answer_row {
    const char *text;
    const char *want; /* error, status, fields; or what is wrong with it */
} answer_rows[] = {
    {"{\"s\": {\"n\": 200}, \"c\": 0, \"h\": {\"a\": [\"1\", \"2\"], \"b\": \"\xe4\"}, \"t\": null}", "none 200 a=1 a=2 b=\xe4"},
    {"{\"s\": {\"n\": 0}, \"c\": 7, \"h\": {}, \"t\": \"no way\"}", "refused 0 code 7: no way"},
    {"{\"s\": {\"n\": 200}, \"c\": 9}", "other 200 code 9: "},
    {"{\"s\": {\"n\": \"200\"}, \"c\": 0}", "want a number as \"s.n\""},
    {"{\"c\": 0}", "want a number as \"s.n\""},
    {"{\"s\": {\"n\": 200}", "want"},
};
/* clang-format on */

static const char *answer_text(struct arena *arena, const struct outcome *outcome)
{
    const char *text =
        arena_printf(arena, "%s %d", outcome_error_name(outcome->error), outcome->status);
    for (size_t i = 0; i < outcome->fields.count; i++) {
        const struct field *field = &outcome->fields.items[i];
        text = arena_printf(arena, "%s %.*s=%.*s", text, (int)field->name.len,
                            (const char *)field->name.at, (int)field->value.len,
                            (const char *)field->value.at);
    }
    return outcome->text != NULL ? arena_printf(arena, "%s %s", text, outcome->text) : text;
}

static void reads_answers(void)
{
    static const struct code_error errors[] = {{7, OUTCOME_REFUSED}};
    static const struct descriptor descriptor = {.answer_status = "s.n",
                                                 .answer_code = "c",
                                                 .answer_headers = "h",
                                                 .answer_text = "t",
                                                 .errors = errors,
                                                 .error_count = COUNT_OF(errors)};
    for (size_t i = 0; i < COUNT_OF(answer_rows); i++) {
        struct arena *arena = arena_new();
        struct diags diags = {.arena = arena};
        const struct outcome *outcome = command_answer_read(
            &descriptor, bytes_of(answer_rows[i].text), "/nowhere/body", true, &diags);
        const char *got =
            outcome != NULL ? answer_text(arena, outcome) : diag_text(diags.first, arena);
        CHECK_ROW(strstr(got, answer_rows[i].want) != NULL, "row %zu: got %s", i, got);
        arena_free(arena);
    }
}

CU_TestInfo descriptor_tests[] = {{"tells what is wrong with a file", tells_what_is_wrong},
                                  {"makes command lines", makes_command_lines},
                                  {"reads what was printed", reads_answers},
                                  CU_TEST_INFO_NULL};
