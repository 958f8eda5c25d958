#include "harness/request_url.h"

#include "wire/uri.h"

struct parts {
    bool is_https;
    struct bytes userinfo; /* empty: none, or one that is */
    bool has_userinfo;
    struct bytes authority; /* without it */
    struct bytes rest;      /* path, query and fragment */
};

/* `option` is what stands in front of a mistake: "--proxy: ". */
static bool split(const char *text, const char *option, struct parts *parts, struct diags *diags)
{
    struct bytes scheme, authority;
    parts->rest = bytes_of(text);
    if (!uri_take_authority(&parts->rest, &scheme, &authority) ||
        (!bytes_equal_fold(scheme, bytes_of("http")) &&
         !bytes_equal_fold(scheme, bytes_of("https"))))
        return diag_add(diags, NULL, 0, NULL,
                        "%swant a URL that begins with http:// or https://, got %s", option,
                        diag_quote(diags->arena, bytes_of(text)));
    parts->is_https = bytes_equal_fold(scheme, bytes_of("https"));
    parts->authority = uri_without_userinfo(authority);
    parts->has_userinfo = parts->authority.len < authority.len;
    parts->userinfo = (struct bytes){
        authority.at, parts->has_userinfo ? authority.len - parts->authority.len - 1 : 0};
    return true;
}

static bool read_authority(const struct parts *parts, const char *option, struct client_url *url,
                           struct diags *diags)
{
    const char *authority =
        arena_strndup(diags->arena, (const char *)parts->authority.at, parts->authority.len);
    const char *text =
        arena_printf(diags->arena, "%s://%s", parts->is_https ? "https" : "http", authority);
    if (client_url_read(diags->arena, text, url))
        return true;
    return diag_add(diags, NULL, 0, NULL, "%swant a port from 1 to 65535 behind the host, got %s",
                    option, diag_quote(diags->arena, parts->authority));
}

bool request_url_read(const char *text, struct client_url *url, struct assay_bytes *target,
                      struct diags *diags)
{
    struct parts parts;
    if (!split(text, "", &parts, diags) || !read_authority(&parts, "", url, diags))
        return false;
    if (parts.has_userinfo)
        return diag_add(diags, NULL, 0, NULL,
                        "the URL has a user in it, who would not be sent; want --header "
                        "'Authorization: ...' for that");
    const struct bytes path = uri_before(parts.rest, "#");
    const bool has_path = path.len > 0 && path.at[0] == '/';
    *target = assay_text(arena_printf(diags->arena, "%s%.*s", has_path ? "" : "/", (int)path.len,
                                      (const char *)path.at));
    return true;
}

/* RFC 7617, section 2: no control octet may stand in it. False also where "%" leads no octet. */
static bool decode(struct bytes text, char *into)
{
    enum { HEX_BASE = 16, CONTROL_LAST = 0x1f, DELETE = 0x7f };
    if (uri_count(text, ":") < text.len)
        return false;
    while (text.len > 0) {
        uint8_t octet = bytes_take(&text, 1).at[0];
        if (octet == '%') {
            const struct bytes digits = bytes_take(&text, 2);
            octet = (uint8_t)(byte_hex(digits.at[0]) * HEX_BASE + byte_hex(digits.at[1]));
        }
        if (octet <= CONTROL_LAST || octet == DELETE)
            return false;
        *into++ = (char)octet;
    }
    return true;
}

bool request_url_read_proxy(const char *text, struct client_url *url, const char **user,
                            struct diags *diags)
{
    struct parts parts;
    *user = NULL;
    if (!split(text, "--proxy: ", &parts, diags) ||
        !read_authority(&parts, "--proxy: ", url, diags))
        return false;
    if (parts.rest.len > 0 && !bytes_equal(parts.rest, bytes_of("/")))
        return diag_add(diags, NULL, 0, NULL, "--proxy: want nothing behind host and port, got %s",
                        diag_quote(diags->arena, parts.rest));
    if (!parts.has_userinfo)
        return true;
    char *decoded = arena_alloc(diags->arena, parts.userinfo.len + 1);
    if (!decode(parts.userinfo, decoded))
        return diag_add(diags, NULL, 0, NULL,
                        "--proxy: want user:password in percent-encoding, without control octets");
    const bool has_password = memchr(parts.userinfo.at, ':', parts.userinfo.len) != NULL;
    *user = arena_printf(diags->arena, "%s%s", decoded, has_password ? "" : ":");
    return true;
}
