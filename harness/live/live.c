#include "harness/live/live_private.h"

#include "harness/version.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

static const struct control_route routes[] = {
    {"GET", "/", live_page},
    {"GET", "/reports/", live_reports},
    {"GET", "/reports/*", live_report},
    {"GET", "/__admin/health", live_health},
    {"GET", "/__admin/version", live_version},
    {"GET", "/__admin/cases", live_cases},
    {"GET", "/__admin/cases/*", live_case},
};
enum { ROUTE_COUNT = sizeof(routes) / sizeof(routes[0]) };

static const int endings[] = {SIGINT, SIGTERM};
enum { ENDING_COUNT = sizeof(endings) / sizeof(endings[0]) };

/* --- the cases by theme ---------------------------------------------------------------- */

struct bytes live_theme(const struct case_ *one)
{
    const char *slash = strrchr(one->id, '/');
    const struct bytes id = bytes_of(one->id);
    return slash != NULL ? (struct bytes){id.at, (size_t)(slash - one->id)} : id;
}

static int compare(const void *left, const void *right)
{
    const struct case_ *one = *(const struct case_ *const *)left;
    const struct case_ *other = *(const struct case_ *const *)right;
    const struct bytes theme = live_theme(one), other_theme = live_theme(other);
    const size_t len = theme.len < other_theme.len ? theme.len : other_theme.len;
    const int order = memcmp(theme.at, other_theme.at, len);
    if (order != 0 || theme.len != other_theme.len)
        return order != 0 ? order : theme.len < other_theme.len ? -1 : 1;
    return strcmp(one->id, other->id);
}

static const struct case_ **sort_by_theme(const struct selected *selected, struct arena *arena)
{
    const struct case_ **cases = arena_array(arena, selected->count, sizeof(struct case_ *));
    for (size_t i = 0; i < selected->count; i++)
        cases[i] = selected->cases[i];
    if (selected->count > 0)
        qsort(cases, selected->count, sizeof(struct case_ *), compare);
    return cases;
}

/* --- the loop ---------------------------------------------------------------------------- */

/* What drives the server. */
struct engine {
    uv_loop_t loop;
    struct control *control;
    uv_poll_t readable;
    uv_timer_t due;
    uv_signal_t signals[ENDING_COUNT];
};

static void on_due(uv_timer_t *timer);

static void run(struct engine *engine)
{
    uint64_t wait_ms = 0;
    control_run(engine->control);
    if (control_wait_ms(engine->control, &wait_ms))
        uv_timer_start(&engine->due, on_due, wait_ms, 0);
    else
        uv_timer_stop(&engine->due);
}

static void on_due(uv_timer_t *timer)
{
    run(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    run(poll->data);
}

static void on_ending(uv_signal_t *signal, int number)
{
    (void)number;
    uv_stop(signal->loop);
}

static void engine_init(struct engine *engine, struct control *control)
{
    engine->control = control;
    uv_loop_init(&engine->loop);
    uv_poll_init(&engine->loop, &engine->readable, control_fd(control));
    uv_timer_init(&engine->loop, &engine->due);
    engine->readable.data = engine->due.data = engine;
    uv_poll_start(&engine->readable, UV_READABLE, on_readable);
    for (int i = 0; i < ENDING_COUNT; i++) {
        uv_signal_init(&engine->loop, &engine->signals[i]);
        uv_signal_start(&engine->signals[i], on_ending, endings[i]);
    }
}

static void engine_release(struct engine *engine)
{
    uv_close((uv_handle_t *)&engine->readable, NULL);
    uv_close((uv_handle_t *)&engine->due, NULL);
    for (int i = 0; i < ENDING_COUNT; i++)
        uv_close((uv_handle_t *)&engine->signals[i], NULL);
    uv_run(&engine->loop, UV_RUN_DEFAULT);
    uv_loop_close(&engine->loop);
}

/* Whoever reads the line may ask, and end the server, at once. */
static bool announce(const struct control *control, struct diags *diags)
{
    printf("assay %s listens at http://127.0.0.1:%u/\n", ASSAY_VERSION, control_port(control));
    if (fflush(stdout) == 0)
        return true;
    diag_add(diags, NULL, 0, NULL, "cannot write to the standard output: %s", strerror(errno));
    clearerr(stdout);
    return false;
}

bool live_serve(const struct live_options *options, struct diags *diags)
{
    struct live live = {
        .selected = options->selected,
        .by_theme = sort_by_theme(options->selected, diags->arena),
        .reports_folder = options->reports_folder,
        .started_ns = uv_hrtime(),
    };
    struct control *control = control_new(routes, ROUTE_COUNT, &live, options->port, diags);
    if (control == NULL)
        return false;
    struct engine engine;
    engine_init(&engine, control);
    const bool is_announced = announce(control, diags);
    if (is_announced)
        uv_run(&engine.loop, UV_RUN_DEFAULT);
    engine_release(&engine);
    control_free(control);
    return is_announced;
}
