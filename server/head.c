#include "server/head.h"

#include "wire/uri.h"

#include <stdio.h>
#include <stdlib.h>

void head_note(struct head *head, struct arena *arena, const struct http_reader *reader,
               enum http_event event)
{
    if (event == HTTP_START) {
        const struct http_start *start = &reader->start;
        *head = (struct head){.start = *start};
        head->start.method = arena_bytes(arena, start->method);
        head->start.target = arena_bytes(arena, start->target);
        head->start.reason = arena_bytes(arena, start->reason);
        head->len = start->method.len + start->target.len + start->reason.len;
    } else if (event == HTTP_HEAD) {
        head->message = reader->message;
    } else if (event == HTTP_FIELD) {
        head->len += reader->name.len + reader->value.len;
        if (head->len > HEAD_LEN_MAX)
            return;
        head->fields =
            arena_room(arena, head->fields, head->count, &head->size, sizeof(*head->fields));
        head->fields[head->count++] =
            (struct field){arena_bytes(arena, reader->name), arena_bytes(arena, reader->value)};
    }
}

/* --- the target ---------------------------------------------------------------------- */

/* "http://authority", and what follows. False: it is not in absolute-form. RFC 9110, section 7.2:
 * Host is without userinfo. */
static bool split_target(struct bytes target, struct bytes *authority, struct bytes *path)
{
    struct bytes scheme;
    *path = target;
    if (!uri_take_authority(path, &scheme, authority) ||
        !bytes_equal_fold(scheme, bytes_of("http")))
        return false;
    *authority = uri_without_userinfo(*authority);
    return authority->len > 0;
}

static bool is_method(const struct head *head, const char *name)
{
    return bytes_equal(head->start.method, bytes_of(name));
}

/* RFC 9110, section 7.6.2: the field is for OPTIONS and TRACE alone. */
static bool counts_forwards(const struct head *head, const struct field *field)
{
    return (is_method(head, "OPTIONS") || is_method(head, "TRACE")) &&
           bytes_equal_fold(field->name, bytes_of("max-forwards"));
}

/* -1 where it is no number; all that are larger than `most` are `most`. */
static long number_of(struct bytes text)
{
    enum { MOST = 1000000 };
    long number = text.len > 0 ? 0 : -1;
    for (size_t i = 0; i < text.len; i++) {
        if (!byte_is_digit(text.at[i]))
            return -1;
        number = number < MOST ? number * 10 + (text.at[i] - '0') : MOST;
    }
    return number;
}

enum head_way head_way(const struct head *head)
{
    struct bytes authority, path;
    if (head->len > HEAD_LEN_MAX)
        return HEAD_TOO_LONG;
    if (!split_target(head->start.target, &authority, &path))
        return HEAD_NOT_ABSOLUTE;
    for (size_t i = 0; i < head->count; i++)
        if (counts_forwards(head, &head->fields[i]) && number_of(head->fields[i].value) == 0)
            return HEAD_ENDS_HERE;
    return HEAD_GOES_ON;
}

/* --- the fields of the hop ------------------------------------------------------------ */

