#include "tests/load_dump.h"

#include "wire/diag.h"

enum { SHOWN_MAX = 50 };

static const struct endpoint endpoints[] = {{"127.100.100.100", "34567", "127.100.100.100:34567"},
                                            {"127.100.100.100", "34567", "127.100.100.100:34567"},
                                            {"127.100.100.100", "34567", "127.100.100.100:34567"}};

static void dump_octets(FILE *out, const struct octets *octets, struct arena *arena)
{
    fputs(diag_quote(arena, octets_build(octets, endpoints, arena, SHOWN_MAX)), out);
    if (octets->len > SHOWN_MAX)
        fprintf(out, "#%llu", (unsigned long long)octets->len);
}

/* --- the client -------------------------------------------------------------------- */

static void dump_body(FILE *out, const struct body *body, struct arena *arena)
{
    static const char *const kinds[] = {[BODY_NONE] = "",
                                        [BODY_BYTES] = " bytes",
                                        [BODY_STREAM] = " stream",
                                        [BODY_FILE] = " file"};
    fputs(kinds[body->kind], out);
    for (size_t i = 0; i < body->piece_count; i++) {
        putc(' ', out);
        if (body->pieces[i].kind == SOURCE_PIECE)
            dump_octets(out, &body->pieces[i].octets, arena);
        else if (body->pieces[i].kind == SOURCE_HOLD)
            fprintf(out, "hold %s", body->pieces[i].name);
        else
            fputs("fail", out);
    }
    if (body->has_length)
        fprintf(out, " of %llu", (unsigned long long)body->length);
}

static void dump_way(FILE *out, const struct client_step *step, struct arena *arena)
{
    const struct client_proxy *proxy = step->proxy;
    if (step->authority.len > 0) {
        fputs(" of ", out);
        dump_octets(out, &step->authority, arena);
    }
    if (proxy == NULL)
        return;
    fputs(proxy->tunnels ? " by proxy tunnel" : " by proxy", out);
    if (proxy->auth != NULL)
        fprintf(out, " auth %s", proxy->auth);
    for (size_t i = 0; i < proxy->header_count; i++) {
        putc(' ', out);
        dump_octets(out, &proxy->headers[i].name, arena);
        putc(':', out);
        dump_octets(out, &proxy->headers[i].value, arena);
    }
}

static void dump_request(FILE *out, const struct client_step *step, struct arena *arena)
{
    static const char *const reads[] = {[READ_MODE_ALL] = "",
                                        [READ_MODE_STREAM] = " by pieces",
                                        [READ_MODE_AMOUNTS] = " by",
                                        [READ_MODE_ABANDON] = " until"};
    dump_octets(out, &step->method, arena);
    putc(' ', out);
    dump_octets(out, &step->target, arena);
    for (size_t i = 0; i < step->header_count; i++) {
        putc(' ', out);
        dump_octets(out, &step->headers[i].name, arena);
        putc(':', out);
        dump_octets(out, &step->headers[i].value, arena);
    }
    dump_way(out, step, arena);
    dump_body(out, &step->body, arena);
    for (size_t i = 0; i < step->trailer_count; i++) {
        fputs(" trailer ", out);
        dump_octets(out, &step->trailers[i].name, arena);
        putc(':', out);
        dump_octets(out, &step->trailers[i].value, arena);
    }
    fputs(step->expects_continue ? " expects" : "", out);
    fputs(reads[step->read], out);
    for (size_t i = 0; i < step->amount_count; i++)
        fprintf(out, " %llu", (unsigned long long)step->amounts[i]);
    if (step->timeout_ms > 0)
        fprintf(out, " within %llu", (unsigned long long)step->timeout_ms);
    fputs(step->is_background ? " background" : "", out);
    if (step->name != NULL)
        fprintf(out, " as %s", step->name);
}

/* --- the origin -------------------------------------------------------------------- */

static void dump_read(FILE *out, const struct step *step, struct arena *arena)
{
    static const char *const kinds[] = {
        [READ_HEAD] = "head", [READ_BODY] = "body", [READ_REQUEST] = "request",
        [READ_EOF] = "eof",   [READ_COUNT] = "",    [READ_UNTIL] = "until "};
    fputs(kinds[step->read], out);
    if (step->read == READ_COUNT)
        fprintf(out, "%llu", (unsigned long long)step->count);
    if (step->read == READ_UNTIL)
        fputs(diag_quote(arena, step->until), out);
}

static void dump_tls(FILE *out, const struct tls *tls)
{
    fprintf(out, "%s %d-%d%s", certificate_name(tls->certificate), (int)tls->least, (int)tls->most,
            tls->sends_tickets ? " tickets" : "");
}

