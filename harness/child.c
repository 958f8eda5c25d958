#include "harness/child.h"

#include "harness/folder.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum child_pipe { PIPE_INPUT, PIPE_OUTPUT, PIPE_ERROR, PIPE_COUNT };

enum {
    READ_SIZE = 64 * 1024,
    ERROR_READ_SIZE = 4 * 1024,
    /* No more fits into a pipe that a process without privilege has made. */
    DRAIN_MAX = 1024 * 1024,
};

struct child {
    struct arena *arena; /* holds this struct too */
    struct child_options options;
    const char *folder; /* NULL: none was made */
    uv_process_t process;
    uv_pipe_t pipes[PIPE_COUNT];
    unsigned open_count; /* handles that are not closed */
    uint8_t *output;     /* what was not given yet */
    size_t len, size;
    size_t searched; /* octets of it that hold no line end */
    uint8_t error[CHILD_ERROR_KEPT];
    size_t error_len;
    uint8_t error_read[ERROR_READ_SIZE];
    bool has_process; /* its handle is there, whether or not it could be started */
    bool is_running, is_output_over, is_freed;
};

/* --- its end -------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    if (--child->open_count > 0)
        return;
    if (child->folder != NULL)
        folder_remove(child->folder);
    free(child->output);
    arena_free(child->arena); /* `child` lives there */
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

static void close_all(struct child *child)
{
    if (child->has_process)
        close_handle((uv_handle_t *)&child->process);
    for (int i = 0; i < PIPE_COUNT; i++)
        close_handle((uv_handle_t *)&child->pipes[i]);
}

void child_kill(struct child *child)
{
    if (child->is_running)
        kill(-child->process.pid, SIGKILL);
}

void child_free(struct child *child)
{
    child->is_freed = true;
    if (child->is_running)
        child_kill(child); /* on_exit() goes on */
    else
        close_all(child);
}

/* --- what it writes --------------------------------------------------------------------- */

static void end_output(struct child *child, enum child_output_end end)
{
    if (child->is_output_over)
        return;
    child->is_output_over = true;
    uv_read_stop((uv_stream_t *)&child->pipes[PIPE_OUTPUT]);
    if (!child->is_freed)
        child->options.output_ended(child->options.context, end);
}

/* Gives each line that is whole, and keeps the rest. */
static void give_lines(struct child *child)
{
    size_t begin = 0;
    while (!child->is_freed) {
        const uint8_t *from = child->output + child->searched;
        const uint8_t *end = memchr(from, '\n', child->len - child->searched);
        if (end == NULL)
            break;
        const struct bytes line = {child->output + begin, (size_t)(end - child->output) - begin};
        begin = child->searched = (size_t)(end - child->output) + 1;
        child->options.line(child->options.context, line);
    }
    child->len -= begin;
    if (begin > 0)
        memmove(child->output, child->output + begin, child->len);
    child->searched = child->len;
}

static void take_output(struct child *child, size_t count)
{
    child->len += count;
    if (child->options.line != NULL)
        give_lines(child);
    if (child->len > child->options.output_max)
        end_output(child, CHILD_OUTPUT_TOO_LONG);
}

/* Where the next octets go: behind those that are there. */
static uv_buf_t output_room(struct child *child)
{
    if (child->size - child->len < READ_SIZE) {
        child->size = 2 * child->size + READ_SIZE;
        child->output = realloc(child->output, child->size);
        if (child->output == NULL)
            abort(); /* as wire/arena.c */
    }
    return uv_buf_init((char *)child->output + child->len, READ_SIZE);
}

static void give_output_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    *buffer = output_room(handle->data);
}

static void on_output(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    (void)buffer;
    if (count > 0)
        take_output(stream->data, (size_t)count);
    else if (count < 0)
        end_output(stream->data, CHILD_OUTPUT_CLOSED);
}

/* Keeps the last octets. */
static void take_error(struct child *child, size_t count)
{
    const size_t room = CHILD_ERROR_KEPT - child->error_len;
    const size_t dropped = count > room ? count - room : 0;
    child->error_len -= dropped;
    memmove(child->error, child->error + dropped, child->error_len);
    memcpy(child->error + child->error_len, child->error_read, count);
    child->error_len += count;
}