static bool is_one_of(struct bytes name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (bytes_equal_fold(name, bytes_of(*names)))
            return true;
    return false;
}

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
        bytes_take(&text, 1);
    while (text.len > 0 && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* RFC 9110, section 7.6.1: the members of all Connection fields, with "," between. */
static struct bytes connection_options(const struct head *head, struct arena *arena)
{
    uint8_t *all = arena_alloc(arena, head->len + head->count + 1);
    size_t len = 0;
    for (size_t i = 0; i < head->count; i++) {
        const struct field *field = &head->fields[i];
        if (field->value.len == 0 || !bytes_equal_fold(field->name, bytes_of("connection")))
            continue;
        memcpy(all + len, field->value.at, field->value.len);
        len += field->value.len;
        all[len++] = ',';
    }
    return (struct bytes){all, len};
}

static bool is_option(struct bytes options, struct bytes name)
{
    while (options.len > 0)
        if (bytes_equal_fold(trim(bytes_take_until(&options, ',')), name))
            return true;
    return false;
}

/* The framing is passed on as it is, whatever Connection says; but of Content-Length and chunked
 * coding the first goes (RFC 9112, section 6.3). */
static bool is_left_out(const struct head *head, struct bytes options, const struct field *field)
{
    static const char *const framing[] = {"content-length", "transfer-encoding", "trailer", NULL};
    static const char *const of_hop[] = {
        "connection", "proxy-connection",    "keep-alive",         "te",
        "upgrade",    "proxy-authorization", "proxy-authenticate", "proxy-authentication-info",
        NULL};
    const struct bytes name = field->name;
    if (head->message.framing == HTTP_FRAMING_CHUNKED &&
        bytes_equal_fold(name, bytes_of("content-length")))
        return true;
    if (is_one_of(name, framing))
        return false;
    return name.len == 0 || is_one_of(name, of_hop) || is_option(options, name);
}

/* --- writing --------------------------------------------------------------------------- */

static void put(struct bytes *text, uint8_t *room, struct bytes more)
{
    if (more.len > 0)
        memcpy(room + text->len, more.at, more.len);
    text->len += more.len;
}

/* RFC 9110, section 5.5: CR, LF and NUL in a value are made SP. */
static void put_value(struct bytes *text, uint8_t *room, struct bytes value)
{
    const size_t from = text->len;
    put(text, room, value);
    for (size_t i = from; i < text->len; i++)
        if (room[i] == '\r' || room[i] == '\n' || room[i] == '\0')
            room[i] = ' ';
}

static void put_field(struct bytes *text, uint8_t *room, struct bytes name, struct bytes value)
{
    put(text, room, name);
    put(text, room, bytes_of(": "));
    put_value(text, room, value);
    put(text, room, bytes_of("\r\n"));
}

static void put_fields(struct bytes *text, uint8_t *room, const struct head *head,
                       struct arena *arena)
{
    const bool is_request = head->start.method.len > 0;
    const struct bytes options = connection_options(head, arena);
    for (size_t i = 0; i < head->count; i++) {
        const struct field *field = &head->fields[i];
        const bool is_host = is_request && bytes_equal_fold(field->name, bytes_of("host"));
        if (is_host || is_left_out(head, options, field))
            continue;
        const long forwards = counts_forwards(head, field) ? number_of(field->value) : -1;
        const struct bytes value =
            forwards > 0 ? bytes_of(arena_printf(arena, "%ld", forwards - 1)) : field->value;
        put_field(text, room, field->name, value);
    }
}

/* RFC 9110, section 7.6.3: Via comes behind those of proxies before. */
static void put_end(struct bytes *text, uint8_t *room, const struct head *head, bool closes)
{
    put_field(text, room, bytes_of("Via"),
              bytes_of(head->start.minor == 0 ? "1.0 assay" : "1.1 assay"));
    if (closes)
        put_field(text, room, bytes_of("Connection"), bytes_of("close"));
    put(text, room, bytes_of("\r\n"));
}

/* Room for all that is in the head, with blanks and line ends, and for what is added. */
static uint8_t *room_for(const struct head *head, struct arena *arena)
{
    enum { ADDED_LEN = 256, LINE_LEN = 4 };
    return arena_alloc(arena, 2 * head->len + LINE_LEN * head->count + ADDED_LEN);
}

/* RFC 9112, sections 3.2.1 and 3.2.4. */
static void put_target(struct bytes *text, uint8_t *room, const struct head *head,
                       struct bytes path)
{
    if (path.len == 0 && is_method(head, "OPTIONS"))
        put(text, room, bytes_of("*"));
    else if (path.len == 0 || path.at[0] != '/')
        put(text, room, bytes_of("/"));
    put(text, room, path);
}

/* A client of HTTP/1.0 stays one, for the framing of its response is passed on as it is. */
struct bytes head_of_request(const struct head *head, struct arena *arena)
{
    uint8_t *room = room_for(head, arena);
    struct bytes authority, path, text = {room, 0};
    const bool is_absolute = split_target(head->start.target, &authority, &path);
    assert(is_absolute);
    (void)is_absolute;
    put(&text, room, head->start.method);
    put(&text, room, bytes_of(" "));
    put_target(&text, room, head, path);
    put(&text, room, bytes_of(head->start.minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n"));
    put_field(&text, room, bytes_of("Host"), authority);
    put_fields(&text, room, head, arena);
    put_end(&text, room, head, true);
    return text;
}

struct bytes head_of_response(const struct head *head, bool closes, struct arena *arena)
{
    uint8_t *room = room_for(head, arena);
    struct bytes text = {room, 0};
    char line[32];
    snprintf(line, sizeof(line), "HTTP/1.1 %03d ", head->start.status);
    put(&text, room, bytes_of(line));
    put_value(&text, room, head->start.reason);
    put(&text, room, bytes_of("\r\n"));
    put_fields(&text, room, head, arena);
    put_end(&text, room, head, closes);
    return text;
}
