#include "harness/stage.h"

#include "harness/judge.h"
#include "server/peer.h"

#include <stdlib.h>

/* When the session is closed its last octets and FIN are in the kernel, or nearly: this is only for
 * subjects that leave connections open. */
enum { SETTLE_MS = 100 };

enum phase { PHASE_IDLE, PHASE_PLAYING, PHASE_SETTLING };

/* A peer of the run, and the address it is reached at. */
struct seat {
    struct lease lease;
    struct peer_run *peer;
    bool is_leased;
};

struct stage {
    uv_loop_t *loop;
    struct listener *listener;
    struct driver *driver;
    uv_timer_t timer;
    struct peer_host host;

    struct stage_run run;
    enum phase phase;
    struct transcript transcript;
    struct judge *judge;
    struct seat *seats; /* by peer index */
    struct endpoint *endpoints;
    struct driver_session session;
    size_t outcome_count; /* that came, or were said in the subject's stead */
    size_t answer_count;  /* that came */
    bool is_cut;          /* by the deadline or as runaway: what comes later does not count */
    bool hit_deadline;
};

static void record(struct stage *stage, struct event event)
{
    event.ns = uv_hrtime() - stage->host.started_ns;
    transcript_add(&stage->transcript, &event);
}

static void start_timer(struct stage *stage, uv_timer_cb callback, uint64_t timeout_ms)
{
    uv_update_time(stage->loop);
    uv_timer_start(&stage->timer, callback, timeout_ms, 0);
}

/* --- the end of a run ----------------------------------------------------------- */

static void leave_seats(struct stage *stage)
{
    for (size_t i = 0; i < stage->run.point->peer_count; i++) {
        struct seat *seat = &stage->seats[i];
        if (seat->peer != NULL)
            peer_run_end(seat->peer);
        if (seat->is_leased)
            listener_give_back(stage->listener, &seat->lease);
        seat->peer = NULL;
        seat->is_leased = false;
    }
}

static void conclude(struct stage *stage)
{
    struct run_result *result = arena_alloc(stage->run.arena, sizeof(*result));
    struct transcript *transcript = arena_alloc(stage->run.arena, sizeof(*transcript));
    uv_timer_stop(&stage->timer);
    leave_seats(stage);
    *transcript = stage->transcript;
    *result = (struct run_result){
        .point = stage->run.point,
        .attempts = 1,
        .hit_deadline = stage->hit_deadline,
        .duration_ns = uv_hrtime() - stage->host.started_ns,
        .transcript = transcript,
    };
    judge_finish(stage->judge, result);
    judge_free(stage->judge);
    stage->judge = NULL;
    stage->phase = PHASE_IDLE;
    stage->run.done(stage->run.context, result);
}

static bool is_quiet(struct stage *stage)
{
    bool is_quiet = true;
    for (size_t i = 0; i < stage->run.point->peer_count; i++)
        is_quiet =
            (stage->seats[i].peer == NULL || peer_run_settle(stage->seats[i].peer)) && is_quiet;
    return is_quiet;
}

static void on_settled(uv_timer_t *timer)
{
    conclude(timer->data);
}

static void on_quiet(uv_timer_t *timer)
{
    struct stage *stage = timer->data;
    if (is_quiet(stage))
        conclude(stage);
    else
        start_timer(stage, on_settled, SETTLE_MS);
}

static void on_ended(void *context)
{
    struct stage *stage = context;
    record(stage, (struct event){.kind = EVENT_ENDED});
    stage->phase = PHASE_SETTLING;
    listener_accept(stage->listener);
    on_quiet(&stage->timer);
}

/* --- cut short -------------------------------------------------------------------- */

/* Says `error` for each step that is not answered, in the subject's stead. */
static void answer_in_stead(struct stage *stage, enum outcome_error error)
{
    const struct outcome outcome = {.error = error};
    for (; stage->outcome_count < stage->session.count; stage->outcome_count++)
        record(stage, (struct event){.kind = EVENT_OUTCOME,
                                     .step = (unsigned)stage->outcome_count,
                                     .outcome = &outcome});
}

/* The peers go, so that whatever the subject waits for fails; connections that it makes now are
 * reset. */
static void cut(struct stage *stage, enum event_kind kind, enum outcome_error error)
{
    stage->is_cut = true;
    record(stage, (struct event){.kind = kind});
    answer_in_stead(stage, error);
    leave_seats(stage);
}

