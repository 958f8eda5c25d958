/*
 * client_way -- how the bundled client gets to a server: straight, by a proxy that reads the
 * requests, or through a tunnel.
 *
 * What the driver of the bundled client and `assay request` have in common. What is made lives in
 * the arena, but for the connection.
 */
#ifndef HARNESS_CLIENT_WAY_H
#define HARNESS_CLIENT_WAY_H

#include "harness/client/client.h"
#include "wire/arena.h"

/* What a URL says, up to its path. */
struct client_url {
    bool is_https;
    const char *base; /* scheme and authority, without userinfo */
    const char *host; /* an IPv6 address in brackets */
    uint16_t port;
};

/* `text` is "http://" or "https://" and an authority; RFC 3986, section 3.2. False when there is no
 * port where one should be. Whether the host is one, the client says. */
bool client_url_read(struct arena *arena, const char *text, struct client_url *url);

struct client_way {
    struct client_url url;          /* of the requests */
    struct client_url other_end;    /* whom the connection is made to: `url`, or the proxy */
    bool is_proxied, tunnels;       /* the other end is a proxy; and is asked for a tunnel */
    const struct assay_field *told; /* to the proxy alone; borrowed */
    size_t told_count;
};

/* RFC 7617: what the proxy is told of the user, "name:password". */
struct assay_field client_way_authorization(struct arena *arena, const char *user);

/* A connection that goes this way when it is needed; the caller's. Both `tls` (borrowed) are used
 * where the way has TLS in it: with the origin, and with the proxy. NULL, with `failure`, when the
 * client refuses the URL or the fields. */
struct assay_connection *client_way_connection(const struct client_way *way,
                                               const struct assay_tls *tls,
                                               const struct assay_tls *proxy_tls,
                                               struct arena *arena, struct assay_failure *failure);

/* Makes a request one that the proxy reads, where it does: with the whole URL as its target, and
 * with what the proxy is told. */
void client_way_address(const struct client_way *way, struct arena *arena,
                        struct assay_request *request);

#endif
