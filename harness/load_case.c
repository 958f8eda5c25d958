#include "harness/case_hash.h"
#include "harness/expand.h"
#include "harness/id_index.h"

enum { DEADLINE_MS = 5000, DEADLINE_MS_MAX = 600000 };

static bool is_id_octet(char octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') ||
           (octet != '\0' && strchr("-._/", octet) != NULL);
}

/* An id names files too: no part of it may be empty, "." or "..". */
static bool has_good_parts(const char *text)
{
    for (;;) {
        const size_t len = strcspn(text, "/");
        if (strspn(text, ".") >= len)
            return false;
        if (text[len] == '\0')
            return true;
        text += len + 1;
    }
}

static bool is_id(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        if (!is_id_octet(text[i]))
            return false;
    return strchr(text, '/') != NULL && has_good_parts(text);
}

static const char *read_id(const struct loader *loader, const struct json *value)
{
    if (!load_is(loader, value, JSON_STRING))
        return "";
    if (!is_id(value->string))
        load_error(loader, value,
                   "want THEME/NAME in lower-case letters, digits, \"-\", \".\" and \"_\", got %s",
                   diag_quote(loader->arena, bytes_of(value->string)));
    const struct case_ *other = id_index_find(loader->corpus, value->string);
    if (other != NULL)
        load_error(loader, value, "another case has this id: %s:%u", other->file, other->line);
    return value->string;
}

static bool has_requirement(const struct requirement *const *items, size_t count,
                            const struct requirement *one)
{
    for (size_t i = 0; i < count; i++)
        if (items[i] == one)
            return true;
    return false;
}

static void read_requirements(const struct loader *loader, const struct json *list,
                              struct case_ *case_)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    const struct requirement **items = arena_array(loader->arena, list->count, sizeof(*items));
    for (const struct json *item = list->items; item != NULL; item = item->next) {
        const struct requirement *found = load_requirement(loader, item);
        if (found != NULL && has_requirement(items, case_->requirement_count, found))
            load_error(loader, item, "\"%s\" stands here before", found->id);
        else if (found != NULL)
            items[case_->requirement_count++] = found;
    }
    case_->requirements = items;
}

typedef const char *text_reader(const struct loader *loader, const struct json *value);

/* Reports make links of these: nothing may stand in them that no address holds. */
static bool is_address(const char *text)
{
    static const char scheme[] = "https://";
    if (strncmp(text, scheme, strlen(scheme)) != 0 || strpbrk(text, " \"<>\\^`{|}") != NULL)
        return false;
    for (const char *at = text; *at != '\0'; at++)
        if (*at < 0x20 || *at > 0x7e)
            return false;
    return strcspn(text + strlen(scheme), "/?#") > 0;
}

static const char *read_address(const struct loader *loader, const struct json *value)
{
    const char *text = load_text(loader, value);
    if (value->type == JSON_STRING && !is_address(text))
        load_error(loader, value, "want an address that begins with https://, got %s",
                   diag_quote(loader->arena, bytes_of(text)));
    return text;
}

static const char *read_tag(const struct loader *loader, const struct json *value)
{
    const char *text = load_text(loader, value);
    if (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(text))
        load_error(loader, value, "want a word in lower-case letters, got %s",
                   diag_quote(loader->arena, bytes_of(text)));
    return text;
}

static const char *const *read_texts(const struct loader *loader, const struct json *list,
                                     text_reader *read, size_t *count)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return NULL;
    const char **items = arena_array(loader->arena, list->count, sizeof(*items));
    for (const struct json *item = list->items; item != NULL; item = item->next)
        items[(*count)++] = read(loader, item);
    return items;
}

/* --- the connection -------------------------------------------------------------- */

