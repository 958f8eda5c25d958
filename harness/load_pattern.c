#include "harness/load_private.h"

enum { STATUS_LEAST = 100, STATUS_MOST = 999, INTERIM_MOST = 199 };

/* Patterns are compared each with each, alternative by alternative: longer lists would cost hours.
 */
enum { LIST_MAX = 256 };
#define LENGTH_MAX ((uint64_t)JSON_INTEGER_MAX)

/* Where a list is BYTES, alternatives are {"any": [...]}; where the value is text, a list is them.
 */
enum value_type { VALUE_OF_OCTETS, VALUE_OF_TEXT };

static bool has_room(const struct loader *loader, const struct json *list, size_t count)
{
    return count <= LIST_MAX ||
           load_error(loader, list, "want at most %d here, got %zu", LIST_MAX, count);
}

/* {"has": BYTES} and its like; false when the object is none of these. */
static bool read_value_form(const struct loader *loader, const struct json *item,
                            struct value *value)
{
    static const struct {
        const char *key;
        enum value_kind kind;
    } forms[] = {{"has", VALUE_HAS}, {"prefix_of", VALUE_PREFIX_OF}, {"length", VALUE_LENGTH}};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const struct json *member = json_member(item, forms[i].key);
        if (member == NULL)
            continue;
        const char *const keys[] = {forms[i].key, NULL};
        load_object(loader, item, keys);
        value->kind = forms[i].kind;
        if (value->kind == VALUE_LENGTH)
            value->length = load_number(loader, member, 0, LENGTH_MAX);
        else
            value->octets = load_bytes(loader, member);
        return true;
    }
    return false;
}

/* The list of alternatives that the value is; NULL when it is one value. */
static const struct json *alternatives_of(const struct json *item, enum value_type type)
{
    if (item->type == JSON_OBJECT)
        return json_member(item, "any");
    return item->type == JSON_ARRAY && type == VALUE_OF_TEXT ? item : NULL;
}

static size_t count_values(const struct json *item, enum value_type type)
{
    const struct json *list = alternatives_of(item, type);
    size_t count = 0;
    if (list == NULL)
        return 1;
    for (const struct json *one = list->items; one != NULL; one = one->next)
        count += count_values(one, type);
    return count;
}

static struct value read_one_value(const struct loader *loader, const struct json *item)
{
    struct value value = {.kind = VALUE_EQUALS};
    if (item->type == JSON_NULL)
        value.kind = VALUE_ABSENT;
    else if (item->type != JSON_OBJECT || !read_value_form(loader, item, &value))
        value.octets = load_bytes(loader, item);
    return value;
}

static void read_values(const struct loader *loader, const struct json *item, enum value_type type,
                        struct value *values, size_t *count)
{
    static const char *const keys[] = {"any", NULL};
    const struct json *list = alternatives_of(item, type);
    if (list == NULL) {
        values[(*count)++] = read_one_value(loader, item);
        return;
    }
    if (item->type == JSON_OBJECT)
        load_object(loader, item, keys);
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    if (list->count == 0)
        load_error(loader, list, "want at least one value");
    for (const struct json *one = list->items; one != NULL; one = one->next)
        read_values(loader, one, type, values, count);
}

static struct value_pattern read_pattern(const struct loader *loader, const struct json *item,
                                         enum value_type type)
{
    const size_t size = count_values(item, type);
    size_t count = 0;
    if (!has_room(loader, item, size))
        return (struct value_pattern){NULL, 0};
    struct value *values = arena_array(loader->arena, size, sizeof(*values));
    read_values(loader, item, type, values, &count);
    return (struct value_pattern){values, count};
}

/* The member's pattern; one that states nothing when there is no such member. */
static struct value_pattern read_member(const struct loader *loader, const struct json *object,
                                        const char *key, enum value_type type)
{
    const struct json *member = json_member(object, key);
    return member != NULL ? read_pattern(loader, member, type) : (struct value_pattern){NULL, 0};
}

static struct fields_pattern read_fields(const struct loader *loader, const struct json *object,
                                         const char *key)
{
    const struct json *member = json_member(object, key);
    if (member == NULL || !load_is(loader, member, JSON_OBJECT) ||
        !has_room(loader, member, member->count))
        return (struct fields_pattern){NULL, 0};
    struct field_pattern *items = arena_array(loader->arena, member->count, sizeof(*items));
    size_t count = 0;
    for (const struct json *one = member->items; one != NULL; one = one->next, count++) {
        items[count].name = bytes_of(one->key);
        items[count].value = read_pattern(loader, one, VALUE_OF_TEXT);
        if (!load_is_token(one->key))
            load_error(loader, one, "want a field name, got %s",
                       diag_quote(loader->arena, items[count].name));
        for (size_t i = 0; i < count; i++)
            if (bytes_equal_fold(items[i].name, items[count].name))
                load_error(loader, one, "the name stands here before, as %s",
                           diag_quote(loader->arena, items[i].name));
    }
    if (count == 0)
        load_error(loader, member, "want at least one field name");
    return (struct fields_pattern){items, count};
}

/* --- outcomes -------------------------------------------------------------------- */

