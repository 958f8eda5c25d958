/*
 * client_reads -- reads a response in many ways, for fuzz_client.c: what was got becomes a hash,
 * the same one whatever the calls and however the response came. Ends the process where what the
 * client shows does not fit the grammar, its limits, or what it has shown before.
 */
#ifndef TESTS_FUZZ_CLIENT_READS_H
#define TESTS_FUZZ_CLIENT_READS_H

#include "harness/client/client.h"

#include <stdlib.h>

static inline void must(bool is_so)
{
    if (!is_so)
        abort();
}

enum calls { CALL_READ_ALL, CALL_ANY, CALL_ANY_AND_CLOSE };

struct reads {
    const struct assay_options *options;
    enum calls calls;
    uint64_t random; /* which calls; another number every time */
    uint64_t hash;   /* of all that was got */
};

void reads_add_number(struct reads *reads, uint64_t number);
void reads_add_fields(struct reads *reads, struct assay_fields fields);
void reads_add_failure(struct reads *reads, const struct assay_failure *failure);
void reads_add_head(struct reads *reads, const struct assay_response *response);

/* To the end, or until it is closed on the way. */
void reads_add_body(struct reads *reads, struct assay_response *response);

#endif
