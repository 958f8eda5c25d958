#include "wire/http_private.h"

/* RFC 9112, sections 3 and 4: a lenient reader may take any of these for the SP of the grammar. */
#define ANY_BLANK (HTTP_OCTET_BLANK | HTTP_OCTET_LENIENT)

#define VERSION_LEN     8 /* "HTTP/1.1" */
#define VERSION_MAJOR   5
#define VERSION_MINOR   7
#define STATUS_CODE_LEN 3

/* A part of the line: octets `from` up to, without, `to`. */
struct span {
    size_t from, to;
};

static struct bytes span_text(const struct http_line *line, struct span span)
{
    struct bytes text = line->text;
    bytes_take(&text, span.from);
    return bytes_take(&text, span.to - span.from);
}

/* The run of octets at `from` that are, or are not, blanks. */
static struct span run_at(const struct http_line *line, size_t from, bool is_blank)
{
    struct span run = {from, from};
    while (run.to < line->text.len && http_is_octet(line->text.at[run.to], ANY_BLANK) == is_blank)
        run.to++;
    return run;
}

/* Notes the blanks that are not the one SP of the grammar, when `is_sp_due`, or not none. */
static void note_blanks(struct http_notes *notes, const struct http_line *line, struct span run,
                        bool is_sp_due, enum http_deviation_kind kind)
{
    for (size_t i = run.from; i < run.to; i++) {
        const uint8_t octet = line->text.at[i];
        if (octet == '\r')
            http_note(notes, HTTP_DEVIATION_START_BARE_CR, line->offset + i);
        else if (!is_sp_due || i > run.from || octet != ' ')
            http_note(notes, kind, line->offset + i);
    }
}

/* RFC 9112, section 2.3: "HTTP" "/" DIGIT "." DIGIT, case-sensitive. Gives HTTP_DEVIATION_COUNT
 * when it is that, and `absent` when it does not even look like it. */
static enum http_deviation_kind read_version(struct http_start *start, struct bytes text,
                                             enum http_deviation_kind absent)
{
    const struct bytes name = {text.at, text.len < VERSION_MAJOR ? text.len : VERSION_MAJOR};
    if (!bytes_equal_fold(name, bytes_of("HTTP/")))
        return absent;
    if (!bytes_equal(name, bytes_of("HTTP/")))
        return HTTP_DEVIATION_VERSION_CASE;
    if (text.len != VERSION_LEN || !byte_is_digit(text.at[VERSION_MAJOR]) ||
        text.at[VERSION_MAJOR + 1] != '.' || !byte_is_digit(text.at[VERSION_MINOR]))
        return HTTP_DEVIATION_VERSION_MALFORMED;
    start->major = text.at[VERSION_MAJOR] - '0';
    start->minor = text.at[VERSION_MINOR] - '0';
    /* RFC 9110, section 2.5: the major version says which syntax the message has. */
    return start->major == 1 ? HTTP_DEVIATION_COUNT : HTTP_DEVIATION_VERSION_MAJOR;
}

/* RFC 9112, section 3.1: method = token. */
static void read_method(struct http_reader *reader, const struct http_line *line, struct span span)
{
    reader->start.method = span_text(line, span);
    const size_t token_len = http_count_octets(reader->start.method, HTTP_OCTET_TOKEN);
    if (token_len < reader->start.method.len)
        http_note(&reader->notes, HTTP_DEVIATION_METHOD_NOT_TOKEN,
                  line->offset + span.from + token_len);
}

/* RFC 9112, section 3.2: no whitespace is allowed in the request-target. */
static void read_target(struct http_reader *reader, const struct http_line *line, struct span span)
{
    reader->start.target = span_text(line, span);
    for (size_t i = span.from; i < span.to; i++) {
        const uint8_t octet = line->text.at[i];
        if (octet == '\r')
            http_note(&reader->notes, HTTP_DEVIATION_START_BARE_CR, line->offset + i);
        else if (http_is_octet(octet, HTTP_OCTET_BLANK))
            http_note(&reader->notes, HTTP_DEVIATION_TARGET_BLANK, line->offset + i);
        else if (http_is_octet(octet, HTTP_OCTET_CONTROL))
            http_note(&reader->notes, HTTP_DEVIATION_TARGET_CONTROL, line->offset + i);
    }
}

/* Two words before nothing else: a line that begins with its SP lacks the method, any other the
 * target. */
static void read_without_target(struct http_reader *reader, const struct http_line *line,
                                struct span word)
{
    const struct span none = {word.to, word.to};
    if (word.from == 0) {
        read_method(reader, line, word);
        read_target(reader, line, none);
        http_note(&reader->notes, HTTP_DEVIATION_TARGET_EMPTY, line->offset + word.to + 1);
    } else {
        http_note(&reader->notes, HTTP_DEVIATION_METHOD_EMPTY, line->offset);
        read_method(reader, line, (struct span){0, 0});
        read_target(reader, line, word);
    }
}

