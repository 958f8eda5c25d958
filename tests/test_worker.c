#include "harness/runner.h"
#include "harness/worker.h"
#include "tests/check.h"
#include "tests/suites.h"

/* --- workers that wake each other ------------------------------------------------------ */

enum { WORKERS = 3, TURNS = 300 };

/* The ball goes from one to the next; who has it last closes all. */
struct game {
    uv_mutex_t lock;
    struct worker *workers[WORKERS];
    uv_thread_t threads[WORKERS]; /* on which each was woken */
    size_t turn;
    size_t wrong_count; /* woken on another's thread */
    size_t ended_count;
};

static size_t place_of(const struct game *game, const struct worker *worker)
{
    size_t place = 0;
    while (game->workers[place] != worker)
        place++;
    return place;
}

static void note_thread(struct game *game, size_t place)
{
    const uv_thread_t self = uv_thread_self();
    for (size_t i = 0; i < WORKERS; i++)
        if (i != place && game->turn >= WORKERS && uv_thread_equal(&game->threads[i], &self) != 0)
            game->wrong_count++;
    game->threads[place] = self;
}

static void on_woken(void *context, struct worker *worker)
{
    struct game *game = context;
    uv_mutex_lock(&game->lock);
    const size_t place = place_of(game, worker);
    if (game->turn >= TURNS) {
        worker_close(worker);
    } else if (game->turn % WORKERS == place) {
        note_thread(game, place);
        game->turn++;
        for (size_t i = 0; i < WORKERS; i++)
            if (game->turn >= TURNS ? i != place : i == game->turn % WORKERS)
                worker_wake(game->workers[i]);
        if (game->turn >= TURNS)
            worker_close(worker);
    }
    uv_mutex_unlock(&game->lock);
}

static void on_ended(void *context)
{
    struct game *game = context;
    uv_mutex_lock(&game->lock);
    game->ended_count++;
    uv_mutex_unlock(&game->lock);
}

static void wake_each_other_to_the_end(void)
{
    struct diags diags = {.arena = arena_new()};
    struct subject subject;
    struct game game = {.turn = 0};
    static const struct trust trust = {.mint = NULL};
    const struct worker_options options = {.subject = &subject,
                                           .trust = &trust,
                                           .slow = 1,
                                           .slot_count = 2,
                                           .woken = on_woken,
                                           .ended = on_ended,
                                           .context = &game};
    CU_ASSERT_FATAL(subject_find(&subject, SUBJECT_BUNDLED, &diags) &&
                    subject_meet(&subject, 1, &diags));
    uv_mutex_init(&game.lock);
    for (size_t i = 0; i < WORKERS; i++) {
        game.workers[i] = worker_new(&options, &diags);
        CU_ASSERT_PTR_NOT_NULL_FATAL(game.workers[i]);
    }
    uv_mutex_lock(&game.lock);
    for (size_t i = 0; i < WORKERS; i++)
        CU_ASSERT(worker_start(game.workers[i], &diags));
    uv_mutex_unlock(&game.lock);
    for (size_t i = 0; i < WORKERS; i++)
        worker_free(game.workers[i]);
    CHECK_ROW(game.turn == TURNS && game.wrong_count == 0 && game.ended_count == WORKERS,
              "%zu turns, %zu wrong, %zu ended", game.turn, game.wrong_count, game.ended_count);
    uv_mutex_destroy(&game.lock);
    arena_free(diags.arena);
}

/* --- a round of many runs ----------------------------------------------------------------- */

struct watcher {
    struct sink base; /* first: a sink is cast back to what holds it */
    bool is_busy;
    size_t overlap_count, result_count, run_count;
    const char *last_id;
    bool is_ordered;
};

static void watch_begin(struct sink *base, const struct run_info *info)
{
    (void)base;
    (void)info;
}

static void watch_result(struct sink *base, const struct case_result *result)
{
    struct watcher *watcher = (struct watcher *)base;
    watcher->overlap_count += watcher->is_busy;
    watcher->is_busy = true;
    watcher->is_ordered = watcher->is_ordered && (watcher->last_id == NULL ||
                                                  strcmp(watcher->last_id, result->case_->id) < 0);
    watcher->last_id = result->case_->id;
    watcher->result_count += result->verdict == VERDICT_PASS;
    watcher->run_count += result->run_count;
    watcher->is_busy = false;
}

static bool watch_end(struct sink *base, const struct totals *totals, uint64_t duration_ns,
                      bool interrupted, struct diags *diags)
{
    (void)base;
    (void)totals;
    (void)duration_ns;
    (void)diags;
    return !interrupted;
}

static void share_runs_and_tell_in_order(void)
{
    enum { REPEATS = 200 };
    static const struct sink_vtable vtable = {watch_begin, watch_result, watch_end, NULL};
    struct diags diags = {.arena = arena_new()};
    struct watcher watcher = {.base.vtable = &vtable, .is_ordered = true};
    const struct sinks sinks = {{&watcher.base}, 1};
    const char *const words[] = {"smoke"};
    const struct selection selection = {.words = words, .word_count = 1};
    struct selected selected;
    struct subject subject;
    CU_ASSERT_FATAL(subject_find(&subject, SUBJECT_BUNDLED, &diags) &&
                    subject_meet(&subject, 1, &diags) &&
                    select_cases(&selection, diags.arena, &selected, &diags));
    const struct plan plan = {.selected = &selected,
                              .subjects = &subject,
                              .subject_count = 1,
                              .sinks = &sinks,
                              .jobs = 8,
                              .repeat = REPEATS,
                              .slow = 4};
    CU_ASSERT(runner_play(&plan, &diags) == STATUS_OK);
    CHECK_ROW(watcher.overlap_count == 0 && watcher.is_ordered &&
                  watcher.result_count == selected.count &&
                  watcher.run_count == REPEATS * selected.count,
              "%zu results, %zu runs", watcher.result_count, watcher.run_count);
    arena_free(diags.arena);
}

CU_TestInfo worker_tests[] = {
    {"wake each other to the end", wake_each_other_to_the_end},
    {"share runs, and tell in order", share_runs_and_tell_in_order},
    CU_TEST_INFO_NULL,
};
