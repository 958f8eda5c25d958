#include "harness/load_private.h"
#include "harness/step_url.h"

#include <inttypes.h>

enum {
    AMOUNTS_MAX = 1000,
    TIMEOUT_MS_LEAST = 500,
    TIMEOUT_MS_MAX = 600000,
    REDIRECTS_MAX = 100,
    FILE_LEN_MAX = 64 * 1024 * 1024,
};
#define LEN_MAX ((uint64_t)1 << 50)

/* "Name: value", as people write a field; blanks behind the colon are not part of the value. */
static void read_field_line(const struct loader *loader, const struct json *line,
                            struct header *header)
{
    const char *colon = strchr(line->string, ':');
    if (colon == NULL || colon == line->string) {
        load_error(loader, line, "want \"Name: value\", got %s",
                   diag_quote(loader->arena, bytes_of(line->string)));
        return;
    }
    if (strpbrk(line->string, "\r\n") != NULL)
        load_error(loader, line,
                   "want one line; where a CR or LF is meant, write {{CR}} or {{LF}}");
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    const struct bytes name = {(const uint8_t *)line->string, (size_t)(colon - line->string)};
    header->name = load_template(loader, line, name);
    header->value = load_template(loader, line, bytes_of(value));
}

static void read_header(const struct loader *loader, const struct json *item, struct header *header)
{
    if (item->type == JSON_STRING) {
        read_field_line(loader, item, header);
    } else if (item->type == JSON_ARRAY && item->count == 2) {
        header->name = load_bytes(loader, item->items);
        header->value = load_bytes(loader, item->items->next);
    } else {
        load_error(loader, item, "want \"Name: value\" or [name, value], got %s",
                   json_type_name(item->type));
    }
}

static const struct header *read_headers(const struct loader *loader, const struct json *list,
                                         size_t *count)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return NULL;
    struct header *headers = arena_array(loader->arena, list->count, sizeof(*headers));
    for (const struct json *item = list->items; item != NULL; item = item->next)
        read_header(loader, item, &headers[(*count)++]);
    return headers;
}

/* BYTES, {"hold": NAME} or {"fail": true}. */
static void read_source_step(struct loader *loader, const struct json *item,
                             struct source_step *step)
{
    static const char *const hold_keys[] = {"hold", NULL}, *const fail_keys[] = {"fail", NULL};
    const bool is_object = item->type == JSON_OBJECT;
    const struct json *hold = is_object ? json_member(item, "hold") : NULL;
    const struct json *fail = is_object ? json_member(item, "fail") : NULL;
    if (hold != NULL && load_object(loader, item, hold_keys)) {
        step->kind = SOURCE_HOLD;
        step->name = load_text(loader, hold);
        step->until = load_ref(loader, hold);
    } else if (fail != NULL && load_object(loader, item, fail_keys)) {
        step->kind = SOURCE_FAIL;
        if (load_is(loader, fail, JSON_BOOL) && !fail->boolean)
            load_error(loader, fail, "want true");
        if (item->next != NULL)
            load_error(loader, item->next, "the source is broken before this piece");
    } else if (hold == NULL && fail == NULL) {
        step->octets = load_bytes(loader, item);
    }
}

static void read_stream(struct loader *loader, const struct json *value, const struct json *list,
                        struct body *body)
{
    const struct json *length = json_member(value, "length");
    body->kind = BODY_STREAM;
    if (length != NULL) {
        body->has_length = true;
        body->length = load_number(loader, length, 0, LEN_MAX);
    }
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    struct source_step *pieces = arena_array(loader->arena, list->count, sizeof(*pieces));
    for (const struct json *item = list->items; item != NULL; item = item->next)
        read_source_step(loader, item, &pieces[body->piece_count++]);
    body->pieces = pieces;
}

/* Content that is one piece. */
static struct body whole_body(const struct loader *loader, enum body_kind kind,
                              const struct json *value)
{
    struct source_step *all = arena_alloc(loader->arena, sizeof(*all));
    all->octets = load_bytes(loader, value);
    if (kind == BODY_FILE && all->octets.len > FILE_LEN_MAX)
        load_error(loader, value, "want at most %d octets, for the file is written, got %" PRIu64,
                   FILE_LEN_MAX, all->octets.len);
    return (struct body){.kind = kind, .pieces = all, .piece_count = 1};
}

