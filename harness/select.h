/*
 * select -- which cases a command line means.
 *
 * A word that is a path is loaded; any other names cases of the corpus: an id,
 * a folder of ids, a pattern of fnmatch(3), or the id of one point of a case
 * ("partial-read/truncate[cut=17]"). The corpus is `cases/` of the
 * current folder when it has a catalog, else the installed one.
 */
#ifndef HARNESS_SELECT_H
#define HARNESS_SELECT_H

#include "harness/load.h"
#include "harness/shard.h"

struct selection {
    const char *const *words;
    size_t word_count; /* 0: the whole corpus */
    const char *grep;  /* an extended regular expression over ids and titles; NULL: none */
    const char *tag;   /* NULL: any; but cases tagged `slow` only when named alone */
    struct shard shard;
};

/* Which points of a case are meant. */
struct pick {
    const struct point *const *points; /* NULL: all of them */
    size_t count;
};

/* What was selected, in the order of the corpus; lives in the arena. */
struct selected {
    const struct case_ *const *cases;
    const struct pick *picks; /* by case */
    size_t count;
    const struct catalog *catalog;     /* that they name requirements of */
    const struct case_ *const *loaded; /* all that there are: these were selected from */
    size_t loaded_count;
    bool is_whole; /* nothing in the selection leaves any of them out, but for `slow` */
};

/* Whether the word is a path: of a file or folder that is there, or it ends in `.json`. */
bool select_is_path(const char *word);

/* Whether the word means this id: itself, a folder above it, or a pattern. */
bool select_names(const char *word, const char *id);

/* The part of the word behind the id, "[cut=17]", where it begins with this id; else NULL. */
const char *select_suffix(const char *word, const char *id);

/* False, with diags, when a case file is bad, a word names nothing, or the expression is none. */
bool select_cases(const struct selection *selection, struct arena *arena, struct selected *selected,
                  struct diags *diags);

/* Whether there is a case in it; tells when there is none. */
bool select_any(const struct selected *selected, struct diags *diags);

#endif
