#include "harness/child.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_MAX_OF_ROWS = 1000 };

/* What came of a child, as a text: its lines, each in brackets, and its end. */
struct seen {
    struct arena *arena;
    struct child *child;
    const char *text;
    bool frees_at_line; /* at the first one */
    char last_line[4096];
    struct bytes output, error;
};

static void add(struct seen *seen, const char *text)
{
    seen->text = arena_printf(seen->arena, "%s%s", seen->text, text);
}

static void on_line(void *context, struct bytes line)
{
    struct seen *seen = context;
    snprintf(seen->last_line, sizeof(seen->last_line), "%.*s", (int)line.len, line.at);
    add(seen, arena_printf(seen->arena, "[%s]", seen->last_line));
    if (!seen->frees_at_line)
        return;
    child_free(seen->child);
    seen->child = NULL;
}

static void on_output_ended(void *context, enum child_output_end end)
{
    struct seen *seen = context;
    add(seen, end == CHILD_OUTPUT_TOO_LONG ? " too long" : " closed");
    if (end == CHILD_OUTPUT_TOO_LONG)
        child_kill(seen->child);
}

static void on_exited(void *context, const struct child_exit *exit)
{
    struct seen *seen = context;
    add(seen, arena_printf(seen->arena, ", %s", child_exit_text(exit, seen->arena)));
    seen->output = arena_bytes(seen->arena, child_output(seen->child));
    seen->error = arena_bytes(seen->arena, child_error(seen->child));
    child_free(seen->child);
    seen->child = NULL;
}

/* Plays a shell script to its end; `input` is NULL where its standard input stays open. */
static void play(struct seen *seen, const char *script, const char *input, bool in_lines)
{
    uv_loop_t loop;
    struct diags diags = {.arena = seen->arena};
    const char *const command[] = {"sh", "-c", script, NULL};
    const struct child_options options = {
        .command = command,
        .output_max = LINE_MAX_OF_ROWS,
        .line = in_lines ? on_line : NULL,
        .output_ended = on_output_ended,
        .exited = on_exited,
        .context = seen,
    };
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    uv_loop_init(&loop);
    seen->text = "";
    seen->child = child_new(&loop, &options, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(seen->child);
    if (input != NULL) {
        child_write(seen->child, bytes_of(input));
        child_end_input(seen->child);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    CHECK_ROW(uv_loop_close(&loop) == 0, "%s: handles are left", script);
}

static const struct row {
    const char *script, *input, *want;
} rows[] = {
    {"exit 3", NULL, " closed, exit status 3"},
    {"kill -9 $$", NULL, " closed, signal 9 (Killed)"},
    {"echo one; echo; echo two", NULL, "[one][][two] closed, exit status 0"},
    {"printf 'one\\nhalf'", NULL, "[one] closed, exit status 0"},
    {"cat", "given\nto it\n", "[given][to it] closed, exit status 0"},
    {"cat >/dev/null", "", " closed, exit status 0"},
    {"head -c 1000 /dev/zero | tr '\\0' x; echo; echo y", NULL, NULL},
    {"while :; do printf x; done", NULL, " too long, signal 9 (Killed)"},
    {"echo last; exec >&-; exit 1", NULL, "[last] closed, exit status 1"},
    /* Of the environment PATH, HOME and LANG, and what the shell adds; an empty folder. */
    {"env | sed 's/=.*//' | grep -vE '^(PWD|OLDPWD|SHLVL|_)$' | sort", NULL,
     "[HOME][LANG][PATH] closed, exit status 0"},
    {"test \"$(pwd -P)\" = \"$(cd \"$HOME\" && pwd -P)\" && ls -A", NULL, " closed, exit status 0"},
    /* It leads its own session. */
    {"read -r pid name state parent group session rest </proc/$$/stat; test $session -eq $$", NULL,
     " closed, exit status 0"},
    /* A reader that goes does not harm who writes. */
    {"exec <&-; echo gone", "a\n", "[gone] closed, exit status 0"},
};

static void plays_every_row(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct seen seen = {.arena = arena_new()};
        play(&seen, rows[i].script, rows[i].input, true);
        if (rows[i].want != NULL)
            CHECK_ROW(strcmp(seen.text, rows[i].want) == 0, "%s: got %s", rows[i].script,
                      seen.text);
        else
            CHECK_ROW(strlen(seen.text) == 1000 + strlen("[][y] closed, exit status 0"),
                      "%s: got %s", rows[i].script, seen.text);
        arena_free(seen.arena);
    }
}

static void keeps_the_whole_output(void)
{
    struct seen seen = {.arena = arena_new()};
    play(&seen, "cat; echo more >&2", "one\ntwo", false);
    CU_ASSERT(bytes_equal(seen.output, bytes_of("one\ntwo")));
    CU_ASSERT(bytes_equal(seen.error, bytes_of("more\n")));
    play(&seen, "head -c 1001 /dev/zero", NULL, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.text, " too long, "));
    arena_free(seen.arena);
}

