#include "harness/client/private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

/* RFC 1035, section 2.3.4, as text. */
enum { NAME_LEN_MAX = 253 };

/* RFC 3986, section 3.2.2: reg-name, but nothing percent-encoded. */
static bool is_name_octet(uint8_t octet)
{
    return byte_is_letter(octet) || byte_is_digit(octet) ||
           (octet != '\0' && strchr("-._~!$&'()*+,;=", octet) != NULL);
}

/* A name whose last label is a number would be read as an address by some, and not by others. */
static bool is_name(struct bytes text)
{
    bool is_number = true;
    if (text.len == 0 || text.len > NAME_LEN_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_name_octet(text.at[i]))
            return false;
        if (text.at[i] != '.')
            is_number = is_number && byte_is_digit(text.at[i]);
        else if (i + 1 < text.len)
            is_number = true;
    }
    return !is_number;
}

static bool is_bracketed(struct bytes text)
{
    return text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']';
}

static void set_address(struct assay_host *host)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&host->address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&host->address;
    if (inet_pton(AF_INET, host->name, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(host->port);
        host->address_size = sizeof(*v4);
    } else if (inet_pton(AF_INET6, host->name, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(host->port);
        host->address_size = sizeof(*v6);
    }
}

bool assay_host_set(struct assay_host *host, const char *text, uint16_t port)
{
    struct bytes name = bytes_of(text);
    const bool has_brackets = is_bracketed(name);
    if (has_brackets)
        name = (struct bytes){name.at + 1, name.len - 2};
    struct assay_host made = {.name = malloc(name.len + 1), .port = port};
    if (made.name == NULL)
        return false;
    if (name.len > 0)
        memcpy(made.name, name.at, name.len);
    made.name[name.len] = '\0';
    set_address(&made);
    const bool is_v6 = made.address_size == sizeof(struct sockaddr_in6);
    if (has_brackets ? !is_v6 : made.address_size == 0 && !is_name(name)) {
        free(made.name);
        return false;
    }
    assay_host_release(host);
    *host = made;
    return true;
}

void assay_host_release(struct assay_host *host)
{
    free(host->name);
    *host = (struct assay_host){.name = NULL};
}

void assay_host_add(struct assay_buffer *buffer, const struct assay_host *host,
                    uint16_t default_port)
{
    const bool is_v6 = host->address_size == sizeof(struct sockaddr_in6);
    assay_buffer_add_text(buffer, is_v6 ? "[" : "");
    assay_buffer_add_text(buffer, host->name);
    assay_buffer_add_text(buffer, is_v6 ? "]" : "");
    if (host->port == default_port)
        return;
    assay_buffer_add_text(buffer, ":");
    assay_buffer_add_number(buffer, host->port);
}

/* Tries one address after the other; the error is the last one's. */
static int connect_any(const struct addrinfo *address, int64_t until_ms, unsigned timeout_ms)
{
    int fd = -1;
    for (; address != NULL && fd < 0; address = address->ai_next)
        fd = assay_socket_connect(address->ai_addr, address->ai_addrlen,
                                  assay_until_ms(until_ms, timeout_ms));
    return fd;
}

int assay_host_connect(const struct assay_host *host, int64_t until_ms, unsigned timeout_ms,
                       const char **lookup_error)
{
    *lookup_error = NULL;
    if (host->address_size > 0)
        return assay_socket_connect((const struct sockaddr *)&host->address, host->address_size,
                                    assay_until_ms(until_ms, timeout_ms));
    const struct addrinfo wants = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses;
    char service[sizeof("65535")];
    snprintf(service, sizeof(service), "%u", (unsigned)host->port);
    const int error = getaddrinfo(host->name, service, &wants, &addresses);
    if (error != 0) {
        *lookup_error = gai_strerror(error);
        return -1;
    }
    const int fd = connect_any(addresses, until_ms, timeout_ms);
    const int number = errno;
    freeaddrinfo(addresses);
    errno = number;
    return fd;
}
