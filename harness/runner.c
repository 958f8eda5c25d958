#include "harness/runner.h"

#include "harness/stage.h"
#include "harness/version.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>

/* A run that was late is played again with so many times its deadline. */
enum { PATIENCE_SECOND = 4 };

static const int interrupts[] = {SIGINT, SIGTERM};
enum { INTERRUPT_COUNT = sizeof(interrupts) / sizeof(interrupts[0]) };

struct runner {
    const struct plan *plan;
    struct diags *diags;
    uv_loop_t loop;
    uv_signal_t signals[INTERRUPT_COUNT];
    struct listener *listener;
    struct driver *driver;
    struct stage *stage;
    struct arena *arena; /* of the case that is on */
    size_t next;         /* index of the case that is on, or comes next */
    unsigned attempt;    /* of its run, from 1 */
    struct totals totals;
    bool is_interrupted;
    bool is_broken;
};

/* --- results -------------------------------------------------------------------- */

static void tell_result(struct runner *runner, const struct case_result *result)
{
    runner->totals.cases[result->verdict]++;
    if (result->run_count > 0)
        runner->totals.runs[result->verdict] += result->run_count;
    for (size_t i = 0; i < runner->plan->sink_count; i++)
        runner->plan->sinks[i]->vtable->result(runner->plan->sinks[i], result);
}

static void tell_run(struct runner *runner, const struct run_result *run)
{
    const struct run_result *const shown[] = {run};
    const struct behaviour_count behaviour = {run->behaviour != NULL ? run->behaviour->name : NULL,
                                              1};
    const struct case_result result = {
        .case_ = runner->plan->cases[runner->next],
        .subject = runner->driver->info.name,
        .verdict = run->verdict,
        .worst = run,
        .run_count = 1,
        .shown = shown,
        .shown_count = 1,
        .behaviours = &behaviour,
        .behaviour_count = run->behaviour != NULL,
    };
    tell_result(runner, &result);
}

/* What is missing of the case's needs, in words; NULL when nothing is. */
static const char *missing_text(struct runner *runner, const struct case_ *one)
{
    const can_set missing = one->needs & ~runner->driver->info.can;
    const char *text = NULL;
    for (int i = 0; i < CAN_COUNT; i++)
        if ((missing & (can_set)1 << i) != 0)
            text = arena_printf(runner->arena, "%s%s", text != NULL ? text : "the subject cannot: ",
                                can_name((enum capability)i));
    return text;
}

static void tell_skip(struct runner *runner, const struct case_ *one, const char *reason)
{
    const struct run_result run = {
        .point = &one->points[0], .verdict = VERDICT_SKIP, .reason = reason};
    const struct case_result result = {
        .case_ = one,
        .subject = runner->driver->info.name,
        .verdict = VERDICT_SKIP,
        .worst = &run,
    };
    tell_result(runner, &result);
}

/* --- one after the other ---------------------------------------------------------- */

/* Every handle gone, the loop ends by itself. */
static void close_all(struct runner *runner)
{
    for (int i = 0; i < INTERRUPT_COUNT; i++)
        uv_close((uv_handle_t *)&runner->signals[i], NULL);
    if (runner->stage != NULL)
        stage_free(runner->stage);
    if (runner->driver != NULL)
        runner->driver->vtable->free(runner->driver);
    if (runner->listener != NULL)
        listener_close(runner->listener);
}

static void on_done(void *context, struct run_result *result);

static void play_run(struct runner *runner, const struct case_ *one)
{
    const struct stage_run run = {
        .point = &one->points[0],
        .arena = runner->arena,
        .deadline_ms = one->deadline_ms * (runner->attempt > 1 ? PATIENCE_SECOND : 1),
        .patience = runner->attempt > 1 ? PATIENCE_SECOND : 1,
        .done = on_done,
        .context = runner,
    };
    if (stage_play(runner->stage, &run))
        return;
    diag_add(runner->diags, NULL, 0, NULL, "no address is left for another run");
    runner->is_broken = true;
    close_all(runner);
}

/* Goes on with the next case that the subject can play. */
static void play_next(struct runner *runner)
{
    while (!runner->is_interrupted && runner->next < runner->plan->case_count) {
        const struct case_ *one = runner->plan->cases[runner->next];
        arena_reset(runner->arena);
        const char *missing = missing_text(runner, one);
        if (missing == NULL) {
            assert(one->point_count == 1);
            runner->attempt = 1;
            play_run(runner, one);
            return;
        }
        tell_skip(runner, one, missing);
        runner->next++;
    }
    close_all(runner);
}

