#include "harness/driver_lines.h"

#include "harness/step_url.h"
#include "reports/json_text.h"

#include <stdlib.h>

/* A line that is being written. */
struct line {
    struct json_text json;
    char *octets;
    size_t len;
};

static void open_line(struct line *line, uint64_t id)
{
    *line = (struct line){.octets = NULL};
    line->json.out = open_memstream(&line->octets, &line->len);
    if (line->json.out == NULL)
        abort(); /* as wire/arena.c */
    json_text_object(&line->json, NULL, JSON_FLAT);
    json_text_number(&line->json, "id", id);
}

static struct bytes close_line(struct line *line, struct arena *arena)
{
    json_text_close(&line->json);
    if (fclose(line->json.out) != 0 || line->json.error != 0)
        abort(); /* as wire/arena.c: only memory can have been short */
    const struct bytes octets =
        arena_bytes(arena, (struct bytes){(const uint8_t *)line->octets, line->len});
    free(line->octets);
    return octets;
}

struct bytes driver_line_begin(uint64_t id, const struct driver_session *session,
                               struct arena *arena)
{
    struct line line;
    const size_t proxy = step_url_proxy(session);
    open_line(&line, id);
    json_text_object(&line.json, "begin", JSON_FLAT);
    json_text_string(&line.json, "case",
                     arena_printf(arena, "%s%s", session->case_id, session->suffix));
    json_text_string(&line.json, "origin", step_url_of_peer(session, 0, arena));
    if (proxy > 0)
        json_text_string(&line.json, "proxy", step_url_of_peer(session, proxy, arena));
    if (session->ca != NULL)
        json_text_octets(&line.json, "ca", bytes_of(session->ca));
    json_text_number(&line.json, "deadline_ms", session->deadline_ms);
    if (session->wants_heads)
        json_text_bool(&line.json, "heads", true);
    json_text_close(&line.json);
    return close_line(&line, arena);
}

struct bytes driver_line_end(uint64_t id, struct arena *arena)
{
    struct line line;
    open_line(&line, id);
    json_text_bool(&line.json, "end", true);
    return close_line(&line, arena);
}

struct bytes driver_line_go(uint64_t id, const char *name, struct arena *arena)
{
    struct line line;
    open_line(&line, id);
    json_text_string(&line.json, "go", name);
    return close_line(&line, arena);
}

/* --- a step ------------------------------------------------------------------------------ */

/* What the parts of a step are written with. */
struct asked {
    struct json_text *json;
    const struct endpoint *endpoints;
    struct arena *arena;
};

static void write_text(const struct asked *asked, const char *key, const struct octets *octets)
{
    json_text_octets(asked->json, key,
                     octets_build(octets, asked->endpoints, asked->arena, DRIVER_ASKED_MAX));
}

static void write_fields(const struct asked *asked, const char *key, const struct header *fields,
                         size_t count)
{
    json_text_array(asked->json, key, JSON_FLAT);
    for (size_t i = 0; i < count; i++) {
        json_text_array(asked->json, NULL, JSON_FLAT);
        write_text(asked, NULL, &fields[i].name);
        write_text(asked, NULL, &fields[i].value);
        json_text_close(asked->json);
    }
    json_text_close(asked->json);
}

/* A list of parts: content is described, not built. */
static void write_parts(const struct asked *asked, const char *key, const struct octets *octets)
{
    json_text_array(asked->json, key, JSON_FLAT);
    for (size_t i = 0; i < octets->count; i++) {
        const struct piece *piece = &octets->pieces[i];
        json_text_object(asked->json, NULL, JSON_FLAT);
        json_text_base64(asked->json, "b64", octets_piece(piece, asked->endpoints));
        if (piece->times != 1)
            json_text_number(asked->json, "times", piece->times);
        json_text_close(asked->json);
    }
    json_text_close(asked->json);
}

/* What the source hands over as one, or what it does there. */
static void write_piece(const struct asked *asked, const struct source_step *piece)
{
    if (piece->kind == SOURCE_PIECE) {
        write_parts(asked, NULL, &piece->octets);
        return;
    }
    json_text_object(asked->json, NULL, JSON_FLAT);
    if (piece->kind == SOURCE_HOLD)
        json_text_string(asked->json, "hold", piece->name);
    else
        json_text_bool(asked->json, "fail", true);
    json_text_close(asked->json);
}