static void keeps_the_end_of_the_standard_error(void)
{
    struct seen seen = {.arena = arena_new()};
    play(&seen, "head -c 200000 /dev/zero | tr '\\0' x >&2; printf END >&2", NULL, true);
    CHECK_ROW(seen.error.len == CHILD_ERROR_KEPT, "%zu octets", seen.error.len);
    CU_ASSERT(bytes_end_in(seen.error, bytes_of("xEND")));
    arena_free(seen.arena);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void leaves_no_folder(void)
{
    struct seen seen = {.arena = arena_new()};
    play(&seen, "mkdir -p a/b; touch a/b/c; ln -s / link; chmod 500 a/b; chmod 0 a; pwd", NULL,
         true);
    CHECK_ROW(seen.last_line[0] == '/' && !is_there(seen.last_line), "%s is left", seen.last_line);
    CU_ASSERT(is_there("/tmp"));
    arena_free(seen.arena);
}

/* Whether that process is gone, or dead and not yet waited for by whose it is. */
static bool is_gone(pid_t pid)
{
    char path[64], state = 'X';
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return true;
    char text[256] = "";
    const size_t len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    const char *end = len > 0 ? strrchr(text, ')') : NULL;
    if (end != NULL && end[1] != '\0')
        state = end[2];
    return state == 'Z' || state == 'X';
}

static void ends_its_whole_group(void)
{
    struct seen seen = {.arena = arena_new()};
    play(&seen, "cat <&0 & echo $!", NULL, true);
    const pid_t pid = (pid_t)strtol(seen.last_line, NULL, 10);
    CU_ASSERT(pid > 1);
    for (int i = 0; i < 10000 && !is_gone(pid); i++)
        sched_yield();
    CU_ASSERT(is_gone(pid));
    CU_ASSERT_PTR_NOT_NULL(strstr(seen.text, "closed, exit status 0"));
    arena_free(seen.arena);
}

/* One that has left the group holds the pipes open: that is not waited for. */
static void does_not_wait_for_what_has_left(void)
{
    struct seen seen = {.arena = arena_new()};
    play(&seen, "setsid cat /dev/zero >/dev/null & echo $!", NULL, true);
    const pid_t pid = (pid_t)strtol(seen.last_line, NULL, 10);
    CU_ASSERT(pid > 1);
    if (pid > 1)
        kill(pid, SIGKILL);
    arena_free(seen.arena);
}

static void may_be_freed_from_a_callback(void)
{
    struct seen seen = {.arena = arena_new(), .frees_at_line = true};
    play(&seen, "echo one; echo two; cat", NULL, true);
    CHECK_ROW(strcmp(seen.text, "[one]") == 0, "got %s", seen.text);
    arena_free(seen.arena);
}

static void tells_what_cannot_be_started(void)
{
    static const struct {
        const char *file, *want;
    } files[] = {
        {"/nowhere/at-all", "cannot start \"/nowhere/at-all\": no such file or directory (it, or "
                            "what its first line names)"},
        {"/etc/passwd", "cannot start \"/etc/passwd\": permission denied"},
        {"no-such-command-anywhere", "cannot start \"no-such-command-anywhere\": no such file or "
                                     "directory (it, or what its first line names)"},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct arena *arena = arena_new();
        struct diags diags = {.arena = arena};
        uv_loop_t loop;
        uv_loop_init(&loop);
        const char *const command[] = {files[i].file, NULL};
        const struct child_options options = {.command = command};
        CU_ASSERT_PTR_NULL(child_new(&loop, &options, &diags));
        uv_run(&loop, UV_RUN_DEFAULT);
        CHECK_ROW(uv_loop_close(&loop) == 0, "%s: handles are left", files[i].file);
        const char *got = diags.first != NULL ? diags.first->message : "nothing";
        CHECK_ROW(strcmp(got, files[i].want) == 0, "got %s", got);
        arena_free(arena);
    }
}

CU_TestInfo child_tests[] = {
    {"plays every row", plays_every_row},
    {"keeps the whole output", keeps_the_whole_output},
    {"keeps the end of the standard error", keeps_the_end_of_the_standard_error},
    {"leaves no folder", leaves_no_folder},
    {"ends its whole group", ends_its_whole_group},
    {"does not wait for what has left", does_not_wait_for_what_has_left},
    {"may be freed from a callback", may_be_freed_from_a_callback},
    {"tells what cannot be started", tells_what_cannot_be_started},
    CU_TEST_INFO_NULL,
};
