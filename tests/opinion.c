#include "tests/opinion.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

struct opinion {
    struct MHD_Daemon *daemon;
    struct arena *arena; /* the daemon's thread's, until its end */
    struct readings readings;
    size_t connection_count;
};

/* A request while it comes. */
struct request {
    struct opinion *opinion;
    struct reading *reading; /* NULL past the limit */
    const char *target;
    bool has_begun; /* on_request() was called with its head */
    FILE *body;     /* NULL once it is whole */
    char *octets;
    size_t len;
};

uint8_t opinion_octet(uint64_t index)
{
    const uint64_t golden = 2654435761; /* 2^32 over the golden ratio: it has no short period */
    return (uint8_t)(index * golden >> 24);
}

/* --- what is understood -------------------------------------------------------------------- */

static enum MHD_Result add_field(void *context, enum MHD_ValueKind kind, const char *name,
                                 size_t name_len, const char *value, size_t value_len)
{
    struct request *request = context;
    struct reading *reading = request->reading;
    reading_fields_add(kind == MHD_FOOTER_KIND ? &reading->trailers : &reading->head,
                       request->opinion->arena, (struct bytes){(const uint8_t *)name, name_len},
                       (struct bytes){(const uint8_t *)value, value_len});
    return MHD_YES;
}

static void note_request(struct request *request, struct MHD_Connection *connection,
                         const char *method)
{
    struct opinion *opinion = request->opinion;
    fclose(request->body);
    request->body = NULL;
    request->reading = readings_add(&opinion->readings);
    if (request->reading == NULL)
        return;
    request->reading->method = arena_bytes(opinion->arena, bytes_of(method));
    request->reading->target = bytes_of(request->target);
    request->reading->body =
        arena_bytes(opinion->arena, (struct bytes){(const uint8_t *)request->octets, request->len});
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, add_field, request);
    MHD_get_connection_values_n(connection, MHD_FOOTER_KIND, add_field, request);
}

/* --- what is answered ---------------------------------------------------------------------- */

/* Content of unknown length. */
struct pieces {
    char *octets; /* owned */
    size_t len;
};

static ssize_t next_piece(void *context, uint64_t position, char *into, size_t size)
{
    enum { PIECE_STEP = 977, PIECE_MAX = 5000 };
    const struct pieces *pieces = context;
    const size_t left = pieces->len - (size_t)position;
    size_t len = 1 + (size_t)(position * PIECE_STEP % PIECE_MAX);
    if (left == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    len = len < left ? len : left;
    len = len < size ? len : size;
    memcpy(into, pieces->octets + position, len);
    return (ssize_t)len;
}

static void free_pieces(void *context)
{
    struct pieces *pieces = context;
    free(pieces->octets);
    free(pieces);
}

static struct MHD_Response *answer_in_pieces(const char *octets, size_t len)
{
    enum { BLOCK_SIZE = 8 * 1024 };
    struct pieces *pieces = malloc(sizeof(*pieces));
    if (pieces == NULL)
        abort();
    *pieces = (struct pieces){malloc(len + 1), len};
    if (pieces->octets == NULL)
        abort();
    memcpy(pieces->octets, octets, len);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, next_piece, pieces,
                                             free_pieces);
}

