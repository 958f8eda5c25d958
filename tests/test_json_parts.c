#include "tests/check.h"
#include "tests/suites.h"
#include "wire/json_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* clang-format off */
static const struct parts_row {
    const char *text;
    const char *want; /* "key=value@line;" for each part, then what lacks, in which line */
} rows[] = {
    {"[]", ""},
    {" \n{ } \n", ""},
    {"[1]", "=1@1;"},
    {"[1 , \"a,]\",\n[2,[3]] ,{\"b\":\"}\"}]", "=1@1;=\"a,]\"@1;=[2,[3]]@2;={\"b\":\"}\"}@2;"},
    {"{\"a\" :\n1,\"b\\\"\":true}", "a=1@2;b\\\"=true@2;"},
    {"[\"\\\\\",\"\\\"\"]", "=\"\\\\\"@1;=\"\\\"\"@1;"},
    {"[-1.5e3,null\n]", "=-1.5e3@1;=null@1;"},
    {"", "want an array or an object, line 1"},
    {"\n7", "want an array or an object, line 2"},
    {"[1\n2]", "=1@1;want a comma or \"]\", line 2"},
    {"{\"a\":1 \"b\":2}", "a=1@1;want a comma or \"}\", line 1"},
    {"[1,]", "=1@1;want a value, line 1"},
    {"[,1]", "want a value, line 1"},
    {"[1", "=1@1;want a comma or \"]\", line 1"},
    {"[1,", "=1@1;want a value, line 1"},
    {"[\"a", "want a string that ends, line 1"},
    {"[\"a\\", "want a string that ends, line 1"},
    {"[[1]", "=[1]@1;want a comma or \"]\", line 1"},
    {"[{\"a\":[1}", "want an array or object that is closed: the text was cut, line 1"},
    {"[[\"]]", "want an array or object that is closed: the text was cut, line 1"},
    {"{1:2}", "want a key in double quotes, line 1"},
    {"{\"a\"}", "want a colon after the key, line 1"},
    {"{\"a\":}", "want a value, line 1"},
    {"{\"a\":1},", "a=1@1;want the end of the text, line 1"},
    {"[1]]", "=1@1;want the end of the text, line 1"},
};
/* clang-format on */

/* Of an exact-size copy, so that an octet too far is seen. */
static char *told(const char *text)
{
    const size_t size = strlen(text);
    uint8_t *copy = malloc(size > 0 ? size : 1);
    char *out = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&out, &len);
    memcpy(copy, text, size);
    struct json_parts parts = json_parts_of((struct bytes){copy, size}, 1);
    struct json_part part;
    while (json_parts_next(&parts, &part))
        fprintf(stream, "%.*s=%.*s@%u;", (int)part.key.len, (const char *)part.key.at,
                (int)part.text.len, (const char *)part.text.at, part.line);
    if (parts.want != NULL)
        fprintf(stream, "want %s, line %u", parts.want, parts.line);
    CHECK_ROW(!json_parts_next(&parts, &part), "%s: goes on behind its end", text);
    fclose(stream);
    free(copy);
    return out;
}

static void takes_every_row_apart(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *got = told(rows[i].text);
        CHECK_ROW(strcmp(got, rows[i].want) == 0, "%s: got %s, want %s", rows[i].text, got,
                  rows[i].want);
        free(got);
    }
}

CU_TestInfo json_parts_tests[] = {
    {"takes every row apart", takes_every_row_apart},
    CU_TEST_INFO_NULL,
};
