/*
 * explain -- one case told in words: what is asked, what the peers do, what is recognised, what it
 * rests on. In reading order: explain.c the whole, explain_points.c the variables of its points,
 * explain_steps.c client and peers.
 */
#ifndef HARNESS_EXPLAIN_H
#define HARNESS_EXPLAIN_H

#include "harness/catalog.h"

#include <stdio.h>

struct explained {
    const struct case_ *case_;
    const struct point *point; /* NULL: all of the case, told by its first point */
    const struct catalog *catalog;
    bool color;
};

void explain_case(FILE *out, const struct explained *explained);

/* "186: cut (62 values, 0 to 61), end (fin, rst, full)", without a line end. */
void explain_points(FILE *out, const struct case_ *case_);

/* The client's steps, and each peer's, under their labels. */
void explain_steps(FILE *out, const struct point *point);

/* `step 2 of the origin`; with its name, where it has one. */
void explain_step_ref(FILE *out, const struct point *point, const struct step_ref *ref);

#endif
