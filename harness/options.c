#include "harness/options_private.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

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

unsigned option_number(const char *option, const char *text, unsigned least, unsigned most,
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
        options->admin_port = option_number("admin", value, 0, UINT16_MAX, diags);
    else if (id == OPTION_JOBS)
        options->jobs = option_number("jobs", value, 1, JOBS_MAX, diags);
    else if (id == OPTION_REPEAT)
        options->repeat = option_number("repeat", value, 1, REPEAT_MAX, diags);
    else
        options->slow = option_number("slow", value, 1, SLOW_MAX, diags);
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
    const char *names[OPTION_ROW_COUNT + 2] = {"--help"};
    size_t count = 1;
    for (size_t i = 0; i < OPTION_ROW_COUNT; i++)
        if ((option_rows[i].set & takes) != 0)
            names[count++] = arena_printf(diags->arena, "--%s", option_rows[i].name);
    names[count] = NULL;
    const struct bytes name = {(const uint8_t *)word, strcspn(word, "=")};
    diag_add(diags, NULL, 0, NULL, "unknown option %s%s", diag_quote(diags->arena, name),
             diag_did_you_mean(diags->arena, name, names));
}

/* Short names, for what is typed by hand. */
static const struct option_letter {
    char letter;
    int id;
} letters[] = {{'H', OPTION_HEADER}, {'d', OPTION_DATA}};
enum { LETTER_COUNT = sizeof(letters) / sizeof(letters[0]) };

/* As getopt_long() wants them; the colon in front has it tell what lacks its value. */
static const char *letters_for(unsigned takes)
{
    return (takes & OPTIONS_REQUEST) != 0 ? ":H:d:" : ":";
}

static int id_of(int got)
{
    for (size_t i = 0; i < LETTER_COUNT; i++)
        if (letters[i].letter == got)
            return letters[i].id;
    return got;
}

static void table_for(unsigned takes, struct option table[OPTION_ROW_COUNT + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < OPTION_ROW_COUNT; i++)
        if ((option_rows[i].set & takes) != 0)
            table[count++] = (struct option){
                option_rows[i].name, option_rows[i].value != NULL ? required_argument : no_argument,
                NULL, option_rows[i].id};
    table[count] = (struct option){NULL, 0, NULL, 0};
}

bool options_read(struct options *options, int argc, char **argv, unsigned takes,
                  struct diags *diags)
{
    struct option table[OPTION_ROW_COUNT + 1];
    table_for(takes, table);
    *options = (struct options){
        .jobs = JOBS_DEFAULT, .repeat = 1, .slow = 1, .admin_port = ADMIN_PORT_DEFAULT};
    const size_t before = diags->count;
    opterr = 0;
    optind = 1;
    for (;;) {
        const int at = optind;
        const int id = id_of(getopt_long(argc, argv, letters_for(takes), table, NULL));
        if (id == -1)
            break;
        const char *word = optind > at ? argv[optind - 1] : argv[at];
        if (id == ':')
            diag_add(diags, NULL, 0, NULL, "%s wants a value", word);
        else if (id == '?' && optopt >= OPTION_ADMIN)
            diag_add(diags, NULL, 0, NULL, "%.*s takes no value", (int)strcspn(word, "="), word);
        else if (id == '?')
            unknown_option(word, takes, diags);
        else if (id >= OPTION_HEADER)
            request_option_read(&options->request, id, optarg, diags);
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
    for (size_t i = 0; i < OPTION_ROW_COUNT; i++) {
        if ((option_rows[i].set & takes) == 0)
            continue;
        const char *value = option_rows[i].value != NULL ? option_rows[i].value : "";
        const int rest = NAME_WIDTH - (int)strlen(option_rows[i].name) - 1;
        fprintf(out, "  --%s %-*s  %s\n", option_rows[i].name, rest, value, option_rows[i].help);
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
