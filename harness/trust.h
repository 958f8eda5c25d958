/*
 * trust -- what a whole run of assay needs for TLS: an authority of its own (server/mint.h), and
 * its certificate as a file, which subjects are told of. Made only where a selected case speaks
 * TLS.
 */
#ifndef HARNESS_TRUST_H
#define HARNESS_TRUST_H

#include "harness/select.h"

struct mint;

struct trust {
    const struct mint *mint; /* NULL where nothing speaks TLS */
    const char *ca;          /* the path of the authority's certificate, in PEM; NULL as that */
};

/* Lives in the diags' arena. With `key_log`, a path, the secrets of each handshake are added to
 * that file (SSLKEYLOGFILE's form). NULL, with a diag, when that cannot be had. */
const struct trust *trust_open(const struct selected *selected, const char *key_log,
                               struct diags *diags);

/* Removes the file. False, with a diag, where the key log is not whole. Accepts NULL. */
bool trust_close(const struct trust *trust, struct diags *diags);

#endif
