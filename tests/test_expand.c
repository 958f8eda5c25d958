/* Cases with matrix, truncate, split and insert in; points out, each dumped as one line. */
#include "harness/expand.h"
#include "harness/load.h"
#include "tests/check.h"
#include "tests/load_rows.h"
#include "tests/suites.h"

#include <stdio.h>

static const struct requirement requirements[] = {
    {.id = "9112-8-1", .level = "MUST", .has_keyword = true},
};
static const struct catalog catalog = {requirements, COUNT_OF(requirements)};

struct reading {
    struct arena *arena;
    struct corpus corpus;
    struct diags diags;
    const struct case_ *case_; /* NULL after a mistake */
};

static void read_case(struct reading *reading, const char *text)
{
    struct arena *arena = arena_new();
    *reading = (struct reading){
        .arena = arena, .corpus = {.arena = arena, .catalog = &catalog}, .diags = {.arena = arena}};
    if (corpus_load_text(&reading->corpus, "f.json", bytes_of(text), &reading->diags))
        reading->case_ = reading->corpus.cases[0];
}

/* --- dumps ---------------------------------------------------------------------- */

static const char *octets_text(struct arena *arena, const struct octets *octets)
{
    static const struct endpoint here = {"127.100.100.100", "34567", "127.100.100.100:34567"};
    return diag_quote(arena, octets_build(octets, &here, arena, 200));
}

static const char *step_text(struct arena *arena, const struct step *step)
{
    static const char *const ends[] = {
        [CLOSE_FIN] = "fin", [CLOSE_FULL] = "full", [CLOSE_RST] = "rst"};
    if (step->verb == STEP_CLOSE)
        return arena_printf(arena, "close %s%s", ends[step->close],
                            step->withholds_notify ? " alone" : "");
    if (step->verb != STEP_SEND)
        return step_verb_name(step->verb);
    const char *text = arena_printf(arena, "send %s", octets_text(arena, &step->send));
    if (step->segmentation == SEGMENTS_EACH_BYTE)
        return arena_printf(arena, "%s by one", text);
    for (size_t i = 0; i < step->size_count; i++)
        text = arena_printf(arena, "%s by %llu", text, (unsigned long long)step->sizes[i]);
    return text;
}

/* `[id] METHOD TARGET | steps, of each connection | behaviours | groups`. */
static const char *point_text(struct arena *arena, const struct point *point)
{
    const struct client_step *client = &point->client[0];
    const struct peer *peer = &point->peers[0];
    const char *text =
        arena_printf(arena, "%s %s %s", point->suffix, octets_text(arena, &client->method),
                     octets_text(arena, &client->target));
    for (size_t i = 0; i < peer->script_count; i++) {
        text = arena_printf(arena, "%s |", text);
        for (size_t j = 0; j < peer->scripts[i].count; j++)
            text = arena_printf(arena, "%s%s %s", text, j > 0 ? "," : "",
                                step_text(arena, &peer->scripts[i].steps[j]));
    }
    text = arena_printf(arena, "%s |", text);
    for (size_t i = 0; i < point->behaviour_count; i++)
        text = arena_printf(arena, "%s%s %s", text, i > 0 ? "," : "", point->behaviours[i].name);
    if (point->control_group > 0)
        text = arena_printf(arena, "%s | control %zu%s", text, point->control_group,
                            point->is_control ? " itself" : "");
    if (point->split_group > 0)
        text = arena_printf(arena, "%s | split %zu%s", text, point->split_group,
                            point->is_split_whole ? " whole" : "");
    return text;
}

/* --- what points there are ---------------------------------------------------------- */

enum { POINTS_SHOWN = 8 };

