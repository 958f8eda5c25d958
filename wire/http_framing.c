#include "wire/http_private.h"

#define DECIMAL_BASE 10

enum {
    STATUS_SWITCHING_PROTOCOLS = 101,
    STATUS_NO_CONTENT = 204,
    STATUS_NOT_MODIFIED = 304,
    STATUS_CLASS_SIZE = 100,
};

static void note_at(struct http_reader *reader, enum http_deviation_kind kind, const uint8_t *at)
{
    http_note(&reader->fields.notes, kind, http_field_offset(reader, at));
}

/* Takes the next member off, with the comma behind it. False when that was the last. */
static bool take_member(struct bytes *list, struct bytes *member)
{
    *member = http_trim(bytes_take(list, http_len_before(*list, ',')));
    if (list->len == 0)
        return false;
    bytes_take(list, 1);
    return true;
}

/* RFC 9110, section 5.6.1: calls `take` for each member of `value`, a list; also for empty ones. */
static void for_members(struct http_reader *reader,
                        void (*take)(struct http_reader *reader, struct bytes member))
{
    struct bytes rest = reader->value;
    bool has_more = true;
    while (has_more) {
        struct bytes member;
        has_more = take_member(&rest, &member);
        take(reader, member);
    }
}

/* RFC 9110, section 8.6: Content-Length = 1*DIGIT. False when it is not that, or too large. */
static bool read_length(struct http_reader *reader, struct bytes text, uint64_t *length)
{
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_digit(text.at[i])) {
            note_at(reader, HTTP_DEVIATION_LENGTH_NOT_DIGITS, text.at + i);
            return false;
        }
    *length = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint64_t digit = (uint64_t)(text.at[i] - '0');
        if (*length > ((uint64_t)INT64_MAX - digit) / DECIMAL_BASE) {
            note_at(reader, HTTP_DEVIATION_LENGTH_TOO_LARGE, text.at + i);
            return false;
        }
        *length = *length * DECIMAL_BASE + digit;
    }
    return true;
}

/* RFC 9112, section 6.3, item 5: a list of the same valid length is as good as that length. */
static void take_length(struct http_reader *reader, struct bytes member)
{
    struct http_framing_fields *fields = &reader->fields;
    uint64_t length;
    if (member.len == 0) {
        note_at(reader, HTTP_DEVIATION_LENGTH_EMPTY_MEMBER, member.at);
    } else if (!read_length(reader, member, &length)) {
        fields->is_length_invalid = true;
    } else if (!fields->has_length_value) {
        fields->has_length_value = true;
        fields->length = length;
    } else if (fields->length == length) {
        note_at(reader, HTTP_DEVIATION_LENGTH_REPEATED, member.at);
    } else {
        note_at(reader, HTTP_DEVIATION_LENGTH_DIFFERS, member.at);
        fields->is_length_invalid = true;
    }
}

static bool has_member(struct bytes list)
{
    while (list.len > 0 && (list.at[0] == ',' || http_is_octet(list.at[0], HTTP_OCTET_BLANK)))
        bytes_take(&list, 1);
    return list.len > 0;
}

static void frame_content_length(struct http_reader *reader)
{
    if (!reader->message.has_length)
        reader->fields.length_offset = reader->line_offset;
    reader->message.has_length = true;
    if (has_member(reader->value)) {
        for_members(reader, take_length);
    } else {
        note_at(reader, HTTP_DEVIATION_LENGTH_NOT_DIGITS, reader->value.at);
        reader->fields.is_length_invalid = true;
    }
}

/* token BWS "=" BWS ( token / quoted-string ) */
static bool eat_parameter(struct bytes *rest)
{
    if (http_eat_run(rest, HTTP_OCTET_TOKEN) == 0 || !http_eat_separator(rest, '='))
        return false;
    if (rest->len > 0 && rest->at[0] == '"')
        return http_eat_quoted(rest);
    return http_eat_run(rest, HTTP_OCTET_TOKEN) > 0;
}

/* RFC 9112, section 7: transfer-coding = token *( OWS ";" OWS transfer-parameter ). False when
 * `rest` is not that; then it begins with what is at fault. */
