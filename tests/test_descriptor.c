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
    {FRONT ABLE PARTS "\"request\": [{\"each\": \"trailer\", \"add\": [\"x\"]}], " BACK, "want \"header\" or \"proxy_header\""},
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

static const struct endpoint endpoints[] = {
    {"127.100.100.100", "32768", "127.100.100.100:32768"},
    {"127.100.100.101", "32768", "127.100.100.101:32768"},
};
static const struct peer plain_peers[] = {{.name = "origin"}, {.name = "proxy", .is_proxy = true}};
static const struct peer tls_peers[] = {{.name = "origin", .is_https = true},
                                        {.name = "proxy", .is_proxy = true, .is_https = true}};
static const struct header headers[] = {{OCTETS("A"), OCTETS("b {{c}}")},
                                        {OCTETS("D"), OCTETS("")}};
static const struct header split_headers[] = {{OCTETS("A"), OCTETS("b\nC: d")}};
static const struct client_proxy plain_proxy = {0};
static const struct client_proxy full_proxy = {
    .auth = "u:s", .headers = headers, .header_count = 2, .tunnels = true};
static const struct client_proxy split_proxy = {.headers = split_headers, .header_count = 1};
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

#define PROXY_REQUEST                                                                              \
    FRONT ABLE PARTS                                                                               \
        "\"request\": [{\"if\": \"no proxy\", \"add\": [\"-n\"]}, "                                \
        "{\"if\": \"proxy\", \"add\": [\"-x{{proxy}}\"]}, "                                        \
        "{\"if\": \"proxy tunnel\", \"add\": [\"-p\"]}, "                                          \
        "{\"if\": \"proxy auth\", \"add\": [\"-U{{proxy_auth}}\"]}, "                              \
        "{\"each\": \"proxy_header\", \"add\": [\"-H{{name}}={{value}}\"], \"empty\": "            \
        "[\"-E{{name}}\"]}, "                                                                      \
        "{\"if\": \"https\", \"add\": [\"-c{{ca}}\"]}, "                                           \
        "{\"if\": \"proxy https\", \"add\": [\"-d{{ca}}\"]}, "                                     \
        "{\"if\": \"line end in header\", \"unsupported\": \"no line ends\"}, \"{{url}}\"], " BACK

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

/* clang-format off */
static const struct proxy_row {
    const char *label;
    const struct peer *peers;
    struct client_step steps[2];
    size_t count;
    const char *want;
} proxy_rows[] = {
    {"none is used", plain_peers, {{.target = OCTETS("/a")}}, 1, "c -n http://127.100.100.100:32768/a"},
    {"none is used, with TLS", tls_peers, {{.target = OCTETS("/a")}}, 1, "c -n -cCA https://127.100.100.100:32768/a"},
    {"another authority", plain_peers, {{.target = OCTETS("/a"), .authority = OCTETS("u@h")}}, 1, "c -n http://u@h/a"},
    {"a proxy", plain_peers, {{.target = OCTETS("/a"), .proxy = &plain_proxy}}, 1, "c -xhttp://127.100.100.101:32768 http://origin.test/a"},
    {"a proxy, all asked", plain_peers, {{.target = OCTETS("/a"), .proxy = &full_proxy}}, 1,
     "c -xhttp://127.100.100.101:32768 -p -Uu:s -HA=b {{c}} -ED http://origin.test/a"},
    {"a proxy with TLS, to an origin with TLS", tls_peers, {{.target = OCTETS("/a"), .proxy = &plain_proxy}}, 1,
     "c -xhttps://127.100.100.101:32768 -cCA -dCA https://origin.test/a"},
    {"a step with it, and one without", plain_peers, {{.target = OCTETS("/1"), .proxy = &full_proxy}, {.target = OCTETS("/2")}}, 2,
     "c -xhttp://127.100.100.101:32768 -p -Uu:s -HA=b {{c}} -ED http://origin.test/1 -- -n http://127.100.100.100:32768/2"},
    {"a line end in a field for the proxy", plain_peers, {{.target = OCTETS("/a"), .proxy = &split_proxy}}, 1, "no line ends"},
};
/* clang-format on */