/* A case without its first members, and its first points. */
static const struct points_row {
    const char *name, *members;
    size_t count;
    const char *points[POINTS_SHOWN];
} rows[] = {
    {"no sweep", CLIENT ORIGIN EXPECT, 1, {" \"GET\" \"/\" | read, send \"x\" | as expected"}},
    {"a value in a text",
     ", \"client\": [{\"request\": {\"target\": \"/{{n}}/{{b}}\"}}], \"matrix\": {\"n\": [1, "
     "\"two\"], \"b\": [\"x\"]}" ORIGIN EXPECT,
     2,
     {"[n=1,b=x] \"GET\" \"/1/x\" | read, send \"x\" | as expected",
      "[n=two,b=x] \"GET\" \"/two/x\" | read, send \"x\" | as expected"}},
    {"the last variable goes round first",
     ", \"client\": [{\"request\": {\"target\": \"/{{a}}{{b}}\"}}], \"matrix\": {\"a\": [1, 2], "
     "\"b\": [3, 4]}" ORIGIN EXPECT,
     4,
     {"[a=1,b=3] \"GET\" \"/13\" | read, send \"x\" | as expected",
      "[a=1,b=4] \"GET\" \"/14\" | read, send \"x\" | as expected",
      "[a=2,b=3] \"GET\" \"/23\" | read, send \"x\" | as expected",
      "[a=2,b=4] \"GET\" \"/24\" | read, send \"x\" | as expected"}},
    {"a member of an object, alone in a text and by value",
     CLIENT
     ", \"origin\": [{\"send\": [\"{{v.bytes}}\", {\"value\": \"v.bytes\"}, \"{{v.t}}!\"]}], "
     "\"matrix\": {\"v\": [{\"name\": \"one\", \"bytes\": {\"hex\": \"41\"}, \"t\": \"b\"}, "
     "{\"name\": \"two\", \"bytes\": [\"c\", \"d\"], \"t\": 7}]}" EXPECT,
     2,
     {"[v=one] \"GET\" \"/\" | send \"AAb!\" | as expected",
      "[v=two] \"GET\" \"/\" | send \"cdcd7!\" | as expected"}},
    {"ends with and without close_notify, in and out of TLS",
     CLIENT
     ", \"origin\": {\"tls\": {\"value\": \"tls.is\"}, \"steps\": [{\"start_tls\": {}}, {\"send\": "
     "\"x\", \"as\": \"s\"}]}, \"matrix\": {\"tls\": [{\"name\": \"no\", \"is\": null}, {\"name\": "
     "\"all\", \"is\": {}}]}, "
     "\"truncate\": {\"send\": \"s\", \"ends\": [\"fin\", \"no close_notify\"]}" EXPECT,
     8,
     {"[tls=no,cut=0,end=fin] \"GET\" \"/\" | start_tls, send \"\", wait, close fin | as "
      "expected",
      "[tls=no,cut=0,end=no close_notify] \"GET\" \"/\" | start_tls, send \"\", wait, close fin "
      "alone | as expected"}},
    {"close_notify by a variable",
     CLIENT ", \"origin\": {\"tls\": {}, \"steps\": [{\"send\": \"x\"}, {\"close\": \"{{how}}\", "
            "\"close_notify\": {\"value\": \"notify\"}}]}, \"matrix\": {\"how\": [\"full\"], "
            "\"notify\": [true, false]}" EXPECT,
     2,
     {"[how=full,notify=true] \"GET\" \"/\" | send \"x\", close full | as expected",
      "[how=full,notify=false] \"GET\" \"/\" | send \"x\", close full alone | as expected"}},
    {"CR and LF of a value stand in a line",
     CLIENT ", \"origin\": [{\"send\": {\"head\": [\"A: {{v.is}}b\", \"{{v.is}}\"]}}], \"matrix\": "
            "{\"v\": [{\"name\": \"CRLF\", \"is\": \"\\r\\n\"}]}" EXPECT,
     1,
     {"[v=CRLF] \"GET\" \"/\" | send \"A: \\r\\nb\\r\\n\\r\\n\\r\\n\\r\\n\" | as expected"}},
    {"values that name other variables, and templates",
     CLIENT
     ", \"origin\": [{\"send\": \"{{b.is}}\"}], \"matrix\": {\"b\": [{\"name\": \"x\", \"is\": "
     "\"<{{a}}>{{LF}}\"}], \"a\": [1, 2]}" EXPECT,
     2,
     {"[b=x,a=1] \"GET\" \"/\" | send \"<1>\\n\" | as expected",
      "[b=x,a=2] \"GET\" \"/\" | send \"<2>\\n\" | as expected"}},
    {"steps are spliced in, and left out",
     CLIENT ", \"origin\": [{\"send\": \"x\"}, {\"value\": \"end.then\"}, {\"close\": "
            "\"{{end.how}}\"}], \"matrix\": {\"end\": ["
            "{\"name\": \"none\", \"then\": [], \"how\": \"none\"}, "
            "{\"name\": \"null\", \"then\": null, \"how\": null}, "
            "{\"name\": \"two\", \"then\": [{\"send\": \"{{n}}!\"}, {\"read\": \"eof\"}], \"how\": "
            "\"fin\"}], \"n\": [5]}" EXPECT,
     3,
     {"[end=none,n=5] \"GET\" \"/\" | send \"x\" | as expected",
      "[end=null,n=5] \"GET\" \"/\" | send \"x\" | as expected",
      "[end=two,n=5] \"GET\" \"/\" | send \"x\", send \"5!\", read, close fin | as expected"}},
    {"null leaves out a member",
     ", \"client\": [{\"request\": {\"method\": {\"value\": \"m\"}, \"body\": {\"stream\": "
     "[\"a\"], "
     "\"length\": {\"value\": \"m\"}}}}]" ORIGIN ", \"matrix\": {\"m\": [null]}" EXPECT,
     1,
     {"[m=null] \"GET\" \"/\" | read, send \"x\" | as expected"}},
    {"in definitions",
     CLIENT ", \"origin\": [{\"use\": \"steps\"}, {\"send\": {\"use\": \"bytes\"}}], \"defs\": {"
            "\"steps\": [{\"send\": \"{{n}}!\"}, {\"value\": \"more\"}], \"bytes\": \"<{{n}}>\"}, "
            "\"matrix\": {\"n\": [1, 2], \"more\": [null]}" EXPECT,
     2,
     {"[n=1,more=null] \"GET\" \"/\" | send \"1!\", send \"<1>\" | as expected",
      "[n=2,more=null] \"GET\" \"/\" | send \"2!\", send \"<2>\" | as expected"}},
    {"when takes a value, a list, a name and a key",
     CLIENT
     ", \"origin\": [{\"send\": \"{{a}}{{b.is}}\"}], \"matrix\": {\"a\": [1, 2, \"t\"], "
     "\"b\": [{\"name\": \"x\", \"is\": \"y\"}]}, \"behaviours\": ["
     "{\"name\": \"one\", \"verdict\": \"pass\", \"when\": {\"a\": 1}, \"client\": [{\"status\": "
     "200}]}, "
     "{\"name\": \"two\", \"verdict\": \"pass\", \"when\": {\"a\": [2, \"t\"], \"b.is\": "
     "\"y\"}, \"client\": [{\"status\": 201}]}, "
     "{\"name\": \"all\", \"verdict\": \"pass\", \"when\": {\"b\": \"x\"}, \"client\": [{}]}]",
     3,
     {"[a=1,b=x] \"GET\" \"/\" | send \"1y\" | one, all",
      "[a=2,b=x] \"GET\" \"/\" | send \"2y\" | two, all",
      "[a=t,b=x] \"GET\" \"/\" | send \"ty\" | two, all"}},
    {"a variable with the name value, and a verdict by value",
     CLIENT
     ", \"origin\": [{\"send\": \"{{value.is}}\"}], \"matrix\": {\"value\": ["
     "{\"name\": \"x\", \"is\": \"1\", \"v\": \"fail\", \"why\": \"hang\"}, "
     "{\"name\": \"y\", \"is\": \"2\", \"v\": \"fail\", \"why\": \"loop\"}]}, \"behaviours\": ["
     "{\"name\": \"one\", \"verdict\": \"pass\", \"when\": {\"value\": \"x\"}, \"client\": [{}]}, "
     "{\"name\": \"all\", \"verdict\": {\"value\": \"value.v\"}, \"why\": {\"value\": "
     "\"value.why\"}, \"client\": [{\"error\": \"any\"}]}]",
     2,
     {"[value=x] \"GET\" \"/\" | send \"1\" | one, all",
      "[value=y] \"GET\" \"/\" | send \"2\" | all"}},
    {"a control and its siblings",
     CLIENT ", \"origin\": [{\"send\": \"{{a.is}}{{b}}\"}], \"matrix\": {\"a\": [{\"name\": \"c\", "
            "\"control\": true, \"is\": 1}, {\"name\": \"d\", \"is\": 2}], \"b\": [1, 2]}" EXPECT,
     4,
     {"[a=c,b=1] \"GET\" \"/\" | send \"11\" | as expected | control 1 itself",
      "[a=c,b=2] \"GET\" \"/\" | send \"12\" | as expected | control 2 itself",
      "[a=d,b=1] \"GET\" \"/\" | send \"21\" | as expected | control 1",
      "[a=d,b=2] \"GET\" \"/\" | send \"22\" | as expected | control 2"}},
    {"split",
     CLIENT ", \"origin\": [{\"send\": \"abc\", \"as\": \"s\"}, {\"close\": \"fin\"}], \"split\": "
            "{\"send\": \"s\"}" EXPECT,
     4,
     {"[split=whole] \"GET\" \"/\" | send \"abc\", close fin | as expected | split 1 whole",
      "[split=1] \"GET\" \"/\" | send \"abc\" by 1, close fin | as expected | split 1",
      "[split=2] \"GET\" \"/\" | send \"abc\" by 2, close fin | as expected | split 1",
      "[split=each byte] \"GET\" \"/\" | send \"abc\" by one, close fin | as expected | split 1"}},
    {"split in the second script, by a matrix",
     CLIENT ", \"origin\": {\"connections\": [[{\"send\": \"x\"}], [{\"send\": \"{{n}}\", \"as\": "
            "\"s\"}]]}, \"matrix\": {\"n\": [\"10\", \"11\"]}, \"split\": {\"send\": \"s\"}" EXPECT,
     6,
     {"[n=10,split=whole] \"GET\" \"/\" | send \"x\" | send \"10\" | as expected | split 1 whole",
      "[n=10,split=1] \"GET\" \"/\" | send \"x\" | send \"10\" by 1 | as expected | split 1",
      "[n=10,split=each byte] \"GET\" \"/\" | send \"x\" | send \"10\" by one | as expected | "
      "split 1",
      "[n=11,split=whole] \"GET\" \"/\" | send \"x\" | send \"11\" | as expected | split 2 whole"}},
    {"insert at positions",
     CLIENT
     ", \"origin\": [{\"send\": [\"HTTP/1.1 200 OK\\r\\nA: b\\r\\nContent-Length: 0\\r\\n\\r\\n\"]"
     ", \"as\": \"s\"}, {\"close\": \"fin\"}], \"insert\": {\"send\": \"s\", \"octets\": [\"NUL\", "
     "\"0x80\", \":\"], \"at\": [20]}, \"behaviours\": ["
     "{\"name\": \"odd\", \"verdict\": \"pass\", \"when\": {\"deviation\": \"value nul\"}, "
     "\"client\": [{\"status\": 200}]}, "
     "{\"name\": \"any\", \"verdict\": \"pass\", \"when\": {\"octet\": [\"NUL\", \"0x80\", "
     "\":\"], \"at\": 20}, \"client\": [{\"error\": \"maybe\"}]}]",
     3,
     {"[octet=NUL,at=20] \"GET\" \"/\" | send \"HTTP/1.1 200 OK\\r\\nA: "
      "\\x00b\\r\\nContent-Length: "
      "0\\r\\n\\r\\n\", close fin | odd, any",
      "[octet=0x80,at=20] \"GET\" \"/\" | send \"HTTP/1.1 200 OK\\r\\nA: "
      "\\x80b\\r\\nContent-Length: "
      "0\\r\\n\\r\\n\", close fin | any",
      "[octet=:,at=20] \"GET\" \"/\" | send \"HTTP/1.1 200 OK\\r\\nA: :b\\r\\nContent-Length: "
      "0\\r\\n\\r\\n\", close fin | any"}},
};

