#include "reports/kept_text.h"

#include <stdlib.h>

static void must(bool is_done)
{
    if (is_done)
        return;
    fputs("assay: out of memory\n", stderr);
    abort();
}

FILE *kept_text_open(struct kept_text *kept)
{
    kept->out = open_memstream(&kept->at, &kept->len);
    must(kept->out != NULL);
    return kept->out;
}

struct bytes kept_text_close(struct kept_text *kept)
{
    must(ferror(kept->out) == 0);
    must(fclose(kept->out) == 0);
    return (struct bytes){(const uint8_t *)kept->at, kept->len};
}

void kept_text_free(struct kept_text *kept)
{
    free(kept->at);
}
