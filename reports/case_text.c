#include "reports/case_text.h"

#include "reports/wire_text.h"

#include <inttypes.h>

/* Of what the client says of an error, so many octets are shown. */
enum { SAYS_MAX = 200 };

enum { SCRIPT_MAX = 72 };

static void print_hole(FILE *out, const struct point *point, const struct piece *piece)
{
    static const char *const names[] = {[HOLE_NONE] = "",
                                        [HOLE_HOST] = "host",
                                        [HOLE_PORT] = "port",
                                        [HOLE_AUTHORITY] = "authority"};
    assert(piece->peer < point->peer_count);
    fputs("{{", out);
    wire_text_print(out, bytes_of(point->peers[piece->peer].name));
    fprintf(out, ".%s}}", names[piece->hole]);
}

/* One piece, as far as `room` octets go. Returns how much of the room is left. */
static size_t print_piece(FILE *out, const struct point *point, const struct piece *piece,
                          size_t room)
{
    const bool is_hole = piece->hole != HOLE_NONE;
    const size_t len =
        is_hole ? hole_len(piece->hole, point->peers[piece->peer].is_https) : piece->data.len;
    for (uint64_t round = 0; round < piece->times && len > 0 && room > 0; round++) {
        const size_t shown = len < room ? len : room;
        if (is_hole)
            print_hole(out, point, piece);
        else
            wire_text_print(out, (struct bytes){piece->data.at, shown});
        room -= shown;
    }
    return room;
}

/* As far as it fits a line. */
static void print_script(FILE *out, const struct point *point, const struct octets *octets)
{
    size_t room = SCRIPT_MAX;
    for (size_t i = 0; i < octets->count; i++)
        room = print_piece(out, point, &octets->pieces[i], room);
    if (octets->len > SCRIPT_MAX)
        fputs("...", out);
}

/* Where it goes, when not to the origin as it is. */
static void print_way(FILE *out, const struct point *point, const struct client_step *step)
{
    const struct client_proxy *proxy = step->proxy;
    if (step->authority.len > 0) {
        fputs(" of ", out);
        print_script(out, point, &step->authority);
    }
    if (proxy == NULL)
        return;
    fputs(", by the proxy", out);
    if (proxy->tunnels || point->peers[0].is_https)
        fputs(", through a tunnel", out);
    if (proxy->auth != NULL)
        fputs(", with a password for it", out);
}

void case_text_request(FILE *out, const struct point *point, const struct client_step *step)
{
    if (step->told != NULL) {
        wire_text_print(out, bytes_of(step->told));
        return;
    }
    print_script(out, point, &step->method);
    putc(' ', out);
    print_script(out, point, &step->target);
    print_way(out, point, step);
    if (step->body.kind == BODY_BYTES && step->body.piece_count > 0)
        fprintf(out, ", a body of %" PRIu64, step->body.pieces[0].octets.len);
    if (step->body.kind == BODY_FILE)
        fprintf(out, ", a body of %" PRIu64 " from a file", step->body.pieces[0].octets.len);
    if (step->body.kind == BODY_STREAM)
        fputs(", a streamed body", out);
    if (step->body.kind == BODY_STREAM && step->body.has_length)
        fprintf(out, " of %" PRIu64, step->body.length);
    if (step->read == READ_MODE_STREAM)
        fputs(", read piece by piece", out);
    else if (step->read == READ_MODE_AMOUNTS)
        fputs(", read in amounts of", out);
    else if (step->read == READ_MODE_ABANDON)
        fputs(", left after", out);
    for (size_t i = 0; i < step->amount_count; i++)
        fprintf(out, " %" PRIu64, step->amounts[i]);
    if (step->trailer_count > 0)
        fputs(", with trailers", out);
    if (step->expects_continue)
        fputs(", expecting 100", out);
    if (step->timeout_ms > 0)
        fprintf(out, ", within %" PRIu64 " ms", step->timeout_ms);
    if (step->is_background)
        fputs(", in the background", out);
}

