/*
 * subject -- the client under test, as a command line names it.
 *
 * `bundled`, or the name of a file in the folder of drivers: NAME itself, which
 * can be executed, or a description NAME.json. A word with a slash is the path
 * of such a file.
 */
#ifndef HARNESS_SUBJECT_H
#define HARNESS_SUBJECT_H

#include "harness/driver.h"

struct subject {
    struct subject_info info;            /* all but its name is known once it was met */
    const char *file;                    /* its driver's, from the root; NULL: the bundled client */
    const struct descriptor *descriptor; /* where that is one; once it was met */
};

#define SUBJECT_BUNDLED "bundled"

/* The names of all drivers there are, and of the bundled client; ended by NULL. */
const char *const *subject_names(struct arena *arena);

/* Finds what `word` names; its name is the word. False, with a diag that tells what there is, when
 * it names nothing. Lives in the diags' arena. */
bool subject_find(struct subject *subject, const char *word, struct diags *diags);

/* Starts it and hears what it is and can. False, with a diag, when it cannot be started or says
 * something else. `slow`: so many times as much time as usual. */
bool subject_meet(struct subject *subject, unsigned slow, struct diags *diags);

/* A driver of a subject that was met, which is borrowed. NULL, with a diag, when there is none to
 * be had. */
struct driver *subject_driver(const struct subject *subject, uv_loop_t *loop, unsigned slow,
                              struct diags *diags);

#endif
