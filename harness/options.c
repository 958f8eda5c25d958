#include "harness/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

enum option_id {
    OPTION_ADMIN = 1000,
    OPTION_REPORTS,
    OPTION_GREP,
    OPTION_TAG,
    OPTION_SHARD,
    OPTION_SUBJECT,
    OPTION_REPORT,
    OPTION_JOBS,
    OPTION_REPEAT,
    OPTION_SLOW,
    OPTION_THIN,
    OPTION_CHECK,
    OPTION_BASELINE,
    OPTION_UPDATE_BASELINE,
    OPTION_STRICT,
    OPTION_WIRE,
    OPTION_KEY_LOG,
    OPTION_COLOR,
    OPTION_END,
};

static const struct option_row {
    const char *name;
    const char *value; /* NULL: it has none */
    int id;
    unsigned set; /* the commands that take it: enum option_set */
    const char *help;
} rows[] = {
    {"grep", "RE", OPTION_GREP, OPTIONS_SELECT | OPTIONS_SHOW | OPTIONS_DIFF,
     "only cases whose id or title matches the regular expression"},
    {"tag", "TAG", OPTION_TAG, OPTIONS_SELECT,
     "only cases with that tag; those tagged slow are played only so"},
    {"shard", "I/N", OPTION_SHARD, OPTIONS_SELECT,
     "only the I-th of N parts of the cases: an id stays in its part"},
    {"subject", "NAME|PATH", OPTION_SUBJECT, OPTIONS_RUN | OPTIONS_OBSERVE,
     "a client: a driver's name, or the path of one; may be given again"},
    {"jobs", "N", OPTION_JOBS, OPTIONS_RUN | OPTIONS_OBSERVE, "runs in flight at once; 2"},
    {"repeat", "N", OPTION_REPEAT, OPTIONS_RUN, "play each point N times"},
    {"thin", NULL, OPTION_THIN, OPTIONS_RUN, "of each case only its first point"},
    {"slow", "N", OPTION_SLOW, OPTIONS_RUN | OPTIONS_OBSERVE,
     "N times as much time: 4 for sanitizers, 20 for valgrind"},
    {"report", "KIND=PATH", OPTION_REPORT, OPTIONS_RUN | OPTIONS_SHOW,
     "write one: json, junit or tap; - is the standard output"},
    {"wire", "all", OPTION_WIRE, OPTIONS_RUN, "put the octets of what passed into the report, too"},
    {"key-log", "FILE", OPTION_KEY_LOG, OPTIONS_RUN,
     "add the secrets of TLS to that file, so that a capture can be read"},
    {"baseline", "FILE", OPTION_BASELINE, OPTIONS_RUN,
     "known deviations: they are expected, each with its reason"},
    {"update-baseline", NULL, OPTION_UPDATE_BASELINE, OPTIONS_RUN,
     "write that file anew, by what this run shows"},
    {"check", NULL, OPTION_CHECK, OPTIONS_OBSERVE,
     "play nothing; tell which fails lack what they rest on"},
    {"admin", "PORT", OPTION_ADMIN, OPTIONS_SERVE,
     "where to listen; 8081, and 0 is any that is free"},
    {"reports", "DIR", OPTION_REPORTS, OPTIONS_SERVE, "the folder of reports; reports/out"},
    {"strict", NULL, OPTION_STRICT, OPTIONS_RUN | OPTIONS_SHOW | OPTIONS_DIFF,
     "a warning is a deviation"},
    {"color", "WHEN", OPTION_COLOR, OPTIONS_RUN | OPTIONS_SHOW | OPTIONS_DIFF | OPTIONS_EXPLAIN,
     "auto, always, never"},
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

/* The index of `got` in `words` (ended by NULL), or -1 after telling what is wanted. */
static int one_of(const char *option, const char *got, const char *const *words,
                  struct diags *diags)
{
    const char *all = "";
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], got) == 0)
            return i;
        all = arena_printf(diags->arena, "%s%s%s", all, i > 0 ? ", " : "", words[i]);
    }
    diag_add(diags, NULL, 0, NULL, "--%s: want %s, got %s", option, all,
             diag_quote(diags->arena, bytes_of(got)));
    return -1;
}