static void give_error_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct child *child = handle->data;
    (void)suggested;
    *buffer = uv_buf_init((char *)child->error_read, ERROR_READ_SIZE);
}

static void on_error(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    (void)buffer;
    if (count > 0)
        take_error(stream->data, (size_t)count);
    else if (count < 0)
        uv_read_stop(stream);
}

/* What lies in the pipes is read; the end is not waited for: whatever it has started may hold them
 * open for ever. */
static void drain_output(struct child *child)
{
    int fd;
    if (uv_fileno((uv_handle_t *)&child->pipes[PIPE_OUTPUT], &fd) != 0)
        return;
    for (size_t taken = 0; taken < DRAIN_MAX && !child->is_output_over && !child->is_freed;) {
        const uv_buf_t room = output_room(child);
        const ssize_t count = read(fd, room.base, room.len);
        if (count <= 0)
            return;
        take_output(child, (size_t)count);
        taken += (size_t)count;
    }
}

static void drain_error(struct child *child)
{
    int fd;
    if (uv_fileno((uv_handle_t *)&child->pipes[PIPE_ERROR], &fd) != 0)
        return;
    for (size_t taken = 0; taken < DRAIN_MAX;) {
        const ssize_t count = read(fd, child->error_read, ERROR_READ_SIZE);
        if (count <= 0)
            return;
        take_error(child, (size_t)count);
        taken += (size_t)count;
    }
}

static void on_exit_seen(uv_process_t *process, int64_t status, int signal)
{
    struct child *child = process->data;
    const struct child_exit how = {.status = (int)status, .signal = signal};
    kill(-process->pid, SIGKILL); /* what it has left behind */
    child->is_running = false;
    if (!child->is_freed) {
        drain_error(child);
        drain_output(child);
        end_output(child, CHILD_OUTPUT_CLOSED);
    }
    if (!child->is_freed)
        child->options.exited(child->options.context, &how);
    else
        close_all(child);
}

/* --- what is written to it --------------------------------------------------------------- */

struct write {
    uv_write_t request;
    uint8_t octets[];
};

static void on_written(uv_write_t *request, int status)
{
    (void)status; /* that it does not read is seen by its silence, or its end */
    free(request->data);
}

const char *child_folder(const struct child *child)
{
    return child->folder;
}

void child_write(struct child *child, struct bytes octets)
{
    struct write *write = malloc(sizeof(*write) + octets.len);
    if (write == NULL)
        abort(); /* as wire/arena.c */
    memcpy(write->octets, octets.at, octets.len);
    write->request.data = write;
    const uv_buf_t buffer = uv_buf_init((char *)write->octets, (unsigned)octets.len);
    uv_stream_t *input = (uv_stream_t *)&child->pipes[PIPE_INPUT];
    if (uv_write(&write->request, input, &buffer, 1, on_written) != 0)
        free(write);
}

static void on_input_shut(uv_shutdown_t *request, int status)
{
    struct child *child = request->data;
    (void)status;
    free(request);
    close_handle((uv_handle_t *)&child->pipes[PIPE_INPUT]);
}

void child_end_input(struct child *child)
{
    uv_shutdown_t *request = malloc(sizeof(*request));
    if (request == NULL)
        abort(); /* as wire/arena.c */
    request->data = child;
    uv_stream_t *input = (uv_stream_t *)&child->pipes[PIPE_INPUT];
    if (uv_shutdown(request, input, on_input_shut) == 0)
        return;
    free(request);
    close_handle((uv_handle_t *)input);
}

/* --- its start ---------------------------------------------------------------------------- */

