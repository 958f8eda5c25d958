#include "harness/expand.h"

/* Names are compared with all before them: the lists are bounded. */
enum { NAME_LEN_MAX = 60, INSERTED_MAX = 300, VALUES_MAX = 10000, POSITIONS_MAX = 1000 };

/* --- matrix ------------------------------------------------------------------------ */

/* What may stand in a point's id. */
static bool is_plain_name(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        if (text[i] < ' ' || text[i] > '~' || strchr("[],=", text[i]) != NULL)
            return false;
    return text[0] != '\0' && strlen(text) <= NAME_LEN_MAX;
}

/* Of an object its "name", of all else its text; NULL for what has none. */
static const char *name_of(const struct loader *loader, const struct json *value)
{
    const struct json *name;
    switch (value->type) {
    case JSON_NULL:
        return "null";
    case JSON_BOOL:
        return value->boolean ? "true" : "false";
    case JSON_NUMBER:
        return value->is_integer ? arena_printf(loader->arena, "%lld", (long long)value->integer)
                                 : arena_printf(loader->arena, "%.17g", value->number);
    case JSON_STRING:
        return value->string;
    case JSON_OBJECT:
        name = json_member(value, "name");
        return name != NULL && name->type == JSON_STRING ? name->string : NULL;
    case JSON_ARRAY:
        break;
    }
    return NULL;
}

static bool has_name(const struct variable *variable, const char *name)
{
    for (size_t i = 0; i < variable->count; i++)
        if (strcmp(variable->values[i].name, name) == 0)
            return true;
    return false;
}

static void read_value(const struct loader *loader, const struct json *value,
                       struct variable *variable)
{
    const char *name = name_of(loader, value);
    const struct json *control = value->type == JSON_OBJECT ? json_member(value, "control") : NULL;
    if (name == NULL) {
        load_error(loader, value, "want a value that is no list, or an object with a \"name\"");
        return;
    }
    if (!is_plain_name(name))
        load_error(loader, value,
                   "%s cannot stand in an id; want an object with a \"name\" of 1 to %d characters "
                   "of ASCII, without \"[\", \"]\", \",\" and \"=\"",
                   diag_quote(loader->arena, bytes_of(name)), NAME_LEN_MAX);
    if (has_name(variable, name))
        load_error(loader, value, "another value has the name %s",
                   diag_quote(loader->arena, bytes_of(name)));
    const bool is_control = control != NULL && load_is(loader, control, JSON_BOOL);
    variable->values[variable->count++] =
        (struct variable_value){value, name, is_control && control->boolean};
}

/* Letters, digits, "-" and "_"; no name that a template of ours has. */
static void check_variable_name(const struct loader *loader, const struct json *place)
{
    static const char octets[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    static const char *const taken[] = {"CR", "LF", "NUL", "origin", "proxy"};
    if (place->key[0] == '\0' || place->key[strspn(place->key, octets)] != '\0')
        load_error(loader, place, "want a name in letters, digits, \"-\" and \"_\", got %s",
                   diag_quote(loader->arena, bytes_of(place->key)));
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        if (strcmp(place->key, taken[i]) == 0)
            load_error(loader, place, "\"%s\" is the name of a template", taken[i]);
    for (size_t i = 1; i < loader->peer_count; i++)
        if (strcmp(place->key, loader->peers[i]) == 0)
            load_error(loader, place, "\"%s\" is the name of a peer", place->key);
}

static void read_variable(const struct loader *loader, const struct json *place,
                          struct variable *variable)
{
    variable->place = place;
    check_variable_name(loader, place);
    if (!load_is(loader, place, JSON_ARRAY))
        return;
    if (place->count == 0 || place->count > VALUES_MAX) {
        load_error(loader, place, "want 1 to %d values", VALUES_MAX);
        return;
    }
    variable->values = arena_array(loader->arena, place->count, sizeof(*variable->values));
    for (const struct json *item = place->items; item != NULL; item = item->next)
        read_value(loader, item, variable);
}

/* Two would leave open which of them a sibling counts by. */
static void check_controls(const struct loader *loader, const struct matrix *matrix)
{
    size_t count = 0;
    for (size_t i = 0; i < matrix->count; i++)
        for (size_t j = 0; j < matrix->items[i].count; j++)
            if (matrix->items[i].values[j].is_control && count++ > 0)
                load_error(loader, json_member(matrix->items[i].values[j].value, "control"),
                           "another value is the control");
}

static void check_combinations(const struct loader *loader, const struct json *place,
                               const struct matrix *matrix)
{
    size_t count = 1;
    for (size_t i = 0; i < matrix->count && count <= POINTS_MAX; i++)
        count *= matrix->items[i].count; /* of at most JSON_SIZE_MAX: cannot overflow */
    if (count > POINTS_MAX)
        load_error(loader, place, "want at most %d combinations", POINTS_MAX);
}

/* What a variable depends on is known when all that its values name is. */
static void find_depends(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++)
        matrix->items[i].depends = (uint32_t)1 << i;
    for (size_t i = 0; i < matrix->count; i++)
        matrix->items[i].depends |= expand_mentions(matrix, matrix->items[i].place);
    for (size_t round = 0; round < matrix->count; round++)
        for (size_t i = 0; i < matrix->count; i++)
            for (size_t j = 0; j < matrix->count; j++)
                if ((matrix->items[i].depends & (uint32_t)1 << j) != 0)
                    matrix->items[i].depends |= matrix->items[j].depends;
}

