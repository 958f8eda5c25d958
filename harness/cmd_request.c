#include "harness/commands.h"
#include "harness/request_plan.h"
#include "harness/request_show.h"

#include <inttypes.h>

/* What an error of the client is to the caller of the command; a response that was begun is
 * STATUS_INCOMPLETE. */
static enum exit_status status_of(enum assay_error error)
{
    switch ((int)error) {
    case ASSAY_OK:
        return STATUS_OK;
    case ASSAY_INVALID_METHOD:
    case ASSAY_INVALID_URL:
    case ASSAY_INVALID_HEADER:
    case ASSAY_INVALID_BODY:
        return STATUS_USAGE;
    case ASSAY_BODY_MISMATCH: /* what was to be sent broke under our hands */
    case ASSAY_NO_MEMORY:
        return STATUS_BROKEN;
    default:
        return STATUS_DEVIATION;
    }
}

/* The option that sets the limit which the client names in its text; "" where it names none. */
static const char *limit_hint(const char *text)
{
    static const struct {
        const char *name, *hint;
    } rows[] = {
        {"(line_size_max)", "; --max-line N sets it"},
        {"(field_count_max)", "; --max-fields N sets it"},
        {"(fields_size_max)", "; --max-fields-size N sets it"},
        {"(interim_count_max)", "; --max-interims N sets it"},
        {"(chunk_overhead_max)", "; --max-overhead N sets it"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strstr(text, rows[i].name) != NULL)
            return rows[i].hint;
    return "";
}

/* `response` is NULL where none has begun. */
static void tell(const struct assay_failure *failure, const struct assay_response *response,
                 struct diags *diags)
{
    const bool has_body = response != NULL && assay_response_status(response) != 0;
    const char *came = "";
    if (has_body && failure->error != ASSAY_INCOMPLETE_READ) /* which tells it itself */
        came = arena_printf(diags->arena, "; %" PRIu64 " octet%s of the body came",
                            failure->received, failure->received == 1 ? "" : "s");
    diag_add(diags, NULL, 0, NULL, "request: %s: %s%s%s", assay_error_name(failure->error),
             failure->text, limit_hint(failure->text), came);
}

static enum exit_status show_response(struct request_show *show, struct assay_response *response,
                                      enum assay_error error, struct diags *diags)
{
    bool is_written = true;
    request_show_head(show, response);
    const bool has_head = error == ASSAY_OK;
    if (has_head)
        error = request_show_body(show, response, &is_written);
    if (!is_written)
        return STATUS_BROKEN; /* which request_show_close() tells */
    if (error == ASSAY_OK)
        return STATUS_OK;
    tell(assay_response_failure(response), response, diags);
    return has_head ? STATUS_INCOMPLETE : status_of(error);
}

static enum exit_status exchange(struct assay_connection *connection,
                                 const struct request_plan *plan, struct request_show *show,
                                 struct diags *diags)
{
    struct assay_response *response = NULL;
    enum assay_error error = assay_request(connection, &plan->request);
    if (error == ASSAY_OK)
        error = assay_getresponse(connection, &response);
    if (response == NULL) {
        tell(assay_connection_failure(connection), NULL, diags);
        return status_of(error);
    }
    const enum exit_status status = show_response(show, response, error, diags);
    assay_response_free(response);
    return status;
}

static void print_debug(void *context, const char *text, size_t len)
{
    struct screen *screen = context;
    screen_put(screen, (struct bytes){(const uint8_t *)text, len});
    screen_end(screen);
}

static enum exit_status play(const struct request_plan *plan, const struct request_options *asked,
                             struct request_show *show, struct diags *diags)
{
    struct assay_failure failure;
    struct screen errors = screen_on(stderr);
    struct assay_connection *connection =
        request_plan_connection(plan, asked, diags->arena, &failure);
    if (connection == NULL) {
        tell(&failure, NULL, diags);
        return status_of(failure.error);
    }
    struct assay_options *options = assay_connection_options(connection);
    options->debug = print_debug;
    options->debug_context = &errors;
    assay_set_debuglevel(connection, asked->is_debug);
    const enum exit_status status = exchange(connection, plan, show, diags);
    assay_connection_free(connection);
    return status;
}

static enum exit_status request(const struct options *options, struct diags *diags)
{
    struct request_plan plan;
    struct request_show show;
    enum exit_status status = STATUS_USAGE;
    if (request_plan_make(&plan, options, diags)) {
        status = STATUS_BROKEN;
        if (request_show_open(&show, &options->request, diags)) {
            status = play(&plan, &options->request, &show, diags);
            if (!request_show_close(&show, diags))
                status = STATUS_BROKEN;
        }
    }
    request_plan_release(&plan);
    return status;
}

const struct command cmd_request = {
    .name = "request",
    .about = "the bundled client by hand: one request, and what comes back",
    .words = "[METHOD] URL",
    .manual =
        "Sends one request, and prints what comes back as it comes: interim responses, the status\n"
        "line, the field lines, the body, the trailers. METHOD is any token; without it, GET, or\n"
        "POST where there is a body. Nothing is sent twice, followed or decoded but the chunked\n"
        "coding. On a terminal the control octets of the server are shown as \\xNN; elsewhere the\n"
        "body's octets go out as they are.\n"
        "\n"
        "A body from --data, or from a regular file, is sent with its length; from a pipe, or "
        "with\n"
        "--chunked or --trailer, in chunks.\n",
    .statuses =
        "Exit status: 0 the response is whole, whatever its status code; 1 there is none: no\n"
        "connection, or an error before its body; 2 wrong use, or a request that the client\n"
        "refuses to send; 3 a file could not be read or written; 5 the body is not whole:\n"
        "what came of it was printed, and the standard error says how much, and why.\n",
    .takes = OPTIONS_REQUEST,
    .run = request,
};
