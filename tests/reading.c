#include "tests/reading.h"

#include "wire/http.h"

struct readings readings_new(struct arena *arena)
{
    return (struct readings){arena_array(arena, READINGS_MAX, sizeof(struct reading)), 0};
}

struct reading *readings_add(struct readings *readings)
{
    return readings->count < READINGS_MAX ? &readings->items[readings->count++] : NULL;
}

void reading_fields_add(struct reading_fields *fields, struct arena *arena, struct bytes name,
                        struct bytes value)
{
    if (fields->count < READING_FIELDS_MAX)
        fields->items[fields->count] =
            (struct reading_field){arena_bytes(arena, name), arena_bytes(arena, value)};
    fields->count++;
}

/* --- by wire/http.h ---------------------------------------------------------------------- */

/* `whole`: the octets that the readings are of, so that no body is longer. */
static void add_data(struct reading *reading, struct arena *arena, struct bytes data, size_t whole)
{
    uint8_t *body = (uint8_t *)(uintptr_t)reading->body.at;
    if (body == NULL)
        body = arena_alloc(arena, whole);
    memcpy(body + reading->body.len, data.at, data.len);
    reading->body = (struct bytes){body, reading->body.len + data.len};
}

static void take_event(struct reading *reading, const struct http_reader *reader,
                       enum http_event event, struct arena *arena, size_t whole)
{
    if (event == HTTP_START) {
        reading->method = arena_bytes(arena, reader->start.method);
        reading->target = arena_bytes(arena, reader->start.target);
    } else if (event == HTTP_FIELD) {
        reading_fields_add(&reading->head, arena, reader->name, reader->value);
    } else if (event == HTTP_TRAILER) {
        reading_fields_add(&reading->trailers, arena, reader->name, reader->value);
    } else if (event == HTTP_DATA) {
        add_data(reading, arena, reader->data, whole);
    }
}

bool readings_of(struct readings *readings, struct arena *arena, struct bytes octets)
{
    const size_t whole = octets.len;
    struct http_reader reader;
    struct reading *reading = NULL;
    enum http_event event;
    bool is_clean = true;
    http_reader_init(&reader, HTTP_REQUESTS);
    do {
        event = http_reader_next(&reader, &octets);
        if (event == HTTP_START)
            reading = readings_add(readings);
        if (reading != NULL)
            take_event(reading, &reader, event, arena, whole);
        is_clean = is_clean && event != HTTP_DEVIATION;
    } while (event != HTTP_NEED_MORE && event != HTTP_LOST && event != HTTP_NO_MEMORY);
    is_clean = is_clean && reading != NULL && http_reader_end(&reader) == HTTP_IDLE;
    http_reader_release(&reader);
    return is_clean;
}

/* --- compared ---------------------------------------------------------------------------- */

static const char *differ(struct arena *arena, const char *what, struct bytes one,
                          struct bytes other)
{
    enum { SHOWN_MAX = 200 };
    return arena_printf(arena, "%s is \"%.*s\" (%zu) or \"%.*s\" (%zu)", what,
                        (int)(one.len < SHOWN_MAX ? one.len : SHOWN_MAX), (const char *)one.at,
                        one.len, (int)(other.len < SHOWN_MAX ? other.len : SHOWN_MAX),
                        (const char *)other.at, other.len);
}

static const char *fields_difference(const struct reading_fields *one,
                                     const struct reading_fields *other, struct arena *arena)
{
    if (one->count != other->count || one->count > READING_FIELDS_MAX)
        return arena_printf(arena, "fields are %zu or %zu", one->count, other->count);
    for (size_t i = 0; i < one->count; i++) {
        const struct reading_field *left = &one->items[i], *right = &other->items[i];
        if (!bytes_equal(left->name, right->name))
            return differ(arena, "a field's name", left->name, right->name);
        if (!bytes_equal(left->value, right->value))
            return differ(arena, "a field's value", left->value, right->value);
    }
    return NULL;
}

const char *reading_difference(const struct reading *one, const struct reading *other,
                               struct arena *arena)
{
    if (!bytes_equal(one->method, other->method))
        return differ(arena, "method", one->method, other->method);
    if (!bytes_equal(one->target, other->target))
        return differ(arena, "target", one->target, other->target);
    if (!bytes_equal(one->body, other->body))
        return differ(arena, "body", one->body, other->body);
    const char *head = fields_difference(&one->head, &other->head, arena);
    return head != NULL ? head : fields_difference(&one->trailers, &other->trailers, arena);
}