static void makes_command_lines_with_proxies(void)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    const struct descriptor *descriptor = load(PROXY_REQUEST, &diags);
    CHECK_ROW(descriptor != NULL, "the descriptor loads");
    for (size_t i = 0; descriptor != NULL && i < COUNT_OF(proxy_rows); i++) {
        const struct proxy_row *row = &proxy_rows[i];
        const struct driver_session session = {.peers = row->peers,
                                               .peer_count = 2,
                                               .endpoints = endpoints,
                                               .ca = "CA",
                                               .steps = row->steps,
                                               .count = row->count};
        const struct command_args args =
            command_args_make(descriptor, &session, row->count, NULL, "F", arena);
        const char *got = join(arena, &args, "");
        CHECK_ROW(strcmp(got, row->want) == 0, "%s: got %s", row->label, got);
    }
    arena_free(arena);
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
        const struct driver_session session = {.peers = plain_peers,
                                               .peer_count = 1,
                                               .endpoints = endpoints,
                                               .steps = row->steps,
                                               .count = row->count};
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
    const char *want;   /* error, status, fields; or what is wrong with it */
    const char *tunnel; /* where the status of CONNECT stands */
} answer_rows[] = {
    {"{\"s\": {\"n\": 200}, \"c\": 0, \"h\": {\"a\": [\"1\", \"2\"], \"b\": \"\xe4\"}, \"t\": null}", "none 200 a=1 a=2 b=\xe4", NULL},
    {"{\"s\": {\"n\": 0}, \"c\": 7, \"h\": {}, \"t\": \"no way\"}", "refused 0 code 7: no way", NULL},
    {"{\"s\": {\"n\": 200}, \"c\": 9}", "other 200 code 9: ", NULL},
    {"{\"s\": {\"n\": 0}, \"c\": 9, \"x\": 407}", "tunnel 0 code 9: ", "x"},
    {"{\"s\": {\"n\": 0}, \"c\": 9, \"x\": 100}", "tunnel 0 code 9: ", "x"},
    {"{\"s\": {\"n\": 0}, \"c\": 9, \"x\": 204}", "other 0 code 9: ", "x"},
    {"{\"s\": {\"n\": 0}, \"c\": 7, \"x\": 407}", "refused 0 code 7: ", "x"},
    {"{\"s\": {\"n\": 200}, \"c\": 0, \"x\": 407}", "none 200", "x"},
    {"{\"s\": {\"n\": -200}, \"c\": 9, \"x\": -200}", "other 0 code 9: ", "x"},
    {"{\"s\": {\"n\": 200}, \"c\": 0, \"x\": null}", "want a number as \"x\"", "x"},
    {"{\"s\": {\"n\": \"200\"}, \"c\": 0}", "want a number as \"s.n\"", NULL},
    {"{\"c\": 0}", "want a number as \"s.n\"", NULL},
    {"{\"s\": {\"n\": 200}", "want", NULL},
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
    for (size_t i = 0; i < COUNT_OF(answer_rows); i++) {
        const struct descriptor descriptor = {.answer_status = "s.n",
                                              .answer_code = "c",
                                              .answer_headers = "h",
                                              .answer_text = "t",
                                              .answer_tunnel = answer_rows[i].tunnel,
                                              .errors = errors,
                                              .error_count = COUNT_OF(errors)};
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

CU_TestInfo descriptor_tests[] = {
    {"tells what is wrong with a file", tells_what_is_wrong},
    {"makes command lines", makes_command_lines},
    {"makes command lines with proxies", makes_command_lines_with_proxies},
    {"reads what was printed", reads_answers},
    CU_TEST_INFO_NULL};
