#include "harness/driver_lines.h"
#include "tests/check.h"
#include "tests/driver_steps.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>

/* --- to a driver ------------------------------------------------------------------------ */

static const struct endpoint endpoints[] = {
    {"127.100.100.100", "34567", "127.100.100.100:34567"},
};

static const struct peer peers[] = {{.name = "origin"}};

static const struct piece long_pieces[] = {{.data = {(const uint8_t *)"a\n", 2}, .times = 3},
                                           {.times = 1, .hole = HOLE_PORT}};
static const struct header fields[] = {
    {STEP_OCTETS("X-A"), STEP_OCTETS("1")},
    {STEP_OCTETS("X-B"), STEP_OCTETS("\xe4\r\n")},
};
static const struct source_step bytes_piece[] = {{.octets = {long_pieces, 2, 11}}};
static const struct source_step stream_pieces[] = {
    {.octets = STEP_OCTETS("one")},
    {.octets = {NULL, 0, 0}},
    {.kind = SOURCE_HOLD, .name = "seen"},
    {.kind = SOURCE_FAIL},
};
static const uint64_t amounts[] = {5, 0, 7};

#define REQUEST(...) "{\"id\": 7, \"step\": 0, \"do\": {\"request\": {" __VA_ARGS__ "}}}\n"
#define PLAIN        "\"method\": \"GET\", \"target\": \"/\", \"headers\": []"

static const struct step_row {
    const char *label;
    struct client_step step;
    const char *want;
} step_rows[] = {
    {"plain", {STEP_GET("/")}, REQUEST(PLAIN)},
    {"other octets",
     {STEP_GET("/\x01")},
     REQUEST("\"method\": \"GET\", \"target\": {\"b64\": \"LwE=\"}, \"headers\": []")},
    {"headers",
     {STEP_GET("/"), .headers = fields, .header_count = 2},
     REQUEST("\"method\": \"GET\", \"target\": \"/\", \"headers\": [[\"X-A\", \"1\"], [\"X-B\", "
             "{\"b64\": \"5A0K\"}]]")},
    {"bytes",
     {STEP_GET("/"), .body = {BODY_BYTES, bytes_piece, 1, false, 0}},
     REQUEST(PLAIN ", \"body\": {\"bytes\": [{\"b64\": \"YQo=\", \"times\": 3}, {\"b64\": "
                   "\"MzQ1Njc=\"}]}")},
    {"no octet",
     {STEP_GET("/"), .body = {BODY_BYTES, &stream_pieces[1], 1, false, 0}},
     REQUEST(PLAIN ", \"body\": {\"bytes\": []}")},
    {"stream",
     {STEP_GET("/"), .body = {BODY_STREAM, stream_pieces, 4, false, 0}},
     REQUEST(PLAIN ", \"body\": {\"stream\": [[{\"b64\": \"b25l\"}], [], {\"hold\": \"seen\"}, "
                   "{\"fail\": true}]}")},
    {"stream of known length",
     {STEP_GET("/"), .body = {BODY_STREAM, stream_pieces, 1, true, 3}},
     REQUEST(PLAIN ", \"body\": {\"stream\": [[{\"b64\": \"b25l\"}]], \"length\": 3}")},
    {"empty stream",
     {STEP_GET("/"), .body = {BODY_STREAM, NULL, 0, false, 0}},
     REQUEST(PLAIN ", \"body\": {\"stream\": []}")},
    {"file",
     {STEP_GET("/"), .body = {BODY_FILE, bytes_piece, 1, false, 0}},
     REQUEST(PLAIN ", \"body\": {\"file\": \"/f/content-0\"}")},
    {"trailers",
     {STEP_GET("/"), .trailers = fields, .trailer_count = 1},
     REQUEST(PLAIN ", \"trailers\": [[\"X-A\", \"1\"]]")},
    {"all manners",
     {STEP_GET("/"), .expects_continue = true, .timeout_ms = 500, .redirects = 3,
      .auth = "user:secret", .is_background = true},
     REQUEST(PLAIN ", \"expect_continue\": true, \"timeout_ms\": 500, \"redirects\": 3, \"auth\": "
                   "\"user:secret\", \"background\": true")},
    {"read as stream",
     {STEP_GET("/"), .read = READ_MODE_STREAM},
     REQUEST(PLAIN ", \"read\": \"stream\"")},
    {"read by amounts",
     {STEP_GET("/"), .read = READ_MODE_AMOUNTS, .amounts = amounts, .amount_count = 3},
     REQUEST(PLAIN ", \"read\": [5, 0, 7]")},
    {"abandon",
     {STEP_GET("/"), .read = READ_MODE_ABANDON, .amounts = amounts, .amount_count = 1},
     REQUEST(PLAIN ", \"read\": {\"abandon\": 5}")},
};

