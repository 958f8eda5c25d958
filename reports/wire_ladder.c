#include "reports/record_text.h"
#include "reports/wire_text.h"

#include <stdarg.h>

enum { LINE_MAX_LEN = 96, LINE_HEAD = 72, PEER_MAX = 32, TEXT_SIZE = 1024 };

/* A line of the protocol: at most LINE_MAX_LEN octets, the middle ones left out where more came. */
struct wire_line {
    const struct event *from; /* the event it began with; NULL: no line is begun */
    size_t pieces;            /* how many events it came in */
    uint8_t octets[LINE_MAX_LEN];
    size_t len;
    size_t gap_at;              /* where octets were left out, when there is a gap */
    uint64_t gap_len;           /* how many; 0: none */
    const struct event *record; /* that begins in this line and has a record of TLS; NULL: none */
};

struct ladder {
    const struct point *point;
    const struct transcript *transcript;
    wire_text_line *show;
    void *context;
    struct wire_line line;
    struct record_text_flows flows;
    const struct event *record; /* the next line's */
};

/* A line of text that is put together; the sizes above leave room for the longest. */
struct text {
    char at[TEXT_SIZE];
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(text->at + text->len, TEXT_SIZE - text->len, fmt, args);
    va_end(args);
    assert(len >= 0 && (size_t)len < TEXT_SIZE - text->len);
    text->len += (size_t)len;
}

static void add_octets(struct text *text, struct bytes octets)
{
    while (octets.len > 0) {
        assert(text->len + WIRE_TEXT_SIZE < TEXT_SIZE);
        text->len += wire_text_next(&octets, text->at + text->len);
    }
    text->at[text->len] = '\0';
}

static void add_front(struct text *text, const char *from, size_t max)
{
    struct bytes rest = bytes_of(from);
    add_octets(text, bytes_take(&rest, rest.len < max ? rest.len : max));
}

/* "c0 -> "; where there are several peers: "origin c0 -> ". */
static void add_place(const struct ladder *ladder, struct text *text, const struct event *event,
                      const char *arrow)
{
    if (ladder->point->peer_count > 1 && event->peer < ladder->point->peer_count) {
        add_front(text, ladder->point->peers[event->peer].name, PEER_MAX);
        add(text, " ");
    }
    add(text, "c%u %s ", event->connection, arrow);
}

static void end_line(struct ladder *ladder)
{
    const struct wire_line *line = &ladder->line;
    if (line->from == NULL)
        return;
    struct text text = {.len = 0};
    struct bytes rest = {line->octets, line->len};
    add_place(ladder, &text, line->from, line->from->kind == EVENT_RECEIVED ? "->" : "<-");
    if (line->gap_len > 0) {
        add_octets(&text, bytes_take(&rest, line->gap_at));
        add(&text, "...(%llu octets)...", (unsigned long long)line->gap_len);
    }
    add_octets(&text, rest);
    if (line->pieces > 1)
        add(&text, "   (in %zu pieces)", line->pieces);
    if (line->record != NULL)
        add(&text, "   [record %llu+%llu]", (unsigned long long)line->record->record_offset,
            (unsigned long long)line->record->record_len);
    ladder->show(ladder->context, text.at);
    ladder->line.from = NULL;
}

/* Octets that the transcript did not keep. */
static void add_gap(struct wire_line *line, uint64_t count)
{
    if (line->gap_len == 0)
        line->gap_at = line->len < LINE_HEAD ? line->len : LINE_HEAD;
    line->gap_len += line->len - line->gap_at + count;
    line->len = line->gap_at;
}

static void add_octet(struct wire_line *line, uint8_t octet)
{
    if (line->len == LINE_MAX_LEN) {
        if (line->gap_len++ == 0)
            line->gap_at = LINE_HEAD;
        line->len--;
        memmove(line->octets + line->gap_at, line->octets + line->gap_at + 1,
                line->len - line->gap_at);
    }
    line->octets[line->len++] = octet;
}

static void begin_line(struct ladder *ladder, const struct event *event)
{
    struct wire_line *line = &ladder->line;
    line->from = event;
    line->pieces = 1;
    line->len = 0;
    line->gap_len = 0;
    line->record = ladder->record;
    ladder->record = NULL;
}