static bool has_report_at(const struct options *options, const char *path)
{
    for (size_t i = 0; i < options->report_count; i++)
        if (strcmp(options->reports[i].path, path) == 0)
            return true;
    return false;
}

static void read_report(struct options *options, const char *text, struct diags *diags)
{
    struct report_wish wish = {.kind = NULL};
    wish.kind = report_kind_of(text, &wish.path);
    if (wish.kind == NULL)
        diag_add(diags, NULL, 0, NULL, "--report: want %s, got %s",
                 report_kinds_wanted(diags->arena), diag_quote(diags->arena, bytes_of(text)));
    else if (options->report_count == REPORTS_MAX)
        diag_add(diags, NULL, 0, NULL, "--report: at most %d of them", REPORTS_MAX);
    else if (has_report_at(options, wish.path))
        diag_add(diags, NULL, 0, NULL, "--report: %s is named twice",
                 diag_quote(diags->arena, bytes_of(wish.path)));
    else
        options->reports[options->report_count++] = wish;
}

/* Results are told apart by the names of their subjects. */
static void read_subject(struct options *options, const char *word, struct diags *diags)
{
    for (size_t i = 0; i < options->subject_count; i++)
        if (strcmp(options->subjects[i], word) == 0) {
            diag_add(diags, NULL, 0, NULL, "--subject: %s is named twice",
                     diag_quote(diags->arena, bytes_of(word)));
            return;
        }
    if (options->subject_count == SUBJECTS_MAX)
        diag_add(diags, NULL, 0, NULL, "--subject: at most %d of them", SUBJECTS_MAX);
    else
        options->subjects[options->subject_count++] = word;
}

/* 0 after telling what is wanted. */
static unsigned read_number(const char *option, const char *text, unsigned least, unsigned most,
                            struct diags *diags)
{
    unsigned number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && number <= most; at++)
        number = number * 10 + (unsigned)(*at - '0');
    if (*at == '\0' && at != text && number >= least && number <= most)
        return number;
    diag_add(diags, NULL, 0, NULL, "--%s: want a number from %u to %u, got %s", option, least, most,
             diag_quote(diags->arena, bytes_of(text)));
    return 0;
}

/* An option without a value. */
static void read_flag(struct options *options, int id)
{
    switch (id) {
    case OPTION_UPDATE_BASELINE:
        options->update_baseline = true;
        break;
    case OPTION_CHECK:
        options->check = true;
        break;
    case OPTION_THIN:
        options->thin = true;
        break;
    case OPTION_STRICT:
        options->strict = true;
        break;
    default:
        assert(false);
    }
}

static void read_numeric_option(struct options *options, int id, const char *value,
                                struct diags *diags)
{
    if (id == OPTION_ADMIN)
        options->admin_port = read_number("admin", value, 0, UINT16_MAX, diags);
    else if (id == OPTION_JOBS)
        options->jobs = read_number("jobs", value, 1, JOBS_MAX, diags);
    else if (id == OPTION_REPEAT)
        options->repeat = read_number("repeat", value, 1, REPEAT_MAX, diags);
    else
        options->slow = read_number("slow", value, 1, SLOW_MAX, diags);
}

