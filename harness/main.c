#include "harness/commands.h"
#include "harness/version.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct row {
    const char *name;
    command *run;
    const char *help;
} rows[] = {
    {"run", cmd_run, "play cases against a client, and judge it"},
    {"list", cmd_list, "what cases there are"},
    {"serve", cmd_serve, "show cases and reports to browsers and scripts of this machine"},
    {"check", cmd_check, "look for mistakes in case files, and play nothing"},
    {"explain", cmd_explain, "one case told in words: what is asked, played and recognised"},
    {"show", cmd_show, "read JSON reports: totals, failures, one run; write other kinds from them"},
    {"diff", cmd_diff, "what broke, and what was fixed, between two JSON reports"},
    {"observe", cmd_observe, "play cases against the clients present, and note what each did"},
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

/* Of commands that take no part in most of the options below. */
static const struct manual {
    const char *name;
    const char *text;
} manuals[] = {
    {"explain", explain_manual},
    {"show", show_manual},
    {"diff", diff_manual},
};
enum { MANUAL_COUNT = sizeof(manuals) / sizeof(manuals[0]) };

static const char help_rest[] =
    "\n"
    "explain, show and diff have a manual of their own: assay show --help.\n"
    "\n"
    "CASES are ids (smoke/get), folders of ids (smoke), patterns ('*/no-*'), or paths of\n"
    "case files or folders; 'ID[cut=17]' is one point of a case; without any, the whole\n"
    "corpus.\n"
    "\n"
    "  --grep RE             only cases whose id or title matches the regular expression\n"
    "  --tag TAG             only cases with that tag; those tagged slow are played only so\n"
    "  --shard I/N           only the I-th of N parts of the cases: an id stays in its part\n"
    "  --admin PORT          where serve listens; 8081, and 0 is any that is free\n"
    "  --reports DIR         the folder of reports that serve shows; reports/out\n"
    "  --subject NAME|PATH   a client under test: bundled, or a driver; may be given again\n"
    "  --report KIND=PATH    write a report there: json, junit or tap; - is the standard output\n"
    "  --wire all            put the octets of what passed into the report, too\n"
    "  --jobs N              runs in flight at once; 2\n"
    "  --repeat N            play each point N times\n"
    "  --slow N              N times as much time: 4 for sanitizers, 20 for valgrind\n"
    "  --baseline FILE       known deviations: they are expected, each with its reason\n"
    "  --update-baseline     write that file anew, by what this run shows\n"
    "  --thin                of each case only its first point\n"
    "  --check               observe: play nothing; tell which fails lack what they rest on\n"
    "  --strict              a warning is a deviation\n"
    "  --color WHEN          auto, always, never\n"
    "\n"
    "Exit status: 0 all as expected, 1 a deviation (a case failed, was not recognised, or the\n"
    "baseline does not hold any more), 2 wrong use or a bad file, 3 the harness broke or a\n"
    "report could not be written, 4 no case selected, 130 interrupted.\n";

static enum exit_status print_help(const char *name)
{
    for (size_t i = 0; i < MANUAL_COUNT; i++)
        if (strcmp(name, manuals[i].name) == 0) {
            fputs(manuals[i].text, stdout);
            return STATUS_OK;
        }
    printf("usage: assay COMMAND [OPTIONS] [CASES...]\n\n");
    for (size_t i = 0; i < ROW_COUNT; i++)
        printf("  %-8s %s\n", rows[i].name, rows[i].help);
    fputs(help_rest, stdout);
    return STATUS_OK;
}

static enum exit_status unknown_command(const char *word, struct diags *diags)
{
    const char *names[ROW_COUNT + 1] = {NULL};
    for (size_t i = 0; i < ROW_COUNT; i++)
        names[i] = rows[i].name;
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
    if (asks_for_help(argc, argv))
        return print_help(argv[1]);
    if (argc < 2) {
        diag_add(diags, NULL, 0, NULL, "want a command; see assay --help");
        return STATUS_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("assay %s\n", ASSAY_VERSION);
        return STATUS_OK;
    }
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(argv[1], rows[i].name) == 0)
            return rows[i].run(argc - 1, argv + 1, diags);
    return unknown_command(argv[1], diags);
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
