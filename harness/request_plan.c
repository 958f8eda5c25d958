#include "harness/request_plan.h"

#include "harness/request_url.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* "METHOD URL", or "URL" alone. */
static bool read_words(struct request_plan *plan, const struct options *options,
                       struct diags *diags)
{
    const struct selection *words = &options->selection;
    const struct request_options *asked = &options->request;
    const bool has_body = asked->data != NULL || asked->data_file != NULL;
    if (words->word_count < 1 || words->word_count > 2)
        return diag_add(diags, NULL, 0, NULL, "want a URL, or a method and a URL, got %zu words",
                        words->word_count);
    const char *url = words->words[words->word_count - 1];
    plan->request.method = assay_text(words->word_count == 2 ? words->words[0]
                                      : has_body             ? "POST"
                                                             : "GET");
    if (!request_url_read(url, &plan->way.url, &plan->request.target, diags))
        return false;
    plan->way.other_end = plan->way.url;
    if (asked->target != NULL)
        plan->request.target = assay_text(asked->target);
    else if (words->word_count == 2 && strcmp(words->words[0], "CONNECT") == 0)
        return diag_add(diags, NULL, 0, NULL,
                        "CONNECT asks for a host and port, not for a path: want --target "
                        "HOST:PORT"); /* RFC 9112, section 3.2.3 */
    return true;
}

static bool read_proxy(struct request_plan *plan, const struct request_options *asked,
                       struct diags *diags)
{
    struct client_way *way = &plan->way;
    const struct request_lines *lines = &asked->proxy_headers;
    const char *user;
    if (asked->proxy == NULL)
        return true;
    if (!request_url_read_proxy(asked->proxy, &way->other_end, &user, diags))
        return false;
    way->is_proxied = true;
    way->tunnels = way->url.is_https || asked->tunnels;
    struct assay_field *told = arena_array(diags->arena, lines->count + 1, sizeof(*told));
    if (user != NULL)
        told[way->told_count++] = client_way_authorization(diags->arena, user);
    for (size_t i = 0; i < lines->count; i++)
        told[way->told_count++] = lines->items[i];
    way->told = told;
    return true;
}

static bool make_tls(struct assay_tls **tls, const struct assay_tls_options *options,
                     struct diags *diags)
{
    enum { REASON_SIZE = 512 };
    char reason[REASON_SIZE] = "";
    *tls = assay_tls_new(options, reason, sizeof(reason));
    return *tls != NULL || diag_add(diags, NULL, 0, NULL, "%s", reason);
}

/* Who asks is shown to the origin alone. */
static bool make_both_tls(struct request_plan *plan, const struct request_options *asked,
                          struct diags *diags)
{
    const bool has_tls = plan->way.url.is_https;
    const bool has_proxy_tls = plan->way.is_proxied && plan->way.other_end.is_https;
    struct assay_tls_options options = {.ca_path = asked->ca, .is_unverified = asked->is_insecure};
    if (has_proxy_tls && !make_tls(&plan->proxy_tls, &options, diags))
        return false;
    options.certificate_path = asked->certificate;
    options.key_path = asked->key;
    return !has_tls || make_tls(&plan->tls, &options, diags);
}

/* --- the body --------------------------------------------------------------- */

/* Its length is not told, so that the client sends it in chunks. */
static enum assay_piece next_piece(void *context, struct assay_bytes *piece)
{
    struct request_plan *plan = context;
    if (plan->is_given)
        return ASSAY_PIECES_END;
    plan->is_given = true;
    *piece = plan->request.body.bytes;
    return ASSAY_PIECE;
}

static void bring_data(struct request_plan *plan, const struct request_options *asked)
{
    struct assay_body *body = &plan->request.body;
    body->kind = asked->is_chunked ? ASSAY_BODY_STREAM : ASSAY_BODY_BYTES;
    body->bytes = assay_text(asked->data);
    body->next = next_piece;
    body->context = plan;
}

/* Files of /proc are regular, have no size, and can be read all the same. */
static bool is_size_true(int fd, off_t size, off_t at)
{
    uint8_t octet;
    return size > at || pread(fd, &octet, 1, at) <= 0;
}

