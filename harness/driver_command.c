#include "harness/driver_command.h"

#include "harness/child.h"
#include "harness/command_answer.h"
#include "harness/command_args.h"
#include "harness/content_file.h"
#include "harness/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_MAX_LEN = 16 * 1024 * 1024, PIECE_SIZE = 64 * 1024, ERROR_SHOWN_MAX = 1024 };

/* What the timer is for: no callback comes from inside a call. */
enum due {
    DUE_REFUSAL,    /* no command line can say what is asked */
    DUE_STREAM,     /* the streamed body goes on */
    DUE_CONCLUSION, /* there is no command any more */
    DUE_KILL,       /* it had its time to end by itself */
};

struct driver_command {
    struct driver driver;
    uv_loop_t *loop;
    const struct descriptor *descriptor;
    uint64_t grace_ms;
    struct arena *life; /* its folder's path */
    const char *folder;
    struct gate *gate;
    uv_timer_t timer;
    enum due due;

    const struct driver_session *session; /* NULL between sessions */
    struct arena *arena;                  /* of the session */
    struct child *child;                  /* NULL: not started, or ended */
    size_t asked_count, told_count;
    bool was_started;
    bool is_end_asked;
    bool is_hurried;
    const char *unsupported; /* no command line can say what is asked */
    const char *reason;      /* it broke by this; NULL: it did not */
    size_t piece;            /* of the streamed body: the next that is given */
    const char *mark;        /* the line that ends it */
    uint8_t *answer;         /* lines of the answer that is being printed */
    size_t answer_len, answer_size;
};

static struct driver_command *command_of(struct driver *driver)
{
    return (struct driver_command *)driver;
}

/* --- content -------------------------------------------------------------------------- */

/* Puts the content where the command line says. */
static bool write_content(const struct driver_command *self, size_t step)
{
    return content_file_write(content_file_path(self->folder, step, self->arena),
                              &self->session->steps[step].body.pieces[0].octets,
                              self->session->endpoints);
}

static bool write_contents(const struct driver_command *self)
{
    for (size_t i = 0; i < self->session->count; i++) {
        const enum body_kind kind = self->session->steps[i].body.kind;
        if ((kind == BODY_BYTES || kind == BODY_FILE) && !write_content(self, i))
            return false;
    }
    return true;
}

static void give_piece(struct driver_command *self, const struct octets *octets)
{
    struct octets_cursor cursor = {.octets = octets, .endpoints = self->session->endpoints};
    for (struct bytes next = octets_peek(&cursor); next.len > 0; next = octets_peek(&cursor)) {
        next.len = next.len < PIECE_SIZE ? next.len : PIECE_SIZE;
        child_write(self->child, next);
        octets_skip(&cursor, next.len);
    }
}

/* The step that has the streamed body, or the count of steps: a command has one input. */
static size_t streamed_step(const struct driver_session *session)
{
    size_t step = 0;
    while (step < session->count && session->steps[step].body.kind != BODY_STREAM)
        step++;
    return step;
}

/* Gives the streamed body up to the next hold, where the source then stands; at its end the input
 * ends. */
static void give_stream(struct driver_command *self)
{
    const size_t step = streamed_step(self->session);
    const struct body *body = &self->session->steps[step].body;
    if (self->child == NULL)
        return;
    for (; self->piece < body->piece_count; self->piece++) {
        const struct source_step *piece = &body->pieces[self->piece];
        if (piece->kind == SOURCE_HOLD) {
            self->driver.held(self->driver.context, step, self->piece);
            return;
        }
        give_piece(self, &piece->octets);
    }
    child_end_input(self->child);
}

/* --- the end of a session ------------------------------------------------------------------ */

static void remove_files(const struct driver_command *self)
{
    for (size_t i = 0; i < self->session->count; i++) {
        unlink(content_file_path(self->folder, i, self->arena));
        unlink(command_body_path(self->folder, i, self->arena));
    }
}

static void conclude(struct driver_command *self)
{
    const char *reason = self->reason;
    remove_files(self);
    gate_shut(self->gate);
    self->session = NULL;
    uv_timer_stop(&self->timer);
    if (reason != NULL)
        self->driver.failed(self->driver.context, reason);
    else
        self->driver.ended(self->driver.context);
}

