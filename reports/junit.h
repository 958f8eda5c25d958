/*
 * junit -- the report as JUnit XML, which CI systems read (docs/report-format.md).
 *
 * There is no standard of it, so this is what all of its dialects share: one suite, a test case for
 * each case and subject. `classname` is the subject and the theme, `name` the case's id: no two
 * have both, for readers drop the second one. What the format has no name for passes, and says so
 * in `system-out`. Only what fails carries its wire.
 *
 * XML 1.0 cannot hold most control characters, not even escaped: all text is made visible first, by
 * wire_text_next_plain().
 */
#ifndef REPORTS_JUNIT_H
#define REPORTS_JUNIT_H

#include "reports/sink.h"

/*
 * `strict`: a warning is a failure. The cases wait in an unnamed file for their number, which XML
 * has before them; end() writes the report, whole or not at all (reports/whole_file.h). NULL, with
 * a diag, when one of the two cannot be opened. `path` is borrowed until free.
 */
struct sink *junit_sink_new(const char *path, bool strict, struct diags *diags);

#endif
