#include "server/control/control.h"

#include "server/control/host.h"
#include "server/control/path.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 64,
    CONNECTIONS_MAX = 256, /* of file descriptors and memory, 32 KiB each */
    IDLE_S_MAX = 60,
    ALLOW_SIZE = 64,
};

struct control {
    const struct control_route *routes; /* borrowed */
    size_t route_count;
    void *context;
    struct MHD_Daemon *daemon;
    uint16_t port;
    struct arena *arena; /* of the request that is being answered */
};

static const char json_type[] = "application/json";

void control_refuse(struct control_answer *answer, unsigned status, const char *text)
{
    answer->status = status;
    answer->type = json_type;
    fprintf(answer->out, "{\"error\": \"%s\"}\n", text);
}

/* --- who asks ---------------------------------------------------------------------------- */

struct hosts {
    size_t count;
    bool are_ours;
};

static enum MHD_Result see_field(void *context, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    struct hosts *hosts = context;
    (void)kind;
    if (!bytes_equal_fold(bytes_of(name), bytes_of("host")))
        return MHD_YES;
    hosts->count++;
    hosts->are_ours = hosts->are_ours && host_is_loopback(bytes_of(value));
    return MHD_YES;
}

/* RFC 9112, section 3.2: exactly one Host. libmicrohttpd takes none, and several. */
static bool is_welcome(struct MHD_Connection *connection, struct control_answer *answer)
{
    struct hosts hosts = {.are_ours = true};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, see_field, &hosts);
    if (hosts.count != 1)
        control_refuse(answer, MHD_HTTP_BAD_REQUEST, "want one Host field");
    else if (!hosts.are_ours)
        control_refuse(answer, MHD_HTTP_FORBIDDEN, "want a Host of this machine's loopback");
    return hosts.count == 1 && hosts.are_ours;
}

/* --- what is asked ----------------------------------------------------------------------- */

static bool is_get(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0;
}

/* HEAD asks for what GET would give (RFC 9110, section 9.3.2). */
static bool takes_method(const struct control_route *route, const char *method)
{
    return strcmp(route->method, method) == 0 ||
           (is_get(route->method) && strcmp(method, MHD_HTTP_METHOD_HEAD) == 0);
}

static void allow_method(char allow[ALLOW_SIZE], const char *method)
{
    const size_t len = strlen(allow);
    snprintf(allow + len, ALLOW_SIZE - len, "%s%s%s", len > 0 ? ", " : "", method,
             is_get(method) ? ", HEAD" : "");
}

/* Leaves in `allow` what methods the path has, where it has not this one. */
static void answer_path(struct control *control, const char *method, const char *url,
                        struct control_answer *answer, char allow[ALLOW_SIZE])
{
    arena_reset(control->arena);
    const char *path = path_decode(url, control->arena);
    if (path == NULL) {
        control_refuse(answer, MHD_HTTP_BAD_REQUEST, "the path has a broken percent-escape");
        return;
    }
    for (size_t i = 0; i < control->route_count; i++) {
        const struct control_route *route = &control->routes[i];
        const char *rest = path_match(route->path, path);
        if (rest == NULL)
            continue;
        if (takes_method(route, method)) {
            allow[0] = '\0';
            route->answer(control->context, rest, answer);
            return;
        }
        allow_method(allow, route->method);
    }
    if (allow[0] != '\0')
        control_refuse(answer, MHD_HTTP_METHOD_NOT_ALLOWED, "this path has not that method");
    else
        control_refuse(answer, MHD_HTTP_NOT_FOUND, "nothing is at this path");
}

/* --- the answer -------------------------------------------------------------------------- */

/* What is written comes from cases, and reports from anywhere: no script, nothing from elsewhere,
 * no guess at a type. */
