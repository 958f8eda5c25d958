/* request_show -- what `assay request` prints of a response, as it comes. */
#ifndef HARNESS_REQUEST_SHOW_H
#define HARNESS_REQUEST_SHOW_H

#include "harness/client/client.h"
#include "harness/request_options.h"
#include "harness/screen.h"

struct request_show {
    bool is_raw;            /* only the body is shown */
    const char *output;     /* the file that `body` is; NULL: it is the standard output */
    struct screen standard; /* output */
    struct screen file;     /* `out` is NULL where there is none */
};

/* Makes the file for the body, where one is wanted. False, after telling why it cannot be. */
bool request_show_open(struct request_show *show, const struct request_options *asked,
                       struct diags *diags);

/* Interim responses, and the head of the final one, as far as they came. */
void request_show_head(struct request_show *show, const struct assay_response *response);

/* The body as it comes, then the trailers. The error is the read's; `is_written` is false where
 * writing failed, which ends it. */
enum assay_error request_show_body(struct request_show *show, struct assay_response *response,
                                   bool *is_written);

/* Closes the file. False, after telling it, when something could not be written. */
bool request_show_close(struct request_show *show, struct diags *diags);

#endif