static void check_line(const char *label, struct bytes got, const char *want)
{
    CHECK_ROW(bytes_equal(got, bytes_of(want)), "%s: got %.*s", label, (int)got.len, got.at);
}

static void writes_every_step(void)
{
    for (size_t i = 0; i < COUNT_OF(step_rows); i++) {
        struct arena *arena = arena_new();
        const struct driver_session session = {.peers = peers,
                                               .peer_count = 1,
                                               .endpoints = endpoints,
                                               .steps = &step_rows[i].step,
                                               .count = 1};
        check_line(step_rows[i].label, driver_line_step(7, 0, &session, "/f/content-0", arena),
                   step_rows[i].want);
        arena_free(arena);
    }
}

static void writes_the_other_lines(void)
{
    struct arena *arena = arena_new();
    struct driver_session session = {.case_id = "a/b",
                                     .suffix = "[cut=3]",
                                     .peers = peers,
                                     .peer_count = 1,
                                     .endpoints = endpoints,
                                     .deadline_ms = 5000};
    check_line("begin", driver_line_begin(7, &session, arena),
               "{\"id\": 7, \"begin\": {\"case\": \"a/b[cut=3]\", \"origin\": "
               "\"http://127.100.100.100:34567\", \"deadline_ms\": 5000}}\n");
    session.wants_heads = true;
    check_line("begin with heads", driver_line_begin(8, &session, arena),
               "{\"id\": 8, \"begin\": {\"case\": \"a/b[cut=3]\", \"origin\": "
               "\"http://127.100.100.100:34567\", \"deadline_ms\": 5000, \"heads\": true}}\n");
    check_line("go", driver_line_go(7, "seen", arena), "{\"id\": 7, \"go\": \"seen\"}\n");
    check_line("end", driver_line_end(7, arena), "{\"id\": 7, \"end\": true}\n");
    arena_free(arena);
}

/* Of a session with a proxy, the URLs and how the proxy is used. */
static const struct client_proxy used = {.auth = NULL};
static const struct client_proxy used_so = {
    .auth = "user:secret", .headers = fields, .header_count = 1, .tunnels = true};

static const struct way_row {
    bool is_https;
    struct client_step step;
    const char *want;
} way_rows[] = {
    {false, {STEP_GET("/")}, REQUEST(PLAIN)},
    {true, {STEP_GET("/")}, REQUEST(PLAIN)},
    {false,
     {STEP_GET("/"), .authority = STEP_OCTETS("u@[::1]:8")},
     REQUEST(PLAIN ", \"origin\": \"http://u@[::1]:8\"")},
    {true,
     {STEP_GET("/"), .authority = STEP_OCTETS("\xe4")},
     REQUEST(PLAIN ", \"origin\": {\"b64\": \"aHR0cHM6Ly/k\"}")},
    {false,
     {STEP_GET("/"), .proxy = &used},
     REQUEST(PLAIN ", \"origin\": \"http://origin.test\", \"proxy\": {}")},
    {true,
     {STEP_GET("/"), .proxy = &used_so},
     REQUEST(PLAIN ", \"origin\": \"https://origin.test\", \"proxy\": {\"auth\": "
                   "\"user:secret\", \"headers\": [[\"X-A\", \"1\"]], \"tunnel\": true}")},
    {false,
     {STEP_GET("/"), .proxy = &used, .authority = STEP_OCTETS("other.test")},
     REQUEST(PLAIN ", \"origin\": \"http://other.test\", \"proxy\": {}")},
};

