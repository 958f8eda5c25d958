/* Events in, a verdict out; no socket. */
#include "harness/judge.h"
#include "tests/check.h"
#include "tests/suites.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define CHUNKED                                                                                    \
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"                             \
    "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n"

static const struct piece hello_piece[] = {{.data = TEXT("hello"), .times = 1}};
static const struct value is_hello[] = {{.kind = VALUE_EQUALS, .octets = {hello_piece, 1, 5}}};
static const struct piece one_piece[] = {{.data = TEXT("1"), .times = 1}};
static const struct value is_one[] = {{.kind = VALUE_EQUALS, .octets = {one_piece, 1, 1}}};
static const struct field_pattern sum_is_one[] = {{TEXT("x-sum"), {is_one, 1}}};

static const struct step steps[] = {{.verb = STEP_READ, .read = READ_REQUEST}, {.verb = STEP_SEND}};
static const struct script script = {steps, 2};
static const struct peer origin = {.name = "origin", .scripts = &script, .script_count = 1};
static const struct client_step client[] = {{.name = NULL}};
static const struct mark mark = {0, 0, 1};

static const struct outcome_pattern whole = {.errors = ERROR_BIT(OUTCOME_NONE)};
static const struct outcome_pattern failed = {.errors = ERROR_ANY};
static const struct request_pattern any_request = {.framings = 0};
static const struct peer_pattern one_request = {
    .states_requests = true, .requests = &any_request, .request_count = 1};
static const struct request_pattern chunked_request = {
    .framings = FRAMING_CHUNKED,
    .states_chunks = true,
    .chunks = {2, 2},
    .body = {is_hello, 1},
    .trailers = {sum_is_one, 1},
    .states_complete = true,
    .complete = true,
};
static const struct peer_pattern one_chunked = {
    .states_requests = true, .requests = &chunked_request, .request_count = 1};
static const struct request_pattern incomplete_request = {.states_complete = true,
                                                          .complete = false};
static const struct peer_pattern one_incomplete = {
    .states_requests = true, .requests = &incomplete_request, .request_count = 1};

static const struct behaviour behaviours[] = {
    {.name = "sends it chunked", .verdict = VERDICT_PASS, .peers = &one_chunked, .peer_count = 1},
    {.name = "leaves it unfinished",
     .verdict = VERDICT_WARN,
     .peers = &one_incomplete,
     .peer_count = 1},
    {.name = "gets it",
     .verdict = VERDICT_PASS,
     .client = &whole,
     .client_count = 1,
     .peers = &one_request,
     .peer_count = 1},
    {.name = "fails", .verdict = VERDICT_FAIL, .client = &failed, .client_count = 1},
};

static const struct outcome good = {.status = 200}, bad = {.error = OUTCOME_OTHER},
                            hung = {.error = OUTCOME_HUNG}, unsupported = {.is_unsupported = true};

static const struct row {
    const char *label;
    const char *received;
    const struct outcome *outcome;
    bool is_sent;
    enum verdict verdict;
    const char *text; /* the behaviour's name, or what the reason begins with */
} rows[] = {
    {"the first that matches", GET, &good, true, VERDICT_PASS, "gets it"},
    {"a later one", GET, &bad, true, VERDICT_FAIL, "fails"},
    {"by the wire", CHUNKED, &bad, true, VERDICT_PASS, "sends it chunked"},
    {"what was cut", "GET / HTTP/1.1\r\nHo", &good, true, VERDICT_WARN, "leaves it unfinished"},
    {"two requests", GET GET, &good, true, VERDICT_UNRECOGNISED,
     "no behaviour matches; nearest is \"gets it\"\norigin: 2 requests, want 1"},
    {"any is not hung", GET, &hung, true, VERDICT_UNRECOGNISED, "no behaviour matches"},
    {"no outcome", GET, NULL, true, VERDICT_UNRECOGNISED, "no behaviour matches"},
    {"a mark that was missed", GET, &good, false, VERDICT_UNEXERCISED,
     "the run never reached its mark: origin, connection script 1, step 2 (send)"},
    {"unsupported", "", &unsupported, false, VERDICT_SKIP, "the subject says"},
    {"what is not HTTP", "\x16\x03\x01\r\n", &bad, true, VERDICT_FAIL, "fails"},
};

