#include "wire/rules_private.h"

#define WEIGHT_DECIMALS_MAX 3

enum {
    SINGLE = 1,     /* no list: one line at most (RFC 9110, section 5.3) */
    LIST = 2,       /* members between commas (section 5.6.1) */
    END_TO_END = 4, /* meant for all recipients (section 7.6.1) */
    HOP = 8,        /* about the connection: has to be listed in Connection (section 7.6.1) */
    DATE = 16,      /* HTTP-date (section 5.6.7) */
    WEIGHTED = 32,  /* members may have a weight (section 12.4.2) */
};

static const struct {
    const char *name;
    unsigned kinds;
} fields[RULES_FIELD_COUNT] = {
#define FIELD_ROW(name, text, kinds) {text, kinds},
    RULES_FIELDS(FIELD_ROW)
#undef FIELD_ROW
};

/* RULES_FIELD_COUNT when no rule speaks of it. */
static size_t find_field(struct bytes name)
{
    size_t i = 0;
    while (i < RULES_FIELD_COUNT && !bytes_equal_fold(name, bytes_of(fields[i].name)))
        i++;
    return i;
}

/* RFC 9110, section 12.4.2: at most three digits behind the point, in a parameter q. */
static void check_weight(struct rules *rules, const struct http_reader *reader,
                         struct bytes parameter)
{
    if (parameter.len < 2 || byte_lower(parameter.at[0]) != 'q' || parameter.at[1] != '=')
        return;
    bytes_take(&parameter, http_len_before(parameter, '.'));
    const size_t len_max = 1 + WEIGHT_DECIMALS_MAX;
    if (parameter.len > len_max && byte_is_digit(parameter.at[len_max]))
        rules_tell(rules, RULE_WEIGHT_DIGITS, http_field_offset(reader, parameter.at + len_max));
}

static void check_weights(struct rules *rules, const struct http_reader *reader,
                          struct bytes member)
{
    bytes_take(&member, http_len_before(member, ';'));
    while (member.len > 0) {
        bytes_take(&member, 1);
        const struct bytes parameter = bytes_take(&member, http_len_before(member, ';'));
        check_weight(rules, reader, http_trim(parameter));
    }
}

/* RFC 9110, section 7.6.1: what is listed is about this connection alone. */
static void check_option(struct rules *rules, const struct http_reader *reader, struct bytes option)
{
    const size_t field = find_field(option);
    if (bytes_equal_fold(option, bytes_of("close")))
        rules->has_close = true;
    if (field == RULES_FIELD_KEEP_ALIVE && rules->is_proxy)
        rules_tell(rules, RULE_KEEP_ALIVE_TO_PROXY, http_field_offset(reader, option.at));
    if (field == RULES_FIELD_COUNT)
        return;
    rules->is_listed[field] = true;
    if ((fields[field].kinds & END_TO_END) != 0)
        rules_tell(rules, RULE_OPTION_END_TO_END, http_field_offset(reader, option.at));
}

static void check_member(struct rules *rules, const struct http_reader *reader, size_t field,
                         struct bytes member)
{
    const struct bytes name = http_trim(bytes_take(&member, http_len_before(member, ';')));
    const uint64_t offset = http_field_offset(reader, name.at);
    if (field == RULES_FIELD_CONNECTION)
        check_option(rules, reader, name);
    if (field == RULES_FIELD_TE && bytes_equal_fold(name, bytes_of("chunked")))
        rules_tell(rules, RULE_TE_CHUNKED, offset);
    if (field == RULES_FIELD_CONTENT_ENCODING && bytes_equal_fold(name, bytes_of("identity")))
        rules_tell(rules, RULE_CODING_IDENTITY, offset);
    if ((fields[field].kinds & WEIGHTED) != 0)
        check_weights(rules, reader, member);
}

/* RFC 9110, section 5.6.1.1: no empty members; but a list may be empty as a whole. RFC 1945,
 * section 2.1, allows them. */
static void check_list(struct rules *rules, const struct http_reader *reader, size_t field)
{
    struct bytes rest = reader->value;
    bool has_more = rest.len > 0;
    while (has_more) {
        const struct bytes member = http_trim(bytes_take(&rest, http_len_before(rest, ',')));
        if (member.len == 0 && reader->start.minor > 0)
            rules_tell(rules, RULE_EMPTY_MEMBER, http_field_offset(reader, member.at));
        check_member(rules, reader, field, member);
        has_more = rest.len > 0;
        if (has_more)
            bytes_take(&rest, 1);
    }
}

