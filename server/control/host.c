#include "server/control/host.h"

#include <arpa/inet.h>

enum { PORT_DIGITS_MAX = 5, LOOPBACK_NET = 127 };

/* Empty, or ":" and digits; the digits may be left out (RFC 3986, section 3.2.3). */
static bool is_port(struct bytes text)
{
    if (text.len == 0)
        return true;
    if (bytes_take(&text, 1).at[0] != ':' || text.len > PORT_DIGITS_MAX)
        return false;
    while (text.len > 0)
        if (!byte_is_digit(bytes_take(&text, 1).at[0]))
            return false;
    return true;
}

static bool is_loopback_address(struct bytes name)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;
    if (name.len >= sizeof(text) || memchr(name.at, '\0', name.len) != NULL)
        return false;
    memcpy(text, name.at, name.len);
    text[name.len] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 &&
           ntohl(address.s_addr) >> IN_CLASSA_NSHIFT == LOOPBACK_NET;
}

bool host_is_loopback(struct bytes host)
{
    const struct bytes six = bytes_of("[::1]");
    if (bytes_begin_with(host, six)) {
        bytes_take(&host, six.len);
        return is_port(host);
    }
    const uint8_t *colon = host.len > 0 ? memchr(host.at, ':', host.len) : NULL;
    const struct bytes name =
        bytes_take(&host, colon != NULL ? (size_t)(colon - host.at) : host.len);
    if (name.len == 0 || !is_port(host))
        return false;
    return bytes_equal_fold(name, bytes_of("localhost")) || is_loopback_address(name);
}
