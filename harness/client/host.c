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

bool assay_address_set(struct assay_address *address, const char *text, uint16_t port)
{
    struct assay_address made = {.size = 0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&made.storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&made.storage;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        made.size = sizeof(*v4);
    } else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        made.size = sizeof(*v6);
    } else {
        return false;
    }
    *address = made;
    return true;
}

static bool is_v6(const struct assay_host *host)
{
    return host->address.storage.ss_family == AF_INET6;
}

/* RFC 3986, section 3.2.3: digits; none is the default port. */
static bool read_port(struct bytes text, int *port)
{
    uint64_t number = 0;
    *port = 0;
    if (text.len == 0)
        return true;
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_digit(text.at[i]))
            return false;
    if (!assay_read_number(text, &number) || number == 0 || number > UINT16_MAX)
        return false;
    *port = (int)number;
    return true;
}

/* Takes ":port" off the end of `text`, where it is no part of an address in digits. */
static bool split_port(const char *whole, struct bytes *text, int *port)
{
    struct assay_address address;
    const char *colon = strrchr(whole, ':');
    *port = 0;
    if (colon == NULL || strchr(colon, ']') != NULL || assay_address_set(&address, whole, 0))
        return true;
    text->len = (size_t)(colon - whole);
    return read_port(bytes_of(colon + 1), port);
}

static bool take_brackets(struct bytes *text)
{
    if (text->len < 3 || text->at[0] != '[' || text->at[text->len - 1] != ']')
        return false;
    *text = (struct bytes){text->at + 1, text->len - 2};
    return true;
}

/* False when it is neither a name nor an address. */
static bool check_name(struct assay_host *host, bool has_brackets)
{
    const struct bytes name = bytes_of(host->name);
    const bool is_address = assay_address_set(&host->address, host->name, host->port);
    return has_brackets ? is_address && is_v6(host) : is_address || is_name(name);
}

enum assay_error assay_host_set(struct assay_host *host, const char *text, int port,
                                struct assay_failure *failure)
{
    struct bytes name = bytes_of(text);
    if (port == ASSAY_PORT_IN_HOST ? !split_port(text, &name, &port)
                                   : port < 1 || port > UINT16_MAX)
        return assay_fail(failure, ASSAY_INVALID_URL, "want a port from 1 to 65535, in digits");
    const bool has_brackets = take_brackets(&name);
    struct assay_host made = {.name = malloc(name.len + 1), .port = (uint16_t)port};
    if (made.name == NULL)
        return assay_fail(failure, ASSAY_NO_MEMORY, "no memory for a host");
    if (name.len > 0)
        memcpy(made.name, name.at, name.len);
    made.name[name.len] = '\0';
    if (!check_name(&made, has_brackets)) {
        assay_make_printable(made.name);
        assay_fail(failure, ASSAY_INVALID_URL,
                   "\"%.100s\" is neither a host name in ASCII nor an address", made.name);
        free(made.name);
        return ASSAY_INVALID_URL;
    }
    assay_host_release(host);
    *host = made;
    return ASSAY_OK;
}

void assay_host_release(struct assay_host *host)
{
    free(host->name);
    *host = (struct assay_host){.name = NULL};
}

void assay_host_add(struct assay_buffer *buffer, const struct assay_host *host, uint16_t port,
                    uint16_t hidden_port)
{
    assay_buffer_add_text(buffer, is_v6(host) ? "[" : "");
    assay_buffer_add_text(buffer, host->name);
    assay_buffer_add_text(buffer, is_v6(host) ? "]" : "");
    if (port == hidden_port)
        return;
    assay_buffer_add_text(buffer, ":");
    assay_buffer_add_number(buffer, port);
}

/* Tries one address after the other; the error is the last one's. */
static int connect_any(const struct addrinfo *address, const struct assay_address *source,
                       int64_t until_ms, unsigned timeout_ms)
{
    int fd = -1;
    for (; address != NULL && fd < 0; address = address->ai_next)
        fd = assay_socket_connect(address->ai_addr, address->ai_addrlen, source,
                                  assay_until_ms(until_ms, timeout_ms));
    return fd;
}

static int connect_to_address(const struct assay_host *host, uint16_t port,
                              const struct assay_address *source, int64_t until_ms)
{
    struct assay_address address;
    if (!assay_address_set(&address, host->name, port))
        return -1;
    return assay_socket_connect((const struct sockaddr *)&address.storage, address.size, source,
                                until_ms);
}

int assay_host_connect(const struct assay_host *host, uint16_t port,
                       const struct assay_address *source, int64_t until_ms, unsigned timeout_ms,
                       const char **lookup_error)
{
    *lookup_error = NULL;
    if (host->address.size > 0)
        return connect_to_address(host, port, source, assay_until_ms(until_ms, timeout_ms));
    const struct addrinfo wants = {.ai_family =
                                       source->size > 0 ? source->storage.ss_family : AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses;
    char service[sizeof("65535")];
    snprintf(service, sizeof(service), "%u", (unsigned)port);
    const int error = getaddrinfo(host->name, service, &wants, &addresses);
    if (error != 0) {
        *lookup_error = gai_strerror(error);
        return -1;
    }
    const int fd = connect_any(addresses, source, until_ms, timeout_ms);
    const int number = errno;
    freeaddrinfo(addresses);
    errno = number;
    return fd;
}
