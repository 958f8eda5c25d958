#include "reports/read_private.h"

#include <limits.h>

enum {
    PEERS_MAX = 64,     /* that a run's events may name */
    STEPS_MAX = 100000, /* of all scripts of a result: an index makes room for those before it */
    DOUBLING = 2,
};

struct script_read {
    struct step *steps;
    size_t count, size;
};

struct peer_read {
    const char *name;
    struct script_read *scripts;
    size_t count, size;
};

/* The peers and scripts of a run, as far as its events tell. */
struct wire_reading {
    const struct reading *reading;
    struct peer_read peers[PEERS_MAX];
    size_t peer_count;
    struct transcript *transcript;
};

/* The items, with room for `count` of them. */
static void *grown(struct wire_reading *wire, void *items, size_t count, size_t *size,
                   size_t item_size)
{
    if (count <= *size)
        return items;
    const size_t larger = count > DOUBLING * *size ? count : DOUBLING * *size;
    void *copy = arena_array(wire->reading->arena, larger, item_size);
    if (*size > 0)
        memcpy(copy, items, *size * item_size);
    *wire->reading->step_room += larger;
    *size = larger;
    return copy;
}

/* By the member "peer"; UINT_MAX where there is none, for what is no peer's. */
static unsigned read_peer(struct wire_reading *wire, const struct json *object)
{
    const struct json *name = read_optional(wire->reading, object, "peer", JSON_STRING);
    if (name == NULL)
        return UINT_MAX;
    for (unsigned i = 0; i < wire->peer_count; i++)
        if (strcmp(wire->peers[i].name, name->string) == 0)
            return i;
    if (wire->peer_count == PEERS_MAX) {
        read_error(wire->reading, name, "want at most %d peers, got more", PEERS_MAX);
        return UINT_MAX;
    }
    wire->peers[wire->peer_count].name = name->string;
    return (unsigned)wire->peer_count++;
}

/* Notes what the script's step is: sinks ask for it by its indices. */
static void read_step(struct wire_reading *wire, const struct json *object,
                      const struct event *event)
{
#define WORD(name, text) text,
    static const char *const verbs[] = {STEP_VERBS(WORD) NULL};
#undef WORD
    const struct json *verb = read_optional(wire->reading, object, "verb", JSON_STRING);
    const int found = verb != NULL ? read_find_word(verbs, verb->string, -1) : -1;
    if (found < 0 || event->peer >= wire->peer_count)
        return;
    if ((size_t)event->script + event->step + *wire->reading->step_room > STEPS_MAX) {
        read_error(wire->reading, object, "want at most %d steps of scripts, got more", STEPS_MAX);
        return;
    }
    struct peer_read *peer = &wire->peers[event->peer];
    peer->scripts =
        grown(wire, peer->scripts, (size_t)event->script + 1, &peer->size, sizeof(*peer->scripts));
    if (peer->count <= event->script)
        peer->count = (size_t)event->script + 1;
    struct script_read *script = &peer->scripts[event->script];
    script->steps =
        grown(wire, script->steps, (size_t)event->step + 1, &script->size, sizeof(*script->steps));
    if (script->count <= event->step)
        script->count = (size_t)event->step + 1;
    script->steps[event->step].verb = (enum step_verb)found;
    script->steps[event->step].name = read_optional_text(wire->reading, object, "as");
}

/* 16 digits; 0 after telling that they are none. */
static uint64_t read_digest(struct wire_reading *wire, const struct json *digits)
{
    const size_t digit_count = 16;
    uint64_t digest = 0;
    bool is_good = digits->len == digit_count;
    for (size_t i = 0; is_good && i < digit_count; i++) {
        const int value = byte_hex((uint8_t)digits->string[i]);
        is_good = value >= 0;
        digest = digest << 4 | (uint64_t)(is_good ? value : 0);
    }
    if (!is_good)
        read_error(wire->reading, digits, "want %zu hexadecimal digits", digit_count);
    return is_good ? digest : 0;
}

static void read_octets_of(struct wire_reading *wire, const struct json *object,
                           struct event *event)
{
    event->octets = read_base64(wire->reading, object, "b64");
    event->len = read_count(wire->reading, object, "len", JSON_INTEGER_MAX);
    if (json_member(object, "tail_b64") != NULL)
        event->tail = read_base64(wire->reading, object, "tail_b64");
    const struct json *digest = read_optional(wire->reading, object, "digest", JSON_STRING);
    if (digest != NULL)
        event->digest = read_digest(wire, digest);
    event->record_offset =
        read_optional_count(wire->reading, object, "record_offset", JSON_INTEGER_MAX);
    event->record_len = read_optional_count(wire->reading, object, "record_len", JSON_INTEGER_MAX);
}

static struct bytes read_optional_octets(struct wire_reading *wire, const struct json *object,
                                         const char *key)
{
    const struct json *value = json_member(object, key);
    return value != NULL ? read_octets(wire->reading, value) : (struct bytes){NULL, 0};
}

