/* spoil -- what keeps a run from being judged: then it says nothing for or against the subject. */
#ifndef HARNESS_SPOIL_H
#define HARNESS_SPOIL_H

#include "wire/result.h"

struct spoil {
    const char *failure; /* of the driver; NULL: it did not fail. Lives as long as the result */
    bool ran_out;        /* of file descriptors */
    bool was_impatient;  /* what was to come in segments came as one */
    bool was_held;       /* when its time was over, a step stood at a barrier */
};

/* Changes the verdict where the script was not played as it is written. */
void spoil_result(const struct spoil *spoil, struct run_result *result);

#endif