static void read_option(struct options *options, int id, const char *value, struct diags *diags)
{
    static const char *const color_words[] = {"auto", "always", "never", NULL};
    static const char *const wire_words[] = {"all", NULL};
    switch (id) {
    case OPTION_GREP:
        options->selection.grep = value;
        break;
    case OPTION_TAG:
        options->selection.tag = value;
        break;
    case OPTION_SHARD:
        shard_read(&options->selection.shard, value, diags);
        break;
    case OPTION_ADMIN:
    case OPTION_JOBS:
    case OPTION_REPEAT:
    case OPTION_SLOW:
        read_numeric_option(options, id, value, diags);
        break;
    case OPTION_REPORTS:
        options->reports_folder = value;
        break;
    case OPTION_SUBJECT:
        read_subject(options, value, diags);
        break;
    case OPTION_REPORT:
        read_report(options, value, diags);
        break;
    case OPTION_KEY_LOG:
        options->key_log = value;
        break;
    case OPTION_BASELINE:
        options->baseline = value;
        break;
    case OPTION_WIRE:
        options->wire_all = one_of("wire", value, wire_words, diags) == 0;
        break;
    case OPTION_COLOR:
        options->color = (enum color_when)one_of("color", value, color_words, diags);
        break;
    default:
        read_flag(options, id);
    }
}

static void unknown_option(const char *word, unsigned takes, struct diags *diags)
{
    const char *names[ROW_COUNT + 2] = {"--help"};
    size_t count = 1;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((rows[i].set & takes) != 0)
            names[count++] = arena_printf(diags->arena, "--%s", rows[i].name);
    names[count] = NULL;
    const struct bytes name = {(const uint8_t *)word, strcspn(word, "=")};
    diag_add(diags, NULL, 0, NULL, "unknown option %s%s", diag_quote(diags->arena, name),
             diag_did_you_mean(diags->arena, name, names));
}

static void table_for(unsigned takes, struct option table[ROW_COUNT + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((rows[i].set & takes) != 0)
            table[count++] = (struct option){
                rows[i].name, rows[i].value != NULL ? required_argument : no_argument, NULL,
                rows[i].id};
    table[count] = (struct option){NULL, 0, NULL, 0};
}

bool options_read(struct options *options, int argc, char **argv, unsigned takes,
                  struct diags *diags)
{
    struct option table[ROW_COUNT + 1];
    table_for(takes, table);
    *options = (struct options){
        .jobs = JOBS_DEFAULT, .repeat = 1, .slow = 1, .admin_port = ADMIN_PORT_DEFAULT};
    const size_t before = diags->count;
    opterr = 0;
    optind = 1;
    for (;;) {
        const int at = optind;
        const int id = getopt_long(argc, argv, ":", table, NULL);
        if (id == -1)
            break;
        const char *word = optind > at ? argv[optind - 1] : argv[at];
        if (id == ':')
            diag_add(diags, NULL, 0, NULL, "%s wants a value", word);
        else if (id == '?' && optopt >= OPTION_ADMIN)
            diag_add(diags, NULL, 0, NULL, "%.*s takes no value", (int)strcspn(word, "="), word);
        else if (id == '?')
            unknown_option(word, takes, diags);
        else
            read_option(options, id, optarg, diags);
    }
    if (options->update_baseline && options->baseline == NULL)
        diag_add(diags, NULL, 0, NULL, "--update-baseline wants a --baseline FILE");
    options->selection.words = (const char *const *)(argv + optind);
    options->selection.word_count = (size_t)(argc - optind);
    return diags->count == before;
}

void options_print(FILE *out, unsigned takes)
{
    enum { NAME_WIDTH = 18 };
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if ((rows[i].set & takes) == 0)
            continue;
        const char *value = rows[i].value != NULL ? rows[i].value : "";
        const int rest = NAME_WIDTH - (int)strlen(rows[i].name) - 1;
        fprintf(out, "  --%s %-*s  %s\n", rows[i].name, rest, value, rows[i].help);
    }
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0';
}

bool options_color(enum color_when when, FILE *out)
{
    if (when != COLOR_AUTO)
        return when == COLOR_ALWAYS;
    const char *term = getenv("TERM");
    if (is_set("NO_COLOR") || (term != NULL && strcmp(term, "dumb") == 0))
        return false;
    const char *force = getenv("CLICOLOR_FORCE");
    return (force != NULL && strcmp(force, "0") != 0) || isatty(fileno(out)) == 1;
}
