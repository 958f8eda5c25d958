#include "harness/descriptor.h"

#include "harness/load_private.h"
#include "harness/read_file.h"

enum { DESCRIPTOR_SIZE_MAX = 1 << 20, PATIENCE_MAX = 20, CODE_MAX = 255 };

static const char *const condition_names[] = {
    [IF_METHOD_HEAD] = "method HEAD",
    [IF_METHOD_GET] = "method GET",
    [IF_METHOD_POST] = "method POST",
    [IF_METHOD_OTHER] = "method other",
    [IF_BODY_NONE] = "body none",
    [IF_BODY_BYTES] = "body bytes",
    [IF_BODY_STREAM] = "body stream",
    [IF_BODY_FILE] = "body file",
    [IF_CONTENT_EXPECTED] = "content expected",
    [IF_EXPECT_CONTINUE] = "expect_continue",
    [IF_TIMEOUT] = "timeout",
    [IF_TARGET_FOLDER] = "target folder",
    [IF_LINE_END_IN_HEADER] = "line end in header",
    [IF_HTTPS] = "https",
    [IF_NO_PROXY] = "no proxy",
    [IF_PROXY] = "proxy",
    [IF_PROXY_HTTPS] = "proxy https",
    [IF_PROXY_TUNNEL] = "proxy tunnel",
    [IF_PROXY_AUTH] = "proxy auth",
    [IF_CONDITION_COUNT] = NULL,
};

/* --- small values -------------------------------------------------------------------- */

static const char *const *read_texts(const struct loader *loader, const struct json *list,
                                     size_t *count)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return NULL;
    const char **texts = arena_array(loader->arena, list->count, sizeof(*texts));
    for (const struct json *item = list->items; item != NULL; item = item->next)
        if (load_is(loader, item, JSON_STRING))
            texts[(*count)++] = item->string;
    if (list->count == 0)
        load_error(loader, list, "want at least one text");
    return texts;
}

/* The member; NULL where there is none. */
static const char *const *read_member_texts(const struct loader *loader, const struct json *object,
                                            const char *key, size_t *count)
{
    const struct json *member = json_member(object, key);
    return member != NULL ? read_texts(loader, member, count) : NULL;
}

static const char *read_member_text(const struct loader *loader, const struct json *object,
                                    const char *key)
{
    const struct json *member = json_member(object, key);
    return member != NULL ? load_text(loader, member) : NULL;
}

/* --- arguments -------------------------------------------------------------------------- */

static uint32_t read_conditions(const struct loader *loader, const struct json *value)
{
    uint32_t conditions = 0;
    if (value->type == JSON_STRING) {
        const int index = load_word(loader, value, condition_names);
        return index >= 0 ? (uint32_t)1 << index : 0;
    }
    if (!load_is(loader, value, JSON_ARRAY))
        return 0;
    for (const struct json *item = value->items; item != NULL; item = item->next)
        conditions |= read_conditions(loader, item);
    return conditions;
}

static void read_arguments(const struct loader *loader, const struct json *item,
                           struct arguments *arguments)
{
    static const char *const keys[] = {"if", "each", "add", "empty", "unsupported", NULL};
    static const char *const each_words[] = {"header", "proxy_header", NULL};
    if (item->type == JSON_STRING) {
        const char **text = arena_alloc(loader->arena, sizeof(*text));
        *text = item->string;
        *arguments = (struct arguments){.texts = text, .count = 1};
        return;
    }
    if (!load_object(loader, item, keys))
        return;
    const struct json *add = json_member(item, "add");
    const struct json *condition = json_member(item, "if"), *each = json_member(item, "each");
    arguments->unsupported = read_member_text(loader, item, "unsupported");
    if ((add == NULL) == (arguments->unsupported == NULL))
        load_error(loader, item, "want \"add\" or \"unsupported\"");
    if (add != NULL)
        arguments->texts = read_texts(loader, add, &arguments->count);
    if (condition != NULL)
        arguments->conditions = read_conditions(loader, condition);
    if (each != NULL)
        arguments->each = (enum argument_each)(load_word(loader, each, each_words) + 1);
    arguments->texts_for_empty =
        read_member_texts(loader, item, "empty", &arguments->texts_for_empty_count);
    if (arguments->texts_for_empty != NULL && each == NULL)
        load_error(loader, item, "\"empty\" goes with \"each\"");
}

static void read_request(const struct loader *loader, const struct json *list,
                         struct descriptor *descriptor)
{
    if (!load_is(loader, list, JSON_ARRAY))
        return;
    struct arguments *all = arena_array(loader->arena, list->count, sizeof(*all));
    for (const struct json *item = list->items; item != NULL; item = item->next)
        read_arguments(loader, item, &all[descriptor->request_count++]);
    descriptor->request = all;
}

/* --- what it tells ------------------------------------------------------------------------ */

