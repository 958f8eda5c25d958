#include "harness/load_private.h"

enum {
    UNTIL_LEN_MAX = 1024 * 1024,
    SEGMENTS_MAX = 100000,
    WAIT_MS_MAX = 60000,
    ROUNDS_MAX = 1000000,
    NAMES_MAX = 1000, /* each new one is compared with all */
};
#define COUNT_MAX ((uint64_t)1 << 50)

/* A script that is being put together, and whose it is. */
struct script_builder {
    struct loader *loader;
    struct step *steps;
    size_t count, size;
    unsigned peer, script;
    bool is_closed; /* no step may follow */
    bool is_ended;  /* no send may follow */
};

typedef void verb_reader(struct loader *loader, const struct json *value, struct step *step);

static void read_read_form(struct loader *loader, const struct json *value, struct step *step)
{
    static const char *const keys[] = {"bytes", "until", NULL};
    if (!load_object(loader, value, keys))
        return;
    const struct json *count = json_member(value, "bytes"), *until = json_member(value, "until");
    if ((count == NULL) == (until == NULL)) {
        load_error(loader, value, "want \"bytes\" or \"until\"");
    } else if (count != NULL) {
        step->read = READ_COUNT;
        step->count = load_number(loader, count, 0, COUNT_MAX);
    } else {
        step->read = READ_UNTIL;
        const size_t mistakes = loader->diags->count;
        step->until = load_plain_bytes(loader, until, UNTIL_LEN_MAX);
        if (step->until.len == 0 && loader->diags->count == mistakes)
            load_error(loader, until, "want at least one octet");
    }
}

static void read_read(struct loader *loader, const struct json *value, struct step *step)
{
    static const char *const words[] = {[READ_HEAD] = "head",
                                        [READ_BODY] = "body",
                                        [READ_REQUEST] = "request",
                                        [READ_EOF] = "eof",
                                        NULL};
    if (value->type == JSON_OBJECT) {
        read_read_form(loader, value, step);
        return;
    }
    const int index = load_word(loader, value, words);
    step->read = index >= 0 ? (enum read_kind)index : READ_REQUEST;
}

static void read_send(struct loader *loader, const struct json *value, struct step *step)
{
    step->send = load_bytes(loader, value);
}

static void read_segments(struct loader *loader, const struct json *value, struct step *step)
{
    static const char *const words[] = {"each byte", NULL};
    if (value->type == JSON_STRING) {
        if (load_word(loader, value, words) == 0)
            step->segmentation = SEGMENTS_EACH_BYTE;
        return;
    }
    if (!load_is(loader, value, JSON_ARRAY))
        return;
    if (value->count == 0 || value->count > SEGMENTS_MAX)
        load_error(loader, value, "want 1 to %d sizes", SEGMENTS_MAX);
    uint64_t *sizes = arena_array(loader->arena, value->count, sizeof(*sizes));
    for (const struct json *item = value->items; item != NULL; item = item->next)
        sizes[step->size_count++] = load_number(loader, item, 1, COUNT_MAX);
    step->segmentation = SEGMENTS_SIZES;
    step->sizes = sizes;
}

static void read_wait_time(struct loader *loader, const struct json *value, struct step *step)
{
    static const char *const keys[] = {"ms", "unless", NULL};
    const struct json *ms =
        load_object(loader, value, keys) ? load_member(loader, value, "ms") : NULL;
    const struct json *unless = json_member(value, "unless");
    step->wait = WAIT_TIME;
    if (ms != NULL)
        step->ms = load_number(loader, ms, 1, WAIT_MS_MAX);
    if (unless != NULL)
        step->unless = load_ref(loader, unless);
}

static void read_wait(struct loader *loader, const struct json *value, struct step *step)
{
    static const char *const words[] = {
        [WAIT_ARRIVED] = "arrived", [WAIT_DRAINED] = "drained", [WAIT_SETTLED] = "settled", NULL};
    if (value->type == JSON_OBJECT) {
        read_wait_time(loader, value, step);
        return;
    }
    const int index = load_word(loader, value, words);
    step->wait = index >= 0 ? (enum wait_kind)index : WAIT_DRAINED;
}

