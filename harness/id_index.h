/* id_index -- finds a case of a corpus by its id, however many there are. Private to the loader. */
#ifndef HARNESS_ID_INDEX_H
#define HARNESS_ID_INDEX_H

#include "harness/load.h"

/* NULL when no case of the corpus has that id. */
const struct case_ *id_index_find(const struct corpus *corpus, const char *id);

/* Takes note of the corpus' last case. */
void id_index_add(struct corpus *corpus);

#endif