static void writes_every_way(void)
{
    static const struct endpoint doors[] = {{"127.100.100.100", "34567", "127.100.100.100:34567"},
                                            {"localhost", "34568", "localhost:34568"}};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(way_rows); i++) {
        const struct way_row *row = &way_rows[i];
        const struct peer both[] = {{.name = "origin", .is_https = row->is_https},
                                    {.name = "proxy", .is_proxy = true, .is_https = true}};
        const struct driver_session session = {.case_id = "a/b",
                                               .suffix = "",
                                               .peers = both,
                                               .peer_count = 2,
                                               .endpoints = doors,
                                               .ca = "/f/ca.pem",
                                               .steps = &row->step,
                                               .count = 1,
                                               .deadline_ms = 5};
        check_line(row->want, driver_line_step(7, 0, &session, NULL, arena), row->want);
        check_line("begin", driver_line_begin(7, &session, arena),
                   arena_printf(arena,
                                "{\"id\": 7, \"begin\": {\"case\": \"a/b\", \"origin\": "
                                "\"http%s://127.100.100.100:34567\", \"proxy\": "
                                "\"https://localhost:34568\", \"ca\": \"/f/ca.pem\", "
                                "\"deadline_ms\": 5}}\n",
                                row->is_https ? "s" : ""));
    }
    arena_free(arena);
}

static const struct piece endless_piece[] = {
    {.data = {(const uint8_t *)"x", 1}, .times = 1ULL << 40}};
static const struct header endless[] = {{STEP_OCTETS("X-A"), {endless_piece, 1, 1ULL << 40}}};
static const struct client_step endless_steps[] = {
    {STEP_GET("/"), .headers = endless, .header_count = 1},
    {STEP_GET("/"), .trailers = endless, .trailer_count = 1},
    {.method = {endless_piece, 1, 1ULL << 40}, .target = STEP_OCTETS("/")},
    {.method = STEP_OCTETS("GET"), .target = {endless_piece, 1, 1ULL << 40}},
    {STEP_GET("/"), .proxy = &(const struct client_proxy){.headers = endless, .header_count = 1}},
};

static void writes_no_endless_text(void)
{
    const struct driver_session session = {.peers = peers,
                                           .peer_count = 1,
                                           .endpoints = endpoints,
                                           .steps = endless_steps,
                                           .count = COUNT_OF(endless_steps)};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(endless_steps); i++)
        CHECK_ROW(driver_line_step(7, i, &session, NULL, arena).len == 0, "step %zu", i);
    arena_free(arena);
}

/* --- hello ---------------------------------------------------------------------------------- */

static const struct hello_row {
    const char *line;
    const char *want; /* the info, or the mistake */
} hello_rows[] = {
    {"{\"assay\": 1, \"client\": \"x\", \"version\": \"2\", \"engine\": \"y\", \"can\": "
     "[\"session\", \"body.hold\"], \"patience\": 20}",
     "x 2 y session body.hold 20"},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": []}\r", "x - - 1"},
    {"{\"assay\": 1, \"client\": \"x\", \"version\": null, \"can\": [\"session\", \"session\"]}",
     "x - - session 1"},
    {"{\"client\": \"x\", \"can\": []}", "want a member \"assay\", got none"},
    {"{\"assay\": 2, \"client\": \"x\", \"can\": []}",
     "/assay: want a whole number from 1 to 1, got 2"},
    {"{\"assay\": 1, \"can\": []}", "want a member \"client\", got none"},
    {"{\"assay\": 1, \"client\": \"\", \"can\": []}", "/client: want a text, got an empty string"},
    {"{\"assay\": 1, \"client\": \"x\"}", "want a member \"can\", got none"},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": {}}", "/can: want an array, got an object"},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": [1]}", "/can/0: want a string, got a number"},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": [\"sesion\"]}",
     "/can/0: no subject can do \"sesion\"; did you mean \"session\"?"},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": [\"fly to the moon\"]}",
     "/can/0: no subject can do \"fly to the moon\""},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": [], \"patience\": 0}",
     "/patience: want a whole number from 1 to 20, got 0"},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": [], \"patience\": 21}",
     "/patience: want a whole number from 1 to 20, got 21"},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": [], \"patience\": 1.5}",
     "/patience: want a whole number from 1 to 20, got 1.5"},
    {"{\"assay\": 1, \"client\": \"x\", \"can\": [], \"verson\": \"1\"}",
     "/verson: unknown key \"verson\"; did you mean \"version\"?"},
    {"[]", "want an object, got an array"},
    {"hello", "want a JSON value, got \"hello\""},
    {"", "want a JSON value, got the end of the text"},
};

