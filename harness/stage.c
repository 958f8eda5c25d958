#include "harness/stage.h"

#include "harness/canary.h"
#include "harness/done.h"
#include "harness/judge.h"
#include "harness/seats.h"
#include "harness/spoil.h"
#include "server/diagnostics.h"

#include <assert.h>
#include <stdlib.h>

/* When the session is closed its last octets and FIN are in the kernel, or nearly: this is only for
 * subjects that leave connections open. */
enum { SETTLE_MS = 100 };

enum phase { PHASE_IDLE, PHASE_PLAYING, PHASE_SETTLING };

struct stage {
    uv_loop_t *loop;
    struct listener *listener;
    struct driver *driver;
    const char *ca;
    uv_timer_t timer;
    struct peer_host host;

    struct stage_run run;
    enum phase phase;
    struct transcript transcript;
    struct judge *judge;
    struct seats seats;
    struct driver_session session;
    struct done done;
    size_t asked_count;             /* client steps that the driver was given */
    size_t answer_count;            /* outcomes that came */
    bool *is_answered;              /* by client step: its outcome came */
    const struct source_step *hold; /* a source stands there; NULL: none does */
    size_t held_step;               /* whose it is */
    bool is_cut;     /* by the deadline or as runaway: what comes later does not count */
    bool has_canary; /* the last step of the session is the canary */
    bool is_end_asked;
    bool hit_deadline;
    struct spoil spoil;
};

static bool is_done(void *context, const struct step_ref *ref)
{
    const struct stage *stage = context;
    return done_is(&stage->done, ref);
}

/* Shows the judge each event; what barriers wait for is looked at from the loop. */
static void watch(void *context, const struct event *event)
{
    struct stage *stage = context;
    judge_watch(stage->judge, event);
    if (done_note(&stage->done, event))
        ticker_set(stage->host.ticker, uv_hrtime());
}

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

static void conclude(struct stage *stage)
{
    struct run_result *result = arena_alloc(stage->run.arena, sizeof(*result));
    struct transcript *transcript = arena_alloc(stage->run.arena, sizeof(*transcript));
    uv_timer_stop(&stage->timer);
    ticker_stop(stage->host.ticker);
    seats_leave(&stage->seats);
    *transcript = stage->transcript;
    *result = (struct run_result){
        .point = stage->run.point,
        .hit_deadline = stage->hit_deadline || stage->host.was_impatient,
        .duration_ns = uv_hrtime() - stage->host.started_ns,
        .transcript = transcript,
    };
    judge_finish(stage->judge, result);
    stage->spoil.ran_out = listener_ran_out(stage->listener);
    stage->spoil.was_impatient = stage->host.was_impatient;
    spoil_result(&stage->spoil, result);
    judge_free(stage->judge);
    stage->judge = NULL;
    stage->phase = PHASE_IDLE;
    stage->run.done(stage->run.context, result);
}

static void on_settled(uv_timer_t *timer)
{
    conclude(timer->data);
}

static void on_quiet(uv_timer_t *timer)
{
    struct stage *stage = timer->data;
    if (seats_are_quiet(&stage->seats))
        conclude(stage);
    else
        start_timer(stage, on_settled, SETTLE_MS);
}

/* What the client sent last is in the kernel: it is accepted, read and recorded. */
static void settle(struct stage *stage)
{
    stage->phase = PHASE_SETTLING;
    listener_accept(stage->listener);
    on_quiet(&stage->timer);
}

static void on_ended(void *context)
{
    struct stage *stage = context;
    record(stage, (struct event){.kind = EVENT_ENDED});
    settle(stage);
}

static void on_failed(void *context, const char *reason)
{
    struct stage *stage = context;
    stage->spoil.failure = arena_strndup(stage->run.arena, reason, strlen(reason));
    settle(stage);
}

/* --- cut short -------------------------------------------------------------------- */

/* Says `error` for each step that is not answered, in the subject's stead. */
static void answer_in_stead(struct stage *stage, enum outcome_error error)
{
    const struct outcome outcome = {.error = error};
    for (size_t i = 0; i < stage->session.count; i++)
        if (!stage->is_answered[i])
            record(stage,
                   (struct event){.kind = EVENT_OUTCOME, .step = (unsigned)i, .outcome = &outcome});
}

