/* The catalog of requirements: the one that is shipped, and files that are none. */
#include "harness/catalog.h"
#include "tests/check.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ENTRY(id, level, basis)                                                                    \
    "{\"id\": \"" id "\", \"rfc\": 9112, \"section\": \"8\", \"level\": \"" level                  \
    "\", \"requirement\": \"r\", \"basis\": \"" basis "\"}"

static const struct row {
    const char *text;
    const char *want; /* the first mistake, behind the file's name; NULL: it is good */
} rows[] = {
    {"[]", NULL},
    {"[" ENTRY("b", "MUST", "bcp14") ", " ENTRY("a", "grammar", "abnf") "]", NULL},
    {"", ":1: want a JSON value, got the end of the text"},
    {"{}", ":1: want an array, got an object"},
    {"[\n5]", ":2: /0: want an object, got a number"},
    {"[{}]", ":1: /0: want a string as \"basis\", got none"},
    {"[" ENTRY("a", "must", "bcp14") "]", ":1: /0: unknown level \"must\""},
    {"[" ENTRY("a", "MUST", "bcp14") ", " ENTRY("a", "MAY", "bcp14") "]",
     ": the id \"a\" stands twice"},
    {"[{\"id\": 1, \"rfc\": 9112, \"section\": \"8\", \"level\": \"MAY\", \"requirement\": \"r\", "
     "\"basis\": \"x\"}]",
     ":1: /0: want a string as \"id\", got a number"},
    {"[{\"id\": \"a\", \"rfc\": 1.5, \"section\": \"8\", \"level\": \"MAY\", "
     "\"requirement\": \"r\", \"basis\": \"x\"}]",
     ":1: /0: want a whole number as \"rfc\""},
};

static void check_text(const struct row *row, const char *path)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    struct catalog catalog = {NULL, 0};
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(row->text, file);
    fclose(file);
    const bool is_good = catalog_load(&catalog, arena, path, &diags);
    const char *got = diags.first != NULL ? diag_text(diags.first, arena) + strlen(path) : "none";
    CHECK_ROW(is_good == (row->want == NULL) && (row->want == NULL || strcmp(got, row->want) == 0),
              "%s: \"%s\"", row->text, got);
    arena_free(arena);
}

static void refuses_what_is_no_catalog(void)
{
    char path[] = "test-catalog-XXXXXX";
    const int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_text(&rows[i], path);
    remove(path);
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    struct catalog catalog = {NULL, 0};
    CHECK_ROW(!catalog_load(&catalog, arena, path, &diags), "a file that is not there");
    CHECK_ROW(catalog_find(&catalog, "a") == NULL, "nothing is found in none");
    arena_free(arena);
}

static void finds_every_entry_of_the_shipped_one(void)
{
    struct arena *arena = arena_new();
    struct diags diags = {.arena = arena};
    struct catalog catalog = {NULL, 0};
    size_t keyword_count = 0;
    CHECK_ROW(catalog_load(&catalog, arena, "cases/requirements.json", &diags), "%s",
              diags.first != NULL ? diag_text(diags.first, arena) : "");
    CHECK_ROW(catalog.count >= 487, "%zu entries", catalog.count);
    for (size_t i = 0; i < catalog.count; i++) {
        const struct requirement *one = &catalog.items[i];
        keyword_count += one->has_keyword;
        CHECK_ROW(catalog_find(&catalog, one->id) == one, "%s", one->id);
        CHECK_ROW(!one->has_keyword || strcmp(one->level, "grammar") != 0, "%s", one->id);
    }
    CHECK_ROW(keyword_count > 0 && keyword_count < catalog.count, "%zu keywords", keyword_count);
    CHECK_ROW(catalog_find(&catalog, "9112-8-999") == NULL, "one that is not there");
    arena_free(arena);
}

static void knows_the_harms(void)
{
    for (size_t i = 0; harms[i] != NULL; i++)
        CHECK_ROW(is_harm(harms[i]), "%s", harms[i]);
    CHECK_ROW(!is_harm("") && !is_harm("Leak") && !is_harm("9112-8-1"), "no harms");
}

CU_TestInfo load_catalog_tests[] = {
    {"refuses what is no catalog", refuses_what_is_no_catalog},
    {"finds every entry of the shipped one", finds_every_entry_of_the_shipped_one},
    {"knows the harms", knows_the_harms},
    CU_TEST_INFO_NULL,
};
