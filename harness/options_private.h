/* options_private -- the table of options, and what reads their values. */
#ifndef HARNESS_OPTIONS_PRIVATE_H
#define HARNESS_OPTIONS_PRIVATE_H

#include "harness/options.h"

/* getopt_long() gives these, or a letter: see `letters` in options.c. */
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
    /* From here on those that OPTIONS_REQUEST takes: see request_option_read(). */
    OPTION_HEADER,
    OPTION_DATA,
    OPTION_DATA_FILE,
    OPTION_CHUNKED,
    OPTION_TRAILER,
    OPTION_EXPECT_CONTINUE,
    OPTION_TARGET,
    OPTION_HTTP_1_0,
    OPTION_PROXY,
    OPTION_PROXY_HEADER,
    OPTION_TUNNEL,
    OPTION_CA,
    OPTION_CERT,
    OPTION_KEY,
    OPTION_INSECURE,
    OPTION_SOURCE,
    OPTION_TIMEOUT,
    OPTION_CONNECT_TIMEOUT,
    OPTION_MAX_LINE,
    OPTION_MAX_FIELDS,
    OPTION_MAX_FIELDS_SIZE,
    OPTION_MAX_INTERIMS,
    OPTION_MAX_OVERHEAD,
    OPTION_OUTPUT,
    OPTION_RAW,
    OPTION_DEBUG,
};

struct option_row {
    const char *name;
    const char *value; /* NULL: it has none */
    int id;
    unsigned set; /* the commands that take it: enum option_set */
    const char *help;
};

enum { OPTION_ROW_COUNT = 44 };
/* OPTION_ROW_COUNT of them, which only their own file can know. */
extern const struct option_row option_rows[];

/* What --NAME of request says: takes `value`, which is NULL where it has none. */
void request_option_read(struct request_options *request, int id, const char *value,
                         struct diags *diags);

/* A number from `least` to `most`; 0 after telling in `diags` what is wanted. */
unsigned option_number(const char *option, const char *text, unsigned least, unsigned most,
                       struct diags *diags);

#endif