/* Of the fields only those that the behaviour speaks of. */
static void print_stated_fields(FILE *out, const struct fields_pattern *stated,
                                const struct fields *fields)
{
    for (size_t i = 0; i < stated->count; i++) {
        bool is_found = false;
        for (size_t j = 0; j < fields->count; j++) {
            if (!bytes_equal_fold(fields->items[j].name, stated->items[i].name))
                continue;
            is_found = true;
            fputs(", ", out);
            wire_text_print(out, fields->items[j].name);
            fputs(": ", out);
            wire_text_quote(out, fields->items[j].value, fields->items[j].value.len);
        }
        if (is_found)
            continue;
        fputs(", no ", out);
        wire_text_print(out, stated->items[i].name);
    }
}

static void print_response(FILE *out, const struct outcome *outcome)
{
    const bool is_error = outcome->error != OUTCOME_NONE;
    if (is_error)
        fprintf(out, "error %s", outcome_error_name(outcome->error));
    if (outcome->status > 0)
        fprintf(out, is_error ? ", status %d" : "%d", outcome->status);
    else if (!is_error)
        fputs("no status", out);
    if (outcome->has_body) {
        fputs(is_error ? ", partial " : ", body ", out);
        wire_text_quote(out, outcome->body, outcome->body_len);
    }
    for (size_t i = 0; i < outcome->interim_count; i++)
        fprintf(out, ", interim %d", outcome->interims[i].status);
}

void case_text_outcome(FILE *out, const struct outcome *outcome,
                       const struct outcome_pattern *stated)
{
    if (outcome == NULL || outcome->is_unsupported) {
        fputs(outcome == NULL ? "no outcome" : "unsupported", out);
        return;
    }
    print_response(out, outcome);
    if (stated != NULL && outcome->has_fields)
        print_stated_fields(out, &stated->headers, &outcome->fields);
    if (stated != NULL && outcome->has_trailers)
        print_stated_fields(out, &stated->trailers, &outcome->trailers);
    if (outcome->text == NULL || outcome->text[0] == '\0')
        return;
    struct bytes text = bytes_of(outcome->text);
    fputs(", says: ", out);
    wire_text_print(out, bytes_take(&text, text.len < SAYS_MAX ? text.len : SAYS_MAX));
    fputs(text.len > 0 ? "..." : "", out);
}

static bool is_shell_safe(const char *word)
{
    return word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "-_./=,:@%+")] == '\0';
}

static void print_in_quotes(FILE *out, const char *part)
{
    struct bytes rest = bytes_of(part);
    while (rest.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const size_t len = wire_text_next_plain(&rest, shown);
        if (len == 1 && shown[0] == '\'')
            fputs("'\\'", out);
        fwrite(shown, 1, len, out);
    }
}

/* `word` and `suffix` together as one word of a shell's command: a run's suffix holds brackets. */
static void print_shell_word(FILE *out, const char *word, const char *suffix)
{
    const bool is_safe = is_shell_safe(word) && is_shell_safe(suffix);
    fputs(is_safe ? "" : "'", out);
    print_in_quotes(out, word);
    print_in_quotes(out, suffix);
    fputs(is_safe ? "" : "'", out);
}

/* A case of the corpus is known by its id, any other by its file. */
static bool is_of_corpus(const char *file)
{
    return strncmp(file, "cases/", strlen("cases/")) == 0 || strstr(file, "/cases/") != NULL;
}

void case_text_command(FILE *out, const struct case_result *result)
{
    const struct run_result *worst = result->worst;
    fputs("assay run ", out);
    if (is_of_corpus(result->case_->file))
        print_shell_word(out, result->case_->id, worst != NULL ? worst->point->suffix : "");
    else
        print_shell_word(out, result->case_->file, "");
    fputs(" --subject ", out);
    print_shell_word(out, result->subject, "");
}