static const char *first_mistake(const struct reading *reading)
{
    return reading->diags.first != NULL ? diag_text(reading->diags.first, reading->arena) : "";
}

static void makes_the_points_of_every_row(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading;
        char text[4096];
        snprintf(text, sizeof(text), "%s%s}", HEAD, rows[i].members);
        read_case(&reading, text);
        CHECK_ROW(reading.case_ != NULL, "%s: %s", rows[i].name, first_mistake(&reading));
        const size_t count = reading.case_ != NULL ? reading.case_->point_count : 0;
        CHECK_ROW(count == rows[i].count, "%s: %zu points", rows[i].name, count);
        for (size_t j = 0; j < count && j < POINTS_SHOWN && rows[i].points[j] != NULL; j++) {
            const char *got = point_text(reading.arena, &reading.case_->points[j]);
            CHECK_ROW(strcmp(got, rows[i].points[j]) == 0, "%s: got  %s\nwant %s", rows[i].name,
                      got, rows[i].points[j]);
        }
        arena_free(reading.arena);
    }
}

/* --- truncate --------------------------------------------------------------------------- */

/* A response, and the state of each cut: n h b e w, as a run. */
static const struct states_row {
    const char *name, *method, *send, *end, *states;
} states_rows[] = {
    {"length", "GET", "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nab", "fin",
     "n1 h37 b2 w1"},
    {"a length of nothing", "GET", "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n", "rst",
     "n1 h37 w1"},
    {"an answer to HEAD", "HEAD", "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n", "fin",
     "n1 h37 w1"},
    {"chunked", "GET",
     "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\na\\r\\n0\\r\\n\\r\\n",
     "fin", "n1 h46 b7 e4 w1"},
    {"to close by FIN", "GET", "HTTP/1.1 200 OK\\r\\n\\r\\nab", "fin", "n1 h18 w3"},
    {"to close by close", "GET", "HTTP/1.1 200 OK\\r\\n\\r\\nab", "full", "n1 h18 w3"},
    {"to close without close_notify", "GET", "HTTP/1.1 200 OK\\r\\n\\r\\nab", "no close_notify",
     "n1 h18 b3"},
    {"to close by RST", "GET", "HTTP/1.1 200 OK\\r\\n\\r\\nab", "rst", "n1 h18 e3"},
    {"an interim response", "GET", "HTTP/1.1 103 X\\r\\n\\r\\nHTTP/1.1 204 X\\r\\n\\r\\n", "fin",
     "n1 h35 w1"},
    {"surplus", "GET", "HTTP/1.1 204 X\\r\\n\\r\\nHTTP", "fin", "n1 h17 w5"},
};

