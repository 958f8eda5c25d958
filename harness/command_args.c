#include "harness/command_args.h"

#include "harness/content_file.h"
#include "harness/step_url.h"

#include <inttypes.h>

/* One argument's limit in Linux is 128 KiB. */
enum { ARGUMENT_MAX = 100 * 1024, MS_PER_S = 1000 };

/* A command line being put together. */
struct command_builder {
    const struct descriptor *descriptor;
    const struct driver_session *session;
    const struct gate *gate;
    const char *folder;
    struct arena *arena;
    const char **items;
    size_t count, size;
    const char *unsupported;
};

const char *command_body_path(const char *folder, size_t step, struct arena *arena)
{
    return arena_printf(arena, "%s/body-%zu", folder, step);
}

const char *command_mark(size_t step, struct arena *arena)
{
    return arena_printf(arena, "assay-answer-%zu", step);
}

/* Octets as a text of a command line; "" with the reason where that cannot be. */
static const char *text_of(struct command_builder *builder, const struct octets *octets)
{
    const struct bytes text =
        octets_build(octets, builder->session->endpoints, builder->arena, ARGUMENT_MAX);
    if (octets->len > ARGUMENT_MAX)
        builder->unsupported = "an argument of more than 100 KiB";
    else if (text.len > 0 && memchr(text.at, '\0', text.len) != NULL)
        builder->unsupported = "no argument can hold a NUL";
    else if (text.len > 0)
        return arena_strndup(builder->arena, (const char *)text.at, text.len);
    return "";
}

/* --- names in texts ------------------------------------------------------------------------ */

/* What stands for {{NAME}}; ended by one without a name. */
struct named_text {
    const char *name, *text;
};

static const char *fill(struct arena *arena, const char *text, const struct named_text *names)
{
    const char *filled = "";
    for (const char *open = strstr(text, "{{"); open != NULL; open = strstr(text, "{{")) {
        const size_t len = strcspn(open + 2, "}");
        const struct named_text *one = names;
        while (one->name != NULL &&
               (strlen(one->name) != len || memcmp(one->name, open + 2, len) != 0))
            one++;
        if (one->name == NULL || strncmp(open + 2 + len, "}}", 2) != 0) { /* not ours: it stays */
            filled = arena_printf(arena, "%s%.*s", filled, (int)(open + 2 - text), text);
            text = open + 2;
            continue;
        }
        filled = arena_printf(arena, "%s%.*s%s", filled, (int)(open - text), text, one->text);
        text = open + 2 + len + 2;
    }
    return arena_printf(arena, "%s%s", filled, text);
}

static void add(struct command_builder *builder, const char *const *texts, size_t count,
                const struct named_text *names)
{
    for (size_t i = 0; i < count; i++) {
        builder->items = arena_room(builder->arena, builder->items, builder->count, &builder->size,
                                    sizeof(*builder->items));
        builder->items[builder->count++] = fill(builder->arena, texts[i], names);
    }
}

/* --- a request ---------------------------------------------------------------------------------
 */

static bool is_method(const struct client_step *step, const char *method)
{
    return octets_equal(&step->method, NULL, bytes_of(method));
}

static bool has_line_end(const struct octets *octets)
{
    for (size_t i = 0; i < octets->count; i++) {
        const struct bytes data = octets->pieces[i].data;
        if (octets->pieces[i].hole == HOLE_NONE &&
            (memchr(data.at, '\r', data.len) != NULL || memchr(data.at, '\n', data.len) != NULL))
            return true;
    }
    return false;
}

static bool has_line_end_in_header(const struct header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_line_end(&headers[i].name) || has_line_end(&headers[i].value))
            return true;
    return false;
}

/* Its path ends in "/". */
static bool is_folder(const char *target)
{
    const size_t len = strcspn(target, "?#");
    return len > 0 && target[len - 1] == '/';
}

/* Of a step without one: nothing is asked of it. */
static const struct client_proxy *proxy_of(const struct client_step *step)
{
    static const struct client_proxy none = {0};
    return step->proxy != NULL ? step->proxy : &none;
}

