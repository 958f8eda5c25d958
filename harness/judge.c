#include "harness/judge.h"

#include "harness/given.h"
#include "harness/match.h"
#include "harness/seen.h"

/* When a step began for the first time. */
struct beginning {
    const struct step_ref *ref;
    size_t event; /* its number; 0: it never did */
};

struct judge {
    const struct point *point;
    struct arena *arena;
    struct seen seen;
    struct seen_run run;
    struct seen_wire *wires; /* by peer */
    const struct outcome **outcomes;
    bool *is_reached; /* by mark */
    bool was_cut;     /* by the deadline, or as runaway */
    size_t event_count;
    size_t *news; /* by client step: the number of the event that told of it first; 0: none */
    struct beginning *began; /* of the steps that behaviours name */
    size_t began_count;
    const struct outcome *canary; /* its outcome */
};

static bool judges_connection(const struct point *point)
{
    return point->parent != NULL && point->parent->connection != NULL;
}

static bool is_same_step(const struct step_ref *one, const struct step_ref *other)
{
    return one->peer == other->peer && one->script == other->script && one->step == other->step;
}

static bool came_before(const void *context, size_t client_step, const struct step_ref *ref)
{
    const struct judge *judge = context;
    for (size_t i = 0; i < judge->began_count; i++)
        if (is_same_step(judge->began[i].ref, ref))
            return judge->news[client_step] > 0 &&
                   (judge->began[i].event == 0 || judge->news[client_step] < judge->began[i].event);
    return false;
}

/* Makes room for the steps that behaviours name. */
static void note_named_steps(struct judge *judge)
{
    const struct point *point = judge->point;
    size_t most = 0;
    for (size_t i = 0; i < point->behaviour_count; i++)
        most += point->behaviours[i].client_count;
    judge->began = arena_array(judge->arena, most, sizeof(*judge->began));
    for (size_t i = 0; i < point->behaviour_count; i++)
        for (size_t j = 0; j < point->behaviours[i].client_count; j++)
            if (point->behaviours[i].client[j].before != NULL)
                judge->began[judge->began_count++].ref = point->behaviours[i].client[j].before;
}

struct judge *judge_new(const struct point *point, const struct endpoint *endpoints, can_set can,
                        struct arena *arena)
{
    struct judge *judge = arena_alloc(arena, sizeof(*judge));
    struct seen_peer *peers = arena_array(arena, point->peer_count, sizeof(*peers));
    judge->point = point;
    judge->arena = arena;
    judge->is_reached = arena_array(arena, point->mark_count, sizeof(*judge->is_reached));
    judge->outcomes = arena_array(arena, point->client_count, sizeof(*judge->outcomes));
    judge->wires = arena_array(arena, point->peer_count, sizeof(*judge->wires));
    judge->news = arena_array(arena, point->client_count, sizeof(*judge->news));
    note_named_steps(judge);
    judge->run = (struct seen_run){.arena = arena,
                                   .point = point,
                                   .endpoints = endpoints,
                                   .has_canary = judges_connection(point),
                                   .wires = judge->wires};
    for (size_t i = 0; i < point->peer_count; i++)
        judge->wires[i] = seen_wire_of(&judge->run, (unsigned)i, &peers[i]);
    judge->seen = (struct seen){
        .outcomes = judge->outcomes,
        .outcome_count = point->client_count,
        .peers = peers,
        .scripts = point->peers,
        .endpoints = endpoints,
        .can = can,
        .arena = arena,
        .came_before = came_before,
        .context = judge,
    };
    return judge;
}

static void reach_marks(struct judge *judge, const struct event *event)
{
    for (size_t i = 0; i < judge->point->mark_count; i++) {
        const struct mark *mark = &judge->point->marks[i];
        if (mark->peer == event->peer && mark->connection_script == event->script &&
            mark->step == event->step)
            judge->is_reached[i] = true;
    }
}

/* The one behind the last step is the canary's. */
static void take_outcome(struct judge *judge, const struct event *event)
{
    const struct outcome *outcome = outcome_copy(judge->arena, event->outcome);
    if (event->step < judge->point->client_count)
        judge->outcomes[event->step] = outcome;
    else
        judge->canary = outcome;
}

static void note_news(struct judge *judge, const struct event *event)
{
    if (event->step < judge->point->client_count && judge->news[event->step] == 0)
        judge->news[event->step] = judge->event_count;
}

static void note_beginning(struct judge *judge, const struct event *event)
{
    const struct step_ref begun = {
        .peer = event->peer, .script = event->script, .step = event->step};
    for (size_t i = 0; i < judge->began_count; i++)
        if (judge->began[i].event == 0 && is_same_step(judge->began[i].ref, &begun))
            judge->began[i].event = judge->event_count;
}