static void add_run(struct ladder *ladder, const struct event *event, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        if (ladder->line.from == NULL)
            begin_line(ladder, event);
        add_octet(&ladder->line, octets.at[i]);
        if (octets.at[i] == '\n')
            end_line(ladder);
    }
}

/* TLS that is passed on: which records, for nobody can read more. */
static void show_records(struct ladder *ladder, const struct event *event,
                         struct record_text_flow *flow)
{
    struct text text = {.len = 0};
    char records[RECORD_TEXT_SIZE];
    record_text(records, flow, event);
    end_line(ladder);
    add_place(ladder, &text, event, event->kind == EVENT_RECEIVED ? "->" : "<-");
    add(&text, "[TLS: %s]", records);
    if (event->record_len > 0)
        add(&text, "   [record %llu+%llu]", (unsigned long long)event->record_offset,
            (unsigned long long)event->record_len);
    ladder->show(ladder->context, text.at);
}

static void show_octets(struct ladder *ladder, const struct event *event)
{
    const struct event *from = ladder->line.from;
    struct record_text_flow *flow = record_text_flow(&ladder->flows, event);
    if (flow != NULL) {
        show_records(ladder, event, flow);
        return;
    }
    if (from != NULL && from->kind == event->kind && from->peer == event->peer &&
        from->connection == event->connection)
        ladder->line.pieces++;
    else
        end_line(ladder);
    ladder->record = event->record_len > 0 ? event : NULL;
    add_run(ladder, event, event->octets);
    const uint64_t kept = event->octets.len + event->tail.len;
    if (event->len > kept) {
        if (ladder->line.from == NULL)
            begin_line(ladder, event);
        add_gap(&ladder->line, event->len - kept);
    }
    add_run(ladder, event, event->tail);
}

/* Whether this event's connection has one of `kinds` from `node` on, before `end`. */
static bool has_event(const struct transcript_node *node, const struct transcript_node *end,
                      const struct event *event, uint64_t kinds)
{
    for (; node != end; node = node->next)
        if ((kinds >> node->event.kind & 1) != 0 && node->event.peer == event->peer &&
            node->event.connection == event->connection)
            return true;
    return false;
}

#define KIND_BIT(kind) (UINT64_C(1) << (kind))

/* A connection's octets show that it was made, and FIN or RST that it ended. */
static bool is_told(const struct ladder *ladder, const struct transcript_node *node)
{
    const struct event *event = &node->event;
    if (event->kind == EVENT_CONNECT)
        return !has_event(node, NULL, event, KIND_BIT(EVENT_RECEIVED) | KIND_BIT(EVENT_HELLO));
    if (event->kind == EVENT_CLOSED)
        return !has_event(ladder->transcript->first, node, event,
                          KIND_BIT(EVENT_FIN_SENT) | KIND_BIT(EVENT_RST_SENT));
    if (event->kind == EVENT_HELD || event->kind == EVENT_FREED)
        return true;
    if (event_is_clients(event->kind))
        return ladder->point->client_count > 1;
    return true;
}