static const char *info_text(const struct subject_info *info, struct arena *arena)
{
    const char *text =
        arena_printf(arena, "%s %s %s", info->client, info->version != NULL ? info->version : "-",
                     info->engine != NULL ? info->engine : "-");
    for (int i = 0; i < CAN_COUNT; i++)
        if ((info->can >> i & 1) != 0)
            text = arena_printf(arena, "%s %s", text, can_name((enum capability)i));
    return arena_printf(arena, "%s %u", text, info->patience);
}

static void reads_every_hello(void)
{
    for (size_t i = 0; i < COUNT_OF(hello_rows); i++) {
        struct arena *arena = arena_new();
        struct diags diags = {.arena = arena};
        struct subject_info info = {.name = "name"};
        const bool is_good = driver_read_hello(bytes_of(hello_rows[i].line), &info, arena, &diags);
        CHECK_ROW(is_good == (diags.count == 0), "%s", hello_rows[i].line);
        const char *got = is_good ? info_text(&info, arena) : diag_text(diags.first, arena);
        CHECK_ROW(strcmp(got, hello_rows[i].want) == 0, "%s: got %s", hello_rows[i].line, got);
        arena_free(arena);
    }
}

/* --- answers ---------------------------------------------------------------------------------- */

#define OUTCOME(...) "{\"id\": 7, \"step\": 2, \"outcome\": {" __VA_ARGS__ "}}"