/* A source that stands goes on when what it waits for is done, or all is over. */
static void free_source(struct stage *stage)
{
    if (stage->hold == NULL || (!stage->is_cut && !is_done(stage, stage->hold->until)))
        return;
    stage->hold = NULL;
    record(stage, (struct event){.kind = EVENT_FREED, .step = (unsigned)stage->held_step});
    stage->driver->vtable->go(stage->driver, stage->held_step);
}

/* One more request, when the scripts are over: what answers it shows what became of the connection.
 */
static void send_canary(struct stage *stage)
{
    const size_t step = stage->asked_count++;
    stage->host.canary = canary_of_peers();
    seats_each(&stage->seats, peer_run_end_scripts);
    record(stage, (struct event){.kind = EVENT_ASKED, .step = (unsigned)step});
    stage->driver->vtable->ask(stage->driver, step, 1);
}

/* What the client has sent lies in the kernel: scripts see it before they are over. */
static bool goes_on(struct stage *stage)
{
    listener_accept(stage->listener);
    seats_are_quiet(&stage->seats);
    return seats_are_busy(&stage->seats);
}

/* The session ends when all that was asked is answered, nothing more will be asked, and no script
 * can go on by itself. */
static void end_when_answered(struct stage *stage)
{
    const size_t scripted = stage->run.point->client_count;
    const bool is_all =
        stage->is_cut || (stage->asked_count >= scripted && !seats_are_busy(&stage->seats));
    if (stage->is_end_asked || !is_all || stage->answer_count < stage->asked_count)
        return;
    if (stage->has_canary && !stage->is_cut && stage->host.canary == NULL) {
        if (!goes_on(stage))
            send_canary(stage);
        return;
    }
    stage->is_end_asked = true;
    stage->driver->vtable->end(stage->driver);
}

/* The peers go, so that whatever the subject waits for fails; connections that it makes now are
 * reset. */
static void cut(struct stage *stage, enum event_kind kind, enum outcome_error error)
{
    stage->spoil.was_held = seats_are_held(&stage->seats) || stage->hold != NULL ||
                            stage->asked_count < stage->run.point->client_count;
    stage->is_cut = true;
    record(stage, (struct event){.kind = kind});
    answer_in_stead(stage, error);
    seats_leave(&stage->seats);
    free_source(stage);
    stage->driver->vtable->hurry(stage->driver);
    end_when_answered(stage);
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
    struct outcome said = *outcome;
    /* A client that gives up by a limit of its own, unasked, waited for what would not come. */
    if (said.error == OUTCOME_TIMEOUT && stage->session.steps[step].timeout_ms == 0)
        said.error = OUTCOME_HUNG;
    stage->is_answered[step] = true;
    stage->answer_count++;
    if (stage->hold != NULL && stage->held_step == step)
        stage->hold = NULL;
    if (!stage->is_cut)
        record(stage,
               (struct event){.kind = EVENT_OUTCOME, .step = (unsigned)step, .outcome = &said});
    end_when_answered(stage);
}

static void on_head(void *context, size_t step)
{
    struct stage *stage = context;
    if (!stage->is_cut)
        record(stage, (struct event){.kind = EVENT_HEAD, .step = (unsigned)step});
}

static void on_held(void *context, size_t step, size_t piece)
{
    struct stage *stage = context;
    assert(stage->hold == NULL);
    stage->hold = &stage->session.steps[step].body.pieces[piece];
    stage->held_step = step;
    record(stage, (struct event){.kind = EVENT_HELD, .step = (unsigned)step});
    free_source(stage);
}

/* Gives the driver all steps up to the next barrier. */
static void ask_on(struct stage *stage)
{
    const size_t first = stage->asked_count;
    while (stage->asked_count < stage->run.point->client_count &&
           done_are_all(&stage->done, &stage->session.steps[stage->asked_count]))
        record(stage, (struct event){.kind = EVENT_ASKED, .step = (unsigned)stage->asked_count++});
    if (stage->asked_count > first)
        stage->driver->vtable->ask(stage->driver, first, stage->asked_count - first);
}

