#include "wire/rules_private.h"

#define HTTP_PORT  80
#define HTTPS_PORT 443

/* Where an octet of the target stands. The method begins the line; where blanks do, which is a
 * finding of its own, the offset is too small by as many. */
static uint64_t offset_of(const struct http_reader *reader, const uint8_t *at)
{
    return reader->line_offset + (uint64_t)(at - reader->start.method.at);
}

static int method_of(struct bytes name)
{
#define METHOD_NAME(name) #name,
    static const char *const names[] = {RULES_METHODS(METHOD_NAME)};
#undef METHOD_NAME
    for (int i = 0; i < RULES_METHOD_OTHER; i++)
        if (bytes_equal(name, bytes_of(names[i])))
            return i;
    return RULES_METHOD_OTHER;
}

static void keep_authority(struct rules *rules, struct bytes authority, int default_port)
{
    if (authority.len > sizeof(rules->authority))
        return;
    if (authority.len > 0)
        memcpy(rules->authority, authority.at, authority.len);
    rules->authority_len = authority.len;
    rules->default_port = default_port;
}

/* RFC 9112, section 3.2.3: uri-host ":" port, and RFC 9110, section 9.3.6: always with the port. */
static void check_connect(struct rules *rules, const struct http_reader *reader)
{
    const struct bytes target = reader->start.target;
    const uint64_t offset = offset_of(reader, target.at);
    struct rules_authority authority;
    size_t fault = 0;
    if (!rules_read_authority(&authority, target, &fault) || authority.host.len == 0)
        rules_tell(rules, RULE_CONNECT_TARGET, offset + fault);
    else if (authority.port.len == 0)
        rules_tell(rules, RULE_CONNECT_PORT, offset + target.len);
    keep_authority(rules, target, 0);
}

/* RFC 9112, section 3.2.1: absolute-path [ "?" query ]. Blanks and controls are the reader's. */
static void check_octets(struct rules *rules, const struct http_reader *reader)
{
    struct bytes rest = uri_before(reader->start.target, "#");
    bytes_take(&rest, uri_count(rest, ":@/?"));
    while (rest.len > 0 && http_is_octet(rest.at[0], HTTP_OCTET_BLANK | HTTP_OCTET_CONTROL)) {
        bytes_take(&rest, 1);
        bytes_take(&rest, uri_count(rest, ":@/?"));
    }
    if (rest.len > 0)
        rules_tell(rules, RULE_TARGET_OCTET, offset_of(reader, rest.at));
}

/* RFC 9110, section 4.2.4, speaks of http and https. */
static void check_absolute(struct rules *rules, const struct http_reader *reader)
{
    struct bytes rest = reader->start.target;
    struct bytes scheme, authority;
    if (!uri_take_authority(&rest, &scheme, &authority))
        return;
    const bool is_https = bytes_equal_fold(scheme, bytes_of("https"));
    if (!is_https && !bytes_equal_fold(scheme, bytes_of("http")))
        return;
    const size_t userinfo_len = uri_before(authority, "@").len;
    if (userinfo_len < authority.len) {
        rules_tell(rules, RULE_TARGET_USERINFO, offset_of(reader, authority.at));
        bytes_take(&authority, userinfo_len + 1);
    }
    keep_authority(rules, authority, is_https ? HTTPS_PORT : HTTP_PORT);
}

/* Targets of other methods than CONNECT; RFC 9112, section 3.2. */
static void check_target(struct rules *rules, const struct http_reader *reader)
{
    const struct bytes target = reader->start.target;
    /* The reader puts an empty one at the method's end, before the blank. */
    const uint64_t offset = offset_of(reader, target.at) + (target.len == 0 ? 1 : 0);
    const size_t path_len = uri_before(target, "#").len;
    const uint8_t first = target.len > 0 ? target.at[0] : '?';
    if (bytes_equal(target, bytes_of("*"))) {
        if (rules->method != RULES_METHOD_OPTIONS)
            rules_tell(rules, RULE_TARGET_ASTERISK, offset);
        return;
    }
    if (path_len < target.len)
        rules_tell(rules, RULE_TARGET_FRAGMENT, offset + path_len);
    if (first == '/' || first == '?') {
        if (rules->is_proxy)
            rules_tell(rules, RULE_TARGET_NOT_ABSOLUTE, offset);
        else if (first == '?')
            rules_tell(rules, RULE_TARGET_EMPTY_PATH, offset);
        check_octets(rules, reader);
        return;
    }
    if (!rules->is_proxy)
        rules_tell(rules, RULE_TARGET_NOT_PATH, offset);
    check_absolute(rules, reader);
}

static void forget_request(struct rules *rules)
{
    rules->has_close = rules->is_coding_empty = false;
    rules->field_count = 0;
    rules->authority_len = 0;
    memset(rules->seen, 0, sizeof(rules->seen));
    memset(rules->is_listed, 0, sizeof(rules->is_listed));
}

void rules_start(struct rules *rules, const struct http_reader *reader)
{
    forget_request(rules);
    rules->method = method_of(reader->start.method);
    if (rules->is_closing)
        rules_tell(rules, RULE_AFTER_CLOSE, reader->line_offset);
    /* RFC 9110, section 6.2: nobody can conform to a minor version that nothing defines. */
    if (reader->start.minor > 1)
        rules_tell(rules, RULE_VERSION_UNKNOWN, reader->line_offset);
    if (rules->method == RULES_METHOD_CONNECT)
        check_connect(rules, reader);
    else
        check_target(rules, reader);
}