/* Which behaviours a point has says its state: there is one for each. */
static const char *states_text(const struct reading *reading)
{
    const char *text = "";
    size_t count = 0;
    for (size_t i = 0; i < reading->case_->point_count; i++) {
        const struct point *point = &reading->case_->points[i];
        const bool is_last = i + 1 == reading->case_->point_count;
        const char state = point->behaviours[0].name[0];
        count++;
        if (!is_last && point[1].behaviours[0].name[0] == state)
            continue;
        text = arena_printf(reading->arena, "%s%s%c%zu", text, text[0] != '\0' ? " " : "", state,
                            count);
        count = 0;
    }
    return text;
}

#define STATE(name, word)                                                                          \
    "{\"name\": \"" name "\", \"verdict\": \"pass\", \"when\": {\"state\": \"" word                \
    "\"}, \"client\": [{\"error\": \"maybe\"}]}"

/* Of the behaviours those that admit no point would be a mistake. */
static const char *state_behaviours(struct arena *arena, const char *states)
{
    static const char *const all[] = {STATE("n", "nothing"), STATE("h", "head"), STATE("b", "body"),
                                      STATE("e", "edge"), STATE("w", "whole")};
    const char *text = "";
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (strchr(states, "nhbew"[i]) != NULL)
            text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? ", " : "", all[i]);
    return text;
}