static const struct answer_row {
    const char *line;
    const char *want; /* the answer, or the first mistake */
} answer_rows[] = {
    {"{\"id\": 7, \"ended\": true}", "7 ended"},
    {"{\"id\": 7, \"step\": 2, \"event\": \"head\"}", "7 2 head"},
    {"{\"id\": 7, \"step\": 2, \"held\": \"seen\"}", "7 2 held seen"},
    {"{\"id\": 7, \"step\": 2, \"unsupported\": \"not for me\"}",
     "7 2 unsupported, says not for me"},
    {OUTCOME("\"status\": 200"), "7 2 none 200"},
    {OUTCOME("\"status\": 200, \"reason\": \"OK\", \"headers\": [[\"A\", \"1\"], [\"\", {\"b64\": "
             "\"AA==\"}]], \"body\": \"hello\", \"trailers\": []"),
     "7 2 none 200, reason [OK], headers [A: 1] [: \\x00], body [hello] 5, trailers"},
    {OUTCOME("\"status\": 200, \"reason\": \"\", \"headers\": [], \"body\": \"\", \"interim\": []"),
     "7 2 none 200, reason [], headers, body [] 0, interim"},
    {OUTCOME("\"status\": 200, \"body\": {\"b64\": \"AP8=\"}"),
     "7 2 none 200, body [\\x00\\xff] 2"},
    {OUTCOME("\"status\": 200, \"body\": {\"len\": 5000000000, \"head\": \"he\", \"tail\": "
             "{\"b64\": \"bGw=\"}}"),
     "7 2 none 200, body [he] 5000000000"},
    {OUTCOME("\"status\": 200, \"body\": {\"len\": 2, \"head\": \"he\"}"),
     "7 2 none 200, body [he] 2"},
    {OUTCOME("\"status\": 200, \"interim\": [{\"status\": 103, \"headers\": [[\"A\", \"1\"]]}, "
             "{\"status\": 100}]"),
     "7 2 none 200, interim 103 [A: 1] 100"},
    {OUTCOME("\"error\": \"incomplete\", \"status\": 200, \"body\": \"hel\", \"text\": \"\\u00e4"
             "\\n\""),
     "7 2 incomplete 200, body [hel] 3, says \xc3\xa4\n"},
    {OUTCOME("\"error\": \"invalid_request\""), "7 2 invalid_request 0"},
    {OUTCOME("\"error\": \"refused\""), "7 2 refused 0"},
    {OUTCOME("\"error\": \"tls\""), "7 2 tls 0"},
    {OUTCOME("\"error\": \"tunnel\""), "7 2 tunnel 0"},
    {OUTCOME("\"error\": \"timeout\""), "7 2 timeout 0"},
    {OUTCOME("\"error\": \"reset\""), "7 2 reset 0"},
    {OUTCOME("\"error\": \"closed\""), "7 2 closed 0"},
    {OUTCOME("\"error\": \"too_large\""), "7 2 too_large 0"},
    {OUTCOME("\"error\": \"malformed\""), "7 2 malformed 0"},
    {OUTCOME("\"error\": \"other\", \"text\": {\"b64\": \"YQBi\"}"), "7 2 other 0, says a?b"},

    {"", "want a JSON value, got the end of the text"},
    {"garbage", "want a JSON value, got \"garbage\""},
    {"{\"id\": 7, \"ended\": true} x", "want the end of the text, got \"x\""},
    {"{\"id\": 7, \"id\": 7, \"ended\": true}", "/id: duplicate key \"id\", first at line 1"},
    {"[7]", "want an object, got an array"},
    {"{}", "want one of \"outcome\", \"unsupported\", \"event\", \"held\" or \"ended\", got 0 of "
           "them"},
    {"{\"id\": 7, \"step\": 2, \"held\": \"x\", \"event\": \"head\"}",
     "want one of \"outcome\", \"unsupported\", \"event\", \"held\" or \"ended\", got 2 of them"},
    {"{\"ended\": true}", "want a member \"id\", got none"},
    {"{\"id\": \"7\", \"ended\": true}", "/id: want a number, got a string"},
    {"{\"id\": -1, \"ended\": true}",
     "/id: want a whole number from 0 to 9007199254740991, got -1"},
    {"{\"id\": 7, \"ended\": false}", "/ended: want true"},
    {"{\"id\": 7, \"ended\": 1}", "/ended: want true"},
    {"{\"id\": 7, \"step\": 2, \"ended\": true}", "/step: unknown key \"step\"; want \"id\" or "
                                                  "\"ended\""},
    {"{\"id\": 7, \"event\": \"head\"}", "want a member \"step\", got none"},
    {"{\"id\": 7, \"step\": 1.5, \"event\": \"head\"}",
     "/step: want a whole number from 0 to 9007199254740991, got 1.5"},
    {"{\"id\": 7, \"step\": 2, \"event\": \"tail\"}", "/event: want \"head\", got \"tail\""},
    {"{\"id\": 7, \"step\": 2, \"held\": \"\"}", "/held: want a text, got an empty string"},
    {"{\"id\": 7, \"step\": 2, \"unsupported\": true}",
     "/unsupported: want an object, got a boolean"},
    {"{\"id\": 7, \"step\": 2, \"outcome\": 200}", "/outcome: want an object, got a number"},
    {OUTCOME(""), "/outcome: want a \"status\", an \"error\", or both"},
    {OUTCOME("\"status\": 0"), "/outcome/status: want a whole number from 1 to 999999, got 0"},
    {OUTCOME("\"status\": \"200\""), "/outcome/status: want a number, got a string"},
    {OUTCOME("\"status\": 200, \"reason\": null"), "/outcome/reason: want an object, got null"},
    {OUTCOME("\"status\": 200, \"reason\": \"\\u00e4\""),
     "/outcome/reason: want octets from 0x20 to 0x7E, or {\"b64\"}; got \"\xc3\xa4\""},
    {OUTCOME("\"status\": 200, \"reason\": {\"hex\": \"00\"}"),
     "/outcome/reason/hex: unknown key \"hex\"; want \"b64\""},
    {OUTCOME("\"status\": 200, \"reason\": {\"b64\": \"A\"}"),
     "/outcome/reason/b64: want base64 with padding, got \"A\""},
    {OUTCOME("\"status\": 200, \"reason\": {\"b64\": 1}"),
     "/outcome/reason/b64: want a string, got a number"},
    {OUTCOME("\"status\": 200, \"body\": \"a\\u0000b\""),
     "\\u0000 cannot stand in a string; write {\"hex\": \"00\"} or {{NUL}}"},
    {OUTCOME("\"status\": 200, \"body\": {}"), "/outcome/body: want a member \"len\", got none"},
    {OUTCOME("\"status\": 200, \"body\": {\"len\": 1, \"head\": \"he\"}"),
     "/outcome/body: want no more octets than \"len\", 1"},
    {OUTCOME("\"status\": 200, \"body\": {\"len\": 1, \"head\": \"h\", \"tail\": \"he\"}"),
     "/outcome/body: want no more octets than \"len\", 1"},
    {OUTCOME("\"status\": 200, \"body\": {\"len\": 1, \"head\": \"h\", \"x\": 1}"),
     "/outcome/body/x: unknown key \"x\"; want \"len\", \"head\" or \"tail\""},
    {OUTCOME("\"status\": 200, \"headers\": {}"), "/outcome/headers: want an array, got an object"},
    {OUTCOME("\"status\": 200, \"headers\": [\"A: 1\"]"), "/outcome/headers/0: want [name, value]"},
    {OUTCOME("\"status\": 200, \"headers\": [[\"A\", \"1\", \"2\"]]"),
     "/outcome/headers/0: want [name, value]"},
    {OUTCOME("\"status\": 200, \"trailers\": [[\"A\", 1]]"),
     "/outcome/trailers/0/1: want an object, got a number"},
    {OUTCOME("\"status\": 200, \"interim\": [103]"),
     "/outcome/interim/0: want an object, got a number"},
    {OUTCOME("\"status\": 200, \"interim\": [{}]"),
     "/outcome/interim/0: want a member \"status\", got none"},
    {OUTCOME("\"error\": \"hung\""),
     "/outcome/error: want \"invalid_request\", \"refused\", \"tls\", \"tunnel\", \"timeout\", "
     "\"reset\", \"closed\", \"incomplete\", \"too_large\", \"malformed\" or \"other\", got "
     "\"hung\""},
    {OUTCOME("\"error\": null"), "/outcome/error: want a string, got null"},
    {OUTCOME("\"error\": \"other\", \"text\": 1"), "/outcome/text: want an object, got a number"},
    {OUTCOME("\"staus\": 200"), "/outcome/staus: unknown key \"staus\"; did you mean \"status\"?"},
};

