/* request_url -- the URLs of a command line, as what the client goes by. */
#ifndef HARNESS_REQUEST_URL_H
#define HARNESS_REQUEST_URL_H

#include "harness/client_way.h"
#include "wire/diag.h"

/* The URL of a request; `target` is its path and query, in the arena of `diags`. A user is refused:
 * he would not be sent (RFC 9110, section 4.2.4). False, after telling what is wanted. */
bool request_url_read(const char *text, struct client_url *url, struct assay_bytes *target,
                      struct diags *diags);

/* The URL of --proxy. `user` is its userinfo, decoded, as "name:password"; NULL: it has none. */
bool request_url_read_proxy(const char *text, struct client_url *url, const char **user,
                            struct diags *diags);

#endif
