/*
 * load -- makes cases of JSON files, and is the authority on what a case is:
 * every mistake of a file is told at once, each with its line and JSON Pointer,
 * and a file with a mistake gives no case. docs/case-format.md is its manual,
 * cases/case.schema.json its schema.
 */
#ifndef HARNESS_LOAD_H
#define HARNESS_LOAD_H

#include "harness/catalog.h"
#include "wire/case.h"
#include "wire/diag.h"

struct corpus {
    struct arena *arena; /* borrowed: the cases live there */
    const struct catalog *catalog;
    const struct case_ **cases; /* in the order of their files, then of their places in them */
    size_t count;
    size_t size;               /* private */
    struct loaded_file *files; /* private */
    struct id_index *index;    /* private */
};

/*
 * Loads one case file, or every `*.json` below a folder (sorted by path; files whose name ends in
 * `.schema.json`, `requirements.json` and `observed.json` are not case files). A path that was
 * loaded before (the same file by device and inode) is a mistake, as is a case id that stands
 * twice. Returns false when there was any mistake; what was wrong is in `diags`.
 */
bool corpus_load(struct corpus *corpus, const char *path, struct diags *diags);

/* The same for a text in memory, for tests and fuzzing; `file` names it. */
bool corpus_load_text(struct corpus *corpus, const char *file, struct bytes text,
                      struct diags *diags);

#endif
