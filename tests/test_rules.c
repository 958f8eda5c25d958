#include "tests/rules_rows.h"
#include "tests/suites.h"
#include "wire/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LOG_SIZE 1024

/* One connection's reader and rules, and what was found so far. */
struct run {
    struct http_reader reader;
    struct rules rules;
    char log[LOG_SIZE];
    size_t len;
};

static void log_finding(void *context, const struct finding *finding)
{
    struct run *run = context;
    char request[16] = "";
    if (finding->request > 0)
        snprintf(request, sizeof(request), "+%u", finding->request);
    const int len =
        snprintf(run->log + run->len, LOG_SIZE - run->len, "%s%s@%" PRIu64 "%s",
                 run->len > 0 ? " " : "", rule_name(finding->rule), finding->offset, request);
    assert(len > 0 && (size_t)len < LOG_SIZE - run->len);
    run->len += (size_t)len;
}

/* Feeds a copy that has just the memory that it needs. */
static void feed(struct run *run, struct bytes octets)
{
    if (octets.len == 0)
        return;
    uint8_t *copy = malloc(octets.len);
    assert(copy != NULL);
    memcpy(copy, octets.at, octets.len);
    struct bytes input = {copy, octets.len};
    enum http_event event = HTTP_START;
    while (event != HTTP_NEED_MORE && event != HTTP_LOST) {
        event = http_reader_next(&run->reader, &input);
        rules_event(&run->rules, &run->reader, event);
    }
    free(copy);
}

static void begin(struct run *run, enum rules_peer peer)
{
    run->len = 0;
    run->log[0] = '\0';
    http_reader_init(&run->reader, HTTP_REQUESTS);
    rules_init(&run->rules, log_finding, run);
    run->rules.is_proxy = peer == PEER_PROXY;
    run->rules.is_peer_1_0 = peer == PEER_1_0;
}

static void end(struct run *run, enum rules_peer peer)
{
    const struct rules_facts facts = {.is_answered = peer == PEER_ANSWERED,
                                      .is_stopped = peer == PEER_STOPPED};
    rules_end(&run->rules, &run->reader, &facts);
    http_reader_release(&run->reader);
}

static void check_cut(const struct rules_row *row, size_t cut)
{
    struct run run;
    struct bytes rest = row->wire;
    begin(&run, row->peer);
    feed(&run, bytes_take(&rest, cut));
    feed(&run, rest);
    end(&run, row->peer);
    CHECK_ROW(strcmp(run.log, row->want) == 0, "%s [cut %zu]: \"%s\", want \"%s\"", row->label, cut,
              run.log, row->want);
}

static void check_octets(const struct rules_row *row)
{
    struct run run;
    struct bytes rest = row->wire;
    begin(&run, row->peer);
    while (rest.len > 0)
        feed(&run, bytes_take(&rest, 1));
    end(&run, row->peer);
    CHECK_ROW(strcmp(run.log, row->want) == 0, "%s [octets]: \"%s\", want \"%s\"", row->label,
              run.log, row->want);
}

/* Whole, cut in two at every place, and octet by octet. */
static void check(const struct rules_row *row)
{
    for (size_t cut = 0; cut <= row->wire.len; cut++)
        check_cut(row, cut);
    check_octets(row);
}

static void finds_what_is_broken(void)
{
    for (size_t i = 0; i < rules_row_count; i++)
        check(&rules_rows[i]);
}

static void lets_pass_what_comes_near(void)
{
    for (size_t i = 0; i < rules_near_row_count; i++) {
        const struct rules_near_row *near = &rules_near_rows[i];
        const struct rules_row row = {rule_name(near->rule), near->peer, near->wire, ""};
        check(&row);
    }
}

static void finds_nothing_wrong_in_what_clients_send(void)
{
    for (size_t i = 0; i < rules_real_row_count; i++) {
        const struct rules_real_row *real = &rules_real_rows[i];
        const struct rules_row row = {real->client, PEER_ORIGIN, real->wire, real->want};
        check(&row);
    }
}

