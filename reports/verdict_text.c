#include "reports/verdict_text.h"

void verdict_text_print(FILE *out, enum verdict verdict, const char *word, bool color)
{
    static const char *const sgr[VERDICT_COUNT] = {
        [VERDICT_PASS] = "32",         [VERDICT_INFO] = "36", [VERDICT_SKIP] = "36",
        [VERDICT_UNEXERCISED] = "36",  [VERDICT_WARN] = "33", [VERDICT_KNOWN] = "33",
        [VERDICT_UNRECOGNISED] = "35", [VERDICT_FAIL] = "31", [VERDICT_ERROR] = "1;31",
    };
    if (color)
        fprintf(out, "\x1b[%sm%s\x1b[0m", sgr[verdict], word);
    else
        fputs(word, out);
}