static void read_close(struct loader *loader, const struct json *value, struct step *step)
{
    static const char *const words[] = {[CLOSE_FIN] = "fin",
                                        [CLOSE_FULL] = "full",
                                        [CLOSE_RST] = "rst",
                                        [CLOSE_NOTIFY] = "notify",
                                        NULL};
    const int index = load_word(loader, value, words);
    step->close = index >= 0 ? (enum close_kind)index : CLOSE_FIN;
}

/* Of a relay and a forward: the peer's name. No peer after a mistake: then nobody looks. */
static void read_target(struct loader *loader, const struct json *value, struct step *step)
{
    step->target = (unsigned)load_word(loader, value, loader->peers);
}

/* {"after": n, "end": "fin"} */
static void read_cut(const struct loader *loader, const struct json *value, struct relay_cut *cut)
{
    static const char *const keys[] = {"after", "end", NULL};
    static const char *const words[] = {
        [CUT_FIN] = "fin", [CUT_RST] = "rst", [CUT_SILENCE] = "silence", NULL};
    if (!load_object(loader, value, keys))
        return;
    const struct json *after = load_member(loader, value, "after");
    const struct json *end = load_member(loader, value, "end");
    const int index = end != NULL ? load_word(loader, end, words) : -1;
    cut->is_set = true;
    cut->after = after != NULL ? load_number(loader, after, 0, COUNT_MAX) : 0;
    cut->end = index >= 0 ? (enum cut_end)index : CUT_FIN;
}

static void read_start_tls(struct loader *loader, const struct json *value, struct step *step)
{
    step->tls = load_step_tls(loader, value);
}

/* So many rounds, or so many that their sends come to {"bytes": n}. */
static uint64_t read_limit(struct loader *loader, const struct json *value,
                           const struct step *first, size_t count)
{
    static const char *const keys[] = {"bytes", NULL};
    uint64_t round_len = 0;
    if (value->type != JSON_OBJECT)
        return load_number(loader, value, 1, ROUNDS_MAX);
    const struct json *bytes =
        load_object(loader, value, keys) ? load_member(loader, value, "bytes") : NULL;
    const uint64_t len = bytes != NULL ? load_number(loader, bytes, 1, COUNT_MAX) : 1;
    for (size_t i = 0; i < count; i++)
        round_len += first[i].verb == STEP_SEND ? first[i].send.len : 0;
    if (round_len == 0 || len / round_len >= ROUNDS_MAX) {
        load_error(loader, value, "want at most %d rounds of steps that send something",
                   ROUNDS_MAX);
        return 1;
    }
    return (len + round_len - 1) / round_len;
}

/* {"repeat": [steps], "times": n}, or "until": "gone" with a "limit". The steps stand in front. */
static void read_rounds(struct loader *loader, const struct json *value, struct step *step)
{
    static const char *const words[] = {"gone", NULL};
    const struct json *times = json_member(value, "times");
    const struct json *until = json_member(value, "until");
    const struct json *limit = json_member(value, "limit");
    step->times = 1;
    if ((times == NULL) == (until == NULL) || (until == NULL) != (limit == NULL)) {
        load_error(loader, value, "want \"times\", or \"until\" and \"limit\"");
    } else if (times != NULL) {
        step->times = load_number(loader, times, 1, ROUNDS_MAX);
    } else {
        step->until_gone = load_word(loader, until, words) == 0;
        step->times = read_limit(loader, limit, step - step->repeated_count, step->repeated_count);
    }
}

/* Those of a repeat are read with its steps. */
static verb_reader *const readers[STEP_VERB_COUNT] = {
    [STEP_READ] = read_read,          [STEP_SEND] = read_send,    [STEP_WAIT] = read_wait,
    [STEP_CLOSE] = read_close,        [STEP_RELAY] = read_target, [STEP_FORWARD] = read_target,
    [STEP_START_TLS] = read_start_tls};