/* What is left of a regular file is its length; of a pipe, a terminal or a device there is none. */
static bool measure(struct request_plan *plan, const struct request_options *asked,
                    struct diags *diags)
{
    struct assay_body *body = &plan->request.body;
    struct stat status;
    const bool is_known = fstat(body->fd, &status) == 0;
    if (is_known && S_ISDIR(status.st_mode))
        return diag_add(diags, NULL, 0, NULL, "--data-file: %s: %s",
                        diag_quote(diags->arena, bytes_of(asked->data_file)), strerror(EISDIR));
    if (!is_known || !S_ISREG(status.st_mode))
        return true;
    const off_t at = lseek(body->fd, 0, SEEK_CUR);
    body->has_length = at >= 0 && !asked->is_chunked && asked->trailers.count == 0 &&
                       is_size_true(body->fd, status.st_size, at);
    body->length = status.st_size > at ? (uint64_t)(status.st_size - at) : 0;
    return true;
}

static bool bring_file(struct request_plan *plan, const struct request_options *asked,
                       struct diags *diags)
{
    struct assay_body *body = &plan->request.body;
    body->kind = ASSAY_BODY_FILE;
    body->fd = STDIN_FILENO;
    if (strcmp(asked->data_file, "-") != 0)
        body->fd = plan->fd = open(asked->data_file, O_RDONLY | O_CLOEXEC);
    if (body->fd < 0)
        return diag_add(diags, NULL, 0, NULL, "--data-file: %s: %s",
                        diag_quote(diags->arena, bytes_of(asked->data_file)), strerror(errno));
    return measure(plan, asked, diags);
}

static bool bring_body(struct request_plan *plan, const struct request_options *asked,
                       struct diags *diags)
{
    plan->request.body.trailers = asked->trailers.items;
    plan->request.body.trailer_count = asked->trailers.count;
    if (asked->data != NULL)
        bring_data(plan, asked);
    return asked->data_file == NULL || bring_file(plan, asked, diags);
}

/* --- the plan --------------------------------------------------------------- */

bool request_plan_make(struct request_plan *plan, const struct options *options,
                       struct diags *diags)
{
    const struct request_options *asked = &options->request;
    *plan = (struct request_plan){.fd = -1};
    if (!request_options_fit(asked, diags) || !read_words(plan, options, diags) ||
        !read_proxy(plan, asked, diags) || !make_both_tls(plan, asked, diags) ||
        !bring_body(plan, asked, diags))
        return false;
    plan->request.fields = asked->headers.items;
    plan->request.field_count = asked->headers.count;
    plan->request.encode_chunked = asked->is_chunked;
    plan->request.expects_continue = asked->expects_continue;
    client_way_address(&plan->way, diags->arena, &plan->request);
    return true;
}

static void set_limits(struct assay_options *options, const struct request_options *asked)
{
    options->exchange_timeout_ms = asked->timeout_ms;
    options->connect_timeout_ms = asked->connect_timeout_ms;
    options->is_http_1_0 = asked->is_http_1_0;
    if (asked->line_max > 0)
        options->line_size_max = asked->line_max;
    if (asked->fields_max > 0)
        options->field_count_max = asked->fields_max;
    if (asked->fields_size_max > 0)
        options->fields_size_max = asked->fields_size_max;
    if (asked->interims_max > 0)
        options->interim_count_max = asked->interims_max;
    if (asked->overhead_max > 0)
        options->chunk_overhead_max = asked->overhead_max;
}

struct assay_connection *request_plan_connection(const struct request_plan *plan,
                                                 const struct request_options *asked,
                                                 struct arena *arena, struct assay_failure *failure)
{
    struct assay_connection *connection =
        client_way_connection(&plan->way, plan->tls, plan->proxy_tls, arena, failure);
    if (connection == NULL)
        return NULL;
    set_limits(assay_connection_options(connection), asked);
    if (assay_set_source_address(connection, asked->source, 0) == ASSAY_OK)
        return connection;
    *failure = *assay_connection_failure(connection);
    assay_connection_free(connection);
    return NULL;
}

void request_plan_release(struct request_plan *plan)
{
    assay_tls_free(plan->tls);
    assay_tls_free(plan->proxy_tls);
    if (plan->fd >= 0)
        close(plan->fd);
}
