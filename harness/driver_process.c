#include "harness/driver_process_private.h"

#include "harness/content_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Of its standard error in a diag, which is short. */
enum { MET_ERROR_MAX = 300 };

/* After so many in a row that failed it is not started again: each costs a session its time. */
enum { FAILED_STARTS_MAX = 3 };

static struct driver_process *process_of(struct driver *driver)
{
    return (struct driver_process *)driver;
}

static void on_timer(uv_timer_t *timer);

static void wait_for(struct driver_process *self, enum wait wait, uint64_t timeout_ms)
{
    self->wait = wait;
    uv_update_time(self->loop);
    uv_timer_start(&self->timer, on_timer, timeout_ms, 0);
}

void driver_process_wait_no_more(struct driver_process *self)
{
    self->wait = WAIT_NOTHING;
    uv_timer_stop(&self->timer);
}

/* --- how it fails ------------------------------------------------------------------------ */

void driver_process_fail(struct driver_process *self, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    if (self->reason != NULL || self->is_given_up)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    self->reason = arena_printf(self->scratch, "its driver %s", text);
    driver_process_wait_no_more(self);
    child_kill(self->child);
}

static void give_up(struct driver_process *self)
{
    self->is_given_up = true;
    child_kill(self->child);
}

/* Tells of the session's end, where one is on, once the process has gone. */
static void conclude(struct driver_process *self, const char *text)
{
    const bool was_on = self->session != NULL;
    const bool has_failed = !self->is_given_up;
    self->session = NULL;
    self->reason = NULL;
    self->is_given_up = false;
    if (was_on && has_failed)
        self->driver.failed(self->driver.context, text);
    else if (was_on)
        self->driver.ended(self->driver.context);
}

/* The reason, and what it wrote last to its standard error, without what commands a terminal. */
static const char *failure_text(struct driver_process *self, struct bytes error)
{
    while (error.len > 0 && error.at[error.len - 1] == '\n')
        error.len--;
    if (self->meeting != NULL && error.len > MET_ERROR_MAX)
        bytes_take(&error, error.len - MET_ERROR_MAX);
    if (error.len == 0)
        return self->reason;
    char *shown = arena_strndup(self->scratch, (const char *)error.at, error.len);
    for (size_t i = 0; i < error.len; i++)
        if ((error.at[i] < 0x20 && error.at[i] != '\n') || error.at[i] == 0x7f)
            shown[i] = ' ';
    return arena_printf(self->scratch, "%s; its standard error ends so:\n%s", self->reason, shown);
}

static void drop_child(struct driver_process *self)
{
    child_free(self->child);
    self->child = NULL;
    self->has_hello = false;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct driver_process *self = handle->data;
    arena_free(self->arena);
    arena_free(self->scratch);
    free(self);
}

static void on_exited(void *context, const struct child_exit *exit)
{
    struct driver_process *self = context;
    if (self->reason == NULL)
        self->reason = arena_printf(self->scratch, "its driver ended: %s",
                                    child_exit_text(exit, self->scratch));
    const char *text = failure_text(self, child_error(self->child));
    if (!self->has_hello)
        self->failed_starts++;
    driver_process_wait_no_more(self);
    drop_child(self);
    if (self->is_quitting) {
        uv_close((uv_handle_t *)&self->timer, on_timer_closed);
        return;
    }
    if (self->meeting != NULL)
        diag_add(self->meeting, NULL, 0, NULL, "%s: %s", self->driver.info.name, text);
    conclude(self, text);
}

static void on_timer(uv_timer_t *timer)
{
    struct driver_process *self = timer->data;
    const enum wait wait = self->wait;
    self->wait = WAIT_NOTHING;
    switch (wait) {
    case WAIT_NOTHING:
        return;
    case WAIT_HELLO:
        driver_process_fail(self, "said no hello within %llu ms",
                            (unsigned long long)self->options.hello_ms);
        return;
    case WAIT_ANSWERS:
    case WAIT_ENDED:
        give_up(self);
        return;
    case WAIT_EXIT:
        driver_process_fail(self, "closed its standard output, and went on");
        return;
    case WAIT_TO_TELL:
        conclude(self, self->reason);
        return;
    }
    assert(false);
}

static void on_line(void *context, struct bytes line)
{
    struct driver_process *self = context;
    if (self->reason == NULL && !self->is_given_up && !self->is_quitting)
        driver_process_hear(self, line);
}

/* Its exit says more, where that comes soon. */
static void on_output_ended(void *context, enum child_output_end end)
{
    struct driver_process *self = context;
    if (self->is_quitting)
        return;
    if (end == CHILD_OUTPUT_TOO_LONG)
        driver_process_fail(self, "wrote a line of more than %zu octets: %s", DRIVER_LINE_MAX,
                            diag_quote(self->scratch, child_output(self->child)));
    else if (self->session == NULL && self->meeting == NULL)
        driver_process_fail(self, "closed its standard output");
    else if (self->reason == NULL && !self->is_given_up)
        wait_for(self, WAIT_EXIT, self->options.grace_ms);
}

/* --- what it is told ----------------------------------------------------------------------------
 */