static void check_script(const struct reading *reading, const struct states_row *row)
{
    const size_t count = reading->case_->point_count;
    for (size_t i = 0; i < count; i++) {
        const struct point *point = &reading->case_->points[i];
        const struct script *script = &point->peers[0].scripts[0];
        const char *id = arena_printf(reading->arena, "[cut=%zu,end=%s]", i, row->end);
        CHECK_ROW(strcmp(point->suffix, id) == 0, "%s: %s, want %s", row->name, point->suffix, id);
        CHECK_ROW(script->count == 4 && script->steps[1].send.len == i &&
                      script->steps[2].verb == STEP_WAIT && script->steps[2].wait == WAIT_DRAINED &&
                      script->steps[3].verb == STEP_CLOSE,
                  "%s%s: steps", row->name, id);
        CHECK_ROW(octets_build(&script->steps[1].send, NULL, reading->arena, 200).len == i &&
                      octets_has_prefix(
                          &reading->case_->points[count - 1].peers[0].scripts[0].steps[1].send,
                          NULL, octets_build(&script->steps[1].send, NULL, reading->arena, 200)),
                  "%s%s: octets", row->name, id);
    }
}

static void finds_the_state_of_every_cut(void)
{
    for (size_t i = 0; i < COUNT_OF(states_rows); i++) {
        const struct states_row *row = &states_rows[i];
        struct arena *arena = arena_new();
        struct reading reading;
        const char *text = arena_printf(
            arena,
            HEAD ", \"client\": [{\"request\": {\"method\": \"%s\"}}], \"origin\": {%s\"steps\": "
                 "[{\"read\": \"request\"}, {\"send\": \"%s\", \"as\": \"s\"}]}, \"truncate\": "
                 "{\"send\": \"s\", \"ends\": [\"%s\"]}, \"behaviours\": [%s]}",
            row->method, strchr(row->end, ' ') != NULL ? "\"tls\": {}, " : "", row->send, row->end,
            state_behaviours(arena, row->states));
        read_case(&reading, text);
        CHECK_ROW(reading.case_ != NULL, "%s: %s", row->name, first_mistake(&reading));
        if (reading.case_ != NULL) {
            const char *got = states_text(&reading);
            CHECK_ROW(strcmp(got, row->states) == 0, "%s: %s, want %s", row->name, got,
                      row->states);
            check_script(&reading, row);
        }
        arena_free(reading.arena);
        arena_free(arena);
    }
}

