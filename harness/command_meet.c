#include "harness/command_meet.h"

#include "harness/child.h"

/* The command that tells its version. */
struct meeting {
    struct child *child;
    uv_timer_t timer;
    struct arena *arena;
    struct bytes output;
};

static void on_met(void *context, const struct child_exit *exit)
{
    struct meeting *meeting = context;
    (void)exit;
    meeting->output = arena_bytes(meeting->arena, child_output(meeting->child));
    child_free(meeting->child);
    uv_close((uv_handle_t *)&meeting->timer, NULL);
}

static void on_meeting_heard(void *context, enum child_output_end end)
{
    (void)context; /* as much as was kept will do */
    (void)end;
}

static void on_meeting_late(uv_timer_t *timer)
{
    struct meeting *meeting = timer->data;
    child_kill(meeting->child);
}

/* What stands behind `after`, up to a blank; "" when that is not there. */
static const char *version_in(struct bytes output, const char *after, struct arena *arena)
{
    const char *text = arena_strndup(arena, (const char *)output.at, output.len);
    const char *found = strstr(text, after);
    if (found == NULL)
        return "";
    found += strlen(after);
    return arena_strndup(arena, found, strcspn(found, " \t\r\n,;()"));
}

bool command_meet(const struct descriptor *descriptor, struct subject_info *info, unsigned slow,
                  struct diags *diags)
{
    enum { OUTPUT_MAX = 64 * 1024, MEET_MS = 10000 };
    struct meeting meeting = {.arena = diags->arena};
    uv_loop_t loop;
    const char **command =
        arena_array(diags->arena, descriptor->version_command_count + 1, sizeof(*command));
    memcpy(command, descriptor->version_command,
           descriptor->version_command_count * sizeof(*command));
    const struct child_options options = {.command = command,
                                          .output_max = OUTPUT_MAX,
                                          .output_ended = on_meeting_heard,
                                          .exited = on_met,
                                          .context = &meeting};
    uv_loop_init(&loop);
    uv_timer_init(&loop, &meeting.timer);
    meeting.timer.data = &meeting;
    meeting.child = child_new(&loop, &options, diags);
    if (meeting.child == NULL) {
        uv_close((uv_handle_t *)&meeting.timer, NULL);
    } else {
        child_end_input(meeting.child);
        uv_timer_start(&meeting.timer, on_meeting_late, (uint64_t)MEET_MS * slow, 0);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    const int error = uv_loop_close(&loop);
    assert(error == 0);
    if (meeting.child == NULL)
        return false;
    const char *name = info->name;
    *info = descriptor->info;
    info->name = name;
    info->version = version_in(meeting.output, descriptor->version_after, diags->arena);
    return info->version[0] != '\0' ||
           diag_add(diags, descriptor->path, 0, NULL, "%s does not tell its version behind %s",
                    command[0], diag_quote(diags->arena, bytes_of(descriptor->version_after)));
}