static void write_body(const struct asked *asked, const struct body *body, const char *file)
{
    if (body->kind == BODY_NONE)
        return;
    json_text_object(asked->json, "body", JSON_FLAT);
    if (body->kind == BODY_BYTES) {
        write_parts(asked, "bytes", &body->pieces[0].octets);
    } else if (body->kind == BODY_FILE) {
        json_text_octets(asked->json, "file", bytes_of(file));
    } else {
        json_text_array(asked->json, "stream", JSON_FLAT);
        for (size_t i = 0; i < body->piece_count; i++)
            write_piece(asked, &body->pieces[i]);
        json_text_close(asked->json);
        if (body->has_length)
            json_text_number(asked->json, "length", body->length);
    }
    json_text_close(asked->json);
}

static void write_read(const struct asked *asked, const struct client_step *step)
{
    switch (step->read) {
    case READ_MODE_ALL:
        return;
    case READ_MODE_STREAM:
        json_text_string(asked->json, "read", "stream");
        return;
    case READ_MODE_AMOUNTS:
        json_text_array(asked->json, "read", JSON_FLAT);
        for (size_t i = 0; i < step->amount_count; i++)
            json_text_number(asked->json, NULL, step->amounts[i]);
        json_text_close(asked->json);
        return;
    case READ_MODE_ABANDON:
        json_text_object(asked->json, "read", JSON_FLAT);
        json_text_number(asked->json, "abandon", step->amounts[0]);
        json_text_close(asked->json);
        return;
    }
    assert(false);
}

static void write_manners(const struct asked *asked, const struct client_step *step)
{
    if (step->trailer_count > 0)
        write_fields(asked, "trailers", step->trailers, step->trailer_count);
    if (step->expects_continue)
        json_text_bool(asked->json, "expect_continue", true);
    if (step->timeout_ms > 0)
        json_text_number(asked->json, "timeout_ms", step->timeout_ms);
    if (step->redirects > 0)
        json_text_number(asked->json, "redirects", step->redirects);
    if (step->auth != NULL)
        json_text_octets(asked->json, "auth", bytes_of(step->auth));
    if (step->is_background)
        json_text_bool(asked->json, "background", true);
}

/* Where it goes, when not straight to the origin of "begin". */
static void write_way(const struct asked *asked, const struct driver_session *session,
                      size_t number)
{
    const struct client_proxy *proxy = session->steps[number].proxy;
    const char *url = step_url_base(session, number, asked->arena);
    if (strcmp(url, step_url_of_peer(session, 0, asked->arena)) != 0)
        json_text_octets(asked->json, "origin", bytes_of(url));
    if (proxy == NULL)
        return;
    json_text_object(asked->json, "proxy", JSON_FLAT);
    if (proxy->auth != NULL)
        json_text_octets(asked->json, "auth", bytes_of(proxy->auth));
    if (proxy->header_count > 0)
        write_fields(asked, "headers", proxy->headers, proxy->header_count);
    if (proxy->tunnels)
        json_text_bool(asked->json, "tunnel", true);
    json_text_close(asked->json);
}

static bool are_askable(const struct header *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].name.len > DRIVER_ASKED_MAX || fields[i].value.len > DRIVER_ASKED_MAX)
            return false;
    return true;
}

static bool is_askable(const struct client_step *step)
{
    const struct client_proxy *proxy = step->proxy;
    return (proxy == NULL || are_askable(proxy->headers, proxy->header_count)) &&
           are_askable(step->headers, step->header_count) &&
           are_askable(step->trailers, step->trailer_count) &&
           step->method.len <= DRIVER_ASKED_MAX && step->target.len <= DRIVER_ASKED_MAX;
}

struct bytes driver_line_step(uint64_t id, size_t number, const struct driver_session *session,
                              const char *file, struct arena *arena)
{
    const struct client_step *step = &session->steps[number];
    if (!is_askable(step))
        return (struct bytes){NULL, 0};
    struct line line;
    const struct asked asked = {&line.json, session->endpoints, arena};
    open_line(&line, id);
    json_text_number(&line.json, "step", number);
    json_text_object(&line.json, "do", JSON_FLAT);
    json_text_object(&line.json, "request", JSON_FLAT);
    write_text(&asked, "method", &step->method);
    write_text(&asked, "target", &step->target);
    write_fields(&asked, "headers", step->headers, step->header_count);
    write_way(&asked, session, number);
    write_body(&asked, &step->body, file);
    write_manners(&asked, step);
    write_read(&asked, step);
    json_text_close(&line.json);
    json_text_close(&line.json);
    return close_line(&line, arena);
}