static void feed(struct judge *judge, const struct row *row, size_t size)
{
    struct bytes rest = bytes_of(row->received);
    judge_watch(judge, &(struct event){.kind = EVENT_CONNECT});
    judge_watch(judge, &(struct event){.kind = EVENT_CONNECT, .connection = 1});
    while (rest.len > 0) {
        const struct bytes piece = bytes_take(&rest, rest.len < size ? rest.len : size);
        judge_watch(
            judge, &(struct event){
                       .kind = EVENT_RECEIVED, .connection = 1, .octets = piece, .len = piece.len});
    }
    judge_watch(judge, &(struct event){.kind = EVENT_STEP_DONE, .step = 0});
    if (row->is_sent)
        judge_watch(judge, &(struct event){.kind = EVENT_STEP_DONE, .step = 1});
    if (row->outcome != NULL)
        judge_watch(judge, &(struct event){.kind = EVENT_OUTCOME, .outcome = row->outcome});
}

static void check_row_by(const struct row *row, size_t size, struct arena *arena)
{
    const struct point point = {.client = client,
                                .client_count = 1,
                                .peers = &origin,
                                .peer_count = 1,
                                .marks = &mark,
                                .mark_count = 1,
                                .behaviours = behaviours,
                                .behaviour_count = COUNT_OF(behaviours)};
    struct run_result result = {.point = &point};
    struct judge *judge = judge_new(&point, NULL, ~(can_set)0, arena);
    feed(judge, row, size);
    judge_finish(judge, &result);
    judge_free(judge);
    const char *text = result.behaviour != NULL ? result.behaviour->name : result.reason;
    CHECK_ROW(result.verdict == row->verdict, "%s [by %zu]: %s", row->label, size,
              verdict_name(result.verdict));
    CHECK_ROW(strncmp(text, row->text, strlen(row->text)) == 0, "%s [by %zu]: %s", row->label, size,
              text);
}

static void judges_every_row_however_it_is_cut(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t size = 1; size <= strlen(rows[i].received) + 1; size++) {
            check_row_by(&rows[i], size, arena);
            arena_reset(arena);
        }
    arena_free(arena);
}

static void receive_bytes(struct judge *judge, unsigned connection, struct bytes octets)
{
    if (octets.len > 0)
        judge_watch(judge, &(struct event){
                               .kind = EVENT_RECEIVED, .connection = connection, .octets = octets});
}

static void receive(struct judge *judge, unsigned connection, const char *octets)
{
    receive_bytes(judge, connection, bytes_of(octets));
}

/* The same in two reads. */
static void receive_cut(struct judge *judge, unsigned connection, const char *octets, size_t cut)
{
    struct bytes rest = bytes_of(octets);
    receive_bytes(judge, connection, bytes_take(&rest, cut < rest.len ? cut : rest.len));
    receive_bytes(judge, connection, rest);
}

/* --- the rules ------------------------------------------------------------------------ */

static void finds_what_breaks_a_rule(void)
{
    static const struct {
        const char *label, *first, *second;
        bool is_answered, is_cut;
        size_t count;
        enum rule rule; /* of the last finding */
        unsigned connection;
    } found_rows[] = {
        {"nothing", GET, GET, true, false, 0, 0, 0},
        {"no Host", GET, "GET / HTTP/1.1\r\n\r\n", true, false, 1, RULE_HOST_MISSING, 1},
        {"one in each", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", true, false, 2,
         RULE_HOST_MISSING, 1},
        {"left unfinished", "GET / HTTP/1.1\r\nHo", "", false, false, 1, RULE_HEAD_UNFINISHED, 0},
        {"unfinished, but answered", "GET / HTTP/1.1\r\nHo", "", true, false, 0, 0, 0},
        {"unfinished, but cut", "GET / HTTP/1.1\r\nHo", "", false, true, 0, 0, 0},
    };
    const struct point point = {.peers = &origin,
                                .peer_count = 1,
                                .behaviours = behaviours,
                                .behaviour_count = COUNT_OF(behaviours)};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(found_rows); i++) {
        struct run_result result = {.point = &point};
        struct judge *judge = judge_new(&point, NULL, 0, arena);
        receive(judge, 0, found_rows[i].first);
        receive(judge, 1, found_rows[i].second);
        if (found_rows[i].is_answered)
            judge_watch(judge, &(struct event){.kind = EVENT_SENT});
        if (found_rows[i].is_cut)
            judge_watch(judge, &(struct event){.kind = EVENT_DEADLINE});
        judge_finish(judge, &result);
        judge_free(judge);
        CHECK_ROW(result.finding_count == found_rows[i].count, "%s: %zu findings",
                  found_rows[i].label, result.finding_count);
        const struct run_finding *last =
            result.finding_count > 0 ? &result.findings[result.finding_count - 1] : NULL;
        CHECK_ROW(last == NULL || (last->finding.rule == found_rows[i].rule &&
                                   last->connection == found_rows[i].connection),
                  "%s: %s", found_rows[i].label, last != NULL ? rule_name(last->finding.rule) : "");
        arena_reset(arena);
    }
    arena_free(arena);
}