/* Pipes, no sockets: a client may open its /dev/stdout. `theirs` are its ends. */
static int open_pipes(struct child *child, uv_file theirs[PIPE_COUNT])
{
    for (int i = 0; i < PIPE_COUNT; i++) {
        uv_file ends[2];
        const int ours = i == PIPE_INPUT ? 1 : 0;
        const int error =
            uv_pipe(ends, ours == 0 ? UV_NONBLOCK_PIPE : 0, ours == 1 ? UV_NONBLOCK_PIPE : 0);
        if (error != 0)
            return error;
        theirs[i] = ends[1 - ours];
        const int open_error = uv_pipe_open(&child->pipes[i], ends[ours]);
        if (open_error != 0) {
            close(ends[ours]);
            return open_error;
        }
    }
    return 0;
}

static const char *path_of_commands(void)
{
    const char *path = getenv("PATH");
    return path != NULL ? path : "/usr/local/bin:/usr/bin:/bin";
}

static int spawn(uv_loop_t *loop, struct child *child, const uv_file theirs[PIPE_COUNT])
{
    struct arena *arena = child->arena;
    char *environment[] = {
        arena_printf(arena, "PATH=%s", path_of_commands()),
        arena_printf(arena, "HOME=%s", child->folder),
        arena_printf(arena, "LANG=C.UTF-8"),
        NULL,
    };
    size_t count = 0;
    while (child->options.command[count] != NULL)
        count++;
    char **command = arena_array(arena, count + 1, sizeof(*command));
    for (size_t i = 0; i < count; i++)
        command[i] = arena_printf(arena, "%s", child->options.command[i]);
    uv_stdio_container_t standard[PIPE_COUNT];
    for (int i = 0; i < PIPE_COUNT; i++)
        standard[i] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = theirs[i]};
    const uv_process_options_t options = {
        .exit_cb = on_exit_seen,
        .file = command[0],
        .args = command,
        .env = environment,
        .cwd = child->folder,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = PIPE_COUNT,
        .stdio = standard,
    };
    return uv_spawn(loop, &child->process, &options);
}

/* All handles are there once this was called; it may have failed. */
static int start(uv_loop_t *loop, struct child *child)
{
    uv_file theirs[PIPE_COUNT] = {-1, -1, -1};
    int error = open_pipes(child, theirs);
    if (error == 0) {
        child->has_process = true;
        child->open_count++;
        error = spawn(loop, child, theirs);
    }
    for (int i = 0; i < PIPE_COUNT; i++)
        if (theirs[i] >= 0)
            close(theirs[i]);
    return error;
}

static struct child *cannot_start(struct child *child, struct diags *diags, int error)
{
    const char *hint = error == UV_ENOENT ? " (it, or what its first line names)" : "";
    diag_add(diags, NULL, 0, NULL, "cannot start %s: %s%s",
             diag_quote(diags->arena, bytes_of(child->options.command[0])), uv_strerror(error),
             hint);
    close_all(child);
    return NULL;
}

struct child *child_new(uv_loop_t *loop, const struct child_options *options, struct diags *diags)
{
    struct arena *arena = arena_new();
    struct child *child = arena_alloc(arena, sizeof(*child));
    child->arena = arena;
    child->options = *options;
    child->process.data = child;
    for (int i = 0; i < PIPE_COUNT; i++) {
        uv_pipe_init(loop, &child->pipes[i], 0);
        child->pipes[i].data = child;
        child->open_count++;
    }
    child->folder = folder_new(arena);
    int error = child->folder != NULL ? 0 : uv_translate_sys_error(errno);
    if (error == 0)
        error = start(loop, child);
    if (error != 0)
        return cannot_start(child, diags, error);
    child->is_running = true;
    uv_read_start((uv_stream_t *)&child->pipes[PIPE_OUTPUT], give_output_room, on_output);
    uv_read_start((uv_stream_t *)&child->pipes[PIPE_ERROR], give_error_room, on_error);
    return child;
}

struct bytes child_output(const struct child *child)
{
    return (struct bytes){child->output, child->len};
}

struct bytes child_error(const struct child *child)
{
    return (struct bytes){child->error, child->error_len};
}

const char *child_exit_text(const struct child_exit *exit, struct arena *arena)
{
    if (exit->signal != 0)
        return arena_printf(arena, "signal %d (%s)", exit->signal, strsignal(exit->signal));
    return arena_printf(arena, "exit status %d", exit->status);
}