static void read_body(struct loader *loader, const struct json *value, struct body *body)
{
    static const char *const keys[] = {"bytes", "stream", "from_file", "length", NULL};
    if (!load_object(loader, value, keys))
        return;
    const struct json *bytes = json_member(value, "bytes"), *list = json_member(value, "stream");
    const struct json *file = json_member(value, "from_file");
    const struct json *length = json_member(value, "length");
    if ((bytes != NULL) + (list != NULL) + (file != NULL) != 1)
        load_error(loader, value, "want \"bytes\", \"stream\" or \"from_file\"");
    else if (list != NULL)
        read_stream(loader, value, list, body);
    else
        *body = bytes != NULL ? whole_body(loader, BODY_BYTES, bytes)
                              : whole_body(loader, BODY_FILE, file);
    if (length != NULL && list == NULL)
        load_error(loader, length, "\"length\" goes with \"stream\"");
}

static void read_amounts(const struct loader *loader, const struct json *list,
                         struct client_step *step)
{
    if (list->count == 0 || list->count > AMOUNTS_MAX) {
        load_error(loader, list, "want 1 to %d amounts", AMOUNTS_MAX);
        return;
    }
    uint64_t *amounts = arena_array(loader->arena, list->count, sizeof(*amounts));
    for (const struct json *item = list->items; item != NULL; item = item->next)
        amounts[step->amount_count++] = load_number(loader, item, 1, LEN_MAX);
    step->amounts = amounts;
    step->read = READ_MODE_AMOUNTS;
}

static void read_abandon(const struct loader *loader, const struct json *value,
                         struct client_step *step)
{
    static const char *const keys[] = {"abandon", NULL};
    const struct json *count = NULL;
    if (load_object(loader, value, keys))
        count = load_member(loader, value, "abandon");
    if (count == NULL)
        return;
    uint64_t *amount = arena_alloc(loader->arena, sizeof(*amount));
    *amount = load_number(loader, count, 0, LEN_MAX);
    step->amounts = amount;
    step->amount_count = 1;
    step->read = READ_MODE_ABANDON;
}

static void read_how(const struct loader *loader, const struct json *value,
                     struct client_step *step)
{
    static const char *const words[] = {"all", "stream", NULL};
    if (value->type == JSON_ARRAY)
        read_amounts(loader, value, step);
    else if (value->type == JSON_OBJECT)
        read_abandon(loader, value, step);
    else if (value->type != JSON_STRING)
        load_error(loader, value, "want \"all\", \"stream\", [amounts] or {\"abandon\": n}, got %s",
                   json_type_name(value->type));
    else if (load_word(loader, value, words) == 1)
        step->read = READ_MODE_STREAM;
}

/* What goes with a body. */
static void read_body_options(const struct loader *loader, const struct json *value,
                              struct client_step *step)
{
    const struct json *trailers = json_member(value, "trailers");
    const struct json *expect = json_member(value, "expect_continue");
    if (trailers != NULL)
        step->trailers = read_headers(loader, trailers, &step->trailer_count);
    if (expect != NULL && load_is(loader, expect, JSON_BOOL))
        step->expects_continue = expect->boolean;
    if (trailers != NULL && step->body.kind == BODY_NONE)
        load_error(loader, trailers, "want a \"body\" that they stand behind");
    else if (step->expects_continue && step->body.kind == BODY_NONE)
        load_error(loader, expect, "want a \"body\" that waits for it");
}

/* "user:password"; NULL after a mistake. */
static const char *read_auth(const struct loader *loader, const struct json *value)
{
    if (!load_is(loader, value, JSON_STRING))
        return NULL;
    if (strchr(value->string, ':') == NULL)
        load_error(loader, value, "want \"user:password\"");
    else if (strstr(value->string, "{{") != NULL)
        load_error(loader, value, "want the text itself: no name is replaced here");
    return value->string;
}

/* What a user agent does above the exchange. */
static void read_agent_options(const struct loader *loader, const struct json *value,
                               struct client_step *step)
{
    const struct json *redirects = json_member(value, "redirects");
    const struct json *auth = json_member(value, "auth");
    if (redirects != NULL)
        step->redirects = load_number(loader, redirects, 0, REDIRECTS_MAX);
    if (auth != NULL)
        step->auth = read_auth(loader, auth);
}

static void read_proxy_object(const struct loader *loader, const struct json *value,
                              struct client_proxy *proxy)
{
    static const char *const keys[] = {"auth", "headers", "tunnel", NULL};
    load_object(loader, value, keys);
    const struct json *auth = json_member(value, "auth");
    const struct json *headers = json_member(value, "headers");
    const struct json *tunnel = json_member(value, "tunnel");
    if (auth != NULL)
        proxy->auth = read_auth(loader, auth);
    if (headers != NULL)
        proxy->headers = read_headers(loader, headers, &proxy->header_count);
    if (tunnel != NULL && load_is(loader, tunnel, JSON_BOOL))
        proxy->tunnels = tunnel->boolean;
}