static bool eat_coding(struct bytes *rest)
{
    if (http_eat_run(rest, HTTP_OCTET_TOKEN) == 0)
        return false;
    while (http_eat_separator(rest, ';'))
        if (!eat_parameter(rest))
            return false;
    return rest->len == 0;
}

/* Only a well-formed one is the chunked coding; any other is one that is not known. */
static bool is_chunked(struct http_reader *reader, struct bytes coding)
{
    struct bytes rest = coding;
    if (!eat_coding(&rest)) {
        note_at(reader, HTTP_DEVIATION_CODING_MALFORMED, rest.at);
        return false;
    }
    rest = coding;
    const struct bytes name = bytes_take(&rest, http_count_octets(rest, HTTP_OCTET_TOKEN));
    if (!bytes_equal_fold(name, bytes_of("chunked")))
        return false;
    if (rest.len > 0)
        note_at(reader, HTTP_DEVIATION_CHUNKED_PARAMETER, http_trim(rest).at);
    return true;
}

/* RFC 9112, section 6.1. Empty members mean nothing (RFC 9110, section 5.6.1.2). */
static void take_coding(struct http_reader *reader, struct bytes member)
{
    struct http_framing_fields *fields = &reader->fields;
    if (member.len == 0)
        return;
    fields->has_coding_name = true;
    fields->is_chunked_last = is_chunked(reader, member);
    if (fields->chunked_count > 0)
        note_at(reader,
                fields->is_chunked_last ? HTTP_DEVIATION_CHUNKED_TWICE
                                        : HTTP_DEVIATION_CHUNKED_NOT_LAST,
                member.at);
    if (fields->is_chunked_last)
        fields->chunked_count++;
}

static void frame_transfer_encoding(struct http_reader *reader)
{
    if (!reader->message.has_coding)
        reader->fields.coding_offset = reader->line_offset;
    reader->message.has_coding = true;
    for_members(reader, take_coding);
}

static void take_option(struct http_reader *reader, struct bytes member)
{
    if (bytes_equal_fold(member, bytes_of("close")))
        reader->fields.has_close = true;
    else if (bytes_equal_fold(member, bytes_of("keep-alive")))
        reader->fields.has_keep_alive = true;
}

static void frame_connection(struct http_reader *reader)
{
    for_members(reader, take_option);
}

/* RFC 9110, section 10.1.1: a server ignores the expectation in an HTTP/1.0 request. */
static void take_expectation(struct http_reader *reader, struct bytes member)
{
    if (reader->side == HTTP_REQUESTS && reader->start.minor > 0 &&
        bytes_equal_fold(member, bytes_of("100-continue")))
        reader->message.expects_continue = true;
}

static void frame_expect(struct http_reader *reader)
{
    for_members(reader, take_expectation);
}

static const struct {
    const char *name;
    void (*frame)(struct http_reader *reader);
} framing_fields[] = {
    {"Content-Length", frame_content_length},
    {"Transfer-Encoding", frame_transfer_encoding},
    {"Connection", frame_connection},
    {"Expect", frame_expect},
};

void http_frame_field(struct http_reader *reader)
{
    for (size_t i = 0; i < sizeof(framing_fields) / sizeof(framing_fields[0]); i++)
        if (bytes_equal_fold(reader->name, bytes_of(framing_fields[i].name)))
            framing_fields[i].frame(reader);
}

static bool is_tunnel_answer(const struct http_reader *reader)
{
    return reader->side == HTTP_RESPONSES && reader->answers == HTTP_ANSWERS_CONNECT &&
           reader->start.status / STATUS_CLASS_SIZE == 2;
}

/* RFC 9112, section 6.3, items 1 and 2: what ends at the blank line whatever its fields say. */
static bool is_bodiless(const struct http_reader *reader)
{
    const int status = reader->start.status;
    return reader->side == HTTP_RESPONSES &&
           (is_tunnel_answer(reader) || reader->answers == HTTP_ANSWERS_HEAD ||
            status / STATUS_CLASS_SIZE == 1 || status == STATUS_NO_CONTENT ||
            status == STATUS_NOT_MODIFIED);
}

