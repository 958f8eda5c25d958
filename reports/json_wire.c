#include "reports/json_wire.h"

#include "reports/wire_text.h"

#include <inttypes.h>

enum { EVENT_DIGEST_SIZE = 16 + 1 };

static void write_script_step(struct json_text *text, const struct point *point,
                              const struct event *event)
{
    json_text_number(text, "script", event->script);
    json_text_number(text, "step", event->step);
    const struct step *step = wire_text_step(point, event);
    if (step == NULL)
        return;
    json_text_string(text, "verb", step_verb_name(step->verb));
    if (step->name != NULL)
        json_text_string(text, "as", step->name);
}

static void write_event_octets(struct json_text *text, const struct event *event)
{
    json_text_number(text, "len", event->len);
    json_text_readable(text, "text", event->octets);
    json_text_base64(text, "b64", event->octets);
    if (event->tail.len == 0)
        return;
    json_text_readable(text, "tail_text", event->tail);
    json_text_base64(text, "tail_b64", event->tail);
    if (event->digest == 0)
        return; /* of a report that was read, and had none */
    char digest[EVENT_DIGEST_SIZE];
    snprintf(digest, sizeof(digest), "%016" PRIx64, event->digest);
    json_text_string(text, "digest", digest);
}

static void write_record(struct json_text *text, const struct event *event)
{
    if (event->record_len == 0)
        return;
    json_text_number(text, "record_offset", event->record_offset);
    json_text_number(text, "record_len", event->record_len);
}

static void write_hello(struct json_text *text, const struct tls_hello *hello)
{
    json_text_object(text, "hello", JSON_FLAT);
    json_text_number(text, "names", hello->name_count);
    if (hello->name_count > 0)
        json_text_octets(text, "name", hello->name);
    if (hello->alpn.len > 0)
        json_text_octets(text, "alpn", hello->alpn);
    json_text_close(text);
}

static void write_errno(struct json_text *text, int error)
{
    json_text_object(text, "errno", JSON_FLAT);
    json_text_number(text, "number", (uint64_t)error);
    if (wire_text_errno(error) != NULL)
        json_text_string(text, "name", wire_text_errno(error));
    json_text_close(text);
}

static bool is_script_step(enum event_kind kind)
{
    return kind == EVENT_STEP_BEGUN || kind == EVENT_STEP_DONE || kind == EVENT_STEP_CUT;
}

static void write_event(struct json_text *text, const struct point *point,
                        const struct event *event)
{
    const bool is_clients = event_is_clients(event->kind);
    const bool is_runs =
        event->kind == EVENT_ENDED || event->kind == EVENT_DEADLINE || event->kind == EVENT_RUNAWAY;
    json_text_object(text, NULL, JSON_FLAT);
    json_text_number(text, "ns", event->ns);
    json_text_string(text, "kind", event_kind_name(event->kind));
    if (is_clients)
        json_text_number(text, "step", event->step);
    if (!is_clients && !is_runs && event->peer < point->peer_count) {
        json_text_string(text, "peer", point->peers[event->peer].name);
        json_text_number(text, "connection", event->connection);
    }
    if (is_script_step(event->kind))
        write_script_step(text, point, event);
    if (event->kind == EVENT_RECEIVED || event->kind == EVENT_SENT) {
        write_event_octets(text, event);
        write_record(text, event);
    } else if (event->text != NULL) {
        json_text_string(text, event->kind == EVENT_MANNERS ? "manners" : "text", event->text);
    }
    if (event->hello != NULL)
        write_hello(text, event->hello);
    if (event->error > 0)
        write_errno(text, event->error);
    json_text_close(text);
}

void json_wire_write(struct json_text *text, const struct run_result *run)
{
    json_text_array(text, "wire", JSON_LINES);
    for (const struct transcript_node *node = run->transcript->first; node != NULL;
         node = node->next)
        write_event(text, run->point, &node->event);
    json_text_close(text);
    if (run->transcript->dropped > 0)
        json_text_number(text, "wire_dropped", run->transcript->dropped);
}