static void dump_cut(FILE *out, const char *name, const struct relay_cut *cut)
{
    static const char *const ends[] = {
        [CUT_FIN] = "fin", [CUT_RST] = "rst", [CUT_SILENCE] = "silence"};
    if (cut->is_set)
        fprintf(out, " %s %llu %s", name, (unsigned long long)cut->after, ends[cut->end]);
}

static void dump_step(FILE *out, const struct step *step, struct arena *arena)
{
    static const char *const closes[] = {
        [CLOSE_FIN] = "fin", [CLOSE_FULL] = "full", [CLOSE_RST] = "rst", [CLOSE_NOTIFY] = "notify"};
    fprintf(out, "%s ", step_verb_name(step->verb));
    if (step->verb == STEP_READ)
        dump_read(out, step, arena);
    else if (step->verb == STEP_SEND)
        dump_octets(out, &step->send, arena);
    else if (step->verb == STEP_CLOSE)
        fprintf(out, "%s%s", closes[step->close], step->withholds_notify ? " alone" : "");
    else if (step->verb == STEP_START_TLS)
        dump_tls(out, step->tls);
    else if (step->verb == STEP_RELAY || step->verb == STEP_FORWARD)
        fprintf(out, "%u", step->target);
    dump_cut(out, "up", &step->up);
    dump_cut(out, "down", &step->down);
    if (step->name != NULL)
        fprintf(out, " as %s", step->name);
}

static void dump_route(FILE *out, const struct route *route)
{
    if (route->method.count + route->target.count + route->headers.count == 0)
        fputs("any", out);
    else
        fprintf(out, "method %zu target %zu headers %zu", route->method.count, route->target.count,
                route->headers.count);
    if (route->times > 0)
        fprintf(out, " times %llu", (unsigned long long)route->times);
    fputs(": ", out);
}

static void dump_door(FILE *out, const struct peer *peer)
{
    if (peer->receive_buffer > 0)
        fprintf(out, "into %u: ", peer->receive_buffer);
    if (peer->is_https)
        fputs(peer->is_address ? "https by address " : "https ", out);
    if (peer->tls != NULL)
        dump_tls(out, peer->tls);
    if (peer->is_https)
        fputs(": ", out);
}

static void dump_peer(FILE *out, const struct peer *peer, struct arena *arena)
{
    for (size_t i = 0; i < peer->script_count; i++) {
        fputs(i > 0 ? " | " : "", out);
        if (peer->routes != NULL)
            dump_route(out, &peer->routes[i]);
        for (size_t j = 0; j < peer->scripts[i].count; j++) {
            fputs(j > 0 ? "; " : "", out);
            dump_step(out, &peer->scripts[i].steps[j], arena);
        }
    }
}

/* --- what is recognised ------------------------------------------------------------ */

static void dump_values(FILE *out, const char *name, const struct value_pattern *pattern,
                        struct arena *arena)
{
    static const char *const kinds[] = {[VALUE_EQUALS] = "",
                                        [VALUE_HAS] = "has ",
                                        [VALUE_PREFIX_OF] = "prefix_of ",
                                        [VALUE_LENGTH] = "length ",
                                        [VALUE_ABSENT] = "null"};
    for (size_t i = 0; i < pattern->count; i++) {
        const struct value *value = &pattern->values[i];
        fprintf(out, "%s%s%s", i > 0 ? "," : name, i > 0 ? "" : "=", kinds[value->kind]);
        if (value->kind == VALUE_LENGTH)
            fprintf(out, "%llu", (unsigned long long)value->length);
        else if (value->kind != VALUE_ABSENT)
            dump_octets(out, &value->octets, arena);
    }
}

static void dump_fields(FILE *out, const char *kind, const struct fields_pattern *fields,
                        struct arena *arena)
{
    for (size_t i = 0; i < fields->count; i++) {
        const char *name = arena_printf(arena, " %s.%.*s", kind, (int)fields->items[i].name.len,
                                        (const char *)fields->items[i].name.at);
        dump_values(out, name, &fields->items[i].value, arena);
    }
}

static void dump_errors(FILE *out, error_set errors)
{
    const char *joint = " ";
    if ((errors & ERROR_ANY) == ERROR_ANY) {
        fputs(" any", out);
        errors &= ~ERROR_ANY;
        joint = "+";
    }
    for (int i = 0; i < OUTCOME_ERROR_COUNT; i++) {
        if ((errors & ERROR_BIT(i)) == 0)
            continue;
        fprintf(out, "%s%s", joint, outcome_error_name((enum outcome_error)i));
        joint = "+";
    }
}

static void dump_numbers(FILE *out, const char *name, const int *numbers, size_t count)
{
    fprintf(out, " %s=", name);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%d", i > 0 ? "," : "", numbers[i]);
}