/* The verb that stands in the object; STEP_VERB_COUNT, after telling, when there is not just one.
 */
static enum step_verb find_verb(const struct loader *loader, const struct json *value)
{
    const char *words[STEP_VERB_COUNT + 1] = {NULL};
    enum step_verb found = STEP_VERB_COUNT;
    size_t count = 0;
    for (int i = 0; i < STEP_VERB_COUNT; i++) {
        words[i] = step_verb_name((enum step_verb)i);
        if (json_member(value, words[i]) != NULL) {
            found = (enum step_verb)i;
            count++;
        }
    }
    if (count == 1)
        return found;
    load_error(loader, value, "want one of %s", load_words_text(loader, words));
    return STEP_VERB_COUNT;
}

static void check_keys(const struct loader *loader, const struct json *value)
{
    const char *keys[STEP_VERB_COUNT + 6] = {NULL};
    for (int i = 0; i < STEP_VERB_COUNT; i++)
        keys[i] = step_verb_name((enum step_verb)i);
    keys[STEP_VERB_COUNT] = "as";
    keys[STEP_VERB_COUNT + 1] = "after";
    if (json_member(value, "send") != NULL) {
        keys[STEP_VERB_COUNT + 2] = "segments";
    } else if (json_member(value, "close") != NULL) {
        keys[STEP_VERB_COUNT + 2] = "close_notify";
    } else if (json_member(value, "relay") != NULL) {
        keys[STEP_VERB_COUNT + 2] = "up";
        keys[STEP_VERB_COUNT + 3] = "down";
    } else if (json_member(value, "repeat") != NULL) {
        keys[STEP_VERB_COUNT + 2] = "times";
        keys[STEP_VERB_COUNT + 3] = "until";
        keys[STEP_VERB_COUNT + 4] = "limit";
    }
    load_object(loader, value, keys);
}

static struct step *add_step(struct script_builder *builder)
{
    builder->steps = arena_room(builder->loader->arena, builder->steps, builder->count,
                                &builder->size, sizeof(*builder->steps));
    return &builder->steps[builder->count++];
}

static void read_steps(struct script_builder *builder, const struct json *list);

/* {"repeat": [steps], ...}: the steps, then the step that goes back to them. */
static struct step *add_repeat(struct script_builder *builder, const struct json *value)
{
    struct loader *loader = builder->loader;
    const size_t first = builder->count;
    const bool was_ended = builder->is_ended;
    read_steps(builder, json_member(value, "repeat"));
    struct step *step = add_step(builder);
    step->repeated_count = builder->count - 1 - first;
    read_rounds(loader, value, step);
    if (builder->is_closed)
        load_error(loader, value, "the connection is closed by a step that is repeated");
    else if (builder->is_ended && !was_ended)
        load_error(loader, value, "the sending side is closed by a step that is repeated");
    if (step->repeated_count == 0)
        load_error(loader, value, "want at least one step to repeat");
    return step;
}

/* What stands beside one verb. */
static void read_options(struct script_builder *builder, const struct json *value,
                         struct step *step)
{
    struct loader *loader = builder->loader;
    const struct mark place = {builder->peer, builder->script, (unsigned)(builder->count - 1)};
    const struct json *segments = json_member(value, "segments");
    const struct json *up = json_member(value, "up"), *down = json_member(value, "down");
    const struct json *notify = json_member(value, "close_notify");
    if (segments != NULL)
        read_segments(loader, segments, step);
    if (up != NULL)
        read_cut(loader, up, &step->up);
    if (down != NULL)
        read_cut(loader, down, &step->down);
    if (notify != NULL && load_is(loader, notify, JSON_BOOL))
        step->withholds_notify = !notify->boolean;
    if (step->withholds_notify && step->close == CLOSE_NOTIFY)
        load_error(loader, notify, "\"close\": \"notify\" is nothing else");
    if (notify != NULL || (step->verb == STEP_CLOSE && step->close == CLOSE_NOTIFY))
        load_join(loader, notify != NULL ? notify : value, place);
    if (step->verb != STEP_RELAY && step->verb != STEP_FORWARD)
        return;
    if (step->target == builder->peer)
        load_error(loader, value, "a peer joins its connections to another peer, not to itself");
    load_join(loader, value, place);
}

