#include "harness/grep.h"

bool grep_open(struct grep *grep, const char *text, struct diags *diags)
{
    char why[128];
    grep->is_set = false;
    if (text == NULL)
        return true;
    const int error = regcomp(&grep->expression, text, REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
        regerror(error, &grep->expression, why, sizeof(why));
        return diag_add(diags, NULL, 0, NULL, "--grep: %s is no regular expression: %s",
                        diag_quote(diags->arena, bytes_of(text)), why);
    }
    grep->is_set = true;
    return true;
}

bool grep_matches(const struct grep *grep, const char *id, const char *title)
{
    return !grep->is_set || regexec(&grep->expression, id, 0, NULL, 0) == 0 ||
           regexec(&grep->expression, title, 0, NULL, 0) == 0;
}

void grep_close(struct grep *grep)
{
    if (grep->is_set)
        regfree(&grep->expression);
    grep->is_set = false;
}
