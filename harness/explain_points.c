#include "harness/explain.h"

#include "reports/wire_text.h"

#include <stdlib.h>

/* So many values are listed; of more the first and the last. */
enum { LISTED_MAX = 8 };

/* A variable of the points' suffixes, "[cut=17,end=fin]". No name or value holds a comma or "=". */
struct values {
    struct bytes name;
    struct bytes *all; /* by point; empty where it has no such variable */
    size_t count;
};

/* Takes the next "name=value" off. */
static bool take_setting(struct bytes *rest, struct bytes *name, struct bytes *value)
{
    if (rest->len == 0)
        return false;
    *value = bytes_take_until(rest, ',');
    *name = bytes_take_until(value, '=');
    return true;
}

/* What stands between the brackets. */
static struct bytes inside(const char *suffix)
{
    struct bytes text = bytes_of(suffix);
    if (text.len >= 2) {
        bytes_take(&text, 1);
        text.len--;
    }
    return text;
}

static void gather(const struct case_ *case_, struct values *values)
{
    for (size_t i = 0; i < case_->point_count; i++) {
        struct bytes rest = inside(case_->points[i].suffix), name, value;
        while (take_setting(&rest, &name, &value))
            if (bytes_equal(name, values->name))
                values->all[values->count++] = value;
    }
}

static int by_octets(const void *one, const void *other)
{
    const struct bytes *a = one, *b = other;
    const size_t len = a->len < b->len ? a->len : b->len;
    const int order = memcmp(a->at, b->at, len);
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static size_t count_distinct(const struct values *values, struct arena *arena)
{
    struct bytes *sorted = arena_array(arena, values->count, sizeof(*sorted));
    size_t count = values->count > 0 ? 1 : 0;
    memcpy(sorted, values->all, values->count * sizeof(*sorted));
    qsort(sorted, values->count, sizeof(*sorted), by_octets);
    for (size_t i = 1; i < values->count; i++)
        count += !bytes_equal(sorted[i - 1], sorted[i]);
    return count;
}

static bool stands_before(const struct values *values, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (bytes_equal(values->all[i], values->all[index]))
            return true;
    return false;
}

/* "(fin, rst, full)", in the order of the points. */
static void print_values(FILE *out, const struct values *values, size_t distinct)
{
    const char *separator = "";
    if (distinct > LISTED_MAX) {
        fprintf(out, " (%zu values, ", distinct);
        wire_text_print(out, values->all[0]);
        fputs(" to ", out);
        wire_text_print(out, values->all[values->count - 1]);
        putc(')', out);
        return;
    }
    fputs(" (", out);
    for (size_t i = 0, told = 0; i < values->count && told < distinct; i++) {
        if (stands_before(values, i))
            continue;
        fputs(separator, out);
        wire_text_print(out, values->all[i]);
        separator = ", ";
        told++;
    }
    putc(')', out);
}

void explain_points(FILE *out, const struct case_ *case_)
{
    struct arena *arena = arena_new();
    struct bytes rest = inside(case_->points[0].suffix), value;
    struct values values = {.all = arena_array(arena, case_->point_count, sizeof(*values.all))};
    const char *separator = ": ";
    fprintf(out, "%zu", case_->point_count);
    while (take_setting(&rest, &values.name, &value)) {
        values.count = 0;
        gather(case_, &values);
        fputs(separator, out);
        wire_text_print(out, values.name);
        print_values(out, &values, count_distinct(&values, arena));
        separator = ", ";
    }
    arena_free(arena);
}