static uint32_t conditions_of(const struct driver_session *session, const struct client_step *step,
                              const char *target)
{
    const bool has_proxy = step->proxy != NULL;
    const struct client_proxy *proxy = proxy_of(step);
    const bool is_post = is_method(step, "POST");
    const bool is_get = is_method(step, "GET"), is_head = is_method(step, "HEAD");
    const bool expects_content = is_post || is_method(step, "PUT") || is_method(step, "PATCH");
    const bool holds[] = {
        [IF_METHOD_HEAD] = is_head,
        [IF_METHOD_GET] = is_get,
        [IF_METHOD_POST] = is_post,
        [IF_METHOD_OTHER] = !is_head && !is_get && !is_post,
        [IF_BODY_NONE] = step->body.kind == BODY_NONE,
        [IF_BODY_BYTES] = step->body.kind == BODY_BYTES,
        [IF_BODY_STREAM] = step->body.kind == BODY_STREAM,
        [IF_BODY_FILE] = step->body.kind == BODY_FILE,
        [IF_CONTENT_EXPECTED] = step->body.kind == BODY_NONE && expects_content,
        [IF_EXPECT_CONTINUE] = step->expects_continue,
        [IF_TIMEOUT] = step->timeout_ms > 0,
        [IF_TARGET_FOLDER] = is_folder(target),
        [IF_LINE_END_IN_HEADER] = has_line_end_in_header(step->headers, step->header_count) ||
                                  has_line_end_in_header(proxy->headers, proxy->header_count),
        [IF_HTTPS] = session->peers[0].is_https,
        [IF_NO_PROXY] = !has_proxy,
        [IF_PROXY] = has_proxy,
        [IF_PROXY_HTTPS] = has_proxy && session->peers[step_url_proxy(session)].is_https,
        [IF_PROXY_TUNNEL] = proxy->tunnels,
        [IF_PROXY_AUTH] = proxy->auth != NULL,
    };
    uint32_t conditions = 0;
    for (int i = 0; i < IF_CONDITION_COUNT; i++)
        conditions |= holds[i] ? (uint32_t)1 << i : 0;
    return conditions;
}

static void add_headers(struct command_builder *builder, const struct arguments *arguments,
                        const struct header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct header *header = &headers[i];
        const struct named_text names[] = {{"name", text_of(builder, &header->name)},
                                           {"value", text_of(builder, &header->value)},
                                           {NULL, NULL}};
        const bool is_empty = header->value.len == 0 && arguments->texts_for_empty != NULL;
        add(builder, is_empty ? arguments->texts_for_empty : arguments->texts,
            is_empty ? arguments->texts_for_empty_count : arguments->count, names);
    }
}

static void add_request(struct command_builder *builder, size_t index)
{
    const struct driver_session *session = builder->session;
    const struct client_step *step = &session->steps[index];
    struct arena *arena = builder->arena;
    const char *target = text_of(builder, &step->target);
    const uint32_t conditions = conditions_of(session, step, target);
    const struct client_proxy *proxy = proxy_of(step);
    const struct named_text names[] = {
        {"url", arena_printf(arena, "%s%s", step_url_base(session, index, arena), target)},
        {"proxy", step_url_of_peer(session, step_url_proxy(session), arena)},
        {"proxy_auth", proxy->auth != NULL ? proxy->auth : ""},
        {"ca", session->ca != NULL ? session->ca : ""},
        {"method", text_of(builder, &step->method)},
        {"content", content_file_path(builder->folder, index, arena)},
        {"body", command_body_path(builder->folder, index, arena)},
        {"mark", command_mark(index, arena)},
        {"seconds", arena_printf(arena, "%" PRIu64 ".%03" PRIu64, step->timeout_ms / MS_PER_S,
                                 step->timeout_ms % MS_PER_S)},
        {NULL, NULL}};
    for (size_t i = 0; i < builder->descriptor->request_count; i++) {
        const struct arguments *arguments = &builder->descriptor->request[i];
        if ((arguments->conditions & ~conditions) != 0)
            continue;
        if (arguments->unsupported != NULL)
            builder->unsupported = arguments->unsupported;
        else if (arguments->each == EACH_HEADER)
            add_headers(builder, arguments, step->headers, step->header_count);
        else if (arguments->each == EACH_PROXY_HEADER)
            add_headers(builder, arguments, proxy->headers, proxy->header_count);
        else
            add(builder, arguments->texts, arguments->count, names);
    }
}

static void add_gate(struct command_builder *builder, size_t index)
{
    const struct descriptor *descriptor = builder->descriptor;
    const struct named_text names[] = {{"url", gate_url(builder->gate, index, builder->arena)},
                                       {NULL, NULL}};
    add(builder, descriptor->gate, descriptor->gate_count, names);
    add(builder, descriptor->between, descriptor->between_count, names);
}

/* A command has one standard input, and its content comes from there. */
static void check_streams(struct command_builder *builder)
{
    size_t count = 0;
    for (size_t i = 0; i < builder->session->count; i++)
        count += builder->session->steps[i].body.kind == BODY_STREAM;
    if (count > 1)
        builder->unsupported = "a command has one standard input: one streamed body a session";
}

struct command_args command_args_make(const struct descriptor *descriptor,
                                      const struct driver_session *session, size_t asked_count,
                                      const struct gate *gate, const char *folder,
                                      struct arena *arena)
{
    static const struct named_text none[] = {{NULL, NULL}};
    struct command_builder builder = {.descriptor = descriptor,
                                      .session = session,
                                      .gate = gate,
                                      .folder = folder,
                                      .arena = arena};
    check_streams(&builder);
    add(&builder, descriptor->command, descriptor->command_count, none);
    for (size_t i = 0; i < session->count; i++) {
        if (i > 0)
            add(&builder, descriptor->between, descriptor->between_count, none);
        if (i >= asked_count)
            add_gate(&builder, i);
        add_request(&builder, i);
    }
    builder.items =
        arena_room(arena, builder.items, builder.count, &builder.size, sizeof(*builder.items));
    builder.items[builder.count] = NULL;
    return (struct command_args){builder.items, builder.unsupported};
}
