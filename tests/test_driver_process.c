#include "harness/driver_process.h"
#include "tests/check.h"
#include "tests/driver_steps.h"
#include "tests/suites.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* So long that no machine is too slow for it; and so short that nobody minds to wait for what never
 * comes. */
enum { LONG_MS = 60000, SHORT_MS = 30 };

static const struct endpoint endpoints[] = {{"127.0.0.1", "1", "127.0.0.1:1"}};

/* What came of a session, as a text. */
struct seen {
    struct driver *driver;
    struct arena *arena;
    const char *text;
    const struct driver_session *session;
    bool hurries; /* the session's time is over once it is begun */
    bool is_over;
};

static void add(struct seen *seen, const char *text)
{
    seen->text =
        arena_printf(seen->arena, "%s%s%s", seen->text, seen->text[0] != '\0' ? ", " : "", text);
}

static void on_begun(void *context)
{
    struct seen *seen = context;
    seen->driver->vtable->ask(seen->driver, 0, seen->session->count);
    if (seen->hurries)
        seen->driver->vtable->hurry(seen->driver);
}

static void on_outcome(void *context, size_t step, const struct outcome *outcome)
{
    struct seen *seen = context;
    add(seen, outcome->is_unsupported
                  ? arena_printf(seen->arena, "%zu unsupported (%s)", step, outcome->text)
                  : arena_printf(seen->arena, "%zu %d", step, outcome->status));
    if (step + 1 == seen->session->count)
        seen->driver->vtable->end(seen->driver);
}

static void on_head(void *context, size_t step)
{
    struct seen *seen = context;
    add(seen, arena_printf(seen->arena, "%zu head", step));
}

static void on_held(void *context, size_t step, size_t piece)
{
    struct seen *seen = context;
    add(seen, arena_printf(seen->arena, "%zu held at %zu", step, piece));
    seen->driver->vtable->go(seen->driver, step);
}

static void on_ended(void *context)
{
    struct seen *seen = context;
    add(seen, "ended");
    seen->is_over = true;
}

static void on_failed(void *context, const char *reason)
{
    struct seen *seen = context;
    add(seen, reason);
    seen->is_over = true;
}

/* --- a driver on a loop -------------------------------------------------------------------- */

struct table {
    uv_loop_t loop;
    struct arena *arena;
    struct diags diags;
    struct driver *driver;
};

/* The fake driver, called by that name. */
static const char *fake_path(struct arena *arena, const char *folder, const char *name)
{
    char here[PATH_MAX];
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
    const char *fake = arena_printf(arena, "%s/tests/drivers/fake", here);
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    CU_ASSERT_FATAL(symlink(fake, path) == 0);
    return path;
}

static void open_table(struct table *table, const char *file, uint64_t hello_ms, uint64_t grace_ms)
{
    const struct driver_process_options options = {
        .file = file, .info = {.name = "fake"}, .hello_ms = hello_ms, .grace_ms = grace_ms};
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    uv_loop_init(&table->loop);
    table->arena = arena_new();
    table->diags = (struct diags){.arena = table->arena};
    table->driver = driver_process_new(&table->loop, &options);
}

static void close_table(struct table *table)
{
    table->driver->vtable->free(table->driver);
    uv_run(&table->loop, UV_RUN_DEFAULT);
    CU_ASSERT(uv_loop_close(&table->loop) == 0);
    arena_free(table->arena);
}

/* Plays a session of the steps to its end; what came of it lives in the table's arena. */
static const char *play(struct table *table, const struct client_step *steps, size_t count,
                        bool hurries)
{
    static const struct peer origin = {.name = "origin"};
    const struct driver_session session = {.case_id = "test/row",
                                           .suffix = "",
                                           .peers = &origin,
                                           .peer_count = 1,
                                           .endpoints = endpoints,
                                           .steps = steps,
                                           .count = count,
                                           .deadline_ms = LONG_MS,
                                           .wants_heads = true};
    struct seen seen = {.driver = table->driver,
                        .arena = table->arena,
                        .text = "",
                        .session = &session,
                        .hurries = hurries};
    struct driver *driver = table->driver;
    driver->begun = on_begun;
    driver->outcome = on_outcome;
    driver->head = on_head;
    driver->held = on_held;
    driver->ended = on_ended;
    driver->failed = on_failed;
    driver->context = &seen;
    if (driver->vtable->begin(driver, &session))
        on_begun(&seen);
    while (!seen.is_over)
        uv_run(&table->loop, UV_RUN_ONCE);
    return seen.text;
}