static bool is_of_a_wire(enum event_kind kind)
{
    return !event_is_clients(kind) && kind != EVENT_ENDED && kind != EVENT_DEADLINE &&
           kind != EVENT_RUNAWAY;
}

void judge_watch(void *watcher, const struct event *event)
{
    struct judge *judge = watcher;
    judge->event_count++;
    if (event->kind == EVENT_STEP_BEGUN)
        note_beginning(judge, event);
    else if (event->kind == EVENT_HEAD || event->kind == EVENT_OUTCOME)
        note_news(judge, event);
    if (is_of_a_wire(event->kind))
        seen_event(&judge->wires[event->peer], event);
    if (event->kind == EVENT_STEP_DONE)
        reach_marks(judge, event);
    else if (event->kind == EVENT_ASKED)
        judge->run.canary_is_asked = event->step == judge->point->client_count;
    else if (event->kind == EVENT_OUTCOME)
        take_outcome(judge, event);
    else if (event->kind == EVENT_DEADLINE || event->kind == EVENT_RUNAWAY)
        judge->was_cut = true;
}

/* The first mark that was not reached; NULL when all were. */
static const struct mark *missed_mark(const struct judge *judge)
{
    for (size_t i = 0; i < judge->point->mark_count; i++)
        if (!judge->is_reached[i])
            return &judge->point->marks[i];
    return NULL;
}

static const char *missed_text(const struct judge *judge, const struct mark *mark)
{
    const struct peer *peer = &judge->point->peers[mark->peer];
    const struct step *step = &peer->scripts[mark->connection_script].steps[mark->step];
    return arena_printf(
        judge->arena, "the run never reached its mark: %s, connection script %u, step %u (%s)",
        peer->name, mark->connection_script + 1, mark->step + 1, step_verb_name(step->verb));
}

/* The first outcome that says that the subject cannot do the step; 0: none, else counted from 1. */
static size_t unsupported_step(const struct judge *judge)
{
    for (size_t i = 0; i < judge->point->client_count; i++)
        if (judge->outcomes[i] != NULL && judge->outcomes[i]->is_unsupported)
            return i + 1;
    return 0;
}

static const char *unsupported_text(const struct judge *judge, size_t step)
{
    const char *why = judge->outcomes[step - 1]->text;
    return arena_printf(judge->arena, "the subject says that it cannot do step %zu%s%s", step,
                        why != NULL ? ": " : "", why != NULL ? why : "");
}

/* In order: the first that matches names the result. */
static const struct behaviour *recognise(const struct judge *judge)
{
    for (size_t i = 0; i < judge->point->behaviour_count; i++) {
        struct differences differences = {.is_told = false};
        if (match_behaviour(&judge->point->behaviours[i], &judge->seen, &differences))
            return &judge->point->behaviours[i];
    }
    return NULL;
}

/* The behaviour that differs in the fewest things, and in which. */
static const char *nearest_text(const struct judge *judge)
{
    const struct behaviour *nearest = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < judge->point->behaviour_count; i++) {
        struct differences differences = {.is_told = false};
        match_behaviour(&judge->point->behaviours[i], &judge->seen, &differences);
        if (differences.count < least) {
            least = differences.count;
            nearest = &judge->point->behaviours[i];
        }
    }
    assert(nearest != NULL);
    struct differences told = {.is_told = true};
    match_behaviour(nearest, &judge->seen, &told);
    const char *text =
        arena_printf(judge->arena, "no behaviour matches; nearest is \"%s\"", nearest->name);
    for (size_t i = 0; i < told.count && i < DIFFERENCES_TOLD; i++)
        text = arena_printf(judge->arena, "%s\n%s", text, told.texts[i]);
    if (told.count > DIFFERENCES_TOLD)
        text = arena_printf(judge->arena, "%s\nand %zu more", text, told.count - DIFFERENCES_TOLD);
    return text;
}

static enum grade grade_of(const struct judge *judge)
{
    const struct outcome *canary = judge->canary;
    bool was_met = false, was_reused = false, was_content = false;
    for (size_t i = 0; i < judge->point->peer_count; i++) {
        was_met = was_met || judge->wires[i].canary.was_met;
        was_reused = was_reused || judge->wires[i].canary.was_reused;
        was_content = was_content || judge->wires[i].canary.was_content;
    }
    if (!judge->run.canary_is_asked || canary == NULL)
        return GRADE_UNSEEN;
    if (was_content)
        return GRADE_DESYNCED;
    if (canary->error == OUTCOME_HUNG)
        return GRADE_HUNG;
    if (canary->error != OUTCOME_NONE)
        return GRADE_FAILED;
    if (!was_met || !bytes_equal(canary->body, bytes_of(CANARY_BODY)))
        return GRADE_POISONED;
    return was_reused ? GRADE_REUSED : GRADE_FRESH;
}

