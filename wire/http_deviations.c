#include "wire/http_private.h"

enum framing { KNOWN, LOST };

/* clang-format off */
static const struct {
    const char *text;
    const char *requirement;
    enum framing framing;
} deviations[HTTP_DEVIATION_COUNT] = {
#define DEVIATION_ROW(name, text, requirement, framing) {text, requirement, framing},
    HTTP_DEVIATIONS(DEVIATION_ROW)
#undef DEVIATION_ROW
};
/* clang-format on */

const char *http_deviation_text(enum http_deviation_kind kind)
{
    assert(kind < HTTP_DEVIATION_COUNT);
    return deviations[kind].text;
}

const char *http_deviation_requirement(enum http_deviation_kind kind)
{
    assert(kind < HTTP_DEVIATION_COUNT);
    return deviations[kind].requirement;
}

void http_note(struct http_notes *notes, enum http_deviation_kind kind, uint64_t offset)
{
    for (unsigned i = 0; i < notes->count; i++)
        if (notes->list[i].kind == kind)
            return;
    if (notes->count < HTTP_NOTES_MAX)
        notes->list[notes->count++] = (struct http_deviation){kind, offset};
}

bool http_notes_lose(const struct http_notes *notes)
{
    for (unsigned i = 0; i < notes->count; i++)
        if (deviations[notes->list[i].kind].framing == LOST)
            return true;
    return false;
}
