/* live_private -- shared by the files of harness/live/ alone. */
#ifndef HARNESS_LIVE_LIVE_PRIVATE_H
#define HARNESS_LIVE_LIVE_PRIVATE_H

#include "harness/live/live.h"
#include "server/control/control.h"

enum { LIVE_NOT_FOUND = 404 };

/* The context of every route. */
struct live {
    const struct selected *selected;
    const struct case_ **by_theme; /* the same cases, those of one theme together */
    const char *reports_folder;
    uint64_t started_ns; /* uv_hrtime() */
};

/* The octets of the id before its last "/"; all of it where there is none. */
struct bytes live_theme(const struct case_ *one);

/* api.c, page.c, reports.c; docs/control-api.md says what each gives. */
control_function live_health, live_version, live_cases, live_case;
control_function live_page, live_reports, live_report;

/* The rows of the reports' table, without its tags; a word in their place when there is none. */
void live_list_reports(const struct live *live, FILE *out);

#endif