/* --- rows ------------------------------------------------------------------------------------- */

#define ONE(path)                                                                                  \
    {                                                                                              \
        {                                                                                          \
            STEP_GET(path)                                                                         \
        }                                                                                          \
    }
#define TWO(first, second)                                                                         \
    {                                                                                              \
        {STEP_GET(first)},                                                                         \
        {                                                                                          \
            STEP_GET(second)                                                                       \
        }                                                                                          \
    }

static const struct client_step fine[] = ONE("/fine");

enum { STEPS_MAX = 2 };

static const struct source_step holds[] = {
    {.octets = STEP_OCTETS("one")},
    {.kind = SOURCE_HOLD, .name = "seen"},
    {.octets = STEP_OCTETS("two")},
    {.kind = SOURCE_HOLD, .name = "seen"},
};

static const struct row {
    struct client_step steps[STEPS_MAX];
    size_t count;
    uint64_t grace_ms;
    bool hurries;
    const char *want; /* the beginning of what came */
} rows[] = {
    {ONE("/fine"), 1, LONG_MS, false, "0 200, ended"},
    {TWO("/fine", "/fine"), 2, LONG_MS, false, "0 200, 1 200, ended"},
    {ONE("/floods-stderr"), 1, LONG_MS, false, "0 0, ended"},
    {ONE("/unsupported"), 1, LONG_MS, false, "0 unsupported (it is not for me), ended"},
    {{{STEP_GET("/holds"), .body = {BODY_STREAM, holds, 4, false, 0}}},
     1,
     LONG_MS,
     false,
     "0 head, 0 held at 1, 0 held at 3, 0 200, ended"},
    {{{STEP_GET("/reads-file"), .body = {BODY_FILE, holds, 1, false, 0}}},
     1,
     LONG_MS,
     false,
     "0 200, ended"},
    {ONE("/dies"), 1, LONG_MS, false,
     "its driver ended: exit status 3; its standard error ends so:\nthis is the end"},
    {TWO("/fine", "/dies"), 2, LONG_MS, false, "0 200, its driver ended: exit status 3"},
    {ONE("/dies-after-answer"), 1, LONG_MS, false, "0 200, its driver ended: exit status 0"},
    {ONE("/is-killed"), 1, LONG_MS, false, "its driver ended: signal 11 (Segmentation fault)"},
    {ONE("/garbage"), 1, LONG_MS, false,
     "its driver wrote a line that is not as it should be: want a JSON value, got \"garbage\"; the "
     "line: \"garbage \\x1b[31m\""},
    {ONE("/wrong-shape"), 1, LONG_MS, false,
     "its driver wrote a line that is not as it should be: /outcome/status: want a number, got a "
     "string; the line: \"{\\\"id\\\": "},
    {ONE("/wrong-id"), 1, LONG_MS, false, "its driver speaks of session 2, which is not on"},
    {ONE("/wrong-step"), 1, LONG_MS, false, "its driver speaks of step 7, which was not asked for"},
    {ONE("/twice"), 1, LONG_MS, false, "0 200, its driver speaks of step 0, which it has answered"},
    {ONE("/ends-early"), 1, LONG_MS, false,
     "its driver says that the session has ended, and was not asked to end it"},
    {ONE("/stands-nowhere"), 1, LONG_MS, false,
     "its driver says that the source of step 0 stands at \"nothing\", where it has no hold"},
    {ONE("/floods-stdout"), 1, LONG_MS, false,
     "its driver wrote a line of more than 16777216 octets: \"xxx"},
    {ONE("/closes-stdout"), 1, SHORT_MS, false,
     "its driver closed its standard output, and went on"},
    /* What does not answer when its time is over is given up: the session ends without. */
    {ONE("/silent"), 1, SHORT_MS, true, "ended"},
    {ONE("/half-line"), 1, SHORT_MS, true, "ended"},
    {TWO("/fine", "/silent"), 2, SHORT_MS, true, NULL},
    {ONE("/no-end"), 1, SHORT_MS, false, "0 200, ended"},
};