/* {"reused": "fail", ...}: what is not there is as in "open". */
static const struct grade_table *read_grades(const struct loader *loader, const struct json *object)
{
    static const enum verdict verdicts[] = {VERDICT_PASS, VERDICT_INFO, VERDICT_WARN, VERDICT_FAIL};
    static const char *const words[] = {"pass", "info", "warn", "fail", NULL};
    const char *keys[GRADE_COUNT + 1] = {NULL};
    struct grade_table *table = arena_alloc(loader->arena, sizeof(*table));
    *table = *grade_table_find("open");
    for (int i = 0; i < GRADE_COUNT; i++)
        keys[i] = grade_name((enum grade)i);
    load_object(loader, object, keys + 1); /* "unseen" is never judged */
    for (int i = GRADE_UNSEEN + 1; i < GRADE_COUNT; i++) {
        const struct json *member = json_member(object, keys[i]);
        const int index = member != NULL ? load_word(loader, member, words) : -1;
        if (index >= 0)
            table->verdicts[i] = verdicts[index];
    }
    return table;
}

static const struct grade_table *read_connection(const struct loader *loader,
                                                 const struct json *value)
{
    static const char *const words[] = {"open", "spent", "dirty", "keep", NULL};
    if (value->type == JSON_OBJECT)
        return read_grades(loader, value);
    const int index = load_word(loader, value, words);
    return index >= 0 ? grade_table_find(words[index]) : NULL;
}

/* --- the mark -------------------------------------------------------------------- */

static void read_marks(const struct loader *loader, const struct json *value, struct point *point)
{
    const bool is_list = value->type == JSON_ARRAY;
    struct mark *marks = arena_array(loader->arena, is_list ? value->count : 1, sizeof(*marks));
    if (value->type == JSON_STRING && strcmp(value->string, "none") == 0)
        return;
    if (is_list && value->count == 0)
        load_error(loader, value, "want a step's name, a list of them, or \"none\"");
    for (const struct json *item = is_list ? value->items : value; item != NULL;
         item = is_list ? item->next : NULL) {
        const struct mark *mark = load_peer_mark(loader, item);
        if (mark != NULL)
            marks[point->mark_count++] = *mark;
    }
    point->marks = marks;
}

/* The first `send` of the origin's first script. */
static void mark_first_send(const struct loader *loader, const struct json *object,
                            struct point *point)
{
    const struct script *script = &point->peers[0].scripts[0];
    struct mark *mark = arena_alloc(loader->arena, sizeof(*mark));
    if (point->client_count > 1) {
        load_error(loader, object, "a case with two client steps names its \"mark\"");
        return;
    }
    if (load_is_proxy(loader, 1)) {
        load_error(loader, object, "a case with a proxy names its \"mark\"");
        return;
    }
    for (size_t i = 0; i < script->count; i++) {
        if (script->steps[i].verb != STEP_SEND)
            continue;
        mark->step = (unsigned)i;
        point->marks = mark;
        point->mark_count = 1;
        return;
    }
    load_error(loader, object, "the first script sends nothing: want a \"mark\"");
}

/* --- the case ---------------------------------------------------------------------- */

static void read_about(const struct loader *loader, const struct json *object, struct case_ *case_)
{
    const struct json *id = load_member(loader, object, "id");
    const struct json *title = load_member(loader, object, "title");
    const struct json *requirements = json_member(object, "requirements");
    const struct json *seen_in = json_member(object, "seen_in");
    const struct json *tags = json_member(object, "tags");
    const struct json *deadline = json_member(object, "deadline_ms");
    const struct json *needs = json_member(object, "needs");
    const struct json *rules = json_member(object, "rules");
    const struct json *connection = json_member(object, "connection");
    case_->id = id != NULL ? read_id(loader, id) : "";
    case_->title = title != NULL ? load_text(loader, title) : "";
    if (requirements != NULL)
        read_requirements(loader, requirements, case_);
    if (seen_in != NULL)
        case_->seen_in = read_texts(loader, seen_in, read_address, &case_->seen_in_count);
    if (tags != NULL)
        case_->tags = read_texts(loader, tags, read_tag, &case_->tag_count);
    if (deadline != NULL)
        case_->deadline_ms = load_number(loader, deadline, 1, DEADLINE_MS_MAX);
    if (rules != NULL)
        case_->rules = load_rules(loader, rules, &case_->rule_count);
    if (connection != NULL)
        case_->connection = read_connection(loader, connection);
    if (needs != NULL)
        case_->needs |= load_can(loader, needs);
}

