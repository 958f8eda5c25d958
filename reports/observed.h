/*
 * observed -- what clients did in each case: the evidence that a `fail` rests on.
 *
 * cases/observed.json holds, by case and client, the verdict and the behaviours that were seen, and
 * the case's hash at that time. For a client that failed a person writes `judged`: what its octets
 * show, and why that is its fault. Nothing else in it is written by hand.
 */
#ifndef REPORTS_OBSERVED_H
#define REPORTS_OBSERVED_H

#include "reports/sink.h"

/* So many clients have to be there before a fail may rest on it. */
enum { OBSERVED_CLIENTS_LEAST = 3 };

struct observed;

/* Empty; to be written to `path`, which is borrowed. */
struct observed *observed_new(const char *path);

/* Takes what the file holds: `text`. False, with a diag, when it is not as it should be. */
bool observed_load(struct observed *observed, struct bytes text, struct diags *diags);

/* Takes the results of a run: they replace what was noted of the same case and client, and of the
 * case in another form whatever the client. What was judged stays where verdict and behaviours are
 * the same. The sink is freed before `observed`. */
struct sink *observed_sink_new(struct observed *observed);

/* Writes the file, whole or not at all. False, with a diag. */
bool observed_write(const struct observed *observed, struct diags *diags);

/* Tells of each case that may say fail and lacks what that needs: a row with its hash, enough
 * clients, and a sentence for each that failed. Returns how many lack something. */
size_t observed_check(const struct observed *observed, const struct case_ *const *cases,
                      size_t count, struct diags *diags);

void observed_free(struct observed *observed);

#endif
