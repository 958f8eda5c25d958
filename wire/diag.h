/*
 * diag -- mistakes in what a person wrote, told so that they can be mended.
 *
 *     cases/demo.json:3: /steps/0: unknown key "sned"; did you mean "send"?
 *
 * A loader reports every mistake it finds, so diags are a list. Whoever makes
 * the list owns it; the texts live in its arena.
 */
#ifndef WIRE_DIAG_H
#define WIRE_DIAG_H

#include "wire/arena.h"

struct diag {
    struct diag *next;
    const char *file;    /* NULL when not about a file */
    unsigned line;       /* 1-based; 0 when unknown */
    const char *path;    /* JSON Pointer (RFC 6901) to the culprit; "" is the root, NULL none */
    const char *message; /* lower case, no full stop: "want a string, got a number" */
};

/* More mistakes than this are counted, not told. */
enum { DIAGS_MAX = 100 };

/* `{.arena = ...}` is an empty list. */
struct diags {
    struct arena *arena; /* borrowed */
    struct diag *first;
    struct diag *last;
    size_t count; /* all that were reported, also those past DIAGS_MAX */
};

/* Appends one; always returns false, so that callers can write `return diag_add(...)`.
 * A mistake equal to an earlier one in place and text is left out. */
bool diag_add(struct diags *diags, const char *file, unsigned line, const char *path,
              const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* One mistake as `file:line: path: message`, without what is unknown; lives in the arena. */
const char *diag_text(const struct diag *diag, struct arena *arena);

/* `text` in double quotes, its control octets, quotes and backslashes escaped, cut after 60 octets.
 */
const char *diag_quote(struct arena *arena, struct bytes text);

/* The word of `words` (ended by NULL) nearest to `got`, when near enough to be a slip; else NULL.
 */
const char *diag_suggest(struct bytes got, const char *const *words);

/* The same for the end of a message, in the arena: "; did you mean \"cut\"?"; "" for NULL. */
const char *diag_did_you_mean(struct arena *arena, struct bytes got, const char *const *words);

#endif
