#include "harness/help.h"
#include "harness/version.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct command *const commands[] = {
    &cmd_run,  &cmd_list,  &cmd_explain, &cmd_check,   &cmd_show,
    &cmd_diff, &cmd_serve, &cmd_observe, &cmd_request, NULL};
enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) - 1 };

/* NULL: no command is called so. */
static const struct command *find_command(const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(word, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static enum exit_status unknown_command(const char *word, struct diags *diags)
{
    const char *names[COMMAND_COUNT + 1] = {NULL};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    const char *near = diag_suggest(bytes_of(word), names);
    const char *quoted = diag_quote(diags->arena, bytes_of(word));
    if (near != NULL)
        diag_add(diags, NULL, 0, NULL, "unknown command %s; did you mean \"%s\"?", quoted, near);
    else
        diag_add(diags, NULL, 0, NULL, "unknown command %s; see assay --help", quoted);
    return STATUS_USAGE;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

static enum exit_status dispatch(int argc, char **argv, struct diags *diags)
{
    struct options options;
    if (argc < 2) {
        diag_add(diags, NULL, 0, NULL, "want a command; see assay --help");
        return STATUS_USAGE;
    }
    const struct command *command = find_command(argv[1]);
    if (strcmp(argv[1], "--help") == 0)
        help_all(stdout, commands);
    else if (strcmp(argv[1], "--version") == 0)
        printf("assay %s\n", ASSAY_VERSION);
    else if (command == NULL)
        return unknown_command(argv[1], diags);
    else if (asks_for_help(argc - 1, argv + 1))
        help_command(stdout, command);
    else if (options_read(&options, argc - 1, argv + 1, command->takes, diags))
        return command->run(&options, diags);
    else
        return STATUS_USAGE;
    return STATUS_OK;
}

/* A mistake in a file stands as compilers put it; any other is ours to sign. */
static void print_diags(const struct diags *diags)
{
    size_t told = 0;
    for (const struct diag *one = diags->first; one != NULL; one = one->next, told++)
        fprintf(stderr, "%s%s\n", one->file != NULL ? "" : "assay: ", diag_text(one, diags->arena));
    if (diags->count > told)
        fprintf(stderr, "assay: and %zu more\n", diags->count - told);
}

/* Where one of the three was closed, a socket would take its number, and libuv its life. False when
 * the standard output was. */
static bool open_standard_files(void)
{
    const bool has_output = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    int fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDONLY);
    if (fd >= 0)
        close(fd);
    return has_output;
}

int main(int argc, char **argv)
{
    const bool has_output = open_standard_files();
    struct diags diags = {.arena = arena_new()};
    /* What cannot be written is an error of the write. */
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    enum exit_status status = dispatch(argc, argv, &diags);
    if (!has_output)
        errno = EBADF;
    if (!has_output || fflush(stdout) != 0 || ferror(stdout) != 0) {
        diag_add(&diags, NULL, 0, NULL, "cannot write to the standard output: %s", strerror(errno));
        status = STATUS_BROKEN;
    }
    print_diags(&diags);
    arena_free(diags.arena);
    return (int)status;
}