/* Each row costs its session alone: in the next one a new process plays. */
static void plays_every_row(void)
{
    char folder[] = "/tmp/assay-test-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    struct arena *arena = arena_new();
    const char *file = fake_path(arena, folder, "fake");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        const char *name = (const char *)row->steps[0].target.pieces[0].data.at;
        struct table table;
        open_table(&table, file, LONG_MS, row->grace_ms);
        const char *got = play(&table, row->steps, row->count, row->hurries);
        if (row->want != NULL)
            CHECK_ROW(strncmp(got, row->want, strlen(row->want)) == 0, "%s: got %s", name, got);
        else
            CHECK_ROW(bytes_end_in(bytes_of(got), bytes_of("ended")), "%s: got %s", name, got);
        got = play(&table, fine, 1, false);
        CHECK_ROW(strncmp(got, "0 200, ", strlen("0 200, ")) == 0, "behind %s: got %s", name, got);
        close_table(&table);
    }
    unlink(file);
    rmdir(folder);
    arena_free(arena);
}

static const struct meeting {
    const char *name;
    uint64_t hello_ms;
    const char *want; /* the mistake; NULL: it is met */
} meetings[] = {
    {"fake", LONG_MS, NULL},
    {"patient", LONG_MS, NULL},
    {"dies-at-start", LONG_MS,
     "fake: its driver ended: exit status 4; its standard error ends so:\nthere is no such client"},
    {"no-hello", SHORT_MS, "fake: its driver said no hello within 30 ms"},
    {"wrong-hello", LONG_MS,
     "fake: its driver says hello wrongly: /can/6: no subject can do \"sesion\"; did you mean "
     "\"session\"?; the line: \"{"},
};

static void meets_every_row(void)
{
    char folder[] = "/tmp/assay-test-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    for (size_t i = 0; i < COUNT_OF(meetings); i++) {
        const struct meeting *row = &meetings[i];
        struct table table;
        open_table(&table, "", row->hello_ms, LONG_MS);
        table.driver->vtable->free(table.driver);
        const char *file = fake_path(table.arena, folder, row->name);
        const struct driver_process_options options = {
            .file = file, .info = {.name = "fake"}, .hello_ms = row->hello_ms, .grace_ms = LONG_MS};
        table.driver = driver_process_new(&table.loop, &options);
        const bool is_met = driver_process_meet(table.driver, &table.diags);
        const char *got = is_met ? "met" : diag_text(table.diags.first, table.arena);
        const char *want = row->want != NULL ? row->want : "met";
        CHECK_ROW(strncmp(got, want, strlen(want)) == 0, "%s: got %s", row->name, got);
        const struct subject_info *info = &table.driver->info;
        if (is_met)
            CHECK_ROW(strcmp(info->client, "fake") == 0 && strcmp(info->engine, "socket") == 0 &&
                          info->patience == (strcmp(row->name, "patient") == 0 ? 3 : 1),
                      "%s: another info", row->name);
        unlink(file);
        close_table(&table);
    }
    rmdir(folder);
}

/* Such a one is tried three times, and costs each session its own failure. */
static void gives_up_one_that_does_not_start(void)
{
    struct table table;
    open_table(&table, "/nowhere/at-all", LONG_MS, LONG_MS);
    for (int i = 0; i < 5; i++) {
        const char *got = play(&table, fine, 1, false);
        const char *want = i < 3 ? "cannot start \"/nowhere/at-all\": no such file or directory"
                                 : "its driver could not be started again";
        CHECK_ROW(strncmp(got, want, strlen(want)) == 0, "session %d: got %s", i, got);
    }
    close_table(&table);
}

CU_TestInfo driver_process_tests[] = {
    {"plays every row", plays_every_row},
    {"meets every row", meets_every_row},
    {"gives up one that does not start", gives_up_one_that_does_not_start},
    CU_TEST_INFO_NULL,
};