static void check_digits(struct rules *rules, const struct http_reader *reader, enum rule rule)
{
    const struct bytes value = reader->value;
    size_t count = 0;
    while (count < value.len && byte_is_digit(value.at[count]))
        count++;
    if (count == 0 || count < value.len)
        rules_tell(rules, rule, http_field_offset(reader, value.at + count));
}

/* Whether `text` is one of the three-letter names. */
static bool is_name(const uint8_t *text, const char *names)
{
    for (; names[0] != '\0'; names += 3)
        if (memcmp(text, names, 3) == 0)
            return true;
    return false;
}

/* RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT". RFC 1945 lets HTTP/1.0 do otherwise. */
static void check_date(struct rules *rules, const struct http_reader *reader)
{
    static const char form[] = "aaa, 00 aaa 0000 00:00:00 GMT";
    enum { DAY_AT = 0, MONTH_AT = 8 };
    const struct bytes value = reader->value;
    bool is_date = value.len == sizeof(form) - 1;
    for (size_t i = 0; is_date && i < value.len; i++)
        is_date = form[i] == 'a' || value.at[i] == (uint8_t)form[i] ||
                  (form[i] == '0' && byte_is_digit(value.at[i]));
    is_date = is_date && is_name(value.at + DAY_AT, "MonTueWedThuFriSatSun") &&
              is_name(value.at + MONTH_AT, "JanFebMarAprMayJunJulAugSepOctNovDec");
    if (!is_date && reader->start.minor > 0)
        rules_tell(rules, RULE_DATE_FORMAT, http_field_offset(reader, value.at));
}

/* RFC 9110, section 10.1.3. No other part of a URI may hold "#". */
static void check_referer(struct rules *rules, const struct http_reader *reader)
{
    const struct bytes value = reader->value;
    struct bytes rest = value;
    struct bytes scheme, authority;
    const size_t len = uri_before(value, "#").len;
    if (len < value.len)
        rules_tell(rules, RULE_REFERER, http_field_offset(reader, value.at + len));
    if (uri_take_authority(&rest, &scheme, &authority) &&
        uri_before(authority, "@").len < authority.len)
        rules_tell(rules, RULE_REFERER, http_field_offset(reader, authority.at));
}

/* RFC 9110, section 13.1.5. */
static void check_if_range(struct rules *rules, const struct http_reader *reader)
{
    if (bytes_begin_with(reader->value, bytes_of("W/\"")))
        rules_tell(rules, RULE_IF_RANGE_WEAK, http_field_offset(reader, reader->value.at));
}

static void check_value(struct rules *rules, const struct http_reader *reader, size_t field)
{
    if ((fields[field].kinds & LIST) != 0)
        check_list(rules, reader, field);
    if ((fields[field].kinds & DATE) != 0)
        check_date(rules, reader);
    if (field == RULES_FIELD_HOST)
        rules_host(rules, reader);
    if (field == RULES_FIELD_CONTENT_LENGTH)
        check_digits(rules, reader, RULE_CONTENT_LENGTH);
    if (field == RULES_FIELD_MAX_FORWARDS)
        check_digits(rules, reader, RULE_MAX_FORWARDS);
    if (field == RULES_FIELD_REFERER)
        check_referer(rules, reader);
    if (field == RULES_FIELD_IF_RANGE)
        check_if_range(rules, reader);
}

void rules_field(struct rules *rules, const struct http_reader *reader)
{
    const size_t field = find_field(reader->name);
    const bool is_first = rules->field_count++ == 0;
    if (field == RULES_FIELD_COUNT)
        return;
    if (rules->seen[field] == 0) {
        rules->seen[field] = reader->line_offset + 1;
        if (field == RULES_FIELD_HOST && !is_first && reader->start.minor > 0)
            rules_tell(rules, RULE_HOST_NOT_FIRST, reader->line_offset);
    } else if (field == RULES_FIELD_HOST) {
        rules_tell(rules, RULE_HOST_REPEATED, reader->line_offset);
    } else if ((fields[field].kinds & SINGLE) != 0) {
        rules_tell(rules, RULE_FIELD_REPEATED, reader->line_offset);
    }
    check_value(rules, reader, field);
}