/* A barrier or a wait may be over. */
static void on_tick(void *context)
{
    struct stage *stage = context;
    if (stage->phase == PHASE_IDLE || stage->is_cut)
        return;
    seats_each(&stage->seats, peer_run_poke);
    if (stage->phase != PHASE_PLAYING)
        return;
    free_source(stage);
    ask_on(stage);
    end_when_answered(stage);
}

/* The subject is there: the run's time begins, if it is not over already. */
static void on_begun(void *context)
{
    struct stage *stage = context;
    if (stage->is_cut)
        return;
    stage->host.started_ns = uv_hrtime();
    start_timer(stage, on_deadline, stage->run.deadline_ms);
    ask_on(stage);
}

static void begin(struct stage *stage)
{
    struct driver *driver = stage->driver;
    const struct point *point = stage->run.point;
    stage->session = (struct driver_session){
        .case_id = point->parent->id,
        .suffix = point->suffix,
        .peers = point->peers,
        .peer_count = point->peer_count,
        .endpoints = stage->seats.endpoints,
        .ca = stage->ca,
        .steps = stage->has_canary ? canary_steps(point, stage->run.arena) : point->client,
        .count = point->client_count + stage->has_canary,
        .deadline_ms = stage->run.deadline_ms,
        .wants_heads = done_wants_heads(&stage->done),
    };
    driver->begun = on_begun;
    driver->outcome = on_outcome;
    driver->head = on_head;
    driver->held = on_held;
    driver->ended = on_ended;
    driver->failed = on_failed;
    driver->context = stage;
    stage->is_answered = arena_array(stage->run.arena, stage->session.count, sizeof(bool));
    if (driver->vtable->begin(driver, &stage->session))
        on_begun(stage);
}

bool stage_play(struct stage *stage, const struct stage_run *run)
{
    assert(stage->phase == PHASE_IDLE);
    stage->run = *run;
    if (!seats_take(&stage->seats, stage->listener, run->point, &stage->host, run->arena))
        return false;
    stage->phase = PHASE_PLAYING;
    stage->answer_count = stage->asked_count = 0;
    stage->hold = NULL;
    stage->is_cut = stage->is_end_asked = stage->hit_deadline = false;
    stage->spoil = (struct spoil){.failure = NULL};
    done_init(&stage->done, run->point, run->arena);
    stage->judge =
        judge_new(run->point, stage->seats.endpoints, stage->driver->info.can, run->arena);
    transcript_init(&stage->transcript, run->arena, watch, stage);
    stage->host.peers = run->point->peers;
    stage->host.endpoints = stage->seats.endpoints;
    stage->has_canary =
        run->point->parent->connection != NULL && (stage->driver->info.can & CAN(SESSION)) != 0;
    stage->host.canary = NULL;
    stage->host.asked_count = run->point->client_count;
    stage->host.is_runaway = stage->host.was_impatient = stage->host.was_desynced = false;
    stage->host.patience = run->patience;
    stage->host.started_ns = uv_hrtime();
    begin(stage);
    return true;
}

struct stage *stage_new(uv_loop_t *loop, struct listener *listener, struct driver *driver,
                        const struct trust *trust)
{
    struct stage *stage = must_calloc(1, sizeof(*stage));
    uint8_t *scratch = must_calloc(1, PEER_SCRATCH_SIZE);
    struct ticker *ticker = ticker_new(loop, on_tick, stage);
    if (ticker == NULL)
        abort(); /* as without memory */
    stage->loop = loop;
    stage->listener = listener;
    stage->driver = driver;
    stage->ca = trust->ca;
    stage->host = (struct peer_host){
        .loop = loop,
        .transcript = &stage->transcript,
        .scratch = scratch,
        .mint = trust->mint,
        .diagnostics = diagnostics_new(),
        .ticker = ticker,
        .is_done = is_done,
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
    diagnostics_free(stage->host.diagnostics);
    free(stage->host.scratch);
    free(stage);
}

void stage_free(struct stage *stage)
{
    assert(stage->phase == PHASE_IDLE);
    ticker_free(stage->host.ticker);
    uv_close((uv_handle_t *)&stage->timer, on_timer_closed);
}