/* Two grades a case: the exchange has its own; the worse of the two is the run's. */
static void judge_connection(const struct judge *judge, struct run_result *result)
{
    if (!judges_connection(judge->point))
        return;
    const struct grade_table *table = judge->point->parent->connection;
    result->grade = grade_of(judge);
    const enum verdict verdict = table->verdicts[result->grade];
    if (verdict <= result->verdict)
        return;
    result->verdict = verdict;
    result->reason = arena_printf(judge->arena, "%s%sthe connection: %s",
                                  result->reason != NULL ? result->reason : "",
                                  result->reason != NULL ? "\n" : "", grade_text(result->grade));
}

static bool is_allowed(const struct judge *judge, enum rule rule)
{
    for (size_t i = 0; i < judge->point->client_count; i++)
        for (size_t j = 0; j < judge->point->client[i].allowed_count; j++)
            if (judge->point->client[i].allowed[j] == rule)
                return true;
    return false;
}

/* What a step asks for is the case's choice, not the client's. */
static void drop_allowed(struct judge *judge)
{
    size_t kept = 0;
    for (size_t i = 0; i < judge->run.findings.count; i++)
        if (!is_allowed(judge, judge->run.findings.items[i].finding.rule))
            judge->run.findings.items[kept++] = judge->run.findings.items[i];
    judge->run.findings.count = kept;
}

/* A source that breaks leaves its message unfinished: so it was asked. */
static bool breaks_off(const struct point *point)
{
    for (size_t i = 0; i < point->client_count; i++) {
        const struct body *body = &point->client[i].body;
        for (size_t j = 0; j < body->piece_count; j++)
            if (body->pieces[j].kind == SOURCE_FAIL)
                return true;
    }
    return false;
}

static void judge_contents(struct judge *judge, unsigned peer)
{
    const struct seen_request *request = judge->wires[peer].peer->first;
    if (judge->wires[peer].is_unjudged)
        return;
    for (; request != NULL; request = request->next) {
        if (given_holds(judge->point, judge->seen.endpoints, request))
            continue;
        seen_findings_add(
            &judge->run.findings,
            (struct run_finding){
                {RULE_BODY_AS_GIVEN, request->offset, request->number}, peer, request->connection},
            judge->arena);
    }
}

static void finish_wires(struct judge *judge, struct run_result *result)
{
    const bool is_stopped = judge->was_cut || breaks_off(judge->point);
    for (size_t i = 0; i < judge->point->peer_count; i++) {
        seen_finish(&judge->wires[i], is_stopped);
        judge_contents(judge, (unsigned)i);
        result->request_count += judge->wires[i].peer->request_count;
    }
    drop_allowed(judge);
    result->findings = judge->run.findings.items;
    result->finding_count = judge->run.findings.count;
    for (size_t i = 0; i < result->finding_count; i++)
        judge->seen.finding_count += rule_verdict(result->findings[i].finding.rule) > VERDICT_INFO;
}

static bool counts(const struct case_ *case_, enum rule rule)
{
    for (size_t i = 0; i < case_->rule_count; i++)
        if (case_->rules[i] == rule)
            return true;
    return false;
}

/* The rules that the case names count for its verdict. */
static void judge_rules(const struct judge *judge, struct run_result *result)
{
    for (size_t i = 0; i < result->finding_count && judge->point->parent != NULL; i++) {
        const enum rule rule = result->findings[i].finding.rule;
        if (!counts(judge->point->parent, rule) || rule_verdict(rule) <= result->verdict)
            continue;
        result->verdict = rule_verdict(rule);
        result->reason = arena_printf(judge->arena, "rule %s (%s, %s): %s", rule_name(rule),
                                      rule_requirement(rule), rule_level(rule), rule_message(rule));
    }
}

void judge_finish(struct judge *judge, struct run_result *result)
{
    const size_t unsupported = unsupported_step(judge);
    const struct mark *missed = missed_mark(judge);
    finish_wires(judge, result);
    result->outcomes = judge->outcomes;
    result->outcome_count = judge->point->client_count;
    result->behaviour = NULL;
    if (unsupported != 0) {
        result->verdict = VERDICT_SKIP;
        result->reason = unsupported_text(judge, unsupported);
    } else if (missed != NULL) {
        result->verdict = VERDICT_UNEXERCISED;
        result->reason = missed_text(judge, missed);
    } else {
        result->behaviour = recognise(judge);
        result->verdict =
            result->behaviour != NULL ? result->behaviour->verdict : VERDICT_UNRECOGNISED;
        result->reason = result->behaviour != NULL ? NULL : nearest_text(judge);
        judge_connection(judge, result);
        judge_rules(judge, result);
    }
}

void judge_free(struct judge *judge)
{
    for (size_t i = 0; judge != NULL && i < judge->point->peer_count; i++)
        seen_release(&judge->wires[i]);
}
