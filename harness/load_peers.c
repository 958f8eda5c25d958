#include "harness/load_private.h"

/* The kernel takes no less than some 2,300 octets, and by default no more than 212,992. */
enum { PEERS_MAX = 8, RECEIVE_BUFFER_LEAST = 2048, RECEIVE_BUFFER_MAX = 65536 };
#define TIMES_MAX ((uint64_t)1 << 32)

/* --- who there is ------------------------------------------------------------------ */

static bool is_peer_name(const char *text)
{
    return text[0] >= 'a' && text[0] <= 'z' &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* What means something else where a peer is named. */
static bool is_taken(const char *name)
{
    static const char *const taken[] = {"origin", "proxy",   "client", "rules",
                                        "name",   "verdict", "why",    "when"};
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        if (strcmp(taken[i], name) == 0)
            return true;
    return false;
}

void load_peer_names(struct loader *loader, const struct json *object)
{
    const struct json *others = json_member(object, "peers");
    const bool is_object = others != NULL && load_is(loader, others, JSON_OBJECT);
    const char **names = arena_array(loader->arena, PEERS_MAX + 1, sizeof(*names));
    size_t count = 0;
    names[count++] = "origin";
    if (json_member(object, "proxy") != NULL)
        names[count++] = "proxy";
    if (is_object && others->count + count > PEERS_MAX)
        load_error(loader, others, "want at most %d peers besides the origin", PEERS_MAX - 1);
    for (const struct json *one = is_object ? others->items : NULL; one != NULL; one = one->next) {
        if (!is_peer_name(one->key) || is_taken(one->key))
            load_error(loader, one,
                       "want a name in lower-case letters, digits and \"-\" that means "
                       "nothing else in a case, got %s",
                       diag_quote(loader->arena, bytes_of(one->key)));
        if (count < PEERS_MAX)
            names[count++] = one->key;
    }
    loader->peers = names;
    loader->peer_count = count;
    loader->peer_values = arena_array(loader->arena, count, sizeof(*loader->peer_values));
}

void load_peer_values(struct loader *loader, const struct json *origin, const struct json *proxy,
                      const struct json *others)
{
    size_t count = 0;
    loader->peer_values[count++] = origin;
    if (load_is_proxy(loader, 1))
        loader->peer_values[count++] = proxy;
    const struct json *one = others != NULL && others->type == JSON_OBJECT ? others->items : NULL;
    for (; count < loader->peer_count; count++) {
        loader->peer_values[count] = one;
        one = one != NULL ? one->next : NULL;
    }
}

bool load_is_proxy(const struct loader *loader, unsigned peer)
{
    return peer < loader->peer_count && strcmp(loader->peers[peer], "proxy") == 0;
}

bool load_is_https(const struct loader *loader, unsigned peer)
{
    const struct json *value = loader->peer_values[peer];
    return value != NULL && value->type == JSON_OBJECT && json_member(value, "tls") != NULL;
}

/* --- what a peer does --------------------------------------------------------------- */

static void read_connections(struct loader *loader, const struct json *list, unsigned index,
                             struct peer *peer)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    if (list->count == 0) {
        load_error(loader, list, "want at least one script");
        return;
    }
    struct script *scripts = arena_array(loader->arena, list->count, sizeof(*scripts));
    unsigned count = 0;
    for (const struct json *item = list->items; item != NULL; item = item->next, count++)
        scripts[count] = load_script(loader, item, index, count);
    peer->scripts = scripts;
    peer->script_count = count;
}

static void read_route(struct loader *loader, const struct json *value, struct mark place,
                       struct script *script, struct route *route)
{
    static const char *const keys[] = {"when", "steps", "times", NULL};
    if (!load_object(loader, value, keys))
        return;
    const struct json *when = json_member(value, "when");
    const struct json *steps = load_member(loader, value, "steps");
    const struct json *times = json_member(value, "times");
    if (when != NULL)
        *route = load_route(loader, when);
    if (times != NULL)
        route->times = load_number(loader, times, 1, TIMES_MAX);
    if (steps != NULL)
        *script = load_script(loader, steps, place.peer, place.connection_script);
}

