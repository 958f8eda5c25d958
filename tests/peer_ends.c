#include "tests/peer_ends.h"

#include "server/diagnostics.h"
#include "tests/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- where they play ------------------------------------------------------- */

static void on_changed(void *context)
{
    (void)context;
}

void peer_hall_open(struct peer_hall *hall, void (*on_tick)(void *context), void *context)
{
    struct diags diags = {.arena = hall->arena = arena_new()};
    uv_loop_init(&hall->loop);
    hall->listener = listener_new(&hall->loop, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(hall->listener);
    hall->host = (struct peer_host){
        .loop = &hall->loop,
        .transcript = &hall->transcript,
        .scratch = malloc(PEER_SCRATCH_SIZE),
        .changed = on_changed,
        .context = context,
        .diagnostics = diagnostics_new(),
        .ticker = ticker_new(&hall->loop, on_tick, context),
        .patience = 1,
    };
}

void peer_hall_close(struct peer_hall *hall)
{
    ticker_free(hall->host.ticker);
    diagnostics_free(hall->host.diagnostics);
    listener_close(hall->listener);
    uv_run(&hall->loop, UV_RUN_DEFAULT);
    CHECK_ROW(uv_loop_close(&hall->loop) == 0, "every handle is closed");
    free(hall->host.scratch);
    arena_free(hall->arena);
}

void peer_hall_clear(struct peer_hall *hall)
{
    arena_reset(hall->arena);
    transcript_init(&hall->transcript, hall->arena, NULL, NULL);
    hall->host.is_runaway = hall->host.was_impatient = hall->host.was_desynced = false;
    hall->host.canary = NULL;
}

/* --- the client, on a thread of its own ------------------------------------ */

static void read_to(struct peer_client *client, int fd, size_t len)
{
    while (client->len < len) {
        char buffer[4096];
        const size_t want = len - client->len;
        const ssize_t got = recv(fd, buffer, want < sizeof(buffer) ? want : sizeof(buffer), 0);
        if (got <= 0) {
            client->end = got == 0 ? "eof" : errno == ECONNRESET ? "reset" : strerror(errno);
            return;
        }
        if (client->len + (size_t)got <= client->size)
            memcpy(client->got + client->len, buffer, (size_t)got);
        client->len += (size_t)got;
        client->read_count++;
    }
}

void peer_send_text(int fd, const char *text)
{
    if (*text == '\0')
        return;
    const ssize_t sent = send(fd, text, strlen(text), MSG_NOSIGNAL);
    CHECK_ROW(sent == (ssize_t)strlen(text), "sends %s", text);
}

void peer_client_main(void *context)
{
    struct peer_client *client = context;
    const struct peer_row *row = client->row;
    struct sockaddr_in address = {.sin_family = AF_INET};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, client->endpoint.host, &address.sin_addr);
    address.sin_port = htons((uint16_t)strtoul(client->endpoint.port, NULL, 10));
    client->end = "";
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        client->end = strerror(errno);
    } else {
        peer_send_text(fd, row->send);
        read_to(client, fd, row->first_len);
        if (row->then != NULL && strcmp(row->then, HALF_CLOSE) == 0)
            shutdown(fd, SHUT_WR);
        else if (row->then != NULL)
            peer_send_text(fd, row->then);
        if (row->read_len != READ_NONE)
            read_to(client, fd, row->read_len);
    }
    const struct linger linger = {.l_onoff = row->resets, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(fd);
}

void peer_client_check(const struct peer_client *client)
{
    const struct peer_row *row = client->row;
    CHECK_ROW(strcmp(client->end, row->got_end) == 0, "%s: ended by \"%s\", want \"%s\"",
              row->label, client->end, row->got_end);
    if (row->got != NULL)
        CHECK_ROW(client->len == strlen(row->got) &&
                      memcmp(client->got, row->got, client->len) == 0,
                  "%s: got %zu octets: %.*s", row->label, client->len,
                  (int)(client->len < client->size ? client->len : client->size), client->got);
}

/* --- the record, as one line ----------------------------------------------- */

struct record {
    char text[1024];
    size_t len;
    enum event_kind last;
    uint64_t octet_count; /* of events of one kind that follow each other */
};

__attribute__((format(printf, 2, 3))) static void add(struct record *record, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len =
        vsnprintf(record->text + record->len, sizeof(record->text) - record->len, fmt, args);
    va_end(args);
    record->len += (size_t)len;
}

/* "fin received" as " fin-received". What is proved of the client depends on the system: " proved".
 */
static void add_name(struct record *record, enum event_kind kind)
{
    const bool is_proof = kind == EVENT_ARRIVED || kind == EVENT_DRAINED || kind == EVENT_PAUSED;
    const size_t from = record->len + 1;
    add(record, " %s", is_proof ? "proved" : event_kind_name(kind));
    for (size_t at = from; at < record->len; at++)
        if (record->text[at] == ' ')
            record->text[at] = '-';
}

static void flush(struct record *record, const char *want)
{
    const char *star = strstr(want, "sent:*");
    if (record->octet_count == 0)
        return;
    if (record->last == EVENT_SENT && star != NULL)
        add(record, " sent:*");
    else
        add(record, " %s:%llu", event_kind_name(record->last),
            (unsigned long long)record->octet_count);
    record->octet_count = 0;
}

/* "connect +0 received:27 =0": + begun, = done, ! cut. */
/* Adjacent octets of one kind are one entry: how reads cut them is no fact. */
static void write_record(struct record *record, const struct transcript *transcript, unsigned peer,
                         const char *want)
{
    for (const struct transcript_node *node = transcript->first; node != NULL; node = node->next) {
        const struct event *event = &node->event;
        if (event->peer != peer)
            continue;
        if (event->kind != record->last)
            flush(record, want);
        record->last = event->kind;
        if (event->kind == EVENT_RECEIVED || event->kind == EVENT_SENT)
            record->octet_count += event->len;
        else if (event->kind == EVENT_STEP_BEGUN)
            add(record, " +%u", event->step);
        else if (event->kind == EVENT_STEP_DONE)
            add(record, " =%u", event->step);
        else if (event->kind == EVENT_STEP_CUT)
            add(record, " !%u", event->step);
        else
            add_name(record, event->kind);
    }
    flush(record, want);
}

void peer_record_check(const struct transcript *transcript, unsigned peer, const char *label,
                       const char *want)
{
    struct record record = {.last = EVENT_KIND_COUNT};
    write_record(&record, transcript, peer, want);
    CHECK_ROW(strcmp(record.text + 1, want) == 0, "%s: \"%s\", want \"%s\"", label, record.text + 1,
              want);
}
