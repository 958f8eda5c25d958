#include "reports/read_cut.h"

/* What is looked for, line by line: json.h begins a member of the report, and ends a result, on a
 * line of its own, and no string has a line end in it. */
static const char begun_start[] = "  \"begun\": {";
static const char results_start[] = "  \"results\": [";

struct cut {
    struct bytes begun; /* the members of what `begun` holds */
    size_t end;         /* of the last whole result; 0: `results` did not begin */
};

static void look_at_line(struct cut *cut, struct bytes line, size_t line_end)
{
    const bool has_comma = bytes_end_in(line, bytes_of(","));
    if (bytes_begin_with(line, bytes_of(begun_start)) && bytes_end_in(line, bytes_of("},"))) {
        bytes_take(&line, sizeof(begun_start) - 1);
        cut->begun = bytes_take(&line, line.len - 2);
    } else if (bytes_equal(line, bytes_of(results_start))) {
        cut->end = line_end;
    } else if (cut->end > 0 && bytes_begin_with(line, bytes_of("    }")) &&
               line.len <= sizeof("    }")) {
        cut->end = line_end - (has_comma ? 1 : 0);
    }
}

static struct cut find_cut(struct bytes text)
{
    struct cut cut = {.end = 0};
    struct bytes rest = text;
    while (rest.len > 0) {
        const struct bytes line = bytes_take_until(&rest, '\n');
        look_at_line(&cut, line, (size_t)(line.at - text.at) + line.len);
    }
    return cut;
}

/* It has its end, the brace on a line of its own: nothing was cut, and nothing need be looked for.
 */
static bool is_whole(struct bytes text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.at[text.len - 1]) != NULL)
        text.len--;
    return bytes_end_in(text, bytes_of("\n}"));
}

bool report_end_cut(struct bytes *text, struct arena *arena)
{
    if (is_whole(*text))
        return false;
    const struct cut cut = find_cut(*text);
    if (cut.end == 0 || cut.begun.len == 0)
        return false;
    const char *tail = arena_printf(arena,
                                    "\n  ],\n  \"rules\": [],\n  \"totals\": {},\n  \"run\": "
                                    "{\"interrupted\": true, \"duration_ms\": 0, %.*s}\n}\n",
                                    (int)cut.begun.len, (const char *)cut.begun.at);
    const size_t tail_len = strlen(tail);
    char *made = arena_alloc(arena, cut.end + tail_len);
    memcpy(made, text->at, cut.end);
    memcpy(made + cut.end, tail, tail_len);
    *text = (struct bytes){(const uint8_t *)made, cut.end + tail_len};
    return true;
}