void load_recognised(struct loader *loader, const struct json *object, size_t client_count,
                     struct behaviours *behaviours)
{
    const struct json *list = json_member(object, "behaviours");
    const struct json *expect = json_member(object, "expect");
    loader->is_played = false;
    if ((list == NULL) == (expect == NULL))
        load_error(loader, object, "want either \"behaviours\" or \"expect\"");
    if (list != NULL)
        load_behaviours(loader, expand_bind(loader, list), client_count, behaviours);
    else if (expect != NULL)
        load_expect(loader, expand_bind(loader, expect), client_count, behaviours);
}

static const struct json *bound_member(const struct loader *loader, const struct json *object,
                                       const char *key)
{
    const struct json *member = json_member(object, key);
    return member != NULL ? expand_bind(loader, member) : NULL;
}

void load_played(struct loader *loader, const struct json *object, struct point *point,
                 can_set *needs)
{
    struct peer *nobody = arena_alloc(loader->arena, sizeof(*nobody));
    loader->is_played = true;
    loader->names = NULL;
    point->suffix = "";
    point->peers = nobody; /* for want of an origin */
    point->peer_count = 1;
    load_member(loader, object, "client");
    load_member(loader, object, "origin");
    const struct json *client = bound_member(loader, object, "client");
    const struct json *origin = bound_member(loader, object, "origin");
    const struct json *mark = bound_member(loader, object, "mark");
    load_peer_values(loader, origin, bound_member(loader, object, "proxy"),
                     bound_member(loader, object, "peers"));
    if (client != NULL)
        load_client(loader, client, point, needs);
    const size_t mistakes = loader->diags->count;
    if (origin != NULL)
        load_peers(loader, point);
    load_resolve(loader, point, needs);
    const bool is_whole = client != NULL && origin != NULL && loader->diags->count == mistakes;
    if (mark != NULL)
        read_marks(loader, mark, point);
    else if (is_whole) /* a mark that lacks because of another mistake is none of its own */
        mark_first_send(loader, object, point);
}

static void add_case(const struct loader *loader, struct case_ *case_)
{
    struct corpus *corpus = loader->corpus;
    corpus->cases = arena_room(corpus->arena, corpus->cases, corpus->count, &corpus->size,
                               sizeof(*corpus->cases));
    corpus->cases[corpus->count++] = case_;
    id_index_add(corpus);
}

/* Those of the suite that it stands in. */
static const struct json *suite_defs_of(const struct json *object)
{
    const struct json *list = object->parent;
    return list != NULL && list->parent != NULL ? json_member(list->parent, "defs") : NULL;
}

void load_case(struct loader *loader, const struct json *object)
{
    static const char *const keys[] = {
        "$schema", "defs",   "id",         "title",       "requirements", "seen_in", "client",
        "origin",  "mark",   "matrix",     "split",       "truncate",     "insert",  "needs",
        "tags",    "expect", "behaviours", "deadline_ms", "connection",   "rules",   "peers",
        "proxy",   NULL};
    if (!load_object(loader, object, keys))
        return;
    struct case_ *case_ = arena_alloc(loader->arena, sizeof(*case_));
    struct defs defs = {.outer = loader->defs};
    const struct json *own = json_member(object, "defs");
    *case_ = (struct case_){.file = loader->file,
                            .line = object->line,
                            .hash = case_hash(object, suite_defs_of(object)),
                            .deadline_ms = DEADLINE_MS};
    if (own != NULL)
        load_defs(loader, own, &defs);
    load_peer_names(loader, object);
    loader->defs = &defs;
    read_about(loader, object, case_);
    expand_case(loader, object, case_);
    loader->defs = defs.outer;
    add_case(loader, case_);
}
