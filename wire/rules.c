#include "wire/rules_private.h"

static const struct {
    const char *name, *requirement, *level, *message;
} rows[RULE_COUNT] = {
#define RULE_ROW(name, text, requirement, level, message) {text, requirement, level, message},
    RULES(RULE_ROW)
#undef RULE_ROW
};

/* What the reader calls a deviation, by the rule that it breaks. Those that are missing break no
 * rule on sending, or are seen with more around them: the limits, the grammar and the count of
 * Content-Length (rules_fields.c), the empty target (rules_start.c), and what follows from
 * others. */
static const struct {
    enum http_deviation_kind kind;
    enum rule rule;
} rules_of_deviations[] = {
    {HTTP_DEVIATION_EMPTY_LINE_BEFORE_REQUEST, RULE_EXTRA_LINE},
    {HTTP_DEVIATION_START_BARE_LF, RULE_BARE_LF},
    {HTTP_DEVIATION_START_BARE_CR, RULE_BARE_CR},
    {HTTP_DEVIATION_METHOD_EMPTY, RULE_METHOD},
    {HTTP_DEVIATION_METHOD_NOT_TOKEN, RULE_METHOD},
    {HTTP_DEVIATION_REQUEST_BLANKS, RULE_REQUEST_LINE},
    {HTTP_DEVIATION_TARGET_BLANK, RULE_TARGET_BLANK},
    {HTTP_DEVIATION_TARGET_CONTROL, RULE_TARGET_BLANK},
    {HTTP_DEVIATION_VERSION_MISSING, RULE_REQUEST_LINE},
    {HTTP_DEVIATION_VERSION_MALFORMED, RULE_VERSION},
    {HTTP_DEVIATION_VERSION_CASE, RULE_VERSION},
    {HTTP_DEVIATION_VERSION_MAJOR, RULE_VERSION_UNKNOWN},
    {HTTP_DEVIATION_FIELD_BARE_LF, RULE_BARE_LF},
    {HTTP_DEVIATION_BLANK_LED_LINE, RULE_BLANK_LED_LINE},
    {HTTP_DEVIATION_NO_COLON, RULE_FIELD_LINE},
    {HTTP_DEVIATION_NAME_BLANK, RULE_FIELD_NAME_BLANK},
    {HTTP_DEVIATION_NAME_EMPTY, RULE_FIELD_NAME},
    {HTTP_DEVIATION_NAME_NOT_TOKEN, RULE_FIELD_NAME},
    {HTTP_DEVIATION_VALUE_NUL, RULE_FIELD_VALUE},
    {HTTP_DEVIATION_VALUE_BARE_CR, RULE_BARE_CR},
    {HTTP_DEVIATION_VALUE_CONTROL, RULE_FIELD_VALUE},
    {HTTP_DEVIATION_OBS_FOLD, RULE_FIELD_FOLDED},
    {HTTP_DEVIATION_LENGTH_AND_CODING, RULE_LENGTH_AND_CODING},
    {HTTP_DEVIATION_CODING_IN_1_0, RULE_CODING_TO_1_0},
    {HTTP_DEVIATION_CHUNKED_TWICE, RULE_CHUNKED_TWICE},
    {HTTP_DEVIATION_REQUEST_NOT_CHUNKED, RULE_CODING_NOT_CHUNKED},
    {HTTP_DEVIATION_CHUNK_SIZE, RULE_CHUNK},
    {HTTP_DEVIATION_CHUNK_BLANK, RULE_CHUNK},
    {HTTP_DEVIATION_CHUNK_EXTENSION, RULE_CHUNK},
    {HTTP_DEVIATION_CHUNK_QUOTED_LF, RULE_CHUNK},
    {HTTP_DEVIATION_CHUNK_BARE_CR, RULE_BARE_CR},
    {HTTP_DEVIATION_CHUNK_BARE_LF, RULE_CHUNK},
    {HTTP_DEVIATION_CHUNK_DATA_BARE_LF, RULE_CHUNK},
    {HTTP_DEVIATION_CHUNK_DATA_END, RULE_CHUNK},
    {HTTP_DEVIATION_TRAILER_FORBIDDEN, RULE_TRAILER_FORBIDDEN},
};

const char *rule_name(enum rule rule)
{
    assert(rule < RULE_COUNT);
    return rows[rule].name;
}

const char *rule_requirement(enum rule rule)
{
    assert(rule < RULE_COUNT);
    return rows[rule].requirement;
}

const char *rule_level(enum rule rule)
{
    assert(rule < RULE_COUNT);
    return rows[rule].level;
}

const char *rule_message(enum rule rule)
{
    assert(rule < RULE_COUNT);
    return rows[rule].message;
}

/* The catalog's level of these stands for words that are none of BCP 14. */
static const struct {
    enum rule rule;
    enum verdict verdict;
} without_keyword[] = {
    {RULE_PROXY_CONNECTION, VERDICT_INFO},
    {RULE_KEEP_ALIVE_TO_PROXY, VERDICT_INFO},
    {RULE_SNI_ADDRESS, VERDICT_WARN},
};

enum verdict rule_verdict(enum rule rule)
{
    for (size_t i = 0; i < sizeof(without_keyword) / sizeof(without_keyword[0]); i++)
        if (without_keyword[i].rule == rule)
            return without_keyword[i].verdict;
    const char *level = rule_level(rule);
    const bool is_must = strcmp(level, "MUST") == 0 || strcmp(level, "MUST NOT") == 0;
    return is_must ? VERDICT_FAIL : VERDICT_WARN;
}

void rules_init(struct rules *rules, rules_found *found, void *context)
{
    *rules = (struct rules){.found = found, .context = context};
}

