#include "harness/request_options.h"

#include "harness/options_private.h"

enum {
    /* A day. */
    TIMEOUT_MS_MAX = 24 * 60 * 60 * 1000,
    /* Of what is kept in memory: octets, and things that cost some hundreds of them. */
    SIZE_MAX_OF_LIMIT = 1024 * 1024 * 1024,
    COUNT_MAX_OF_LIMIT = 1000 * 1000,
};

static const char *name_of(int id)
{
    size_t i = 0;
    while (option_rows[i].id != id)
        i++;
    return option_rows[i].name;
}

/* NULL: the option is no text. */
static const char **text_of(struct request_options *request, int id)
{
    switch (id) {
    case OPTION_DATA:
        return &request->data;
    case OPTION_DATA_FILE:
        return &request->data_file;
    case OPTION_TARGET:
        return &request->target;
    case OPTION_PROXY:
        return &request->proxy;
    case OPTION_CA:
        return &request->ca;
    case OPTION_CERT:
        return &request->certificate;
    case OPTION_KEY:
        return &request->key;
    case OPTION_SOURCE:
        return &request->source;
    case OPTION_OUTPUT:
        return &request->output;
    default:
        return NULL;
    }
}

/* NULL: the option has a value. */
static bool *flag_of(struct request_options *request, int id)
{
    switch (id) {
    case OPTION_CHUNKED:
        return &request->is_chunked;
    case OPTION_EXPECT_CONTINUE:
        return &request->expects_continue;
    case OPTION_HTTP_1_0:
        return &request->is_http_1_0;
    case OPTION_TUNNEL:
        return &request->tunnels;
    case OPTION_INSECURE:
        return &request->is_insecure;
    case OPTION_RAW:
        return &request->is_raw;
    case OPTION_DEBUG:
        return &request->is_debug;
    default:
        return NULL;
    }
}

/* NULL: the option is no number; else `most` is set. */
static unsigned *number_of(struct request_options *request, int id, unsigned *most)
{
    *most = COUNT_MAX_OF_LIMIT;
    switch (id) {
    case OPTION_TIMEOUT:
        *most = TIMEOUT_MS_MAX;
        return &request->timeout_ms;
    case OPTION_CONNECT_TIMEOUT:
        *most = TIMEOUT_MS_MAX;
        return &request->connect_timeout_ms;
    case OPTION_MAX_LINE:
        *most = SIZE_MAX_OF_LIMIT;
        return &request->line_max;
    case OPTION_MAX_FIELDS_SIZE:
        *most = SIZE_MAX_OF_LIMIT;
        return &request->fields_size_max;
    case OPTION_MAX_OVERHEAD:
        *most = SIZE_MAX_OF_LIMIT;
        return &request->overhead_max;
    case OPTION_MAX_FIELDS:
        return &request->fields_max;
    case OPTION_MAX_INTERIMS:
        return &request->interims_max;
    default:
        return NULL;
    }
}

static struct request_lines *lines_of(struct request_options *request, int id)
{
    if (id == OPTION_TRAILER)
        return &request->trailers;
    assert(id == OPTION_HEADER || id == OPTION_PROXY_HEADER);
    return id == OPTION_HEADER ? &request->headers : &request->proxy_headers;
}

/* Blanks behind the colon are the line's, not the value's (RFC 9112, section 5); whether the rest
 * is a name and a value, the client says. */
static void add_line(struct request_lines *lines, const char *option, const char *text,
                     struct diags *diags)
{
    struct bytes value = bytes_of(text);
    if (strchr(text, ':') == NULL) {
        diag_add(diags, NULL, 0, NULL, "--%s: want 'NAME: VALUE', got %s", option,
                 diag_quote(diags->arena, value));
        return;
    }
    const struct bytes name = bytes_take_until(&value, ':');
    while (value.len > 0 && (value.at[0] == ' ' || value.at[0] == '\t'))
        bytes_take(&value, 1);
    lines->items =
        arena_room(diags->arena, lines->items, lines->count, &lines->size, sizeof(*lines->items));
    lines->items[lines->count++] = (struct assay_field){{name.at, name.len}, {value.at, value.len}};
}

void request_option_read(struct request_options *request, int id, const char *value,
                         struct diags *diags)
{
    unsigned most;
    const char *name = name_of(id), **text = text_of(request, id);
    bool *flag = flag_of(request, id);
    unsigned *number = number_of(request, id, &most);
    if (flag != NULL)
        *flag = true;
    else if (number != NULL)
        *number = option_number(name, value, 1, most, diags);
    else if (text == NULL)
        add_line(lines_of(request, id), name, value, diags);
    else if (*text != NULL)
        diag_add(diags, NULL, 0, NULL, "--%s is given twice", name);
    else
        *text = value;
}

bool request_options_fit(const struct request_options *request, struct diags *diags)
{
    const bool has_data = request->data != NULL, has_file = request->data_file != NULL;
    const struct {
        bool is_broken;
        const char *text;
    } rows[] = {
        {has_data && has_file, "--data and --data-file both give the body: want one of them"},
        {request->is_chunked && !has_data && !has_file,
         "--chunked wants a body: --data or --data-file"},
        {request->tunnels && request->proxy == NULL, "--tunnel wants a --proxy URL"},
        {request->proxy_headers.count > 0 && request->proxy == NULL,
         "--proxy-header wants a --proxy URL"},
        {request->key != NULL && request->certificate == NULL, "--key wants a --cert FILE"},
        {request->ca != NULL && request->is_insecure,
         "--ca and --insecure contradict each other: want one of them"},
    };
    const size_t before = diags->count;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].is_broken)
            diag_add(diags, NULL, 0, NULL, "%s", rows[i].text);
    return diags->count == before;
}