static const struct mark_form {
    const char *arrow; /* NULL: not of one connection */
    const char *text;  /* NULL: not shown */
} forms[EVENT_KIND_COUNT] = {
    [EVENT_CONNECT] = {"->", "connect"},
    [EVENT_FIN_RECEIVED] = {"->", "FIN"},
    [EVENT_RST_RECEIVED] = {"->", "RST"},
    [EVENT_FIN_SENT] = {"<-", "FIN"},
    [EVENT_RST_SENT] = {"<-", "RST"},
    [EVENT_CLOSED] = {"<-", "close"},
    [EVENT_STEP_CUT] = {"  ", "the client had left before step"},
    [EVENT_ASKED] = {NULL, "the client is asked for step"},
    [EVENT_HEAD] = {NULL, "the client has the head of step"},
    [EVENT_HELD] = {NULL, "the source of the body stands, in step"},
    [EVENT_FREED] = {NULL, "the source of the body goes on, in step"},
    [EVENT_ARRIVED] = {"  ", "all has arrived"},
    [EVENT_PAUSED] = {"  ", "a pause: what has arrived cannot be known here"},
    [EVENT_IMPATIENT] = {"  ", "the client did not read: what is left comes as one"},
    [EVENT_OUTCOME] = {NULL, "the client has the outcome of step"},
    [EVENT_DEADLINE] = {NULL, "the run's time is over"},
    [EVENT_RUNAWAY] = {NULL, "more connections or requests than any client should make"},
    [EVENT_MANNERS] = {"  ", "a server's manners"},
    [EVENT_HELLO] = {"->", "ClientHello"},
    [EVENT_SECURED] = {"  ", "secured"},
    [EVENT_TLS_FAILED] = {"  ", "TLS failed"},
    [EVENT_NOTIFY_RECEIVED] = {"->", "close_notify"},
    [EVENT_NOTIFY_SENT] = {"<-", "close_notify"},
    [EVENT_ALERT_RECEIVED] = {"->", "alert"},
    [EVENT_ALERT_SENT] = {"<-", "alert"},
    [EVENT_JOINED] = {"  ", "joined to"},
    [EVENT_JOIN_FAILED] = {"  ", "could not be joined to"},
    [EVENT_RELAY_CUT] = {"  ", "the relay is cut"},
    [EVENT_FORWARDS] = {"  ", "forwards to"},
};

/* "for localhost, ALPN h2,http/1.1" */
static void add_hello(struct text *text, const struct tls_hello *hello)
{
    struct bytes name = hello->name, alpn = hello->alpn;
    add(text, hello->name_count > 0 ? " for " : " without server_name");
    if (hello->name_count > 0)
        add_octets(text, bytes_take(&name, name.len < LINE_HEAD ? name.len : LINE_HEAD));
    if (hello->name_count > 1)
        add(text, " and %u more", hello->name_count - 1);
    if (alpn.len == 0)
        return;
    add(text, ", ALPN ");
    add_octets(text, bytes_take(&alpn, alpn.len < LINE_HEAD ? alpn.len : LINE_HEAD));
}

/* Whether the event's text goes on where the form's ends, and is no explanation of it. */
static bool reads_on(enum event_kind kind)
{
    return kind == EVENT_SECURED || kind == EVENT_JOINED || kind == EVENT_JOIN_FAILED ||
           kind == EVENT_FORWARDS;
}

static void show_mark(struct ladder *ladder, const struct event *event)
{
    const struct mark_form *form = &forms[event->kind];
    struct text text = {.len = 0};
    if (form->arrow != NULL)
        add_place(ladder, &text, event, form->arrow);
    add(&text, "[%s", form->text);
    const struct step *step = wire_text_step(ladder->point, event);
    if (event->kind == EVENT_STEP_CUT || event_is_clients(event->kind))
        add(&text, " %u", event->step);
    if (event->kind == EVENT_STEP_CUT && step != NULL)
        add(&text, ", %s", step_verb_name(step->verb));
    if (event->text != NULL && event->hello == NULL) { /* a report that was read may say anything */
        add(&text, reads_on(event->kind) ? " " : ": ");
        add_front(&text, event->text, LINE_MAX_LEN);
    }
    if (event->hello != NULL)
        add_hello(&text, event->hello);
    if (event->error != 0 && wire_text_errno(event->error) != NULL)
        add(&text, ": %s", wire_text_errno(event->error));
    add(&text, "]");
    ladder->show(ladder->context, text.at);
}

void wire_text_ladder(const struct point *point, const struct transcript *transcript,
                      wire_text_line *line, void *context)
{
    struct ladder ladder = {
        .point = point, .transcript = transcript, .show = line, .context = context};
    for (const struct transcript_node *node = transcript->first; node != NULL; node = node->next) {
        const struct event *event = &node->event;
        if (event->kind == EVENT_RECEIVED || event->kind == EVENT_SENT) {
            show_octets(&ladder, event);
        } else if (forms[event->kind].text != NULL && is_told(&ladder, node)) {
            end_line(&ladder);
            show_mark(&ladder, event);
        }
    }
    end_line(&ladder);
}