static const char *const fields[][2] = {
    {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
    {"Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
                                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
};

/* What the answer owns is the response's, or freed. Of known length always: behind a HEAD of
 * unknown length libmicrohttpd 0.9.75 sends a last chunk. */
static struct MHD_Response *response_of(const struct control_answer *answer, char *octets,
                                        size_t len)
{
    if (answer->fd < 0) {
        struct MHD_Response *response =
            MHD_create_response_from_buffer(len, octets, MHD_RESPMEM_MUST_FREE);
        if (response == NULL)
            free(octets);
        return response;
    }
    free(octets);
    struct MHD_Response *response = MHD_create_response_from_fd64(answer->size, answer->fd);
    if (response == NULL)
        close(answer->fd);
    return response;
}

static enum MHD_Result send_answer(struct MHD_Connection *connection,
                                   const struct control_answer *answer, const char *allow,
                                   char *octets, size_t len)
{
    struct MHD_Response *response = response_of(answer, octets, len);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        MHD_add_response_header(response, fields[i][0], fields[i][1]);
    if (allow[0] != '\0')
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allow);
    const enum MHD_Result result = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_request(struct control *control, struct MHD_Connection *connection,
                                      const char *method, const char *url)
{
    char allow[ALLOW_SIZE] = "";
    char *octets = NULL;
    size_t len = 0;
    struct control_answer answer = {
        .status = MHD_HTTP_OK,
        .type = json_type,
        .out = open_memstream(&octets, &len),
        .fd = -1,
    };
    if (answer.out == NULL)
        abort(); /* as wire/arena.c */
    if (is_welcome(connection, &answer))
        answer_path(control, method, url, &answer, allow);
    if (fclose(answer.out) != 0)
        abort(); /* as wire/arena.c: only memory can have been short */
    return send_answer(connection, &answer, allow, octets, len);
}

/* Called with the head alone, then for each piece of content, then once more. An answer to the head
 * alone would end the connection. */
/* NOLINTNEXTLINE(readability-function-size): the parameters are libmicrohttpd's. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *piece,
                                  size_t *piece_len, void **state)
{
    (void)version;
    (void)piece;
    const bool is_head_alone = *state == NULL;
    *state = connection;
    if (!is_head_alone && *piece_len == 0)
        return answer_request(context, connection, method, url);
    *piece_len = 0;
    return MHD_YES;
}

/* --- life -------------------------------------------------------------------------------- */

/* path_decode() does it: libmicrohttpd would cut the path at a %00. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* -1 with errno. `port` becomes the real one. */
static int listen_at(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)&address, size) == 0 && listen(fd, BACKLOG) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
        *port = ntohs(address.sin_port);
        return fd;
    }
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static struct MHD_Daemon *start(struct control *control, int listening)
{
    return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, control,
                            MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_UNESCAPE_CALLBACK,
                            keep_escapes, NULL, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
                            MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S_MAX, MHD_OPTION_END);
}

struct control *control_new(const struct control_route *routes, size_t route_count, void *context,
                            uint16_t port, struct diags *diags)
{
    const int listening = listen_at(&port);
    if (listening < 0) {
        diag_add(diags, NULL, 0, NULL, "cannot listen at 127.0.0.1:%u: %s", port, strerror(errno));
        return NULL;
    }
    struct control *control = must_calloc(1, sizeof(*control));
    *control = (struct control){routes, route_count, context, NULL, port, arena_new()};
    control->daemon = start(control, listening);
    if (control->daemon != NULL)
        return control;
    /* Whether that closed the socket is not said: it is left alone, for the process ends. */
    diag_add(diags, NULL, 0, NULL, "libmicrohttpd %s does not start (it needs epoll)",
             MHD_get_version());
    control_free(control);
    return NULL;
}

void control_free(struct control *control)
{
    if (control == NULL)
        return;
    if (control->daemon != NULL)
        MHD_stop_daemon(control->daemon);
    arena_free(control->arena);
    free(control);
}

uint16_t control_port(const struct control *control)
{
    return control->port;
}

int control_fd(const struct control *control)
{
    return MHD_get_daemon_info(control->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

void control_run(struct control *control)
{
    MHD_run(control->daemon);
}

bool control_wait_ms(struct control *control, uint64_t *wait_ms)
{
    MHD_UNSIGNED_LONG_LONG wait = 0;
    const bool is_bounded = MHD_get_timeout(control->daemon, &wait) == MHD_YES;
    *wait_ms = wait;
    return is_bounded;
}