static void finds_nothing_in_what_a_step_asks_for(void)
{
    static const enum rule allowed[] = {RULE_HOST_MISSING};
    static const struct client_step odd[] = {{.allowed = allowed, .allowed_count = 1}};
    const struct point point = {.client = odd,
                                .client_count = 1,
                                .peers = &origin,
                                .peer_count = 1,
                                .behaviours = behaviours,
                                .behaviour_count = COUNT_OF(behaviours)};
    struct arena *arena = arena_new();
    struct run_result result = {.point = &point};
    struct judge *judge = judge_new(&point, NULL, 0, arena);
    receive(judge, 0, "GET / HTTP/1.1\r\n\r\n");
    receive(judge, 1, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    judge_watch(judge, &(struct event){.kind = EVENT_OUTCOME, .outcome = &good});
    judge_finish(judge, &result);
    judge_free(judge);
    CHECK_ROW(result.finding_count == 1 && result.findings[0].finding.rule == RULE_HOST_REPEATED,
              "%zu findings", result.finding_count);
    CHECK_ROW(result.request_count == 2, "%zu requests", result.request_count);
    arena_free(arena);
}

static void holds_a_case_to_the_rules_it_names(void)
{
    static const enum rule named[] = {RULE_HOST_MISSING};
    static const struct behaviour clean = {
        .name = "clean", .verdict = VERDICT_PASS, .wants_clean = true};
    static const struct behaviour any = {.name = "any", .verdict = VERDICT_INFO};
    const struct behaviour both[] = {clean, any};
    static const struct {
        const char *label, *octets;
        size_t rule_count;
        const char *behaviour;
        enum verdict verdict;
    } named_rows[] = {
        {"clean", GET, 1, "clean", VERDICT_PASS},
        {"broken and named", "GET / HTTP/1.1\r\n\r\n", 1, "any", VERDICT_FAIL},
        {"broken, not named", "GET / HTTP/1.1\r\n\r\n", 0, "any", VERDICT_INFO},
        {"advice, not named", "GET / HTTP/1.1\r\nHost: a\r\nProxy-Connection: a\r\n\r\n", 0,
         "clean", VERDICT_PASS},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(named_rows); i++) {
        const struct case_ parent = {.rules = named, .rule_count = named_rows[i].rule_count};
        const struct point point = {.parent = &parent,
                                    .peers = &origin,
                                    .peer_count = 1,
                                    .behaviours = both,
                                    .behaviour_count = COUNT_OF(both)};
        struct run_result result = {.point = &point};
        struct judge *judge = judge_new(&point, NULL, 0, arena);
        receive(judge, 0, named_rows[i].octets);
        judge_finish(judge, &result);
        judge_free(judge);
        CHECK_ROW(result.verdict == named_rows[i].verdict, "%s: %s", named_rows[i].label,
                  verdict_name(result.verdict));
        CHECK_ROW(strcmp(result.behaviour->name, named_rows[i].behaviour) == 0, "%s: %s",
                  named_rows[i].label, result.behaviour->name);
        arena_reset(arena);
    }
    arena_free(arena);
}

/* --- the connection ------------------------------------------------------------------ */

#define CANARY "GET " CANARY_TARGET " HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct outcome canary_answered = {.status = 200,
                                               .has_body = true,
                                               .body = TEXT(CANARY_BODY),
                                               .body_len = sizeof(CANARY_BODY) - 1};
static const struct outcome canary_poisoned = {
    .status = 200, .has_body = true, .body = TEXT("bad"), .body_len = 3};