static void on_deadline(uv_timer_t *timer)
{
    struct stage *stage = timer->data;
    stage->hit_deadline = !stage->host.is_runaway;
    if (stage->host.is_runaway)
        cut(stage, EVENT_RUNAWAY, OUTCOME_RUNAWAY);
    else
        cut(stage, EVENT_DEADLINE, OUTCOME_HUNG);
}

/* A connection has ended, or there are too many: looked at from the loop, for peers may not be
 * ended from inside. */
static void on_changed(void *context)
{
    struct stage *stage = context;
    if (stage->phase == PHASE_SETTLING)
        start_timer(stage, on_quiet, 0);
    else if (stage->host.is_runaway && !stage->is_cut)
        start_timer(stage, on_deadline, 0);
}

void stage_hurry(struct stage *stage)
{
    if (stage->phase == PHASE_PLAYING && !stage->is_cut)
        start_timer(stage, on_deadline, 0);
}

/* --- the run ------------------------------------------------------------------------ */

static void on_outcome(void *context, size_t step, const struct outcome *outcome)
{
    struct stage *stage = context;
    if (!stage->is_cut) {
        record(stage,
               (struct event){.kind = EVENT_OUTCOME, .step = (unsigned)step, .outcome = outcome});
        stage->outcome_count++;
    }
    if (++stage->answer_count == stage->session.count)
        stage->driver->vtable->end(stage->driver);
}

static void on_accepted(void *context, int fd)
{
    struct seat *seat = context;
    peer_run_accept(seat->peer, fd);
}

static bool take_seats(struct stage *stage)
{
    const struct point *point = stage->run.point;
    stage->seats = arena_array(stage->run.arena, point->peer_count, sizeof(*stage->seats));
    stage->endpoints = arena_array(stage->run.arena, point->peer_count, sizeof(*stage->endpoints));
    for (size_t i = 0; i < point->peer_count; i++) {
        struct seat *seat = &stage->seats[i];
        seat->lease.accepted = on_accepted;
        seat->lease.context = seat;
        seat->is_leased = listener_lease(stage->listener, &seat->lease);
        if (!seat->is_leased) {
            leave_seats(stage);
            return false;
        }
        stage->endpoints[i] = seat->lease.endpoint;
        seat->peer = peer_run_new(&point->peers[i], (unsigned)i, &stage->host);
    }
    return true;
}

static void ask(struct stage *stage)
{
    struct driver *driver = stage->driver;
    stage->session = (struct driver_session){
        .endpoints = stage->endpoints,
        .steps = stage->run.point->client,
        .count = stage->run.point->client_count,
    };
    driver->outcome = on_outcome;
    driver->ended = on_ended;
    driver->context = stage;
    for (size_t i = 0; i < stage->session.count; i++)
        record(stage, (struct event){.kind = EVENT_ASKED, .step = (unsigned)i});
    driver->vtable->begin(driver, &stage->session);
    driver->vtable->ask(driver, 0, stage->session.count);
}

bool stage_play(struct stage *stage, const struct stage_run *run)
{
    assert(stage->phase == PHASE_IDLE);
    stage->run = *run;
    if (!take_seats(stage))
        return false;
    stage->phase = PHASE_PLAYING;
    stage->outcome_count = stage->answer_count = 0;
    stage->is_cut = stage->hit_deadline = false;
    stage->judge = judge_new(run->point, stage->endpoints, stage->driver->info.can, run->arena);
    transcript_init(&stage->transcript, run->arena, judge_watch, stage->judge);
    stage->host.endpoints = stage->endpoints;
    stage->host.is_runaway = false;
    stage->host.started_ns = uv_hrtime();
    start_timer(stage, on_deadline, run->deadline_ms);
    ask(stage);
    return true;
}

struct stage *stage_new(uv_loop_t *loop, struct listener *listener, struct driver *driver)
{
    struct stage *stage = calloc(1, sizeof(*stage));
    uint8_t *scratch = malloc(PEER_SCRATCH_SIZE);
    if (stage == NULL || scratch == NULL)
        abort(); /* as wire/arena.c */
    stage->loop = loop;
    stage->listener = listener;
    stage->driver = driver;
    stage->host = (struct peer_host){
        .loop = loop,
        .transcript = &stage->transcript,
        .scratch = scratch,
        .changed = on_changed,
        .context = stage,
    };
    uv_timer_init(loop, &stage->timer);
    stage->timer.data = stage;
    return stage;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct stage *stage = handle->data;
    free(stage->host.scratch);
    free(stage);
}

void stage_free(struct stage *stage)
{
    assert(stage->phase == PHASE_IDLE);
    uv_close((uv_handle_t *)&stage->timer, on_timer_closed);
}