void rules_tell(struct rules *rules, enum rule rule, uint64_t offset)
{
    if (rules->is_told[rule])
        return;
    rules->is_told[rule] = true;
    const struct finding finding = {rule, offset, rules->request};
    rules->found(rules->context, &finding);
}

/* RFC 9113, section 3.4: the preface of a client that knows the server to speak HTTP/2. It is no
 * request. */
static bool is_preface(const struct http_reader *reader)
{
    const struct http_start *start = &reader->start;
    return bytes_equal(start->method, bytes_of("PRI")) &&
           bytes_equal(start->target, bytes_of("*")) && start->major == 2;
}

/* Whether a deviation is none here. RFC 1945, section 4.2, allows folds; and where no coding is
 * named, none has to be chunked. */
static bool is_allowed(const struct rules *rules, const struct http_reader *reader)
{
    const enum http_deviation_kind kind = reader->deviation.kind;
    if (kind == HTTP_DEVIATION_OBS_FOLD)
        return reader->start.minor == 0;
    if (kind == HTTP_DEVIATION_REQUEST_NOT_CHUNKED)
        return rules->is_coding_empty;
    return kind == HTTP_DEVIATION_VERSION_MAJOR && is_preface(reader);
}

static void take_deviation(struct rules *rules, const struct http_reader *reader)
{
    const struct http_deviation *deviation = &reader->deviation;
    if (deviation->kind == HTTP_DEVIATION_CODING_EMPTY)
        rules->is_coding_empty = true;
    if (is_allowed(rules, reader))
        return;
    /* What looks like no request line at all is content that nothing announced. */
    if (deviation->kind == HTTP_DEVIATION_VERSION_MISSING && rules->request > 0) {
        rules_tell(rules, RULE_SURPLUS, reader->line_offset);
        return;
    }
    for (size_t i = 0; i < sizeof(rules_of_deviations) / sizeof(rules_of_deviations[0]); i++)
        if (rules_of_deviations[i].kind == deviation->kind)
            rules_tell(rules, rules_of_deviations[i].rule, deviation->offset);
}

/* Content is there. That fields announce it is not yet enough: chunked content may be empty. */
static void take_data(struct rules *rules, const struct http_reader *reader)
{
    const uint64_t offset = reader->offset - reader->data.len;
    if (rules->method == RULES_METHOD_TRACE)
        rules_tell(rules, RULE_TRACE_CONTENT, offset);
    if (rules->method == RULES_METHOD_CONNECT)
        rules_tell(rules, RULE_CONNECT_CONTENT, offset);
    if (rules->method == RULES_METHOD_OPTIONS && rules->seen[RULES_FIELD_CONTENT_TYPE] == 0)
        rules_tell(rules, RULE_OPTIONS_CONTENT_TYPE, offset);
}

static void take_trailer(struct rules *rules, const struct http_reader *reader)
{
    if (rules->seen[RULES_FIELD_TRAILER] == 0)
        rules_tell(rules, RULE_TRAILER_UNANNOUNCED, reader->line_offset);
}

static void end_request(struct rules *rules)
{
    rules->request++;
    rules->is_closing |= rules->has_close;
    memset(rules->is_told, 0, sizeof(rules->is_told));
}

void rules_event(struct rules *rules, const struct http_reader *reader, enum http_event event)
{
    switch (event) {
    case HTTP_START:
        rules_start(rules, reader);
        break;
    case HTTP_FIELD:
        rules_field(rules, reader);
        break;
    case HTTP_HEAD:
        rules_head(rules, reader);
        break;
    case HTTP_DATA:
        take_data(rules, reader);
        break;
    case HTTP_TRAILER:
        take_trailer(rules, reader);
        break;
    case HTTP_END:
        end_request(rules);
        break;
    case HTTP_DEVIATION:
        take_deviation(rules, reader);
        break;
    case HTTP_LOST:
    case HTTP_NO_MEMORY:
        rules->is_lost = true;
        break;
    case HTTP_NEED_MORE:
    case HTTP_CUT:
    case HTTP_IDLE:
    case HTTP_CHUNK:
        break;
    }
}

/* Whether a line has begun, where a request is due, that can be neither that nor the empty line. */
static bool is_no_request(const struct http_reader *reader)
{
    return reader->state == HTTP_STATE_START && reader->gathered_len > 0 &&
           reader->gathered[0] != '\r' && !http_is_octet(reader->gathered[0], HTTP_OCTET_TOKEN);
}

static void tell_unfinished(struct rules *rules, const struct http_reader *reader)
{
    const bool is_chunked = reader->message.framing == HTTP_FRAMING_CHUNKED;
    switch (http_reader_progress(reader)) {
    case HTTP_IN_HEAD:
        rules_tell(rules, RULE_HEAD_UNFINISHED, reader->offset);
        break;
    case HTTP_IN_BODY:
    case HTTP_AT_EDGE:
        rules_tell(rules, is_chunked ? RULE_CHUNKED_UNFINISHED : RULE_CONTENT_UNFINISHED,
                   reader->offset);
        break;
    case HTTP_AT_NOTHING:
    case HTTP_AT_WHOLE:
        break;
    }
}

void rules_end(struct rules *rules, const struct http_reader *reader,
               const struct rules_facts *facts)
{
    if (rules->is_lost)
        return;
    if (is_no_request(reader))
        rules_tell(rules, rules->request > 0 ? RULE_SURPLUS : RULE_REQUEST_LINE,
                   reader->line_offset);
    else if (!facts->is_answered && !facts->is_stopped)
        tell_unfinished(rules, reader);
}
