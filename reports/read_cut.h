/* read_cut -- what a run that was killed has left of its JSON report. */
#ifndef REPORTS_READ_CUT_H
#define REPORTS_READ_CUT_H

#include "wire/arena.h"
#include "wire/bytes.h"

/* Where `text` is a report that json.h began and never ended, as far as its first result or
 * further: makes it, in `arena`, the whole report of an interrupted run that had played what stands
 * there whole. Else leaves it as it is, and returns false. */
bool report_end_cut(struct bytes *text, struct arena *arena);

#endif
