#include "harness/request_show.h"

#include <errno.h>

/* `output` is NULL for the standard one. */
static bool tell(const char *output, int error, struct diags *diags)
{
    if (output == NULL)
        return diag_add(diags, NULL, 0, NULL, "cannot write to the standard output: %s",
                        strerror(error));
    return diag_add(diags, NULL, 0, NULL, "--output: cannot write %s: %s",
                    diag_quote(diags->arena, bytes_of(output)), strerror(error));
}

bool request_show_open(struct request_show *show, const struct request_options *asked,
                       struct diags *diags)
{
    *show = (struct request_show){.is_raw = asked->is_raw, .standard = screen_on(stdout)};
    if (asked->output == NULL || strcmp(asked->output, "-") == 0)
        return true;
    show->output = asked->output;
    FILE *file = fopen(show->output, "wb");
    if (file == NULL)
        return tell(show->output, errno, diags);
    show->file = screen_on(file);
    return true;
}

static struct bytes take(struct assay_bytes octets)
{
    return (struct bytes){octets.at, octets.len};
}

static void show_fields(struct screen *screen, struct assay_fields fields)
{
    for (size_t i = 0; i < fields.count; i++) {
        screen_put(screen, take(fields.items[i].name));
        screen_put_text(screen, ": ");
        screen_put(screen, take(fields.items[i].value));
        screen_put_text(screen, "\n");
    }
}

static void show_interims(struct screen *screen, const struct assay_response *response)
{
    char line[sizeof("-- interim response -2147483648\n")];
    const struct assay_interims interims = assay_response_interims(response);
    for (size_t i = 0; i < interims.count; i++) {
        snprintf(line, sizeof(line), "-- interim response %d\n", interims.items[i].status);
        screen_put_text(screen, line);
        show_fields(screen, interims.items[i].fields);
        screen_put_text(screen, "\n");
    }
}

static void show_status(struct screen *screen, const struct assay_response *response)
{
    char line[sizeof("HTTP/-214748364.-8 -2147483648")];
    const int version = assay_response_version(response);
    const struct assay_bytes reason = assay_response_reason(response);
    snprintf(line, sizeof(line), "HTTP/%d.%d %d", version / 10, version % 10,
             assay_response_status(response));
    screen_put_text(screen, line);
    screen_put_text(screen, reason.len > 0 ? " " : "");
    screen_put(screen, take(reason));
    screen_put_text(screen, "\n");
}

void request_show_head(struct request_show *show, const struct assay_response *response)
{
    struct screen *screen = &show->standard;
    if (show->is_raw)
        return;
    show_interims(screen, response);
    if (assay_response_status(response) != 0) {
        show_status(screen, response);
        show_fields(screen, assay_getheaders(response));
        screen_put_text(screen, "\n");
    }
    screen_flush(screen);
}

/* Behind the body, which may have ended within a line. */
static void show_trailers(struct request_show *show, const struct assay_response *response)
{
    struct screen *screen = &show->standard;
    const struct assay_fields trailers = assay_response_trailers(response);
    const bool is_told = !show->is_raw && trailers.count > 0;
    if (screen->is_inside_line && (is_told || screen->is_terminal))
        screen_put_text(screen, "\n");
    if (!is_told)
        return;
    screen_put_text(screen, "-- trailers\n");
    show_fields(screen, trailers);
}

enum assay_error request_show_body(struct request_show *show, struct assay_response *response,
                                   bool *is_written)
{
    struct screen *body = show->output != NULL ? &show->file : &show->standard;
    struct assay_bytes piece = {NULL, 0};
    enum assay_error error = ASSAY_OK;
    *is_written = true;
    do {
        error = assay_read_piece(response, &piece);
        screen_put(body, take(piece));
        *is_written = screen_flush(body);
    } while (error == ASSAY_OK && piece.len > 0 && *is_written);
    *is_written = screen_end(body) && *is_written;
    if (*is_written)
        show_trailers(show, response);
    return error;
}

/* What was buffered is written at the latest here, so that is where it may fail. */
static bool close_file(struct request_show *show, struct diags *diags)
{
    const bool is_good = screen_end(&show->file);
    if (fclose(show->file.out) != 0 && is_good)
        show->file.error = errno;
    return show->file.error == 0 || tell(show->output, show->file.error, diags);
}

bool request_show_close(struct request_show *show, struct diags *diags)
{
    bool is_good = screen_end(&show->standard);
    if (!is_good) {
        clearerr(show->standard.out); /* told here, where it is known why */
        tell(NULL, show->standard.error, diags);
    }
    if (show->output != NULL)
        is_good = close_file(show, diags) && is_good;
    return is_good;
}
