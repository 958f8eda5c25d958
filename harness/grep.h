/* grep -- the regular expression of --grep, over cases. */
#ifndef HARNESS_GREP_H
#define HARNESS_GREP_H

#include "wire/diag.h"

#include <regex.h>

struct grep {
    bool is_set; /* else everything matches */
    regex_t expression;
};

/* `text`: an extended regular expression, or NULL. False, with a diag, when it is none. */
bool grep_open(struct grep *grep, const char *text, struct diags *diags);

/* Whether it matches the id or the title. */
bool grep_matches(const struct grep *grep, const char *id, const char *title);

void grep_close(struct grep *grep);

#endif