static const struct grade_row {
    const char *label, *table;
    const char *first, *second; /* octets of two connections */
    const struct outcome *canary;
    enum grade grade;
    enum verdict verdict;
} grade_rows[] = {
    {"reused", "open", GET CANARY, "", &canary_answered, GRADE_REUSED, VERDICT_PASS},
    {"reused, though spent", "spent", GET CANARY, "", &canary_answered, GRADE_REUSED, VERDICT_FAIL},
    {"reused, though dirty", "dirty", GET CANARY, "", &canary_answered, GRADE_REUSED, VERDICT_INFO},
    {"fresh", "open", GET, CANARY, &canary_answered, GRADE_FRESH, VERDICT_PASS},
    {"fresh, where reuse is wanted", "keep", GET, CANARY, &canary_answered, GRADE_FRESH,
     VERDICT_INFO},
    {"failed", "open", GET, "", &bad, GRADE_FAILED, VERDICT_WARN},
    {"poisoned", "open", GET CANARY, "", &canary_poisoned, GRADE_POISONED, VERDICT_FAIL},
    {"poisoned before it was sent", "open", GET, "", &canary_answered, GRADE_POISONED,
     VERDICT_FAIL},
    {"desynced", "open", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nhello" CANARY,
     "", &bad, GRADE_DESYNCED, VERDICT_FAIL},
    {"hung", "open", GET CANARY, "", &hung, GRADE_HUNG, VERDICT_FAIL},
    {"never asked", "open", GET, "", NULL, GRADE_UNSEEN, VERDICT_PASS},
};

static void grade(const struct grade_row *row, size_t cut, struct arena *arena)
{
    static const struct peer_pattern one_connection = {.states_connections = true,
                                                       .connections = {1, 1}};
    static const struct behaviour behaviour = {
        .name = "one", .verdict = VERDICT_PASS, .peers = &one_connection, .peer_count = 1};
    const struct case_ parent = {.connection = grade_table_find(row->table)};
    const struct point point = {.parent = &parent,
                                .client = client,
                                .client_count = 1,
                                .peers = &origin,
                                .peer_count = 1,
                                .behaviours = &behaviour,
                                .behaviour_count = 1};
    struct run_result result = {.point = &point};
    struct judge *judge = judge_new(&point, NULL, ~(can_set)0, arena);
    receive_cut(judge, 0, row->first, cut);
    judge_watch(judge, &(struct event){.kind = EVENT_OUTCOME, .outcome = &good});
    if (row->canary != NULL)
        judge_watch(judge, &(struct event){.kind = EVENT_ASKED, .step = 1});
    receive_cut(judge, 1, row->second, cut);
    if (row->canary != NULL)
        judge_watch(judge,
                    &(struct event){.kind = EVENT_OUTCOME, .step = 1, .outcome = row->canary});
    judge_finish(judge, &result);
    judge_free(judge);
    CHECK_ROW(result.grade == row->grade, "%s, cut at %zu: %s", row->label, cut,
              grade_name(result.grade));
    CHECK_ROW(result.verdict == row->verdict, "%s, cut at %zu: %s, %s", row->label, cut,
              verdict_name(result.verdict), result.reason != NULL ? result.reason : "");
}

static void grades_every_row(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT_OF(grade_rows); i++) {
        const size_t first = strlen(grade_rows[i].first), second = strlen(grade_rows[i].second);
        for (size_t cut = 0; cut < first || cut < second; cut++) {
            grade(&grade_rows[i], cut, arena);
            arena_reset(arena);
        }
    }
    arena_free(arena);
}

static void keeps_long_contents_by_their_front(void)
{
    static const char head[] = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n";
    static const struct value three_million[] = {{.kind = VALUE_LENGTH, .length = 3000000}};
    static const struct request_pattern long_request = {
        .body = {three_million, 1}, .states_complete = true, .complete = true};
    static const struct peer_pattern one_long = {
        .states_requests = true, .requests = &long_request, .request_count = 1};
    static const struct behaviour is_long = {
        .name = "sends all", .verdict = VERDICT_PASS, .peers = &one_long, .peer_count = 1};
    static const uint8_t block[100000];
    const struct point point = {
        .peers = &origin, .peer_count = 1, .behaviours = &is_long, .behaviour_count = 1};
    struct arena *arena = arena_new();
    struct judge *judge = judge_new(&point, NULL, 0, arena);
    struct run_result result = {.point = &point};
    judge_watch(judge, &(struct event){.kind = EVENT_RECEIVED, .octets = bytes_of(head)});
    for (int i = 0; i < 30; i++)
        judge_watch(judge, &(struct event){.kind = EVENT_RECEIVED,
                                           .octets = {block, sizeof(block)},
                                           .len = sizeof(block)});
    judge_finish(judge, &result);
    judge_free(judge);
    CHECK_ROW(result.verdict == VERDICT_PASS, "%s", result.reason != NULL ? result.reason : "");
    arena_free(arena);
}

