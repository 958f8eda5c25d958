/* console -- the report for people: one readable block for each case that did not pass (what was
 * asked, what the wire showed, what the client said, the requirement in words), then the totals. */
#ifndef REPORTS_CONSOLE_H
#define REPORTS_CONSOLE_H

#include "reports/sink.h"

#include <stdio.h>

struct console_options {
    FILE *out;      /* borrowed */
    FILE *progress; /* a progress line is kept here; NULL: none. Borrowed */
    bool color;
    bool strict; /* warn counts as a deviation */
    bool whole;  /* a block for every result, with the whole wire */
};

/* Freed by its vtable's free. */
struct sink *console_sink_new(const struct console_options *options);

#endif