static error_set read_error_word(const struct loader *loader, const struct json *value,
                                 bool is_alone)
{
    const char *words[OUTCOME_ERROR_COUNT + 2] = {NULL};
    size_t count = 0;
    for (int i = OUTCOME_NONE + 1; i < OUTCOME_ERROR_COUNT; i++)
        words[count++] = outcome_error_name((enum outcome_error)i);
    if (is_alone) {
        words[count] = "any";
        words[count + 1] = "maybe";
    }
    const int index = load_word(loader, value, words);
    if (index == OUTCOME_ERROR_COUNT - 1)
        return ERROR_ANY;
    if (index == OUTCOME_ERROR_COUNT)
        return ERROR_ANY | ERROR_BIT(OUTCOME_NONE);
    return index >= 0 ? ERROR_BIT(index + 1) : 0;
}

static error_set read_errors(const struct loader *loader, const struct json *value)
{
    if (value == NULL)
        return ERROR_BIT(OUTCOME_NONE);
    if (value->type != JSON_ARRAY)
        return read_error_word(loader, value, true);
    error_set errors = 0;
    if (value->count == 0)
        load_error(loader, value, "want at least one word");
    for (const struct json *item = value->items; item != NULL; item = item->next)
        errors |= read_error_word(loader, item, false);
    return errors;
}

static const int *read_numbers(const struct loader *loader, const struct json *list, uint64_t most,
                               size_t *count)
{
    if (!has_room(loader, list, list->count))
        return NULL;
    int *numbers = arena_array(loader->arena, list->count, sizeof(*numbers));
    for (const struct json *item = list->items; item != NULL; item = item->next)
        numbers[(*count)++] = (int)load_number(loader, item, STATUS_LEAST, most);
    return numbers;
}

static void read_status(const struct loader *loader, const struct json *value,
                        struct outcome_pattern *pattern)
{
    static const char *const words[] = {"any", NULL};
    pattern->states_status = true;
    if (value->type == JSON_STRING) {
        load_word(loader, value, words);
    } else if (value->type == JSON_ARRAY) {
        pattern->statuses = read_numbers(loader, value, STATUS_MOST, &pattern->status_count);
        if (value->count == 0)
            load_error(loader, value, "want at least one status");
    } else {
        int *status = arena_alloc(loader->arena, sizeof(*status));
        *status = (int)load_number(loader, value, STATUS_LEAST, STATUS_MOST);
        pattern->statuses = status;
        pattern->status_count = 1;
    }
}

static const struct step_ref *read_before(const struct loader *loader, const struct json *value)
{
    const struct mark *mark = load_peer_mark(loader, value);
    struct step_ref *ref = arena_alloc(loader->arena, sizeof(*ref));
    if (mark == NULL)
        return NULL;
    *ref = (struct step_ref){
        .peer = mark->peer, .script = mark->connection_script, .step = mark->step};
    return ref;
}

struct outcome_pattern load_outcome_pattern(const struct loader *loader, const struct json *value)
{
    static const char *const keys[] = {"error",   "status",   "body",    "partial", "reason",
                                       "headers", "trailers", "interim", "before",  NULL};
    struct outcome_pattern pattern = {.errors = 0};
    if (!load_object(loader, value, keys))
        return pattern;
    const struct json *status = json_member(value, "status");
    const struct json *interim = json_member(value, "interim");
    const struct json *before = json_member(value, "before");
    pattern.errors = read_errors(loader, json_member(value, "error"));
    if (status != NULL)
        read_status(loader, status, &pattern);
    pattern.body = read_member(loader, value, "body", VALUE_OF_OCTETS);
    pattern.partial = read_member(loader, value, "partial", VALUE_OF_OCTETS);
    pattern.reason = read_member(loader, value, "reason", VALUE_OF_TEXT);
    pattern.headers = read_fields(loader, value, "headers");
    pattern.trailers = read_fields(loader, value, "trailers");
    if (interim != NULL && load_is(loader, interim, JSON_ARRAY)) {
        pattern.states_interim = true;
        pattern.interim = read_numbers(loader, interim, INTERIM_MOST, &pattern.interim_count);
    }
    if (before != NULL)
        pattern.before = read_before(loader, before);
    if (pattern.body.count > 0 && (pattern.errors & ERROR_BIT(OUTCOME_NONE)) == 0)
        load_error(loader, json_member(value, "body"),
                   "an outcome with an error has \"partial\", not \"body\"");
    if (pattern.partial.count > 0 && pattern.errors == ERROR_BIT(OUTCOME_NONE))
        load_error(loader, json_member(value, "partial"),
                   "an outcome without an error has \"body\", not \"partial\"");
    return pattern;
}

/* --- what a peer saw ---------------------------------------------------------------- */

static unsigned read_framing(const struct loader *loader, const struct json *value)
{
    static const char *const words[] = {"none", "length", "chunked", NULL};
    unsigned framings = 0;
    if (value->type == JSON_ARRAY) {
        for (const struct json *item = value->items; item != NULL; item = item->next)
            framings |= read_framing(loader, item);
        if (value->count == 0)
            load_error(loader, value, "want at least one word");
        return framings;
    }
    const int index = load_word(loader, value, words);
    return index >= 0 ? (unsigned)FRAMING_NONE << index : 0;
}

