#include "harness/runner.h"

#include "harness/round.h"
#include "harness/trust.h"
#include "harness/version.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>

static const int interrupts[] = {SIGINT, SIGTERM, SIGHUP};
enum { INTERRUPT_COUNT = sizeof(interrupts) / sizeof(interrupts[0]) };

struct runner {
    const struct plan *plan;
    struct diags *diags;
    uv_loop_t loop;
    uv_signal_t signals[INTERRUPT_COUNT];
    struct round *round;   /* that is being played; NULL between rounds */
    struct totals *totals; /* by subject */
    const struct trust *trust;
    bool is_interrupted;
    bool is_broken;
};

/* --- interrupts -------------------------------------------------------------------- */

/* The second interrupt finds the system's own handler, and ends the process. */
static void on_interrupt(uv_signal_t *signal, int number)
{
    struct runner *runner = signal->data;
    (void)number;
    runner->is_interrupted = true;
    for (int i = 0; i < INTERRUPT_COUNT; i++)
        uv_signal_stop(&runner->signals[i]);
    if (runner->round != NULL)
        round_interrupt(runner->round);
}

/* nohup(1) */
static bool is_ignored_hangup(int number)
{
    struct sigaction now;
    return number == SIGHUP && sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void watch_interrupts(struct runner *runner)
{
    for (int i = 0; i < INTERRUPT_COUNT; i++) {
        uv_signal_init(&runner->loop, &runner->signals[i]);
        runner->signals[i].data = runner;
        uv_unref((uv_handle_t *)&runner->signals[i]);
        if (!is_ignored_hangup(interrupts[i]))
            uv_signal_start(&runner->signals[i], on_interrupt, interrupts[i]);
    }
}

/* --- what the sinks are told ---------------------------------------------------------- */

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
    const struct plan *plan = runner->plan;
    struct arena *arena = runner->diags->arena;
    struct subject_info *subjects = arena_array(arena, plan->subject_count, sizeof(*subjects));
    for (size_t i = 0; i < plan->subject_count; i++)
        subjects[i] = plan->subjects[i].info;
    const struct run_info info = {
        .version = ASSAY_VERSION,
        .started = now_text(arena),
        .host = host_text(arena),
        .subjects = subjects,
        .subject_count = plan->subject_count,
        .case_count = plan->subject_count * plan->selected->count,
        .shard = plan->shard.index,
        .shard_count = plan->shard.count,
    };
    sinks_begin(plan->sinks, &info);
}

/* --- the rounds ------------------------------------------------------------------------- */

static void play_round(struct runner *runner, size_t index)
{
    const struct round_options options = {
        .plan = runner->plan,
        .subject = &runner->plan->subjects[index],
        .trust = runner->trust,
        .loop = &runner->loop,
        .totals = &runner->totals[index],
        .diags = runner->diags,
    };
    runner->round = round_new(&options);
    if (!round_play(runner->round))
        runner->is_broken = true;
    round_free(runner->round);
    runner->round = NULL;
}

static void play_all(struct runner *runner)
{
    const uint64_t started_ns = uv_hrtime();
    tell_begin(runner);
    for (size_t i = 0; i < runner->plan->subject_count && !runner->is_interrupted; i++)
        play_round(runner, i);
    if (!sinks_end(runner->plan->sinks, runner->totals, uv_hrtime() - started_ns,
                   runner->is_interrupted, runner->diags))
        runner->is_broken = true;
}

static bool has_deviation(const struct totals *totals, bool strict)
{
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (totals->cases[i] > 0 && verdict_is_deviation((enum verdict)i, strict))
            return true;
    return totals->stale > 0;
}

/* The worst over all subjects. */
static enum exit_status status_of(const struct runner *runner)
{
    bool is_broken = runner->is_broken, deviates = false;
    for (size_t i = 0; i < runner->plan->subject_count; i++) {
        is_broken = is_broken || runner->totals[i].cases[VERDICT_ERROR] > 0;
        deviates = deviates || has_deviation(&runner->totals[i], runner->plan->strict);
    }
    if (runner->is_interrupted && !runner->is_broken)
        return STATUS_INTERRUPTED;
    if (is_broken)
        return STATUS_BROKEN;
    return deviates ? STATUS_DEVIATION : STATUS_OK;
}

enum exit_status runner_play(const struct plan *plan, struct diags *diags)
{
    struct runner runner = {.plan = plan, .diags = diags};
    runner.totals = arena_array(diags->arena, plan->subject_count, sizeof(*runner.totals));
    runner.trust = trust_open(plan->selected, plan->key_log, diags);
    if (runner.trust == NULL)
        return STATUS_BROKEN;
    uv_loop_init(&runner.loop);
    watch_interrupts(&runner);
    play_all(&runner);
    for (int i = 0; i < INTERRUPT_COUNT; i++)
        uv_close((uv_handle_t *)&runner.signals[i], NULL);
    uv_run(&runner.loop, UV_RUN_DEFAULT);
    const int error = uv_loop_close(&runner.loop);
    assert(error == 0);
    if (!trust_close(runner.trust, diags))
        runner.is_broken = true;
    return status_of(&runner);
}