static void read_answer(const struct loader *loader, const struct json *object,
                        struct descriptor *descriptor)
{
    static const char *const keys[] = {"status", "headers", "code", "text", "tunnel", NULL};
    if (!load_object(loader, object, keys))
        return;
    descriptor->answer_status = read_member_text(loader, object, "status");
    descriptor->answer_headers = read_member_text(loader, object, "headers");
    descriptor->answer_code = read_member_text(loader, object, "code");
    descriptor->answer_text = read_member_text(loader, object, "text");
    descriptor->answer_tunnel = read_member_text(loader, object, "tunnel");
    if (descriptor->answer_status == NULL || descriptor->answer_code == NULL)
        load_error(loader, object, "want \"status\" and \"code\"");
}

/* {"28": "timeout"} */
static void read_errors(const struct loader *loader, const struct json *object,
                        struct descriptor *descriptor)
{
    if (!load_is(loader, object, JSON_OBJECT))
        return;
    struct code_error *errors = arena_array(loader->arena, object->count, sizeof(*errors));
    for (const struct json *member = object->items; member != NULL; member = member->next) {
        const enum outcome_error error = load_error_kind(loader, member);
        int code = 0;
        size_t digits = strspn(member->key, "0123456789");
        for (size_t i = 0; i < digits && code <= CODE_MAX; i++)
            code = code * 10 + (member->key[i] - '0');
        if (digits == 0 || member->key[digits] != '\0' || code < 1 || code > CODE_MAX)
            load_error(loader, member, "want a code from 1 to %d as the key", CODE_MAX);
        else if (error != OUTCOME_NONE)
            errors[descriptor->error_count++] = (struct code_error){code, error};
    }
    descriptor->errors = errors;
}

static void read_version(const struct loader *loader, const struct json *object,
                         struct descriptor *descriptor)
{
    static const char *const keys[] = {"command", "after", NULL};
    if (!load_object(loader, object, keys))
        return;
    const struct json *command = load_member(loader, object, "command");
    if (command != NULL)
        descriptor->version_command =
            read_texts(loader, command, &descriptor->version_command_count);
    descriptor->version_after = read_member_text(loader, object, "after");
    if (descriptor->version_after == NULL)
        descriptor->version_after = "";
}

/* --- the whole ------------------------------------------------------------------------------ */

static void read_needed(const struct loader *loader, const struct json *root,
                        struct descriptor *descriptor)
{
    const struct json *client = load_member(loader, root, "client");
    const struct json *version = load_member(loader, root, "version");
    const struct json *can = load_member(loader, root, "can");
    const struct json *command = load_member(loader, root, "command");
    const struct json *request = load_member(loader, root, "request");
    const struct json *answer = load_member(loader, root, "answer");
    if (client != NULL)
        descriptor->info.client = load_text(loader, client);
    if (version != NULL)
        read_version(loader, version, descriptor);
    if (can != NULL)
        descriptor->info.can = load_can(loader, can);
    if (command != NULL)
        descriptor->command = read_texts(loader, command, &descriptor->command_count);
    if (request != NULL)
        read_request(loader, request, descriptor);
    if (answer != NULL)
        read_answer(loader, answer, descriptor);
}

static void read_rest(const struct loader *loader, const struct json *root,
                      struct descriptor *descriptor)
{
    const struct json *errors = json_member(root, "errors");
    const struct json *patience = json_member(root, "patience");
    descriptor->info.engine = read_member_text(loader, root, "engine");
    descriptor->info.patience =
        patience != NULL ? (unsigned)load_number(loader, patience, 1, PATIENCE_MAX) : 1;
    descriptor->between = read_member_texts(loader, root, "between", &descriptor->between_count);
    descriptor->gate = read_member_texts(loader, root, "gate", &descriptor->gate_count);
    if (errors != NULL)
        read_errors(loader, errors, descriptor);
    if ((descriptor->info.can & CAN(SESSION)) != 0 && descriptor->gate == NULL)
        load_error(loader, root, "\"session\" needs a \"gate\": a request that can be held back");
}

const struct descriptor *descriptor_load(const char *path, struct diags *diags)
{
    static const char *const keys[] = {"$schema", "client",  "engine",  "version", "patience",
                                       "can",     "command", "between", "gate",    "request",
                                       "answer",  "errors",  NULL};
    const struct loader loader = {.arena = diags->arena, .diags = diags, .file = path};
    const size_t before = diags->count;
    struct descriptor *descriptor = arena_alloc(diags->arena, sizeof(*descriptor));
    struct bytes text;
    descriptor->path = path;
    if (!read_file(&text, diags->arena, path, DESCRIPTOR_SIZE_MAX, diags))
        return NULL;
    const struct json *root = json_read(diags->arena, diags, path, text);
    if (root == NULL || !load_object(&loader, root, keys))
        return NULL;
    read_needed(&loader, root, descriptor);
    read_rest(&loader, root, descriptor);
    return diags->count == before ? descriptor : NULL;
}