static bool is_found(enum rule rule)
{
    char finding[64];
    snprintf(finding, sizeof(finding), "%s@", rule_name(rule));
    for (size_t i = 0; i < rules_row_count; i++) {
        const char *at = strstr(rules_rows[i].want, finding);
        if (at != NULL && (at == rules_rows[i].want || at[-1] == ' '))
            return true;
    }
    return false;
}

static bool has_near_row(enum rule rule)
{
    for (size_t i = 0; i < rules_near_row_count; i++)
        if (rules_near_rows[i].rule == rule)
            return true;
    return false;
}

static void has_rows_for_every_rule(void)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const enum rule rule = (enum rule)i;
        if (rule >= RULE_BODY_AS_GIVEN)
            continue; /* the judge's, from here on: tests/test_given.c, tests/test_seen.c */
        CHECK_ROW(is_found(rule), "%s: no row that breaks it", rule_name(rule));
        CHECK_ROW(has_near_row(rule), "%s: no row that comes near", rule_name(rule));
        for (size_t other = 0; other < i; other++)
            CHECK_ROW(strcmp(rule_name(rule), rule_name((enum rule)other)) != 0,
                      "%s: the name stands twice", rule_name(rule));
    }
}

static void tells_a_rule_once_for_each_request(void)
{
    static const char twice[] = "GET / HTTP/1.1\r\nHost: a\r\nA\r\nB\r\n\r\n"
                                "GET / HTTP/1.1\r\nHost: a\r\nA\r\n\r\n";
    const struct rules_row row = {"twice", PEER_ORIGIN, bytes_of(twice),
                                  "field-line@26 field-line@59+1"};
    check(&row);
}

static struct bytes read_catalog(struct arena *arena)
{
    enum { SIZE = 1 << 20 };
    uint8_t *text = arena_alloc(arena, SIZE);
    FILE *file = fopen("cases/requirements.json", "r");
    if (file == NULL)
        return (struct bytes){NULL, 0};
    const struct bytes all = {text, fread(text, 1, SIZE, file)};
    fclose(file);
    return all;
}

static const struct json *find_requirement(const struct json *catalog, const char *id)
{
    const struct json *entry = catalog != NULL ? catalog->items : NULL;
    while (entry != NULL && strcmp(json_member(entry, "id")->string, id) != 0)
        entry = entry->next;
    return entry;
}

static void check_requirement(const struct json *catalog, enum rule rule)
{
    const struct json *entry = find_requirement(catalog, rule_requirement(rule));
    CHECK_ROW(entry != NULL, "%s: no requirement %s", rule_name(rule), rule_requirement(rule));
    if (entry == NULL)
        return;
    const char *level = json_member(entry, "level")->string;
    const char *role = json_member(entry, "role")->string;
    const char *basis = json_member(entry, "basis")->string;
    const bool is_must = strncmp(level, "MUST", strlen("MUST")) == 0;
    CHECK_ROW(strcmp(level, rule_level(rule)) == 0, "%s: level %s, want %s", rule_name(rule),
              rule_level(rule), level);
    CHECK_ROW(strcmp(role, "client-receive") != 0, "%s: %s is about receiving", rule_name(rule),
              rule_requirement(rule));
    const enum verdict want = is_must && strcmp(basis, "bcp14") == 0 ? VERDICT_FAIL
                              : strcmp(basis, "advisory") == 0       ? VERDICT_INFO
                                                                     : VERDICT_WARN;
    CHECK_ROW(rule_verdict(rule) == want, "%s: verdict", rule_name(rule));
}

static void keeps_to_the_catalog(void)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    const struct json *catalog =
        json_read(arena, &diags, "cases/requirements.json", read_catalog(arena));
    for (size_t i = 0; i < RULE_COUNT; i++)
        check_requirement(catalog, (enum rule)i);
    arena_free(arena);
}

CU_TestInfo rules_tests[] = {
    {"finds what is broken", finds_what_is_broken},
    {"lets pass what comes near", lets_pass_what_comes_near},
    {"finds nothing wrong in what clients send", finds_nothing_wrong_in_what_clients_send},
    {"has rows for every rule", has_rows_for_every_rule},
    {"tells a rule once for each request", tells_a_rule_once_for_each_request},
    {"keeps to the catalog", keeps_to_the_catalog},
    CU_TEST_INFO_NULL,
};