static void dump_outcome(FILE *out, const struct outcome_pattern *pattern, struct arena *arena)
{
    dump_errors(out, pattern->errors);
    if (pattern->states_status && pattern->status_count == 0)
        fputs(" status=any", out);
    else if (pattern->states_status)
        dump_numbers(out, "status", pattern->statuses, pattern->status_count);
    dump_values(out, " body", &pattern->body, arena);
    dump_values(out, " partial", &pattern->partial, arena);
    dump_values(out, " reason", &pattern->reason, arena);
    dump_fields(out, "headers", &pattern->headers, arena);
    dump_fields(out, "trailers", &pattern->trailers, arena);
    if (pattern->states_interim)
        dump_numbers(out, "interim", pattern->interim, pattern->interim_count);
}

static void dump_range(FILE *out, const char *name, struct range range)
{
    fprintf(out, " %s=%llu-%llu", name, (unsigned long long)range.least,
            (unsigned long long)range.most);
}

static void dump_request_pattern(FILE *out, const struct request_pattern *pattern,
                                 struct arena *arena)
{
    fputs(" {", out);
    dump_values(out, " method", &pattern->method, arena);
    dump_values(out, " target", &pattern->target, arena);
    dump_values(out, " body", &pattern->body, arena);
    dump_fields(out, "headers", &pattern->headers, arena);
    dump_fields(out, "trailers", &pattern->trailers, arena);
    if (pattern->framings != 0)
        fprintf(out, " framing=%u", pattern->framings);
    if (pattern->states_chunks)
        dump_range(out, "chunks", pattern->chunks);
    if (pattern->states_complete)
        fputs(pattern->complete ? " complete" : " cut", out);
    if (pattern->states_on)
        fprintf(out, " on=%llu", (unsigned long long)pattern->on);
    fputs(" }", out);
}

static void dump_peer_pattern(FILE *out, const struct peer_pattern *pattern, struct arena *arena)
{
    fprintf(out, " peer %u", pattern->peer);
    if (pattern->states_connections)
        dump_range(out, "connections", pattern->connections);
    if (pattern->states_requests)
        fprintf(out, " requests=%zu", pattern->request_count);
    for (size_t i = 0; i < pattern->request_count; i++)
        dump_request_pattern(out, &pattern->requests[i], arena);
    for (size_t i = 0; i < pattern->count_count; i++) {
        const struct count_pattern *count = &pattern->counts[i];
        fprintf(out, " (%.*s %.*s)", (int)count->method.len, (const char *)count->method.at,
                (int)count->target.len, (const char *)count->target.at);
        dump_range(out, "times", count->times);
    }
}

static void dump_behaviour(FILE *out, const struct behaviour *behaviour, struct arena *arena)
{
    fprintf(out, "%s", verdict_name(behaviour->verdict));
    if (behaviour->why != NULL)
        fprintf(out, " (%s)", behaviour->why);
    for (size_t i = 0; i < behaviour->client_count; i++) {
        fputs(i > 0 ? " &" : "", out);
        dump_outcome(out, &behaviour->client[i], arena);
    }
    for (size_t i = 0; i < behaviour->peer_count; i++)
        dump_peer_pattern(out, &behaviour->peers[i], arena);
}

/* --- the case ---------------------------------------------------------------------- */

static void dump_needs(FILE *out, can_set needs)
{
    if (needs == 0)
        putc('-', out);
    for (int i = 0, count = 0; i < CAN_COUNT; i++)
        if ((needs >> i & 1) != 0)
            fprintf(out, "%s%s", count++ > 0 ? " " : "", can_name((enum capability)i));
}

void load_dump(FILE *out, const struct case_ *case_, struct arena *arena)
{
    const struct point *point = &case_->points[0];
    for (size_t i = 0; i < point->client_count; i++) {
        fputs(i > 0 ? "; " : "", out);
        dump_request(out, &point->client[i], arena);
    }
    fputs(" > ", out);
    for (size_t i = 0; i < point->peer_count; i++) {
        if (i > 0)
            fprintf(out, " || %s%s: ", point->peers[i].name,
                    point->peers[i].is_proxy ? " (a proxy)" : "");
        fputs(point->peers[i].refuses ? "refuses" : "", out);
        dump_door(out, &point->peers[i]);
        dump_peer(out, &point->peers[i], arena);
    }
    fputs(" > ", out);
    for (size_t i = 0; i < point->mark_count; i++)
        fprintf(out, "%s%u.%u", i > 0 ? " " : "", point->marks[i].connection_script,
                point->marks[i].step);
    fputs(" > ", out);
    dump_needs(out, case_->needs);
    fputs(" > ", out);
    for (size_t i = 0; i < point->behaviour_count; i++) {
        fputs(i > 0 ? "; " : "", out);
        dump_behaviour(out, &point->behaviours[i], arena);
    }
}