void load_matrix(const struct loader *loader, const struct json *object, struct matrix *matrix)
{
    const struct json *place = json_member(object, "matrix");
    const size_t mistakes = loader->diags->count;
    if (place == NULL)
        return;
    if (load_is(loader, place, JSON_OBJECT)) {
        if (place->count == 0 || place->count > VARIABLES_MAX)
            load_error(loader, place, "want 1 to %d variables", VARIABLES_MAX);
        for (const struct json *one = place->items; one != NULL && matrix->count < VARIABLES_MAX;
             one = one->next)
            read_variable(loader, one, &matrix->items[matrix->count++]);
        check_controls(loader, matrix);
        check_combinations(loader, place, matrix);
        find_depends(matrix);
    }
    matrix->is_broken = loader->diags->count > mistakes;
}

/* --- truncate and split ----------------------------------------------------------------- */

static const char *const end_words[] = {[END_FIN] = "fin",
                                        [END_FULL] = "full",
                                        [END_RST] = "rst",
                                        [END_NO_NOTIFY] = "no close_notify",
                                        NULL};

const char *expand_end_name(enum end end)
{
    return end_words[end];
}

static void read_ends(const struct loader *loader, const struct json *list, struct sweep *sweep)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    if (list->count == 0)
        load_error(loader, list, "want at least one end");
    for (const struct json *item = list->items; item != NULL; item = item->next) {
        const int index = load_word(loader, item, end_words);
        bool is_there = false;
        for (size_t i = 0; i < sweep->end_count; i++)
            is_there = is_there || (int)sweep->ends[i] == index;
        if (is_there)
            load_error(loader, item, "\"%s\" stands here before", end_words[index]);
        else if (index >= 0)
            sweep->ends[sweep->end_count++] = (enum end)index;
    }
}

static void read_states(const struct loader *loader, const struct json *object, struct sweep *sweep)
{
    static const char *const keys[] = {"head", "body", "edge", "whole", NULL};
    sweep->states = object;
    if (!load_object(loader, object, keys))
        return;
    for (const struct json *member = object->items; member != NULL; member = member->next)
        load_number(loader, member, 1, POINTS_MAX);
}

static void read_truncate(const struct loader *loader, const struct json *object,
                          struct sweep *sweep)
{
    static const char *const keys[] = {"send", "ends", "states", NULL};
    if (!load_object(loader, object, keys))
        return;
    const struct json *ends = json_member(object, "ends");
    const struct json *states = json_member(object, "states");
    if (ends != NULL)
        read_ends(loader, ends, sweep);
    else
        sweep->ends[sweep->end_count++] = END_FIN;
    if (states != NULL)
        read_states(loader, states, sweep);
}

static void read_split(const struct loader *loader, const struct json *object, struct sweep *sweep)
{
    static const char *const keys[] = {"send", NULL};
    (void)sweep;
    load_object(loader, object, keys);
}

/* --- insert ------------------------------------------------------------------------------- */

static const struct octet_word {
    const char *name;
    struct bytes octets;
} octet_words[] = {
    {"CR", {(const uint8_t *)"\r", 1}},     {"LF", {(const uint8_t *)"\n", 1}},
    {"CRLF", {(const uint8_t *)"\r\n", 2}}, {"HTAB", {(const uint8_t *)"\t", 1}},
    {"SP", {(const uint8_t *)" ", 1}},      {"NUL", {(const uint8_t *)"\0", 1}},
    {"VT", {(const uint8_t *)"\v", 1}},     {"FF", {(const uint8_t *)"\f", 1}},
    {"DEL", {(const uint8_t *)"\x7f", 1}},
};

static int hex_value(char digit)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *at = digit != '\0' ? strchr(digits, digit) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* A word, "0x80", or one character of ASCII that may stand in an id. */
static struct bytes octets_of(const struct loader *loader, const char *text)
{
    for (size_t i = 0; i < sizeof(octet_words) / sizeof(octet_words[0]); i++)
        if (strcmp(octet_words[i].name, text) == 0)
            return octet_words[i].octets;
    if (strlen(text) == 4 && text[0] == '0' && text[1] == 'x' && hex_value(text[2]) >= 0 &&
        hex_value(text[3]) >= 0) {
        uint8_t *octet = arena_alloc(loader->arena, 1);
        *octet = (uint8_t)(hex_value(text[2]) * 16 + hex_value(text[3]));
        return (struct bytes){octet, 1};
    }
    const bool is_one = text[0] != '\0' && text[1] == '\0' && is_plain_name(text) && text[0] != ' ';
    return is_one ? bytes_of(text) : bytes_of("");
}