static void print_octets(FILE *out, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        if (octets.at[i] >= 0x20 && octets.at[i] < 0x7f)
            fputc(octets.at[i], out);
        else
            fprintf(out, "\\x%02x", octets.at[i]);
}

static void print_fields(FILE *out, struct fields from)
{
    for (size_t i = 0; i < from.count; i++) {
        fputs(" [", out);
        print_octets(out, from.items[i].name);
        fputs(": ", out);
        print_octets(out, from.items[i].value);
        fputs("]", out);
    }
}

static void print_outcome(FILE *out, const struct outcome *outcome)
{
    if (outcome->is_unsupported)
        fputs("unsupported", out);
    else
        fprintf(out, "%s %d", outcome_error_name(outcome->error), outcome->status);
    if (outcome->has_reason) {
        fputs(", reason [", out);
        print_octets(out, outcome->reason);
        fputs("]", out);
    }
    fputs(outcome->has_fields ? ", headers" : "", out);
    print_fields(out, outcome->fields);
    if (outcome->has_body) {
        fputs(", body [", out);
        print_octets(out, outcome->body);
        fprintf(out, "] %llu", (unsigned long long)outcome->body_len);
    }
    fputs(outcome->has_trailers ? ", trailers" : "", out);
    print_fields(out, outcome->trailers);
    fputs(outcome->has_interims ? ", interim" : "", out);
    for (size_t i = 0; i < outcome->interim_count; i++) {
        fprintf(out, " %d", outcome->interims[i].status);
        print_fields(out, outcome->interims[i].fields);
    }
    if (outcome->text != NULL)
        fprintf(out, ", says %s", outcome->text);
}