static void read_routes(struct loader *loader, const struct json *list, unsigned index,
                        struct peer *peer)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    if (list->count == 0) {
        load_error(loader, list, "want at least one route");
        return;
    }
    struct script *scripts = arena_array(loader->arena, list->count, sizeof(*scripts));
    struct route *routes = arena_array(loader->arena, list->count, sizeof(*routes));
    unsigned count = 0;
    for (const struct json *item = list->items; item != NULL; item = item->next, count++)
        read_route(loader, item, (struct mark){index, count, 0}, &scripts[count], &routes[count]);
    peer->scripts = scripts;
    peer->script_count = count;
    peer->routes = routes;
}

/* The one of them that says what the peer does; NULL after a mistake. */
static const struct json *find_form(const struct loader *loader, const struct json *value)
{
    static const char *const forms[] = {"steps", "connections", "requests", "refuse"};
    const struct json *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (json_member(value, forms[i]) != NULL) {
            found = json_member(value, forms[i]);
            count++;
        }
    if (count == 1)
        return found;
    load_error(loader, value,
               "want a list of steps, \"steps\", \"connections\", \"requests\" or \"refuse\"");
    return NULL;
}

static void read_form(struct loader *loader, const struct json *form, unsigned index,
                      struct script *one, struct peer *peer)
{
    if (strcmp(form->key, "steps") == 0)
        *one = load_script(loader, form, index, 0);
    else if (strcmp(form->key, "connections") == 0)
        read_connections(loader, form, index, peer);
    else if (strcmp(form->key, "requests") == 0)
        read_routes(loader, form, index, peer);
    else if (load_is(loader, form, JSON_BOOL) && !form->boolean)
        load_error(loader, form, "want true");
    else
        peer->refuses = true;
}

/* How it is reached. */
static void read_door(const struct loader *loader, const struct json *value, struct peer *peer)
{
    const struct json *buffer = json_member(value, "receive_buffer");
    const struct json *tls = json_member(value, "tls");
    if (buffer != NULL)
        peer->receive_buffer =
            (unsigned)load_number(loader, buffer, RECEIVE_BUFFER_LEAST, RECEIVE_BUFFER_MAX);
    if (tls != NULL)
        load_peer_tls(loader, tls, peer);
    if (buffer != NULL && peer->refuses)
        load_error(loader, buffer, "a peer that refuses receives nothing");
    if (tls != NULL && peer->refuses)
        load_error(loader, tls, "a peer that refuses speaks no TLS");
    if (tls != NULL && buffer != NULL)
        load_error(loader, buffer, "a peer with \"tls\" has no receive buffer of its own");
}

static void read_peer(struct loader *loader, const struct json *value, unsigned index,
                      struct peer *peer)
{
    static const char *const keys[] = {"steps",          "connections", "requests", "refuse",
                                       "receive_buffer", "tls",         NULL};
    struct script *one = arena_alloc(loader->arena, sizeof(*one));
    *peer = (struct peer){.name = loader->peers[index],
                          .scripts = one,
                          .script_count = 1,
                          .is_proxy = load_is_proxy(loader, index)};
    if (value->type == JSON_ARRAY) {
        *one = load_script(loader, value, index, 0);
        return;
    }
    if (!load_object(loader, value, keys))
        return;
    const struct json *form = find_form(loader, value);
    if (form != NULL)
        read_form(loader, form, index, one, peer);
    read_door(loader, value, peer);
}

void load_peers(struct loader *loader, struct point *point)
{
    const size_t mistakes = loader->diags->count;
    struct peer *peers = arena_array(loader->arena, loader->peer_count, sizeof(*peers));
    point->peers = peers;
    point->peer_count = loader->peer_count;
    loader->joints = NULL;
    for (unsigned i = 0; i < loader->peer_count; i++)
        if (loader->peer_values[i] != NULL)
            read_peer(loader, loader->peer_values[i], i, &peers[i]);
    if (loader->diags->count == mistakes)
        load_check_joints(loader, point);
}