/* Tells what is wrong when such a line is there. */
static void tell_if_seen(struct rules *rules, enum rules_field_name field, enum rule rule)
{
    if (rules->seen[field] > 0)
        rules_tell(rules, rule, rules->seen[field] - 1);
}

static void check_listed(struct rules *rules)
{
    for (size_t i = 0; i < RULES_FIELD_COUNT; i++) {
        if ((fields[i].kinds & HOP) == 0 || rules->is_listed[i])
            continue;
        const enum rule rule = i == RULES_FIELD_TE        ? RULE_TE_UNLISTED
                               : i == RULES_FIELD_UPGRADE ? RULE_UPGRADE_UNLISTED
                                                          : RULE_OPTION_UNLISTED;
        tell_if_seen(rules, (enum rules_field_name)i, rule);
    }
}

/* RFC 9110, section 8.6: what is due with each method. Of DELETE and others it may be argued. */
static void check_length(struct rules *rules, const struct http_reader *reader)
{
    const struct http_message *message = &reader->message;
    const bool is_zero = message->framing == HTTP_FRAMING_LENGTH && message->content_length == 0;
    switch ((enum rules_method)rules->method) {
    case RULES_METHOD_POST:
    case RULES_METHOD_PUT:
    case RULES_METHOD_PATCH:
        if (!message->has_length && !message->has_coding)
            rules_tell(rules, RULE_LENGTH_MISSING, reader->line_offset);
        break;
    case RULES_METHOD_GET:
    case RULES_METHOD_HEAD:
    case RULES_METHOD_CONNECT:
    case RULES_METHOD_TRACE:
        if (is_zero)
            tell_if_seen(rules, RULES_FIELD_CONTENT_LENGTH, RULE_LENGTH_NEEDLESS);
        break;
    case RULES_METHOD_OPTIONS:
    case RULES_METHOD_OTHER:
        break;
    }
    if (message->expects_continue && (message->framing == HTTP_FRAMING_NONE || is_zero))
        tell_if_seen(rules, RULES_FIELD_EXPECT, RULE_EXPECT_NO_CONTENT);
}

/* RFC 9110, sections 9.3.6 and 11.7.2, and RFC 9112, appendix C.2.2. A Content-Length of 0 is
 * check_length()'s. */
static void check_proxying(struct rules *rules, const struct http_reader *reader)
{
    const struct http_message *message = &reader->message;
    tell_if_seen(rules, RULES_FIELD_PROXY_CONNECTION, RULE_PROXY_CONNECTION);
    if (!rules->is_proxy)
        tell_if_seen(rules, RULES_FIELD_PROXY_AUTHORIZATION, RULE_PROXY_CREDENTIALS_AT_ORIGIN);
    if (rules->method != RULES_METHOD_CONNECT)
        return;
    tell_if_seen(rules, RULES_FIELD_AUTHORIZATION, RULE_CREDENTIALS_AT_PROXY);
    tell_if_seen(rules, RULES_FIELD_TRANSFER_ENCODING, RULE_CONNECT_FRAMING);
    if (message->framing == HTTP_FRAMING_LENGTH && message->content_length > 0)
        tell_if_seen(rules, RULES_FIELD_CONTENT_LENGTH, RULE_CONNECT_FRAMING);
}

void rules_head(struct rules *rules, const struct http_reader *reader)
{
    if (rules->seen[RULES_FIELD_HOST] == 0 && reader->start.minor > 0)
        rules_tell(rules, RULE_HOST_MISSING, reader->line_offset);
    check_listed(rules);
    check_length(rules, reader);
    check_proxying(rules, reader);
    if (rules->seen[RULES_FIELD_RANGE] == 0)
        tell_if_seen(rules, RULES_FIELD_IF_RANGE, RULE_IF_RANGE_ALONE);
    if (rules->is_peer_1_0)
        tell_if_seen(rules, RULES_FIELD_TRANSFER_ENCODING, RULE_CODING_TO_1_0);
    if (rules->method == RULES_METHOD_TRACE) {
        tell_if_seen(rules, RULES_FIELD_AUTHORIZATION, RULE_TRACE_SENSITIVE);
        tell_if_seen(rules, RULES_FIELD_COOKIE, RULE_TRACE_SENSITIVE);
    }
}