/* --- parts of octets ------------------------------------------------------------------------ */

static void slices_at_every_cut(void)
{
    static const struct piece pieces[] = {{.data = {(const uint8_t *)"ab", 2}, .times = 1},
                                          {.data = {(const uint8_t *)"cde", 3}, .times = 4},
                                          {.data = {(const uint8_t *)"f", 1}, .times = 2}};
    static const char all[] = "abcdecdecdecdeff";
    const struct octets octets = {pieces, COUNT_OF(pieces), strlen(all)};
    struct arena *arena = arena_new();
    for (size_t from = 0; from <= octets.len; from++)
        for (size_t to = from; to <= octets.len; to++) {
            const struct octets got = expand_slice(arena, &octets, from, to);
            const struct bytes want = {(const uint8_t *)all + from, to - from};
            CHECK_ROW(octets_equal(&got, NULL, want), "from %zu to %zu", from, to);
        }
    for (size_t at = 0; at <= octets.len; at++) {
        const struct octets got = expand_insert(arena, &octets, at, bytes_of("<>"));
        const char *want = arena_printf(arena, "%.*s<>%s", (int)at, all, all + at);
        CHECK_ROW(octets_equal(&got, NULL, bytes_of(want)), "inserted at %zu", at);
    }
    arena_free(arena);
}

/* --- many ------------------------------------------------------------------------------------- */

/* Each point is small, and its octets are shared: so tens of thousands are loaded in a moment. */
static void makes_many_points(void)
{
    struct reading reading;
    read_case(&reading,
              HEAD CLIENT ", \"origin\": [{\"read\": \"request\"}, {\"send\": [{\"head\": "
                          "[\"HTTP/1.1 200 OK\", \"Content-Length: 15000\"]}, {\"repeat\": \"x\", "
                          "\"times\": 15000}], \"as\": \"s\"}], \"truncate\": {\"send\": \"s\", "
                          "\"ends\": [\"fin\", \"rst\"]}" EXPECT "}");
    CHECK_ROW(reading.case_ != NULL && reading.case_->point_count == 30086, "%s",
              first_mistake(&reading));
    if (reading.case_ != NULL)
        CHECK_ROW(strcmp(reading.case_->points[30085].suffix, "[cut=15042,end=rst]") == 0, "%s",
                  reading.case_->points[30085].suffix);
    arena_free(reading.arena);
}

CU_TestInfo expand_tests[] = {
    {"finds the state of every cut", finds_the_state_of_every_cut},
    {"slices at every cut", slices_at_every_cut},
    {"makes many points", makes_many_points},
    {"makes the points of every row", makes_the_points_of_every_row},
    CU_TEST_INFO_NULL,
};