/* What may stand beside any verb. */
static void read_beside(struct script_builder *builder, const struct json *value, struct step *step)
{
    struct loader *loader = builder->loader;
    const struct json *name = json_member(value, "as");
    const struct json *after = json_member(value, "after");
    if (after != NULL)
        step->after = load_after(loader, after, &step->after_count);
    if (name != NULL)
        step->name = load_step_name(loader, name,
                                    (struct step_name){.mark = {builder->peer, builder->script,
                                                                (unsigned)(builder->count - 1)}});
}

/* Whether it sends, so that it cannot follow an end of the sending side. */
static bool sends(enum step_verb verb)
{
    return verb == STEP_SEND || verb == STEP_RELAY || verb == STEP_FORWARD ||
           verb == STEP_START_TLS;
}

static void read_step(struct script_builder *builder, const struct json *value)
{
    struct loader *loader = builder->loader;
    if (!load_is(loader, value, JSON_OBJECT))
        return;
    const size_t mistakes = loader->diags->count;
    check_keys(loader, value);
    if (loader->diags->count > mistakes)
        return;
    const enum step_verb verb = find_verb(loader, value);
    if (verb == STEP_VERB_COUNT)
        return;
    if (builder->is_closed && verb != STEP_WAIT)
        load_error(loader, value, "the connection is closed by the step before");
    else if (builder->is_ended && sends(verb))
        load_error(loader, value, "the sending side is closed by a step before");
    struct step *step = verb == STEP_REPEAT ? add_repeat(builder, value) : add_step(builder);
    step->verb = verb;
    if (verb != STEP_REPEAT)
        readers[verb](loader, json_member(value, step_verb_name(verb)), step);
    read_options(builder, value, step);
    read_beside(builder, value, step);
    const bool is_close = verb == STEP_CLOSE;
    builder->is_ended = builder->is_ended || is_close;
    builder->is_closed =
        builder->is_closed || (is_close && (step->close == CLOSE_FULL || step->close == CLOSE_RST));
}

static void read_steps(struct script_builder *builder, const struct json *list)
{
    if (!load_is(builder->loader, list, JSON_ARRAY))
        return;
    for (const struct json *item = list->items; item != NULL; item = item->next) {
        if (!load_is_use(item)) {
            read_step(builder, item);
            continue;
        }
        struct def *def = load_use(builder->loader, item);
        if (def == NULL)
            continue;
        read_steps(builder, def->value);
        load_use_done(builder->loader, def);
    }
}

struct script load_script(struct loader *loader, const struct json *list, unsigned peer,
                          unsigned script)
{
    struct script_builder builder = {.loader = loader, .peer = peer, .script = script};
    read_steps(&builder, list);
    return (struct script){builder.steps, builder.count};
}

const struct step_name *load_find_name(const struct loader *loader, const char *name)
{
    const struct step_name *one = loader->names;
    while (one != NULL && strcmp(one->name, name) != 0)
        one = one->next;
    return one;
}

const char *load_step_name(struct loader *loader, const struct json *value, struct step_name entry)
{
    entry.name = load_text(loader, value);
    if (load_find_name(loader, entry.name) != NULL) {
        load_error(loader, value, "another step has the name %s",
                   diag_quote(loader->arena, bytes_of(entry.name)));
        return entry.name;
    }
    entry.number = loader->names != NULL ? loader->names->number + 1 : 1;
    if (entry.number > NAMES_MAX) {
        load_error(loader, value, "more than %d steps with a name", NAMES_MAX);
        return entry.name;
    }
    struct step_name *kept = arena_alloc(loader->arena, sizeof(*kept));
    *kept = entry;
    kept->next = loader->names;
    loader->names = kept;
    return kept->name;
}
