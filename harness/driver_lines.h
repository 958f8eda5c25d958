/*
 * driver_lines -- the lines of a driver's protocol (docs/driver-protocol.md):
 * what is written to a driver, and what is read of it. No process, no clock.
 *
 * What is read is hostile: every line goes through the strict pass of
 * wire/json.h, and nothing in it is taken that the document does not name.
 */
#ifndef HARNESS_DRIVER_LINES_H
#define HARNESS_DRIVER_LINES_H

#include "harness/driver.h"
#include "wire/json.h"

/* A longer line is refused. */
#define DRIVER_LINE_MAX JSON_SIZE_MAX

enum {
    /* Of longer contents so many first octets are kept, and all are counted. */
    DRIVER_BODY_MAX = 1024 * 1024,
    DRIVER_TEXT_MAX = 8 * 1024, /* of an error in the client's own words */
    DRIVER_PATIENCE_MAX = 20,
};

/* No longer method, target, field name or value is asked for. */
#define DRIVER_ASKED_MAX ((size_t)16 * 1024 * 1024)

/* --- to a driver: lines with their ends, in the arena ------------------------------- */

struct bytes driver_line_begin(uint64_t id, const struct driver_session *session,
                               struct arena *arena);

/* The step of that index. `file` is the path of the content of a BODY_FILE, else NULL.
 * Empty when it asks for more than DRIVER_ASKED_MAX. */
struct bytes driver_line_step(uint64_t id, size_t number, const struct driver_session *session,
                              const char *file, struct arena *arena);

/* The source that stands there goes on. */
struct bytes driver_line_go(uint64_t id, const char *name, struct arena *arena);

struct bytes driver_line_end(uint64_t id, struct arena *arena);

/* --- from a driver -------------------------------------------------------------------- */

/* The first line. All of `info` but its name is set, in the arena. False, with diags, when it is
 * not as it should be. */
bool driver_read_hello(struct bytes line, struct subject_info *info, struct arena *arena,
                       struct diags *diags);

enum driver_said { DRIVER_OUTCOME, DRIVER_HEAD, DRIVER_HELD, DRIVER_ENDED };

struct driver_answer {
    enum driver_said said;
    uint64_t id;                   /* of the session */
    size_t step;                   /* but for DRIVER_ENDED */
    const struct outcome *outcome; /* DRIVER_OUTCOME */
    const char *hold;              /* DRIVER_HELD: the name of the hold */
};

/* Any other line; what it says lives in the arena. False, with diags, when it is not as it should
 * be. Whether it may be said now is the caller's to know. */
bool driver_read_answer(struct bytes line, struct driver_answer *answer, struct arena *arena,
                        struct diags *diags);

#endif