static char *make_octets(size_t len)
{
    char *octets = malloc(len + 1);
    if (octets == NULL)
        abort();
    for (size_t i = 0; i < len; i++)
        octets[i] = (char)opinion_octet(i);
    return octets;
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* The number behind the target's second slash. */
static size_t wanted_len(const char *target)
{
    size_t len = 0;
    const char *slash = strrchr(target, '/');
    for (const char *at = slash + 1; byte_is_digit((uint8_t)*at); at++)
        len = len * 10 + (size_t)(*at - '0');
    return len;
}

static struct MHD_Response *answer_octets(const char *target)
{
    const size_t len = wanted_len(target);
    char *octets = make_octets(len);
    struct MHD_Response *response =
        begins_with(target, "/pieces") || begins_with(target, "/trailers")
            ? answer_in_pieces(octets, len)
            : MHD_create_response_from_buffer(len, octets, MHD_RESPMEM_MUST_COPY);
    if (begins_with(target, "/trailers"))
        MHD_add_response_footer(response, "Count", strrchr(target, '/') + 1);
    if (begins_with(target, "/last"))
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    free(octets);
    return response;
}

static struct MHD_Response *make_response(const struct request *request)
{
    const char *target = request->target;
    if (begins_with(target, "/length/") || begins_with(target, "/pieces/") ||
        begins_with(target, "/trailers/") || begins_with(target, "/last/"))
        return answer_octets(target);
    if (strcmp(target, "/none") == 0)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (strcmp(target, "/echo-pieces") == 0)
        return answer_in_pieces(request->octets, request->len);
    return MHD_create_response_from_buffer(request->len, request->octets, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result answer(const struct request *request, struct MHD_Connection *connection)
{
    struct MHD_Response *response = make_response(request);
    const bool is_none = strcmp(request->target, "/none") == 0;
    const enum MHD_Result result =
        MHD_queue_response(connection, is_none ? MHD_HTTP_NO_CONTENT : MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

/* --- the daemon's calls -------------------------------------------------------------------- */

/* The target as it came: what the others get is decoded and cut at "?". */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    struct opinion *opinion = context;
    struct request *request = calloc(1, sizeof(*request));
    (void)connection;
    if (request == NULL)
        abort();
    request->opinion = opinion;
    request->target = arena_strndup(opinion->arena, target, strlen(target));
    request->body = open_memstream(&request->octets, &request->len);
    return request;
}

/* Called with the head alone, then for each piece of content, then once more. */
/* NOLINTNEXTLINE(readability-function-size): the parameters are libmicrohttpd's. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *piece,
                                  size_t *piece_len, void **state)
{
    struct request *request = *state;
    (void)context;
    (void)url;
    (void)version;
    if (!request->has_begun) {
        request->has_begun = true; /* an answer now would end the connection */
        return MHD_YES;
    }
    if (*piece_len > 0) {
        fwrite(piece, 1, *piece_len, request->body);
        *piece_len = 0;
        return MHD_YES;
    }
    note_request(request, connection, method);
    return answer(request, connection);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct request *request = *state;
    (void)context;
    (void)connection;
    (void)code;
    if (request == NULL)
        return;
    if (request->body != NULL)
        fclose(request->body);
    free(request->octets);
    free(request);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode code)
{
    struct opinion *opinion = context;
    (void)connection;
    (void)state;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        opinion->connection_count++;
}

/* --- life ---------------------------------------------------------------------------------- */

struct opinion *opinion_new(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct opinion *opinion = calloc(1, sizeof(*opinion));
    if (opinion == NULL)
        return NULL;
    opinion->arena = arena_new();
    opinion->readings = readings_new(opinion->arena);
    opinion->daemon = MHD_start_daemon(
        MHD_USE_AUTO_INTERNAL_THREAD, 0, NULL, NULL, on_request, opinion, MHD_OPTION_SOCK_ADDR,
        (const struct sockaddr *)&address, MHD_OPTION_URI_LOG_CALLBACK, on_target, opinion,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, opinion, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, opinion, MHD_OPTION_END);
    if (opinion->daemon != NULL)
        return opinion;
    opinion_free(opinion);
    return NULL;
}

uint16_t opinion_port(const struct opinion *opinion)
{
    return MHD_get_daemon_info(opinion->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

const struct readings *opinion_end(struct opinion *opinion)
{
    MHD_stop_daemon(opinion->daemon);
    opinion->daemon = NULL;
    return &opinion->readings;
}

size_t opinion_connection_count(const struct opinion *opinion)
{
    return opinion->connection_count;
}

void opinion_free(struct opinion *opinion)
{
    if (opinion->daemon != NULL)
        MHD_stop_daemon(opinion->daemon);
    arena_free(opinion->arena);
    free(opinion);
}
