/* options -- what may stand behind a command: its options and words, and what --help says of them.
 */
#ifndef HARNESS_OPTIONS_H
#define HARNESS_OPTIONS_H

#include "harness/report_kinds.h"
#include "harness/request_options.h"
#include "harness/select.h"

#include <stdio.h>

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum {
    REPORTS_MAX = 16,
    SUBJECTS_MAX = 64,
    JOBS_MAX = 1000,
    /* Of two runs one keeps the loop busy while the other's client works. On two cores more were
     * not faster, and each one more is load that a client's patience has to bear. */
    JOBS_DEFAULT = 2,
    REPEAT_MAX = 1000000,
    ADMIN_PORT_DEFAULT = 8081,
    SLOW_MAX = 1000,
};

/* --report KIND=PATH */
struct report_wish {
    const struct report_kind *kind;
    const char *path; /* "-" is the standard output */
};

struct options {
    struct selection selection;
    unsigned admin_port;        /* 0: any that is free */
    const char *reports_folder; /* NULL: not named */
    const char *subjects[SUBJECTS_MAX];
    size_t subject_count; /* 0: the command's own choice */
    struct report_wish reports[REPORTS_MAX];
    size_t report_count;
    unsigned jobs, repeat, slow;
    bool check;
    const char *baseline; /* a file; NULL: none */
    bool update_baseline;
    const char *key_log; /* a file; NULL: none is kept */
    bool thin;
    bool strict;
    bool wire_all;
    enum color_when color;
    struct request_options request;
};

/* The options that a command takes, a bit each. */
enum option_set {
    OPTIONS_SELECT = 1,   /* --grep --tag --shard */
    OPTIONS_RUN = 2,      /* all others but --check, --admin, --reports and those of request */
    OPTIONS_OBSERVE = 4,  /* --subject --jobs --slow --check */
    OPTIONS_SERVE = 8,    /* --admin --reports */
    OPTIONS_SHOW = 16,    /* --grep --report --strict --color */
    OPTIONS_DIFF = 32,    /* --grep --strict --color */
    OPTIONS_EXPLAIN = 64, /* --color */
    OPTIONS_REQUEST = 128 /* all of struct request_options, and nothing else */
};

/* `argv[0]` is the command's name. Every mistake is told in `diags`; false then. What `options`
 * points to is `argv`'s. */
bool options_read(struct options *options, int argc, char **argv, unsigned takes,
                  struct diags *diags);

/* A line for each option of a command that takes `takes`, as --help lists them. */
void options_print(FILE *out, unsigned takes);

/* Whether to colour what goes to `out`: NO_COLOR, CLICOLOR_FORCE and TERM=dumb are honoured. */
bool options_color(enum color_when when, FILE *out);

#endif