/* It broke: nothing more is heard of it, and it ends. */
static void fail(struct driver_command *self, const char *reason)
{
    if (self->reason == NULL)
        self->reason = reason;
    if (self->child != NULL)
        child_kill(self->child);
}

static void on_exited(void *context, const struct child_exit *exit)
{
    struct driver_command *self = context;
    struct bytes error = child_error(self->child);
    const bool is_early = self->told_count < self->asked_count && !self->is_hurried;
    if (error.len > ERROR_SHOWN_MAX)
        bytes_take(&error, error.len - ERROR_SHOWN_MAX);
    if (self->reason == NULL && is_early)
        self->reason =
            arena_printf(self->arena, "%s ended (%s) before it had told of step %zu: %s",
                         self->descriptor->command[0], child_exit_text(exit, self->arena),
                         self->told_count + 1, diag_quote(self->arena, error));
    child_free(self->child);
    self->child = NULL;
    if (self->is_end_asked || self->is_hurried || self->reason != NULL)
        conclude(self);
}

/* --- what it tells ------------------------------------------------------------------------ */

static void tell_step(struct driver_command *self)
{
    struct diags diags = {.arena = self->arena};
    const size_t step = self->told_count;
    const struct client_step *asked = &self->session->steps[step];
    const bool is_head = octets_equal(&asked->method, NULL, bytes_of("HEAD"));
    const struct outcome *outcome =
        command_answer_read(self->descriptor, (struct bytes){self->answer, self->answer_len},
                            command_body_path(self->folder, step, self->arena), !is_head, &diags);
    self->answer_len = 0;
    if (outcome == NULL) {
        fail(self, arena_printf(self->arena, "what %s printed for step %zu is wrong: %s",
                                self->descriptor->command[0], step + 1,
                                diag_text(diags.first, self->arena)));
        return;
    }
    self->told_count++;
    self->mark = command_mark(self->told_count, self->arena);
    self->driver.outcome(self->driver.context, step, outcome);
}

static void make_room(struct driver_command *self, size_t more)
{
    if (self->answer_size - self->answer_len >= more)
        return;
    self->answer_size = 2 * (self->answer_len + more);
    uint8_t *grown = arena_alloc(self->arena, self->answer_size);
    if (self->answer_len > 0)
        memcpy(grown, self->answer, self->answer_len);
    self->answer = grown;
}

static void on_line(void *context, struct bytes line)
{
    struct driver_command *self = context;
    if (self->reason != NULL || self->told_count >= self->asked_count)
        return;
    if (bytes_equal(line, bytes_of(self->mark))) {
        tell_step(self);
        return;
    }
    make_room(self, line.len + 1);
    memcpy(self->answer + self->answer_len, line.at, line.len);
    self->answer_len += line.len;
    self->answer[self->answer_len++] = '\n';
}

static void on_output_ended(void *context, enum child_output_end end)
{
    struct driver_command *self = context;
    if (end == CHILD_OUTPUT_TOO_LONG)
        fail(self, "it printed a line of more than 16 MiB");
}

/* --- its start ------------------------------------------------------------------------------- */

static void refuse(struct driver_command *self)
{
    const struct outcome outcome = {.is_unsupported = true, .text = self->unsupported};
    while (self->told_count < self->asked_count)
        self->driver.outcome(self->driver.context, self->told_count++, &outcome);
}

static void on_timer(uv_timer_t *timer)
{
    struct driver_command *self = timer->data;
    switch (self->due) {
    case DUE_REFUSAL:
        refuse(self);
        break;
    case DUE_STREAM:
        give_stream(self);
        break;
    case DUE_CONCLUSION:
        conclude(self);
        break;
    case DUE_KILL:
        child_kill(self->child); /* `exited` comes */
        break;
    }
}

static void wait_for(struct driver_command *self, enum due due, uint64_t timeout_ms)
{
    self->due = due;
    uv_update_time(self->loop);
    uv_timer_start(&self->timer, on_timer, timeout_ms, 0);
}

