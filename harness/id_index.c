#include "harness/id_index.h"

#include "wire/hash.h"

/* A hash table with open addressing: each slot holds the place of a case in the corpus, plus one. A
 * case that was taken back with its file leaves a place that is past the corpus' end, or another's
 * by now: it is passed over, for its id differs. */
struct id_index {
    size_t *slots;
    size_t size;  /* a power of two */
    size_t count; /* slots in use: at most half */
};

enum { SIZE_FIRST = 256 };

const struct case_ *id_index_find(const struct corpus *corpus, const char *id)
{
    const struct id_index *index = corpus->index;
    if (index == NULL)
        return NULL;
    for (size_t slot = hash_octets(HASH_START, bytes_of(id)) & (index->size - 1);
         index->slots[slot] != 0; slot = (slot + 1) & (index->size - 1)) {
        const size_t place = index->slots[slot] - 1;
        if (place < corpus->count && strcmp(corpus->cases[place]->id, id) == 0)
            return corpus->cases[place];
    }
    return NULL;
}

static void insert(struct id_index *index, const struct corpus *corpus, size_t place)
{
    size_t slot = hash_octets(HASH_START, bytes_of(corpus->cases[place]->id)) & (index->size - 1);
    while (index->slots[slot] != 0)
        slot = (slot + 1) & (index->size - 1);
    index->slots[slot] = place + 1;
    index->count++;
}

/* Twice as large, of the cases that are there. */
static struct id_index *grow(const struct corpus *corpus, const struct id_index *from)
{
    struct id_index *index = arena_alloc(corpus->arena, sizeof(*index));
    index->size = from != NULL ? from->size * 2 : SIZE_FIRST;
    index->slots = arena_array(corpus->arena, index->size, sizeof(*index->slots));
    for (size_t i = 0; i + 1 < corpus->count; i++)
        insert(index, corpus, i);
    return index;
}

void id_index_add(struct corpus *corpus)
{
    if (corpus->index == NULL || corpus->index->count >= corpus->index->size / 2)
        corpus->index = grow(corpus, corpus->index);
    insert(corpus->index, corpus, corpus->count - 1);
}
