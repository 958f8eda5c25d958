#include "harness/driver_process_private.h"

#include <unistd.h>

static void take_hello(struct driver_process *self, struct bytes line)
{
    struct arena *arena = self->meeting != NULL ? self->meeting->arena : self->scratch;
    struct diags diags = {.arena = self->scratch};
    struct subject_info info = {.name = self->driver.info.name};
    if (!driver_read_hello(line, &info, arena, &diags)) {
        driver_process_fail(self, "says hello wrongly: %s; the line: %s",
                            diag_text(diags.first, self->scratch), diag_quote(self->scratch, line));
        return;
    }
    self->has_hello = true;
    self->failed_starts = 0;
    if (self->meeting != NULL)
        self->driver.info = info;
    if (self->wait == WAIT_HELLO)
        driver_process_wait_no_more(self);
    if (self->session != NULL)
        self->driver.begun(self->driver.context);
}

/* The first step that must be answered before `step` is; `step` itself when none is. */
static size_t step_before(const struct driver_process *self, size_t step)
{
    size_t first = 0;
    while (first < step && (self->is_answered[first] || self->session->steps[first].is_background))
        first++;
    return first;
}

/* Whether the step may be spoken of: it was asked for, and its turn has come. */
static bool is_on(struct driver_process *self, size_t step)
{
    if (step >= self->asked_count)
        driver_process_fail(self, "speaks of step %zu, which was not asked for", step);
    else if (self->is_answered[step])
        driver_process_fail(self, "speaks of step %zu, which it has answered", step);
    else if (step_before(self, step) < step)
        driver_process_fail(self, "speaks of step %zu before it has answered step %zu", step,
                            step_before(self, step));
    else
        return true;
    return false;
}

static void take_outcome(struct driver_process *self, const struct driver_answer *answer)
{
    self->is_answered[answer->step] = true;
    self->answered_count++;
    if (self->hold != NULL && self->held_step == answer->step)
        self->hold = NULL;
    if (self->wait == WAIT_ANSWERS && self->answered_count == self->asked_count)
        driver_process_wait_no_more(self);
    self->driver.outcome(self->driver.context, answer->step, answer->outcome);
}

/* The hold of that name that the step's source has not come to before; NULL: there is none. */
static const struct source_step *find_hold(const struct driver_process *self,
                                           const struct driver_answer *answer)
{
    const struct body *body = &self->session->steps[answer->step].body;
    const bool is_same = self->last_hold != NULL && self->held_step == answer->step;
    size_t i = is_same ? (size_t)(self->last_hold - body->pieces) + 1 : 0;
    for (; i < body->piece_count; i++)
        if (body->pieces[i].kind == SOURCE_HOLD && strcmp(body->pieces[i].name, answer->hold) == 0)
            return &body->pieces[i];
    return NULL;
}

static void take_hold(struct driver_process *self, const struct driver_answer *answer)
{
    const struct source_step *hold = find_hold(self, answer);
    if (self->hold != NULL) {
        driver_process_fail(self,
                            "says that the source of step %zu stands, while that of step %zu does",
                            answer->step, self->held_step);
    } else if (hold == NULL) {
        driver_process_fail(self,
                            "says that the source of step %zu stands at %s, where it has no hold",
                            answer->step, diag_quote(self->scratch, bytes_of(answer->hold)));
    } else {
        self->hold = self->last_hold = hold;
        self->held_step = answer->step;
        self->driver.held(self->driver.context, answer->step,
                          (size_t)(hold - self->session->steps[answer->step].body.pieces));
    }
}

static void take_of_step(struct driver_process *self, const struct driver_answer *answer)
{
    if (answer->said == DRIVER_OUTCOME)
        take_outcome(self, answer);
    else if (answer->said == DRIVER_HELD)
        take_hold(self, answer);
    else
        self->driver.head(self->driver.context, answer->step);
}

static void take_end(struct driver_process *self)
{
    if (!self->is_end_asked) {
        driver_process_fail(self, "says that the session has ended, and was not asked to end it");
        return;
    }
    driver_process_wait_no_more(self);
    for (size_t i = 0; i < self->asked_count; i++)
        if (self->session->steps[i].body.kind == BODY_FILE)
            unlink(driver_process_content_path(self, i));
    self->session = NULL;
    self->driver.ended(self->driver.context);
}

static void take_answer(struct driver_process *self, struct bytes line)
{
    struct diags diags = {.arena = self->scratch};
    struct driver_answer answer;
    if (!driver_read_answer(line, &answer, self->scratch, &diags))
        driver_process_fail(self, "wrote a line that is not as it should be: %s; the line: %s",
                            diag_text(diags.first, self->scratch), diag_quote(self->scratch, line));
    else if (self->session == NULL || answer.id != self->id)
        driver_process_fail(self, "speaks of session %llu, which is not on; the line: %s",
                            (unsigned long long)answer.id, diag_quote(self->scratch, line));
    else if (answer.said == DRIVER_ENDED)
        take_end(self);
    else if (is_on(self, answer.step))
        take_of_step(self, &answer);
}

void driver_process_hear(struct driver_process *self, struct bytes line)
{
    arena_reset(self->scratch);
    if (self->has_hello)
        take_answer(self, line);
    else
        take_hello(self, line);
}
