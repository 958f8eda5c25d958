#include "harness/live/live_private.h"

#include "harness/version.h"
#include "reports/json_text.h"

#include <uv.h>

enum { NS_PER_MS = 1000000 };

void live_health(void *context, const char *rest, struct control_answer *answer)
{
    const struct live *live = context;
    struct json_text json = {.out = answer->out};
    (void)rest;
    json_text_object(&json, NULL, JSON_FLAT);
    json_text_string(&json, "status", "healthy");
    json_text_string(&json, "version", ASSAY_VERSION);
    json_text_number(&json, "uptime_ms", (uv_hrtime() - live->started_ns) / NS_PER_MS);
    json_text_close(&json);
}

void live_version(void *context, const char *rest, struct control_answer *answer)
{
    struct json_text json = {.out = answer->out};
    (void)context;
    (void)rest;
    json_text_object(&json, NULL, JSON_FLAT);
    json_text_string(&json, "version", ASSAY_VERSION);
    json_text_close(&json);
}

static void put_case(struct json_text *json, const struct case_ *one)
{
    json_text_object(json, NULL, JSON_FLAT);
    json_text_string(json, "id", one->id);
    json_text_string(json, "title", one->title);
    json_text_string(json, "file", one->file);
    json_text_number(json, "line", one->line);
    json_text_array(json, "requirements", JSON_FLAT);
    for (size_t i = 0; i < one->requirement_count; i++)
        json_text_string(json, NULL, one->requirements[i]->id);
    json_text_close(json);
    json_text_number(json, "points", one->point_count);
    json_text_array(json, "tags", JSON_FLAT);
    for (size_t i = 0; i < one->tag_count; i++)
        json_text_string(json, NULL, one->tags[i]);
    json_text_close(json);
    json_text_close(json);
}

void live_cases(void *context, const char *rest, struct control_answer *answer)
{
    const struct live *live = context;
    struct json_text json = {.out = answer->out};
    (void)rest;
    json_text_object(&json, NULL, JSON_LINES);
    json_text_array(&json, "cases", JSON_LINES);
    for (size_t i = 0; i < live->selected->count; i++)
        put_case(&json, live->selected->cases[i]);
    json_text_close(&json);
    json_text_object(&json, "meta", JSON_FLAT);
    json_text_number(&json, "total", live->selected->count);
    json_text_close(&json);
    json_text_close(&json);
}

void live_case(void *context, const char *rest, struct control_answer *answer)
{
    const struct live *live = context;
    struct json_text json = {.out = answer->out};
    for (size_t i = 0; i < live->selected->count; i++)
        if (strcmp(live->selected->cases[i]->id, rest) == 0) {
            put_case(&json, live->selected->cases[i]);
            return;
        }
    control_refuse(answer, LIVE_NOT_FOUND, "no case has that id");
}
