/*
 * live -- what `assay serve` shows while it runs: the cases as JSON and as a page,
 * and the folder of reports, to be read and not written. docs/control-api.md is
 * its manual.
 */
#ifndef HARNESS_LIVE_LIVE_H
#define HARNESS_LIVE_LIVE_H

#include "harness/select.h"

struct live_options {
    const struct selected *selected;
    const char *reports_folder; /* may come and go */
    uint16_t port;              /* of 127.0.0.1; 0: any that is free */
};

/* Says in one line where it listens, and serves until SIGINT or SIGTERM. False, with a diag, when
 * it cannot listen, or nobody can be told where. */
bool live_serve(const struct live_options *options, struct diags *diags);

#endif
