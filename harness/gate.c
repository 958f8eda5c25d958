#include "harness/gate.h"

#include <netinet/in.h>
#include <stdlib.h>

enum { BACKLOG = 16, HEAD_SIZE = 4096 };

/* A client at the gate: one at a time, the last that came. */
struct visitor {
    struct gate *gate;
    uv_tcp_t tcp;
    uv_write_t write;
    char head[HEAD_SIZE];
    size_t len;
    size_t number; /* SIZE_MAX while its head is not whole */
    bool is_answered;
};

struct gate {
    uv_tcp_t tcp;
    unsigned port;
    size_t open_count;
    struct visitor *visitor; /* NULL: nobody waits */
};

static void on_visitor_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void drop(struct visitor *visitor)
{
    if (visitor->gate != NULL && visitor->gate->visitor == visitor)
        visitor->gate->visitor = NULL;
    visitor->gate = NULL;
    if (!uv_is_closing((uv_handle_t *)&visitor->tcp))
        uv_close((uv_handle_t *)&visitor->tcp, on_visitor_closed);
}

static void on_written(uv_write_t *write, int status)
{
    (void)status;
    drop(write->data);
}

static void answer(struct visitor *visitor)
{
    static char text[] = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    const uv_buf_t buffer = uv_buf_init(text, sizeof(text) - 1);
    if (visitor->is_answered || visitor->number >= visitor->gate->open_count)
        return;
    visitor->is_answered = true;
    visitor->write.data = visitor;
    if (uv_write(&visitor->write, (uv_stream_t *)&visitor->tcp, &buffer, 1, on_written) != 0)
        drop(visitor);
}

/* "GET /3 HTTP/1.1", and the rest of the head. */
static void read_head(struct visitor *visitor)
{
    size_t number = 0;
    const char *at = memchr(visitor->head, '/', visitor->len);
    const struct bytes head = {(const uint8_t *)visitor->head, visitor->len};
    if (at == NULL || !bytes_contain(head, bytes_of("\r\n\r\n")))
        return;
    for (at++; *at >= '0' && *at <= '9' && number < SIZE_MAX / 100; at++)
        number = number * 10 + (size_t)(*at - '0');
    visitor->number = number;
    answer(visitor);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct visitor *visitor = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(visitor->head + visitor->len, (unsigned)(HEAD_SIZE - visitor->len));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct visitor *visitor = stream->data;
    (void)buffer;
    if (count < 0) {
        drop(visitor);
        return;
    }
    visitor->len += (size_t)count;
    if (visitor->number == SIZE_MAX)
        read_head(visitor);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct gate *gate = stream->data;
    struct visitor *visitor = status == 0 ? calloc(1, sizeof(*visitor)) : NULL;
    if (visitor == NULL)
        return;
    visitor->gate = gate;
    visitor->number = SIZE_MAX;
    uv_tcp_init(stream->loop, &visitor->tcp);
    visitor->tcp.data = visitor;
    if (gate->visitor != NULL)
        drop(gate->visitor);
    gate->visitor = visitor;
    if (uv_accept(stream, (uv_stream_t *)&visitor->tcp) != 0 ||
        uv_read_start((uv_stream_t *)&visitor->tcp, give_room, on_read) != 0)
        drop(visitor);
}

static int listen_on(struct gate *gate)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    uv_ip4_addr("127.0.0.1", 0, &name);
    int error = uv_tcp_bind(&gate->tcp, (const struct sockaddr *)&name, 0);
    if (error == 0)
        error = uv_listen((uv_stream_t *)&gate->tcp, BACKLOG, on_connection);
    if (error == 0)
        error = uv_tcp_getsockname(&gate->tcp, (struct sockaddr *)&name, &size);
    gate->port = ntohs(name.sin_port);
    return error;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

struct gate *gate_new(uv_loop_t *loop, struct diags *diags)
{
    struct gate *gate = must_calloc(1, sizeof(*gate));
    uv_tcp_init(loop, &gate->tcp);
    gate->tcp.data = gate;
    const int error = listen_on(gate);
    if (error == 0)
        return gate;
    diag_add(diags, NULL, 0, NULL, "cannot listen on 127.0.0.1: %s", uv_strerror(error));
    gate_free(gate);
    return NULL;
}

const char *gate_url(const struct gate *gate, size_t number, struct arena *arena)
{
    return arena_printf(arena, "http://127.0.0.1:%u/%zu", gate->port, number);
}

void gate_open(struct gate *gate, size_t number)
{
    gate->open_count = number;
    if (gate->visitor != NULL)
        answer(gate->visitor);
}

void gate_shut(struct gate *gate)
{
    gate->open_count = 0;
    if (gate->visitor != NULL)
        drop(gate->visitor);
}

void gate_free(struct gate *gate)
{
    gate_shut(gate);
    uv_close((uv_handle_t *)&gate->tcp, on_closed);
}
