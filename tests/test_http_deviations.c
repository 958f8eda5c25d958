#include "tests/http_rows.h"
#include "tests/suites.h"

#include <stdio.h>

enum framing { KNOWN, LOST };

static const enum framing framings[] = {
#define FRAMING(name, text, requirement, framing) framing,
    HTTP_DEVIATIONS(FRAMING)
#undef FRAMING
};

static const struct http_table *const tables[] = {
    &http_start_table,    &http_fields_table, &http_framing_table,
    &http_messages_table, &chunked_table,
};

/* Where the log says "DEVIATION name@", at `from` or behind it; or NULL. */
static const char *find(const char *from, const char *name)
{
    char event[64];
    snprintf(event, sizeof(event), "DEVIATION %s@", name);
    return strstr(from, event);
}

static size_t count_rows_with(const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        for (size_t row = 0; row < tables[i]->count; row++)
            count += find(tables[i]->rows[row].want, name) != NULL;
    return count;
}

static void has_a_row_for_every_kind(void)
{
    for (size_t kind = 0; kind < HTTP_DEVIATION_COUNT; kind++)
        CHECK_ROW(count_rows_with(http_deviation_names[kind]) > 0, "%s: no row",
                  http_deviation_names[kind]);
}

/* A kind that leaves the framing unknown is followed by LOST, with no more than other deviations
 * and the head between; any other is not the last of a log. */
static void loses_the_framing_by_the_kinds_that_say_so(void)
{
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        for (size_t row = 0; row < tables[i]->count; row++) {
            const struct http_row *one = &tables[i]->rows[row];
            bool is_lost = false;
            for (size_t kind = 0; kind < HTTP_DEVIATION_COUNT; kind++)
                is_lost |=
                    framings[kind] == LOST && find(one->want, http_deviation_names[kind]) != NULL;
            const bool is_tunnel = strstr(one->want, "HEAD tunnel") != NULL;
            const bool says_lost = strstr(one->want, " | LOST") != NULL;
            CHECK_ROW(says_lost == (is_lost || is_tunnel), "%s: LOST", one->label);
        }
}

/* Such as "9112-7.1.1-3". */
static bool is_requirement_id(const char *id)
{
    const bool is_known_rfc = strncmp(id, "9110-", 5) == 0 || strncmp(id, "9112-", 5) == 0;
    if (!is_known_rfc)
        return false;
    const char *number = id + 5 + strspn(id + 5, "0123456789.");
    return number[0] == '-' && number[1] != '\0' &&
           strspn(number + 1, "0123456789") == strlen(number + 1);
}

static void has_a_text_and_a_requirement_for_every_kind(void)
{
    for (size_t i = 0; i < HTTP_DEVIATION_COUNT; i++) {
        const enum http_deviation_kind kind = (enum http_deviation_kind)i;
        CHECK_ROW(strlen(http_deviation_text(kind)) > 0, "%s: no text", http_deviation_names[i]);
        CHECK_ROW(is_requirement_id(http_deviation_requirement(kind)), "%s: requirement %s",
                  http_deviation_names[i], http_deviation_requirement(kind));
    }
}

CU_TestInfo http_deviations_tests[] = {
    {"has a row for every kind", has_a_row_for_every_kind},
    {"loses the framing by the kinds that say so", loses_the_framing_by_the_kinds_that_say_so},
    {"has a text and a requirement for every kind", has_a_text_and_a_requirement_for_every_kind},
    CU_TEST_INFO_NULL,
};
