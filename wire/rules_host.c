#include "wire/rules_private.h"

/* What an IP literal holds is not read closely: address families come and go (RFC 3986's IPvFuture,
 * RFC 6874's zones). Gives its length with both brackets, or 0. */
static size_t literal_len(struct bytes text, size_t *fault)
{
    bytes_take(&text, 1);
    const size_t len = uri_count(text, ":");
    *fault = 1 + len;
    return len > 0 && len < text.len && text.at[len] == ']' ? len + 2 : 0;
}

bool rules_read_authority(struct rules_authority *authority, struct bytes text, size_t *fault)
{
    const bool is_literal = text.len > 0 && text.at[0] == '[';
    const size_t host_len = is_literal ? literal_len(text, fault) : uri_count(text, "");
    if (is_literal && host_len == 0)
        return false;
    struct bytes rest = text;
    *authority = (struct rules_authority){.host = bytes_take(&rest, host_len)};
    *fault = host_len;
    if (rest.len == 0)
        return true;
    if (rest.at[0] != ':')
        return false;
    bytes_take(&rest, 1);
    authority->has_colon = true;
    authority->port = rest;
    size_t digits = 0;
    while (digits < rest.len && byte_is_digit(rest.at[digits]))
        digits++;
    *fault = host_len + 1 + digits;
    return digits == rest.len;
}

/* The port, or the scheme's when there is none. */
static long port_of(const struct rules_authority *authority, int default_port)
{
    long port = 0;
    for (size_t i = 0; i < authority->port.len && port <= UINT16_MAX; i++)
        port = port * 10 + (authority->port.at[i] - '0');
    return authority->port.len > 0 ? port : default_port;
}

/* RFC 9112, section 3.2: identical to the authority of the target. The case of letters and a
 * default port may be normalised away (RFC 9110, section 4.2.3). In CONNECT, whose scheme nobody
 * knows, the RFC's own example leaves out the port. */
static void compare(struct rules *rules, const struct rules_authority *host, uint64_t offset)
{
    const struct bytes text = {(const uint8_t *)rules->authority, rules->authority_len};
    struct rules_authority target;
    size_t fault;
    if (!rules_read_authority(&target, text, &fault) || target.host.len == 0)
        return;
    const bool is_same_host = bytes_equal_fold(host->host, target.host);
    if (rules->method == RULES_METHOD_CONNECT) {
        if (!is_same_host)
            rules_tell(rules, RULE_CONNECT_HOST, offset);
    } else if (!is_same_host ||
               port_of(host, rules->default_port) != port_of(&target, rules->default_port)) {
        rules_tell(rules, RULE_HOST_DIFFERS, offset);
    }
}

void rules_host(struct rules *rules, const struct http_reader *reader)
{
    const struct bytes value = reader->value;
    const uint64_t offset = http_field_offset(reader, value.at);
    const size_t userinfo_len = uri_before(value, "@").len;
    struct rules_authority host;
    size_t fault;
    if (userinfo_len < value.len) {
        rules_tell(rules, RULE_HOST_USERINFO, offset + userinfo_len);
        return;
    }
    if (!rules_read_authority(&host, value, &fault)) {
        rules_tell(rules, RULE_HOST_SYNTAX, offset + fault);
        return;
    }
    if (reader->start.minor == 0)
        return;
    /* http and https URIs have a host (RFC 9110, section 4.2), others are for proxies. */
    if (host.host.len > 0)
        compare(rules, &host, offset);
    else if (!rules->is_proxy)
        rules_tell(rules, RULE_HOST_EMPTY, offset);
}
