#include "harness/spoil.h"

static void set(struct run_result *result, enum verdict verdict, const char *reason)
{
    result->verdict = verdict;
    result->behaviour = NULL;
    result->reason = reason;
}

void spoil_result(const struct spoil *spoil, struct run_result *result)
{
    if (spoil->failure != NULL) {
        set(result, VERDICT_ERROR, spoil->failure);
        result->finding_count = result->request_count = 0; /* what broke was not the client */
    } else if (spoil->ran_out) {
        set(result, VERDICT_ERROR, "no file descriptor was left for a connection (ulimit -n)");
    } else if (spoil->was_impatient) {
        set(result, VERDICT_UNEXERCISED,
            "the client did not read: what was to come in segments came as one");
    } else if (spoil->was_held) {
        set(result, VERDICT_UNEXERCISED, "its time was over while a step stood at a barrier");
    }
}