/* The method, the target, and what parts them from each other and from the version. */
static void read_method_and_target(struct http_reader *reader, const struct http_line *line,
                                   struct span method, struct span version)
{
    const enum http_deviation_kind blanks = HTTP_DEVIATION_REQUEST_BLANKS;
    const struct span first_gap = run_at(line, method.to, true);
    if (first_gap.to == version.from) {
        read_without_target(reader, line, method);
        return;
    }
    struct span last_gap = {version.from, version.from};
    while (http_is_octet(line->text.at[last_gap.from - 1], ANY_BLANK))
        last_gap.from--;
    note_blanks(&reader->notes, line, (struct span){0, method.from}, false, blanks);
    read_method(reader, line, method);
    note_blanks(&reader->notes, line, first_gap, true, blanks);
    read_target(reader, line, (struct span){first_gap.to, last_gap.from});
    note_blanks(&reader->notes, line, last_gap, true, blanks);
}

/* RFC 9112, section 3: method SP request-target SP HTTP-version. Read by its words, as that section
 * lets a recipient do; what stands between the first and the last is the target. */
static void read_request_line(struct http_reader *reader, const struct http_line *line)
{
    const struct span method = run_at(line, run_at(line, 0, true).to, false);
    struct span version = {line->text.len, line->text.len};
    while (version.to > method.to && http_is_octet(line->text.at[version.to - 1], ANY_BLANK))
        version.to--;
    version.from = version.to;
    while (version.from > method.to && !http_is_octet(line->text.at[version.from - 1], ANY_BLANK))
        version.from--;

    const enum http_deviation_kind kind =
        read_version(&reader->start, span_text(line, version), HTTP_DEVIATION_VERSION_MISSING);
    if (kind == HTTP_DEVIATION_VERSION_MISSING) {
        http_note(&reader->notes, kind, line->offset + line->text.len);
        return;
    }
    read_method_and_target(reader, line, method, version);
    if (kind != HTTP_DEVIATION_COUNT)
        http_note(&reader->notes, kind, line->offset + version.from);
    note_blanks(&reader->notes, line, (struct span){version.to, line->text.len}, false,
                HTTP_DEVIATION_REQUEST_BLANKS);
}

/* RFC 9112, section 4: status-code = 3DIGIT. Returns where it ends, or 0 when it is not that. */
static size_t read_status_code(struct http_reader *reader, const struct http_line *line,
                               size_t from)
{
    const struct bytes text = line->text;
    size_t at = from;
    while (at < text.len && at < from + STATUS_CODE_LEN && byte_is_digit(text.at[at]))
        reader->start.status = reader->start.status * 10 + (text.at[at++] - '0');
    if (at == from + STATUS_CODE_LEN && (at == text.len || http_is_octet(text.at[at], ANY_BLANK)))
        return at;
    http_note(&reader->notes, HTTP_DEVIATION_STATUS_CODE, line->offset + at);
    return 0;
}

/* RFC 9112, section 4: SP [ reason-phrase ]; the phrase may itself begin with blanks. */
static void read_reason(struct http_reader *reader, const struct http_line *line, size_t from)
{
    if (from == line->text.len) {
        http_note(&reader->notes, HTTP_DEVIATION_STATUS_NO_SPACE, line->offset + from);
        return;
    }
    note_blanks(&reader->notes, line, (struct span){from, from + 1}, true,
                HTTP_DEVIATION_STATUS_BLANKS);
    reader->start.reason = span_text(line, (struct span){from + 1, line->text.len});
    for (size_t i = from + 1; i < line->text.len; i++) {
        const uint8_t octet = line->text.at[i];
        if (octet == '\r')
            http_note(&reader->notes, HTTP_DEVIATION_START_BARE_CR, line->offset + i);
        else if (http_is_octet(octet, HTTP_OCTET_CONTROL))
            http_note(&reader->notes, HTTP_DEVIATION_REASON_CONTROL, line->offset + i);
    }
}

/* RFC 9112, section 4: HTTP-version SP status-code SP [ reason-phrase ]. */
static void read_status_line(struct http_reader *reader, const struct http_line *line)
{
    const struct span lead = run_at(line, 0, true);
    const struct span version = run_at(line, lead.to, false);
    const enum http_deviation_kind kind =
        read_version(&reader->start, span_text(line, version), HTTP_DEVIATION_STATUS_NOT_HTTP);
    if (kind != HTTP_DEVIATION_COUNT) {
        http_note(&reader->notes, kind, line->offset + version.from);
        return;
    }
    const struct span gap = run_at(line, version.to, true);
    note_blanks(&reader->notes, line, lead, false, HTTP_DEVIATION_STATUS_BLANKS);
    note_blanks(&reader->notes, line, gap, true, HTTP_DEVIATION_STATUS_BLANKS);
    const size_t code_end = read_status_code(reader, line, gap.to);
    if (code_end > 0)
        read_reason(reader, line, code_end);
}

void http_read_start(struct http_reader *reader, const struct http_line *line)
{
    reader->start = (struct http_start){.status = 0};
    if (reader->side == HTTP_REQUESTS)
        read_request_line(reader, line);
    else
        read_status_line(reader, line);
    if (line->is_bare)
        http_note(&reader->notes, HTTP_DEVIATION_START_BARE_LF, line->offset + line->text.len);
}
