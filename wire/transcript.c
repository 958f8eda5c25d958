#include "wire/transcript.h"

#include "wire/hash.h"

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[] = {
#define EVENT_NAME(name, text) [EVENT_##name] = text,
        EVENT_KINDS(EVENT_NAME)
#undef EVENT_NAME
    };
    assert(kind < EVENT_KIND_COUNT);
    return names[kind];
}

bool event_is_clients(enum event_kind kind)
{
    return kind == EVENT_ASKED || kind == EVENT_HEAD || kind == EVENT_HELD || kind == EVENT_FREED ||
           kind == EVENT_OUTCOME;
}

void transcript_init(struct transcript *transcript, struct arena *arena, transcript_watch *watch,
                     void *watcher)
{
    *transcript = (struct transcript){.arena = arena, .watch = watch, .watcher = watcher};
}

static void keep_octets(struct transcript *transcript, struct event *kept)
{
    struct bytes all = kept->octets;
    if (transcript->kept_len + all.len > TRANSCRIPT_KEEP && all.len > 2 * TRANSCRIPT_END_LEN) {
        const struct bytes tail = {all.at + all.len - TRANSCRIPT_END_LEN, TRANSCRIPT_END_LEN};
        kept->tail = arena_bytes(transcript->arena, tail);
        kept->digest = hash_words(HASH_START, all);
        all.len = TRANSCRIPT_END_LEN;
    }
    kept->octets = arena_bytes(transcript->arena, all);
    transcript->kept_len += all.len + kept->tail.len;
}

void transcript_append(struct transcript *transcript, struct transcript_node *node)
{
    if (transcript->last != NULL)
        transcript->last->next = node;
    else
        transcript->first = node;
    transcript->last = node;
    transcript->count++;
}

const struct tls_hello *transcript_keep_hello(struct arena *arena, const struct tls_hello *hello)
{
    struct tls_hello *kept = arena_alloc(arena, sizeof(*kept));
    *kept = *hello;
    kept->name = arena_bytes(arena, hello->name);
    kept->alpn = arena_bytes(arena, hello->alpn);
    return kept;
}

void transcript_add(struct transcript *transcript, const struct event *event)
{
    if (transcript->arena == NULL)
        return;
    if (transcript->watch != NULL)
        transcript->watch(transcript->watcher, event);
    if (transcript->count == TRANSCRIPT_EVENTS_MAX) {
        transcript->dropped++;
        return;
    }
    struct transcript_node *node = arena_alloc(transcript->arena, sizeof(*node));
    node->event = *event;
    if (event->octets.len > 0)
        keep_octets(transcript, &node->event);
    if (event->outcome != NULL)
        node->event.outcome = outcome_copy(transcript->arena, event->outcome);
    if (event->text != NULL)
        node->event.text = arena_strndup(transcript->arena, event->text, strlen(event->text));
    if (event->hello != NULL)
        node->event.hello = transcript_keep_hello(transcript->arena, event->hello);
    transcript_append(transcript, node);
}