static void start(struct driver_command *self)
{
    struct diags diags = {.arena = self->arena};
    const struct command_args args = command_args_make(
        self->descriptor, self->session, self->asked_count, self->gate, self->folder, self->arena);
    self->was_started = true;
    self->unsupported = args.unsupported;
    if (self->unsupported != NULL) {
        wait_for(self, DUE_REFUSAL, 0);
        return;
    }
    const struct child_options options = {
        .command = args.items,
        .output_max = LINE_MAX_LEN,
        .line = on_line,
        .output_ended = on_output_ended,
        .exited = on_exited,
        .context = self,
    };
    if (!write_contents(self))
        self->reason = arena_printf(self->arena, "its content cannot be written into %s: %s",
                                    self->folder, strerror(errno));
    else if ((self->child = child_new(self->loop, &options, &diags)) == NULL)
        self->reason = diag_text(diags.first, self->arena);
    if (self->child == NULL)
        wait_for(self, DUE_CONCLUSION, 0);
    else if (streamed_step(self->session) < self->session->count)
        wait_for(self, DUE_STREAM, 0);
    else
        child_end_input(self->child);
}

/* --- the driver ------------------------------------------------------------------------------ */

static bool begin(struct driver *driver, const struct driver_session *session)
{
    struct driver_command *self = command_of(driver);
    assert(self->session == NULL && self->child == NULL);
    arena_reset(self->arena);
    self->session = session;
    self->asked_count = self->told_count = self->piece = 0;
    self->was_started = self->is_end_asked = self->is_hurried = false;
    self->unsupported = self->reason = NULL;
    self->mark = command_mark(0, self->arena);
    self->answer = NULL;
    self->answer_len = self->answer_size = 0;
    return true;
}

static void ask(struct driver *driver, size_t first, size_t count)
{
    struct driver_command *self = command_of(driver);
    assert(first == self->asked_count);
    self->asked_count += count;
    if (!self->was_started) {
        start(self);
    } else if (self->unsupported != NULL) {
        wait_for(self, DUE_REFUSAL, 0);
    } else if (self->child != NULL) {
        gate_open(self->gate, self->asked_count);
    } else {
        self->reason = arena_printf(self->arena, "%s ended before it could be asked for step %zu",
                                    self->descriptor->command[0], first + 1);
        wait_for(self, DUE_CONCLUSION, 0);
    }
}

static void go(struct driver *driver, size_t step)
{
    struct driver_command *self = command_of(driver);
    (void)step;
    self->piece++;
    wait_for(self, DUE_STREAM, 0);
}

static void end(struct driver *driver)
{
    struct driver_command *self = command_of(driver);
    const bool is_whole = self->told_count == self->session->count;
    self->is_end_asked = true;
    if (self->child == NULL)
        wait_for(self, DUE_CONCLUSION, 0);
    else
        wait_for(self, DUE_KILL, is_whole ? self->grace_ms : 0);
}

static void hurry(struct driver *driver)
{
    struct driver_command *self = command_of(driver);
    self->is_hurried = true;
    if (self->child == NULL)
        wait_for(self, DUE_CONCLUSION, 0);
    else
        wait_for(self, DUE_KILL, self->grace_ms);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct driver_command *self = handle->data;
    folder_remove(self->folder);
    arena_free(self->arena);
    arena_free(self->life);
    free(self);
}

static void driver_free(struct driver *driver)
{
    struct driver_command *self = command_of(driver);
    assert(self->session == NULL);
    gate_free(self->gate);
    uv_close((uv_handle_t *)&self->timer, on_timer_closed);
}

struct driver *driver_command_new(uv_loop_t *loop, const struct driver_command_options *options,
                                  struct diags *diags)
{
    static const struct driver_vtable vtable = {begin, ask, go, hurry, end, driver_free};
    struct arena *life = arena_new();
    const char *folder = folder_new(life);
    struct gate *gate = folder != NULL ? gate_new(loop, diags) : NULL;
    if (gate == NULL) {
        if (folder == NULL)
            diag_add(diags, NULL, 0, NULL, "cannot make a temporary folder: %s", strerror(errno));
        else
            folder_remove(folder);
        arena_free(life);
        return NULL;
    }
    struct driver_command *self = must_calloc(1, sizeof(*self));
    self->driver.vtable = &vtable;
    self->driver.info = options->info;
    self->loop = loop;
    self->descriptor = options->descriptor;
    self->grace_ms = options->grace_ms;
    self->life = life;
    self->folder = folder;
    self->gate = gate;
    self->arena = arena_new();
    uv_timer_init(loop, &self->timer);
    self->timer.data = self;
    return &self->driver;
}
