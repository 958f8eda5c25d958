/* load_rows -- case files with one mistake each, for test_load.c. */
#ifndef TESTS_LOAD_ROWS_H
#define TESTS_LOAD_ROWS_H

#include <stdbool.h>
#include <stddef.h>

/* The parts of a whole case, in order. */
#define HEAD   "{\"id\": \"t/a\", \"title\": \"t\""
#define CLIENT ", \"client\": [{\"request\": {}}]"
#define ORIGIN ", \"origin\": [{\"read\": \"request\"}, {\"send\": \"x\"}]"
#define EXPECT ", \"expect\": {\"client\": [{}]}"

/* Begins `want` where cases/case.schema.json cannot refuse the row. */
#define LOAD_ROW_BEYOND "(beyond the schema) "

extern const struct load_bad_row {
    const char *text;
    const char *want; /* how one of the mistakes begins, behind the file's name */
} load_bad_rows[];
extern const size_t load_bad_row_count;

/* `want` without that; and whether it was there. */
const char *load_row_want(const struct load_bad_row *row);
bool load_row_is_beyond(const struct load_bad_row *row);

#endif