static bool is_among(const struct inserted *octets, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (octets[i].name != NULL && strcmp(octets[i].name, name) == 0)
            return true;
    return false;
}

static void read_octets(const struct loader *loader, const struct json *list, struct sweep *sweep)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    if (list->count == 0 || list->count > INSERTED_MAX) {
        load_error(loader, list, "want 1 to %d octets", INSERTED_MAX);
        return;
    }
    struct inserted *octets = arena_array(loader->arena, list->count, sizeof(*octets));
    for (const struct json *item = list->items; item != NULL; item = item->next) {
        if (!load_is(loader, item, JSON_STRING))
            continue;
        const struct bytes found = octets_of(loader, item->string);
        if (found.len == 0)
            load_error(loader, item,
                       "want CR, LF, CRLF, HTAB, SP, NUL, VT, FF, DEL, one character of ASCII, or "
                       "\"0x80\" with two hexadecimal digits in upper case, got %s",
                       diag_quote(loader->arena, bytes_of(item->string)));
        if (is_among(octets, sweep->octet_count, item->string))
            load_error(loader, item, "\"%s\" stands here before", item->string);
        octets[sweep->octet_count++] = (struct inserted){item->string, found};
    }
    sweep->octets = octets;
}

static void read_positions(const struct loader *loader, const struct json *value,
                           struct sweep *sweep)
{
    static const char *const words[] = {[INSERT_HEAD] = "every position of the head",
                                        [INSERT_BODY] = "every position of the body",
                                        [INSERT_ALL] = "every position",
                                        NULL};
    if (value->type != JSON_ARRAY) {
        const int index = load_word(loader, value, words);
        sweep->range = index >= 0 ? (enum insert_range)index : INSERT_HEAD;
        return;
    }
    if (value->count == 0 || value->count > POSITIONS_MAX) {
        load_error(loader, value, "want 1 to %d positions", POSITIONS_MAX);
        return;
    }
    uint64_t *positions = arena_array(loader->arena, value->count, sizeof(*positions));
    for (const struct json *item = value->items; item != NULL; item = item->next) {
        const uint64_t position = load_number(loader, item, 0, POINTS_MAX);
        for (size_t i = 0; i < sweep->position_count; i++)
            if (positions[i] == position)
                load_error(loader, item, "%llu stands here before", (unsigned long long)position);
        positions[sweep->position_count++] = position;
    }
    sweep->range = INSERT_LISTED;
    sweep->positions = positions;
}

static void read_insert(const struct loader *loader, const struct json *object, struct sweep *sweep)
{
    static const char *const keys[] = {"send", "octets", "at", NULL};
    if (!load_object(loader, object, keys))
        return;
    const struct json *octets = load_member(loader, object, "octets");
    const struct json *at = load_member(loader, object, "at");
    sweep->deviations = expand_deviation_names(loader->arena);
    if (octets != NULL)
        read_octets(loader, octets, sweep);
    if (at != NULL)
        read_positions(loader, at, sweep);
}

/* --- the sweep ------------------------------------------------------------------------------ */

typedef void sweep_reader(const struct loader *loader, const struct json *object,
                          struct sweep *sweep);

static const struct sweep_row {
    const char *key;
    enum sweep_kind kind;
    sweep_reader *read;
} rows[] = {
    {"truncate", SWEEP_TRUNCATE, read_truncate},
    {"split", SWEEP_SPLIT, read_split},
    {"insert", SWEEP_INSERT, read_insert},
};

/* A name of the matrix may not be one of the sweep's. */
static void check_names(const struct loader *loader, const struct sweep *sweep)
{
    for (const char *const *name = sweep_variables(sweep->kind); *name != NULL; name++)
        for (size_t i = 0; i < loader->matrix->count; i++)
            if (strcmp(loader->matrix->items[i].place->key, *name) == 0)
                load_error(loader, loader->matrix->items[i].place,
                           "\"%s\" is a variable of \"%s\" already", *name, sweep->place->key);
}

void load_sweep(const struct loader *loader, const struct json *object, struct sweep *sweep)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct json *place = json_member(object, rows[i].key);
        if (place == NULL)
            continue;
        if (sweep->kind != SWEEP_NONE) {
            load_error(loader, place, "a case has one of \"truncate\", \"split\" and \"insert\"");
            continue;
        }
        const size_t mistakes = loader->diags->count;
        *sweep = (struct sweep){.kind = rows[i].kind, .place = place};
        rows[i].read(loader, place, sweep);
        const struct json *send =
            place->type == JSON_OBJECT ? load_member(loader, place, "send") : NULL;
        check_names(loader, sweep);
        if (send != NULL && load_is(loader, send, JSON_STRING) && loader->diags->count == mistakes)
            sweep->send = send;
    }
}