static enum http_framing framing_without_content(const struct http_reader *reader)
{
    return is_tunnel_answer(reader) || reader->start.status == STATUS_SWITCHING_PROTOCOLS
               ? HTTP_FRAMING_TUNNEL
               : HTTP_FRAMING_NONE;
}

/* RFC 9112, section 6.3, items 3 to 8. */
static enum http_framing framing_of_content(const struct http_reader *reader)
{
    const bool is_request = reader->side == HTTP_REQUESTS;
    if (reader->fields.is_chunked_last)
        return HTTP_FRAMING_CHUNKED;
    if (reader->message.has_coding)
        return is_request ? HTTP_FRAMING_UNKNOWN : HTTP_FRAMING_TO_CLOSE;
    if (reader->fields.is_length_invalid)
        return HTTP_FRAMING_UNKNOWN;
    if (reader->fields.has_length_value)
        return HTTP_FRAMING_LENGTH;
    return is_request ? HTTP_FRAMING_NONE : HTTP_FRAMING_TO_CLOSE;
}

/* RFC 9112, section 9.3. */
static bool does_persist(const struct http_reader *reader)
{
    const struct http_message *message = &reader->message;
    const bool is_1_0 = reader->start.minor == 0;
    if (message->framing == HTTP_FRAMING_TO_CLOSE || message->framing == HTTP_FRAMING_TUNNEL ||
        message->framing == HTTP_FRAMING_UNKNOWN)
        return false;
    if (reader->fields.has_close || (is_1_0 && message->has_coding))
        return false;
    return !is_1_0 || reader->fields.has_keep_alive;
}

static bool is_invalid_length(enum http_deviation_kind kind)
{
    return kind == HTTP_DEVIATION_LENGTH_NOT_DIGITS || kind == HTTP_DEVIATION_LENGTH_TOO_LARGE ||
           kind == HTTP_DEVIATION_LENGTH_DIFFERS;
}

/* What the fields had wrong each, as it weighs in this message. */
static void note_fields(struct http_reader *reader, bool has_length_say)
{
    const struct http_notes *notes = &reader->fields.notes;
    for (unsigned i = 0; i < notes->count; i++) {
        const struct http_deviation *one = &notes->list[i];
        const bool is_unused = !has_length_say && is_invalid_length(one->kind);
        http_note(&reader->notes, is_unused ? HTTP_DEVIATION_LENGTH_INVALID_UNUSED : one->kind,
                  one->offset);
    }
}

/* What is wrong with the fields taken together. */
static void note_codings(struct http_reader *reader)
{
    const struct http_message *message = &reader->message;
    const struct http_framing_fields *fields = &reader->fields;
    if (!message->has_coding)
        return;
    if (message->has_length)
        http_note(&reader->notes, HTTP_DEVIATION_LENGTH_AND_CODING, fields->length_offset);
    if (reader->start.minor == 0)
        http_note(&reader->notes, HTTP_DEVIATION_CODING_IN_1_0, fields->coding_offset);
    if (!fields->has_coding_name)
        http_note(&reader->notes, HTTP_DEVIATION_CODING_EMPTY, fields->coding_offset);
    if (message->framing == HTTP_FRAMING_UNKNOWN)
        http_note(&reader->notes, HTTP_DEVIATION_REQUEST_NOT_CHUNKED, fields->coding_offset);
}

void http_frame_message(struct http_reader *reader)
{
    struct http_message *message = &reader->message;
    const bool has_content = !is_bodiless(reader);
    message->framing = has_content ? framing_of_content(reader) : framing_without_content(reader);
    if (message->framing == HTTP_FRAMING_LENGTH)
        message->content_length = reader->fields.length;
    message->is_interim = reader->side == HTTP_RESPONSES &&
                          reader->start.status / STATUS_CLASS_SIZE == 1 &&
                          message->framing == HTTP_FRAMING_NONE;
    message->persists = does_persist(reader);
    /* RFC 9112, section 6.3, item 2: a client MUST ignore these fields here. */
    if (is_tunnel_answer(reader))
        return;
    note_fields(reader, has_content && !message->has_coding);
    note_codings(reader);
}