static void answer_at_proxy(struct judge *judge, const char *request)
{
    judge_watch(judge,
                &(struct event){.kind = EVENT_RECEIVED, .peer = 1, .octets = bytes_of(request)});
    judge_watch(judge, &(struct event){.kind = EVENT_SENT,
                                       .peer = 1,
                                       .octets = bytes_of("HTTP/1.1 200 OK\r\n\r\n")});
}

/* The peer that is a proxy is matched as any. */
static void matches_what_came_to_a_proxy(void)
{
    static const struct peer peers[] = {{.name = "origin"}, {.name = "proxy", .is_proxy = true}};
    static const struct piece words[] = {{.data = TEXT("CONNECT"), .times = 1},
                                         {.data = TEXT("a:443"), .times = 1},
                                         {.data = TEXT("Basic YTpi"), .times = 1},
                                         {.data = TEXT("GET"), .times = 1},
                                         {.data = TEXT("/x"), .times = 1}};
    static const struct value values[] = {{.kind = VALUE_EQUALS, .octets = {&words[0], 1, 7}},
                                          {.kind = VALUE_EQUALS, .octets = {&words[1], 1, 5}},
                                          {.kind = VALUE_EQUALS, .octets = {&words[2], 1, 10}},
                                          {.kind = VALUE_EQUALS, .octets = {&words[3], 1, 3}},
                                          {.kind = VALUE_EQUALS, .octets = {&words[4], 1, 2}}};
    static const struct field_pattern credentials[] = {
        {TEXT("proxy-authorization"), {&values[2], 1}}};
    static const struct request_pattern requests[] = {
        {.method = {&values[0], 1},
         .target = {&values[1], 1},
         .headers = {credentials, 1},
         .framings = FRAMING_NONE,
         .states_complete = true,
         .complete = true},
        {.method = {&values[3], 1}, .target = {&values[4], 1}, .states_on = true, .on = 0}};
    static const struct count_pattern one_connect = {.method = TEXT("CONNECT"), .times = {1, 1}};
    static const struct peer_pattern pattern = {.peer = 1,
                                                .states_connections = true,
                                                .connections = {1, 1},
                                                .states_requests = true,
                                                .requests = requests,
                                                .request_count = 2,
                                                .counts = &one_connect,
                                                .count_count = 1};
    static const struct behaviour tunnels = {
        .name = "tunnels", .verdict = VERDICT_PASS, .peers = &pattern, .peer_count = 1};
    const struct point point = {
        .peers = peers, .peer_count = 2, .behaviours = &tunnels, .behaviour_count = 1};
    struct arena *arena = arena_new();
    struct run_result result = {.point = &point};
    struct judge *judge = judge_new(&point, NULL, 0, arena);
    answer_at_proxy(judge, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n"
                           "Proxy-Authorization: Basic YTpi\r\n\r\n");
    answer_at_proxy(judge, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    judge_finish(judge, &result);
    judge_free(judge);
    CHECK_ROW(result.verdict == VERDICT_PASS && result.finding_count == 0, "%s",
              result.reason != NULL ? result.reason : "findings");
    arena_free(arena);
}

CU_TestInfo judge_tests[] = {
    {"matches what came to a proxy", matches_what_came_to_a_proxy},
    {"judges every row, however it is cut", judges_every_row_however_it_is_cut},
    {"finds what breaks a rule", finds_what_breaks_a_rule},
    {"holds a case to the rules it names", holds_a_case_to_the_rules_it_names},
    {"finds nothing in what a step asks for", finds_nothing_in_what_a_step_asks_for},
    {"grades every row", grades_every_row},
    {"keeps long contents by their front", keeps_long_contents_by_their_front},
    CU_TEST_INFO_NULL,
};