static bool start(struct driver_process *self, struct diags *diags)
{
    const char *const command[] = {self->options.file, NULL};
    const struct child_options options = {
        .command = command,
        .output_max = DRIVER_LINE_MAX,
        .line = on_line,
        .output_ended = on_output_ended,
        .exited = on_exited,
        .context = self,
    };
    self->child = child_new(self->loop, &options, diags);
    if (self->child == NULL) {
        self->failed_starts++;
        return false;
    }
    wait_for(self, WAIT_HELLO, self->options.hello_ms);
    return true;
}

/* Starts it for the session that is on; what goes wrong is told from the loop. */
static bool start_again(struct driver_process *self)
{
    arena_reset(self->scratch);
    struct diags diags = {.arena = self->scratch};
    const bool is_tried = self->failed_starts < FAILED_STARTS_MAX;
    if (is_tried && start(self, &diags))
        return true;
    self->reason = is_tried ? diag_text(diags.first, self->scratch)
                            : "its driver could not be started again, and is not tried any more";
    wait_for(self, WAIT_TO_TELL, 0);
    return false;
}

/* It is not there, or is being ended. */
static bool is_lost(const struct driver_process *self)
{
    return self->child == NULL || self->reason != NULL || self->is_given_up;
}

static void tell(struct driver_process *self, struct bytes line)
{
    if (!is_lost(self))
        child_write(self->child, line);
}

const char *driver_process_content_path(const struct driver_process *self, size_t step)
{
    return content_file_path(child_folder(self->child), step, self->arena);
}

static void ask_step(struct driver_process *self, size_t index)
{
    const struct client_step *step = &self->session->steps[index];
    const char *path =
        step->body.kind == BODY_FILE ? driver_process_content_path(self, index) : NULL;
    if (path != NULL &&
        !content_file_write(path, &step->body.pieces[0].octets, self->session->endpoints)) {
        driver_process_fail(self, "cannot be given the file %s: %s", path, strerror(errno));
        return;
    }
    const struct bytes line = driver_line_step(self->id, index, self->session, path, self->arena);
    if (line.len > 0)
        tell(self, line);
    else
        driver_process_fail(self,
                            "cannot be asked for step %zu: a text in it has more than %zu octets",
                            index, DRIVER_ASKED_MAX);
}

static bool begin(struct driver *driver, const struct driver_session *session)
{
    struct driver_process *self = process_of(driver);
    assert(self->session == NULL);
    if (self->child != NULL && is_lost(self))
        drop_child(self);
    self->reason = NULL;
    arena_reset(self->arena);
    self->session = session;
    self->id++;
    self->is_answered = arena_array(self->arena, session->count, sizeof(*self->is_answered));
    self->asked_count = self->answered_count = 0;
    self->is_end_asked = false;
    self->hold = self->last_hold = NULL;
    if (self->child == NULL && !start_again(self))
        return false;
    tell(self, driver_line_begin(self->id, session, self->arena));
    return self->has_hello;
}

static void ask(struct driver *driver, size_t first, size_t count)
{
    struct driver_process *self = process_of(driver);
    assert(first == self->asked_count);
    self->asked_count += count;
    for (size_t step = first; step < first + count && !is_lost(self); step++)
        ask_step(self, step);
}

static void go(struct driver *driver, size_t step)
{
    struct driver_process *self = process_of(driver);
    if (self->hold == NULL || self->held_step != step)
        return; /* answered in the meantime */
    tell(self, driver_line_go(self->id, self->hold->name, self->arena));
    self->hold = NULL;
}

static void hurry(struct driver *driver)
{
    struct driver_process *self = process_of(driver);
    if (!is_lost(self) && self->wait != WAIT_EXIT && self->answered_count < self->asked_count)
        wait_for(self, WAIT_ANSWERS, self->options.grace_ms);
}

static void end(struct driver *driver)
{
    struct driver_process *self = process_of(driver);
    self->is_end_asked = true;
    tell(self, driver_line_end(self->id, self->arena));
    if (!is_lost(self) && self->wait != WAIT_EXIT)
        wait_for(self, WAIT_ENDED, self->options.grace_ms);
}

static void driver_free(struct driver *driver)
{
    struct driver_process *self = process_of(driver);
    assert(self->session == NULL);
    self->is_quitting = true;
    if (self->child == NULL) {
        uv_close((uv_handle_t *)&self->timer, on_timer_closed);
        return;
    }
    child_end_input(self->child);
    wait_for(self, WAIT_EXIT, self->options.grace_ms);
}

struct driver *driver_process_new(uv_loop_t *loop, const struct driver_process_options *options)
{
    static const struct driver_vtable vtable = {begin, ask, go, hurry, end, driver_free};
    struct driver_process *self = must_calloc(1, sizeof(*self));
    self->driver.vtable = &vtable;
    self->driver.info = options->info;
    self->loop = loop;
    self->options = *options;
    self->arena = arena_new();
    self->scratch = arena_new();
    uv_timer_init(loop, &self->timer);
    self->timer.data = self;
    return &self->driver;
}

bool driver_process_meet(struct driver *driver, struct diags *diags)
{
    struct driver_process *self = process_of(driver);
    self->meeting = diags;
    if (start(self, diags))
        while (self->child != NULL && !self->has_hello)
            uv_run(self->loop, UV_RUN_ONCE);
    self->meeting = NULL;
    return self->has_hello;
}