/* true, false, or how. */
static void read_proxy(const struct loader *loader, const struct json *value,
                       struct client_step *step)
{
    if (value->type == JSON_BOOL && !value->boolean)
        return;
    struct client_proxy *proxy = arena_alloc(loader->arena, sizeof(*proxy));
    step->proxy = proxy;
    if (value->type == JSON_OBJECT)
        read_proxy_object(loader, value, proxy);
    else if (value->type != JSON_BOOL)
        load_error(loader, value, "want true, false or an object, got %s",
                   json_type_name(value->type));
    if (!load_is_proxy(loader, 1))
        load_error(loader, value, "this case has no \"proxy\"");
}

static bool has_nul(const struct octets *octets)
{
    for (size_t i = 0; i < octets->count; i++) {
        const struct bytes data = octets->pieces[i].data;
        if (octets->pieces[i].hole == HOLE_NONE && memchr(data.at, '\0', data.len) != NULL)
            return true;
    }
    return false;
}

static void read_authority(const struct loader *loader, const struct json *value,
                           struct client_step *step)
{
    const size_t mistakes = loader->diags->count;
    step->authority = load_bytes(loader, value);
    if (loader->diags->count > mistakes)
        return;
    if (step->authority.len == 0 || step->authority.len > STEP_URL_AUTHORITY_MAX)
        load_error(loader, value, "want 1 to %d octets, got %" PRIu64, STEP_URL_AUTHORITY_MAX,
                   step->authority.len);
    else if (has_nul(&step->authority))
        load_error(loader, value, "want no NUL");
}

/* Where it goes, but for its target. */
static void read_way(const struct loader *loader, const struct json *value,
                     struct client_step *step)
{
    const struct json *proxy = json_member(value, "proxy");
    const struct json *authority = json_member(value, "authority");
    if (proxy != NULL)
        read_proxy(loader, proxy, step);
    if (authority != NULL)
        read_authority(loader, authority, step);
}

static void read_request(struct loader *loader, const struct json *value, struct client_step *step)
{
    static const char *const keys[] = {
        "method",     "target",    "headers", "body",  "read",      "trailers", "expect_continue",
        "timeout_ms", "redirects", "auth",    "proxy", "authority", NULL};
    if (!load_object(loader, value, keys))
        return;
    const struct json *method = json_member(value, "method");
    const struct json *target = json_member(value, "target");
    const struct json *headers = json_member(value, "headers");
    const struct json *body = json_member(value, "body");
    const struct json *how = json_member(value, "read");
    const struct json *timeout = json_member(value, "timeout_ms");
    if (method != NULL)
        step->method = load_bytes(loader, method);
    if (target != NULL)
        step->target = load_bytes(loader, target);
    if (headers != NULL)
        step->headers = read_headers(loader, headers, &step->header_count);
    if (body != NULL)
        read_body(loader, body, &step->body);
    read_body_options(loader, value, step);
    read_agent_options(loader, value, step);
    read_way(loader, value, step);
    if (how != NULL)
        read_how(loader, how, step);
    if (timeout != NULL)
        step->timeout_ms = load_number(loader, timeout, TIMEOUT_MS_LEAST, TIMEOUT_MS_MAX);
}

static void read_step(struct loader *loader, const struct json *value, unsigned index,
                      struct client_step *step)
{
    static const char *const keys[] = {"request", "as", "after", "allow", "background", NULL};
    step->method = load_template(loader, value, bytes_of("GET"));
    step->target = load_template(loader, value, bytes_of("/"));
    if (!load_object(loader, value, keys))
        return;
    const struct json *request = load_member(loader, value, "request");
    const struct json *name = json_member(value, "as");
    const struct json *after = json_member(value, "after");
    const struct json *allow = json_member(value, "allow");
    const struct json *background = json_member(value, "background");
    if (request != NULL)
        read_request(loader, request, step);
    if (name != NULL)
        step->name = load_step_name(loader, name,
                                    (struct step_name){.is_client = true, .mark = {.step = index}});
    if (allow != NULL)
        step->allowed = load_rules(loader, allow, &step->allowed_count);
    if (background != NULL && load_is(loader, background, JSON_BOOL))
        step->is_background = background->boolean;
    if (after != NULL)
        step->after = load_after(loader, after, &step->after_count);
}

/* --- what a step needs ------------------------------------------------------------ */

static bool is_common_method(const struct octets *method)
{
    static const char *const common[] = {"GET", "HEAD", "POST"};
    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        if (octets_equal(method, NULL, bytes_of(common[i])))
            return true;
    return false;
}

/* RFC 3986, section 2: unreserved, reserved and "%". */
static bool is_uri_octet(uint8_t octet)
{
    const uint8_t lower = byte_lower(octet);
    return (lower >= 'a' && lower <= 'z') || (octet >= '0' && octet <= '9') ||
           (octet != '\0' && strchr("-._~:/?[]@!$&'()*+,;=%", octet) != NULL);
}

