/*
 * tap -- the report as TAP version 14, the Test Anything Protocol (docs/report-format.md).
 *
 * The plan comes first, with all that is to be played: a run that was interrupted, or a report that
 * was cut, lacks test points, and no reader takes it for whole. A point is a case and a subject.
 * What did not pass says why in a YAML block, which even Perl's TAP::Parser, with its small part of
 * YAML, can read.
 */
#ifndef REPORTS_TAP_H
#define REPORTS_TAP_H

#include "reports/sink.h"

/* `strict`: a warning is not ok. Streams, into a file that is written whole or not at all
 * (reports/whole_file.h). NULL, with a diag, when it cannot be opened. `path` is borrowed until
 * free. */
struct sink *tap_sink_new(const char *path, bool strict, struct diags *diags);

#endif