static void on_done(void *context, struct run_result *result)
{
    struct runner *runner = context;
    if (runner->is_interrupted) {
        close_all(runner);
    } else if (result->hit_deadline && runner->attempt == 1) {
        arena_reset(runner->arena);
        runner->attempt++;
        play_run(runner, runner->plan->cases[runner->next]);
    } else {
        result->attempts = runner->attempt;
        tell_run(runner, result);
        runner->next++;
        play_next(runner);
    }
}

/* The second interrupt finds the system's own handler, and ends the process. */
static void on_interrupt(uv_signal_t *signal, int number)
{
    struct runner *runner = signal->data;
    (void)number;
    runner->is_interrupted = true;
    for (int i = 0; i < INTERRUPT_COUNT; i++)
        uv_signal_stop(&runner->signals[i]);
    stage_hurry(runner->stage);
}

/* --- all of it ------------------------------------------------------------------------ */

static const char *now_text(struct arena *arena)
{
    const time_t now = time(NULL);
    struct tm parts;
    char text[sizeof("2026-01-01T00:00:00Z")];
    gmtime_r(&now, &parts);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return arena_strndup(arena, text, strlen(text));
}

static const char *host_text(struct arena *arena)
{
    struct utsname name;
    if (uname(&name) != 0)
        return "unknown";
    return arena_printf(arena, "%s %s %s", name.sysname, name.release, name.machine);
}

static void tell_begin(struct runner *runner)
{
    const struct run_info info = {
        .version = ASSAY_VERSION,
        .started = now_text(runner->diags->arena),
        .host = host_text(runner->diags->arena),
        .subjects = &runner->driver->info,
        .subject_count = 1,
        .case_count = runner->plan->case_count,
    };
    for (size_t i = 0; i < runner->plan->sink_count; i++)
        runner->plan->sinks[i]->vtable->begin(runner->plan->sinks[i], &info);
}

/* Every sink is told, also when one of them fails. */
static void tell_end(struct runner *runner, uint64_t duration_ns)
{
    for (size_t i = 0; i < runner->plan->sink_count; i++) {
        struct sink *sink = runner->plan->sinks[i];
        if (!sink->vtable->end(sink, &runner->totals, duration_ns, runner->is_interrupted,
                               runner->diags))
            runner->is_broken = true;
    }
}

static void open_all(struct runner *runner)
{
    uv_loop_init(&runner->loop);
    runner->loop.data = runner;
    for (int i = 0; i < INTERRUPT_COUNT; i++) {
        uv_signal_init(&runner->loop, &runner->signals[i]);
        runner->signals[i].data = runner;
        uv_unref((uv_handle_t *)&runner->signals[i]);
    }
    runner->listener = listener_new(&runner->loop, runner->diags);
    runner->driver = driver_bundled_new(&runner->loop, runner->diags);
    if (runner->listener == NULL || runner->driver == NULL) {
        runner->is_broken = true;
        return;
    }
    runner->stage = stage_new(&runner->loop, runner->listener, runner->driver);
    for (int i = 0; i < INTERRUPT_COUNT; i++)
        uv_signal_start(&runner->signals[i], on_interrupt, interrupts[i]);
}

static enum exit_status status_of(const struct runner *runner)
{
    if (runner->is_broken)
        return STATUS_BROKEN;
    if (runner->is_interrupted)
        return STATUS_INTERRUPTED;
    if (runner->totals.cases[VERDICT_ERROR] > 0)
        return STATUS_BROKEN;
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (runner->totals.cases[i] > 0 &&
            verdict_is_deviation((enum verdict)i, runner->plan->strict))
            return STATUS_DEVIATION;
    return STATUS_OK;
}

enum exit_status runner_play(const struct plan *plan, struct diags *diags)
{
    struct runner runner = {.plan = plan, .diags = diags, .arena = arena_new()};
    open_all(&runner);
    if (runner.is_broken) {
        close_all(&runner);
        uv_run(&runner.loop, UV_RUN_DEFAULT);
    } else {
        const uint64_t started_ns = uv_hrtime();
        tell_begin(&runner);
        play_next(&runner);
        uv_run(&runner.loop, UV_RUN_DEFAULT);
        tell_end(&runner, uv_hrtime() - started_ns);
    }
    const int error = uv_loop_close(&runner.loop);
    assert(error == 0);
    (void)error;
    arena_free(runner.arena);
    return status_of(&runner);
}