static void print_answer(FILE *out, const struct driver_answer *answer)
{
    fprintf(out, "%llu ", (unsigned long long)answer->id);
    if (answer->said != DRIVER_ENDED)
        fprintf(out, "%zu ", answer->step);
    if (answer->said == DRIVER_OUTCOME)
        print_outcome(out, answer->outcome);
    else if (answer->said == DRIVER_HELD)
        fprintf(out, "held %s", answer->hold);
    else
        fputs(answer->said == DRIVER_HEAD ? "head" : "ended", out);
}

/* The line lies in memory of its own, of just its size. */
static void check_answer(const struct answer_row *row)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    struct driver_answer answer;
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    const size_t line_len = strlen(row->line);
    uint8_t *line = malloc(line_len + (line_len == 0));
    memcpy(line, row->line, line_len);
    if (driver_read_answer((struct bytes){line, line_len}, &answer, arena, &diags))
        print_answer(out, &answer);
    else
        fputs(diag_text(diags.first, arena), out);
    fclose(out);
    CHECK_ROW(strcmp(text, row->want) == 0, "%s: got %s", row->line, text);
    free(line);
    free(text);
    arena_free(arena);
}

static void reads_every_answer(void)
{
    for (size_t i = 0; i < COUNT_OF(answer_rows); i++)
        check_answer(&answer_rows[i]);
}

static void refuses_every_prefix(void)
{
    for (size_t i = 0; i < COUNT_OF(answer_rows); i++) {
        struct arena *arena = arena_new();
        for (size_t len = 0; len < strlen(answer_rows[i].line); len++) {
            struct diags diags = {.arena = arena};
            struct driver_answer answer;
            const struct bytes line = {(const uint8_t *)answer_rows[i].line, len};
            const char *rest = answer_rows[i].line + len;
            const bool is_whole = strcmp(rest, " x") == 0 || strcmp(rest, "x") == 0;
            CHECK_ROW(driver_read_answer(line, &answer, arena, &diags) == is_whole, "%.*s",
                      (int)len, line.at);
        }
        arena_free(arena);
    }
}

static void keeps_of_a_long_body_its_beginning(void)
{
    enum { LEN = DRIVER_BODY_MAX + 1 };
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    struct driver_answer answer;
    char *body = arena_alloc(arena, LEN + 1);
    memset(body, 'x', LEN);
    const char *line = arena_printf(arena, OUTCOME("\"status\": 200, \"body\": \"%s\""), body);
    CU_ASSERT_FATAL(driver_read_answer(bytes_of(line), &answer, arena, &diags));
    CU_ASSERT(answer.outcome->body.len == DRIVER_BODY_MAX);
    CU_ASSERT(answer.outcome->body_len == LEN);
    line = arena_printf(arena, OUTCOME("\"error\": \"other\", \"text\": \"%s\""), body);
    CU_ASSERT_FATAL(driver_read_answer(bytes_of(line), &answer, arena, &diags));
    CU_ASSERT(strlen(answer.outcome->text) == DRIVER_TEXT_MAX);
    arena_free(arena);
}

CU_TestInfo driver_lines_tests[] = {
    {"writes every step", writes_every_step},
    {"writes the other lines", writes_the_other_lines},
    {"writes every way", writes_every_way},
    {"writes no endless text", writes_no_endless_text},
    {"reads every hello", reads_every_hello},
    {"reads every answer", reads_every_answer},
    {"refuses every prefix", refuses_every_prefix},
    {"keeps of a long body its beginning", keeps_of_a_long_body_its_beginning},
    CU_TEST_INFO_NULL,
};
