/* request_plan -- what `assay request` is to send, and which way: made of its command line. */
#ifndef HARNESS_REQUEST_PLAN_H
#define HARNESS_REQUEST_PLAN_H

#include "harness/client_way.h"
#include "harness/options.h"

struct request_plan {
    struct client_way way;
    struct assay_request request;
    struct assay_tls *tls, *proxy_tls; /* with the origin, and with the proxy; NULL: none */
    int fd;                            /* a file that was opened for the body; -1: none */
    bool is_given;                     /* the body, as a stream of one piece */
};

/* False, after telling every mistake that is seen in `diags`. What the plan holds lives in the
 * arena of `diags` and in `options`; it stays where it is while its request is sent. */
bool request_plan_make(struct request_plan *plan, const struct options *options,
                       struct diags *diags);

/* The connection that it takes; the caller's, to be freed before the plan. NULL when the client
 * refuses what the plan holds, or memory is short: see `failure`. */
struct assay_connection *request_plan_connection(const struct request_plan *plan,
                                                 const struct request_options *asked,
                                                 struct arena *arena,
                                                 struct assay_failure *failure);

/* Also after request_plan_make() has failed. */
void request_plan_release(struct request_plan *plan);

#endif