static void read_facts(const struct loader *loader, const struct json *value,
                       struct request_pattern *pattern)
{
    const struct json *framing = json_member(value, "framing");
    const struct json *chunks = json_member(value, "chunks");
    const struct json *complete = json_member(value, "complete");
    const struct json *on = json_member(value, "on");
    if (framing != NULL)
        pattern->framings = read_framing(loader, framing);
    if (chunks != NULL) {
        pattern->states_chunks = true;
        pattern->chunks = load_range(loader, chunks);
    }
    if (complete != NULL && load_is(loader, complete, JSON_BOOL)) {
        pattern->states_complete = true;
        pattern->complete = complete->boolean;
    }
    if (on != NULL) {
        pattern->states_on = true;
        pattern->on = load_number(loader, on, 0, LENGTH_MAX);
    }
}

static struct request_pattern read_request(const struct loader *loader, const struct json *value)
{
    static const char *const keys[] = {"method",  "target", "headers",  "body", "trailers",
                                       "framing", "chunks", "complete", "on",   NULL};
    struct request_pattern pattern = {.framings = 0};
    if (!load_object(loader, value, keys))
        return pattern;
    pattern.method = read_member(loader, value, "method", VALUE_OF_TEXT);
    pattern.target = read_member(loader, value, "target", VALUE_OF_TEXT);
    pattern.headers = read_fields(loader, value, "headers");
    pattern.body = read_member(loader, value, "body", VALUE_OF_OCTETS);
    pattern.trailers = read_fields(loader, value, "trailers");
    read_facts(loader, value, &pattern);
    return pattern;
}

struct route load_route(const struct loader *loader, const struct json *when)
{
    static const char *const keys[] = {"method", "target", "headers", NULL};
    struct route route = {.times = 0};
    if (!load_object(loader, when, keys))
        return route;
    route.method = read_member(loader, when, "method", VALUE_OF_TEXT);
    route.target = read_member(loader, when, "target", VALUE_OF_TEXT);
    route.headers = read_fields(loader, when, "headers");
    if (when->count == 0)
        load_error(loader, when, "states nothing; want %s", load_words_text(loader, keys));
    return route;
}

static void read_requests(const struct loader *loader, const struct json *list,
                          struct peer_pattern *pattern)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    struct request_pattern *requests = arena_array(loader->arena, list->count, sizeof(*requests));
    for (const struct json *item = list->items; item != NULL; item = item->next)
        requests[pattern->request_count++] = read_request(loader, item);
    pattern->states_requests = true;
    pattern->requests = requests;
}

static struct bytes word_or_any(struct bytes word)
{
    return bytes_equal(word, bytes_of("*")) ? (struct bytes){NULL, 0} : word;
}

/* "POST /2": the method, one SP, the target. */
static void read_count(const struct loader *loader, const struct json *member,
                       struct count_pattern *count)
{
    const char *space = strchr(member->key, ' ');
    count->times = load_range(loader, member);
    if (space == NULL || space == member->key || space[1] == '\0') {
        load_error(loader, member, "want \"METHOD TARGET\" as the key, got %s",
                   diag_quote(loader->arena, bytes_of(member->key)));
        return;
    }
    if (strstr(member->key, "{{") != NULL)
        load_error(loader, member, "want the target itself: no name is replaced in a key");
    const struct bytes method = {(const uint8_t *)member->key, (size_t)(space - member->key)};
    count->method = word_or_any(method);
    count->target = word_or_any(bytes_of(space + 1));
}

static void read_counts(const struct loader *loader, const struct json *object,
                        struct peer_pattern *pattern)
{
    if (!load_is(loader, object, JSON_OBJECT) || !has_room(loader, object, object->count))
        return;
    struct count_pattern *counts = arena_array(loader->arena, object->count, sizeof(*counts));
    for (const struct json *member = object->items; member != NULL; member = member->next)
        read_count(loader, member, &counts[pattern->count_count++]);
    if (object->count == 0)
        load_error(loader, object, "want at least one \"METHOD TARGET\"");
    pattern->counts = counts;
}

struct peer_pattern load_peer_pattern(const struct loader *loader, const struct json *value,
                                      unsigned peer)
{
    static const char *const keys[] = {"connections", "requests", "count", NULL};
    struct peer_pattern pattern = {.peer = peer};
    if (!load_object(loader, value, keys))
        return pattern;
    const struct json *connections = json_member(value, "connections");
    const struct json *requests = json_member(value, "requests");
    const struct json *counts = json_member(value, "count");
    if (connections != NULL) {
        pattern.states_connections = true;
        pattern.connections = load_range(loader, connections);
    }
    if (requests != NULL)
        read_requests(loader, requests, &pattern);
    if (counts != NULL)
        read_counts(loader, counts, &pattern);
    if (value->count == 0)
        load_error(loader, value, "states nothing; want %s", load_words_text(loader, keys));
    return pattern;
}