/* Origin-form without an octet that no URI holds: what every client's address takes. */
static bool is_plain_target(const struct octets *target)
{
    for (size_t i = 0; i < target->count; i++) {
        const struct bytes data = target->pieces[i].data;
        if (target->pieces[i].hole != HOLE_NONE || (i == 0 && data.at[0] != '/'))
            return false;
        for (size_t at = 0; at < data.len; at++)
            if (!is_uri_octet(data.at[at]))
                return false;
    }
    return target->count > 0;
}

/* A host and a port, and perhaps user information: RFC 3986, section 3.2. */
static bool is_plain_authority(const struct octets *authority)
{
    for (size_t i = 0; i < authority->count; i++) {
        const struct bytes data = authority->pieces[i].data;
        for (size_t at = 0; authority->pieces[i].hole == HOLE_NONE && at < data.len; at++)
            if (!is_uri_octet(data.at[at]) || data.at[at] == '/' || data.at[at] == '?')
                return false;
    }
    return true;
}

/* By the way that the request goes. */
static can_set needs_of_way(const struct loader *loader, const struct client_step *step)
{
    const struct client_proxy *proxy = step->proxy;
    const bool is_https = load_is_https(loader, 0);
    can_set needs = is_https ? CAN(TLS) : 0;
    needs |= is_plain_authority(&step->authority) ? 0 : CAN(TARGET_RAW);
    if (proxy == NULL)
        return needs;
    if (is_https)
        needs |= CAN(PROXY_TUNNEL);
    else
        needs |= proxy->tunnels ? CAN(PROXY_TUNNEL_PLAIN) : CAN(PROXY_HTTP);
    needs |= load_is_proxy(loader, 1) && load_is_https(loader, 1) ? CAN(PROXY_TLS) | CAN(TLS) : 0;
    needs |= proxy->auth != NULL ? CAN(PROXY_AUTH) : 0;
    needs |= proxy->header_count > 0 ? CAN(PROXY_HEADERS) : 0;
    return needs;
}

static can_set needs_of_source(const struct body *body)
{
    can_set needs = 0;
    for (size_t i = 0; i < body->piece_count; i++) {
        needs |= body->pieces[i].kind == SOURCE_HOLD ? CAN(BODY_HOLD) : 0;
        needs |= body->pieces[i].kind == SOURCE_FAIL ? CAN(BODY_FAIL) : 0;
    }
    return needs;
}

static can_set needs_of(const struct client_step *step)
{
    static const can_set by_body[] = {
        [BODY_NONE] = 0,
        [BODY_BYTES] = CAN(BODY_BYTES),
        [BODY_STREAM] = CAN(BODY_STREAM),
        [BODY_FILE] = CAN(BODY_FILE),
    };
    static const can_set by_read[] = {
        [READ_MODE_ALL] = 0,
        [READ_MODE_STREAM] = CAN(READ_STREAM),
        [READ_MODE_AMOUNTS] = CAN(READ_AMOUNT),
        [READ_MODE_ABANDON] = CAN(READ_ABANDON),
    };
    can_set needs = by_read[step->read];
    needs |= step->body.has_length ? CAN(BODY_STREAM_LENGTH) : by_body[step->body.kind];
    if (!is_common_method(&step->method))
        needs |= CAN(METHOD_ANY);
    if (!is_plain_target(&step->target))
        needs |= CAN(TARGET_RAW);
    needs |= needs_of_source(&step->body);
    needs |= step->header_count > 0 ? CAN(HEADERS_ANY) : 0;
    needs |= step->trailer_count > 0 ? CAN(TRAILERS_SEND) : 0;
    needs |= step->expects_continue ? CAN(EXPECT_CONTINUE) : 0;
    needs |= step->is_background ? CAN(CONCURRENT) : 0;
    needs |= step->redirects > 0 ? CAN(REDIRECT) : 0;
    needs |= step->auth != NULL ? CAN(AUTH) : 0;
    needs |= step->timeout_ms > 0 ? CAN(TIMEOUT) : 0;
    return needs;
}

void load_client(struct loader *loader, const struct json *list, struct point *point,
                 can_set *needs)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    if (list->count == 0)
        load_error(loader, list, "want at least one step");
    struct client_step *steps = arena_array(loader->arena, list->count, sizeof(*steps));
    for (const struct json *item = list->items; item != NULL; item = item->next) {
        read_step(loader, item, (unsigned)point->client_count, &steps[point->client_count]);
        const struct client_step *step = &steps[point->client_count++];
        *needs |= needs_of(step) | needs_of_way(loader, step);
    }
    if (point->client_count > 1)
        *needs |= CAN(SESSION);
    point->client = steps;
}
