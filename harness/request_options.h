/* request_options -- what `assay request` may be told. */
#ifndef HARNESS_REQUEST_OPTIONS_H
#define HARNESS_REQUEST_OPTIONS_H

#include "harness/client/client.h"
#include "wire/diag.h"

/* Field lines in the order in which they were given. */
struct request_lines {
    struct assay_field *items;
    size_t count, size;
};

/* What is NULL, 0 or false was not given. */
struct request_options {
    struct request_lines headers, trailers, proxy_headers;
    const char *data, *data_file; /* "-" is the standard input */
    const char *target;
    const char *proxy;
    const char *ca, *certificate, *key; /* files */
    const char *source;
    const char *output; /* a file */
    unsigned timeout_ms, connect_timeout_ms;
    unsigned line_max, fields_max, fields_size_max, interims_max, overhead_max;
    bool is_chunked, expects_continue, is_http_1_0, tunnels, is_insecure, is_raw, is_debug;
};

/* Whether the options fit each other; tells each that does not. */
bool request_options_fit(const struct request_options *request, struct diags *diags);

#endif
