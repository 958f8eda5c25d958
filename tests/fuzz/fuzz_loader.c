/* Case files of any octets: loaded, or refused with a place. */
#include "harness/load.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct requirement requirements[] = {
        {.id = "9112-8-1", .level = "MUST", .has_keyword = true},
        {.id = "9110-8.6-1", .level = "SHOULD", .has_keyword = true}};
    static const struct catalog catalog = {requirements, 2};
    struct arena *arena = arena_new();
    struct corpus corpus = {.arena = arena, .catalog = &catalog};
    struct diags diags = {.arena = arena};
    const bool is_good = corpus_load_text(&corpus, "f.json", (struct bytes){data, size}, &diags);
    if (is_good != (diags.count == 0))
        abort();
    arena_free(arena);
    return 0;
}