static const struct tls_hello *read_hello(struct wire_reading *wire, const struct json *object)
{
    struct tls_hello *hello = arena_alloc(wire->reading->arena, sizeof(*hello));
    hello->name_count = (unsigned)read_count(wire->reading, object, "names", UINT_MAX);
    hello->name = read_optional_octets(wire, object, "name");
    hello->alpn = read_optional_octets(wire, object, "alpn");
    return hello;
}

static void read_event(struct wire_reading *wire, const struct json *object, struct event *event)
{
    const struct reading *reading = wire->reading;
    event->ns = read_count(reading, object, "ns", JSON_INTEGER_MAX);
    event->peer = read_peer(wire, object);
    event->connection = (unsigned)read_optional_count(reading, object, "connection", UINT_MAX);
    event->script = (unsigned)read_optional_count(reading, object, "script", UINT_MAX);
    event->step = (unsigned)read_optional_count(reading, object, "step", UINT_MAX);
    if (event->kind == EVENT_RECEIVED || event->kind == EVENT_SENT)
        read_octets_of(wire, object, event);
    else
        event->text =
            read_optional_text(reading, object, event->kind == EVENT_MANNERS ? "manners" : "text");
    const struct json *hello = read_optional(reading, object, "hello", JSON_OBJECT);
    if (hello != NULL)
        event->hello = read_hello(wire, hello);
    const struct json *error = read_optional(reading, object, "errno", JSON_OBJECT);
    if (error != NULL)
        event->error = (int)read_count(reading, error, "number", INT_MAX);
    read_step(wire, object, event);
}

static void read_events(struct wire_reading *wire, const struct json *events)
{
#define WORD(name, text) text,
    static const char *const kinds[] = {EVENT_KINDS(WORD) NULL};
#undef WORD
    for (const struct json *item = events->items; item != NULL; item = item->next) {
        if (!read_is(wire->reading, item, JSON_OBJECT))
            continue;
        const int kind = read_find_word(kinds, read_text(wire->reading, item, "kind"), -1);
        if (kind < 0) {
            wire->reading->report->unknown_count++;
            continue;
        }
        struct transcript_node *node = arena_alloc(wire->reading->arena, sizeof(*node));
        node->event.kind = (enum event_kind)kind;
        read_event(wire, item, &node->event);
        transcript_append(wire->transcript, node);
    }
}

static struct peer make_peer(struct arena *arena, const struct peer_read *from)
{
    struct script *scripts = arena_array(arena, from->count, sizeof(*scripts));
    for (size_t i = 0; i < from->count; i++)
        scripts[i] = (struct script){from->scripts[i].steps, from->scripts[i].count};
    return (struct peer){.name = from->name, .scripts = scripts, .script_count = from->count};
}

static void make_peers(const struct wire_reading *wire, struct point *point)
{
    struct arena *arena = wire->reading->arena;
    struct peer *peers = arena_array(arena, wire->peer_count, sizeof(*peers));
    for (size_t i = 0; i < wire->peer_count; i++)
        peers[i] = make_peer(arena, &wire->peers[i]);
    point->peers = peers;
    point->peer_count = wire->peer_count;
}

static void read_findings(struct wire_reading *wire, const struct json *object,
                          struct run_result *run)
{
    const struct reading *reading = wire->reading;
    const struct json *array = read_member(reading, object, "findings", JSON_ARRAY);
    if (array == NULL)
        return;
    struct run_finding *findings = arena_array(reading->arena, array->count, sizeof(*findings));
    for (const struct json *item = array->items; item != NULL; item = item->next) {
        if (!read_is(reading, item, JSON_OBJECT))
            continue;
        struct run_finding *one = &findings[run->finding_count];
        one->finding.rule = read_rule(reading, item);
        one->finding.request = (unsigned)read_count(reading, item, "request", UINT_MAX);
        one->finding.offset = read_count(reading, item, "offset", JSON_INTEGER_MAX);
        one->connection = (unsigned)read_count(reading, item, "connection", UINT_MAX);
        one->peer = read_peer(wire, item);
        if (one->peer == UINT_MAX)
            read_member(reading, item, "peer", JSON_STRING);
        run->finding_count += one->finding.rule != RULE_COUNT && one->peer != UINT_MAX;
    }
    run->findings = findings;
}

void read_wire(const struct reading *reading, const struct json *object, struct run_result *run,
               struct point *point)
{
    struct wire_reading wire = {.reading = reading};
    const struct json *events = read_optional(reading, object, "wire", JSON_ARRAY);
    if (events != NULL) {
        wire.transcript = arena_alloc(reading->arena, sizeof(*wire.transcript));
        wire.transcript->arena = reading->arena;
        wire.transcript->dropped =
            read_optional_count(reading, object, "wire_dropped", JSON_INTEGER_MAX);
        read_events(&wire, events);
        run->transcript = wire.transcript;
    }
    read_findings(&wire, object, run);
    make_peers(&wire, point);
}
