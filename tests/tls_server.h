/* tls_server -- a server on a thread that plays steps, with TLS where they say so, even inside TLS:
 * for the tests of harness/client/. It mints what it shows. */
#ifndef TESTS_TLS_SERVER_H
#define TESTS_TLS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum minted {
    MINTED_VALID, /* localhost, origin.test, 127.0.0.1 and ::1 */
    MINTED_EXPIRED,
    MINTED_OTHER_HOST,
    MINTED_SELF_SIGNED,
    MINTED_NAMES,
    MINTED_ADDRESSES,
    MINTED_COMMON_NAME,
    MINTED_ADDRESS_AS_NAME,
    MINTED_WILDCARD, /* *.origin.test */
    MINTED_ODD_NAME, /* expired, with control octets in its common name */
    MINTED_COUNT
};

/* An authority with all that it has signed. Ends the test's process where OpenSSL fails. */
struct tls_authority;
struct tls_authority *tls_authority_new(void);
const char *tls_authority_path(const struct tls_authority *authority); /* PEM, until it is freed */
void tls_authority_free(struct tls_authority *authority);

enum tls_verb {
    TLS_END, /* of the steps */
    TLS_ACCEPT,
    TLS_START,   /* a handshake with certificate `number`; inside what TLS there is */
    TLS_REFUSED, /* the same, but the client breaks it off */
    TLS_CUT,     /* the same, but FIN after the server's first `number` octets */
    TLS_WANT,    /* these octets come, with the server's port for "@"; NULL: a head */
    TLS_SEND,
    TLS_RAW,    /* `number` octets under all TLS */
    TLS_ALERT,  /* a fatal one, of the outermost */
    TLS_TICKET, /* a session ticket */
    TLS_NOTIFY, /* close_notify, of the innermost */
    TLS_FIN,
    TLS_RST,
    TLS_WANT_NOTIFY, /* nothing comes but close_notify, for each TLS, and FIN */
    TLS_WANT_END,    /* nothing comes but FIN or RST */
    TLS_WAIT,        /* until tls_server_go() */
    TLS_AGAIN,       /* from the step at `number` on. In a list with it all begins anew where the
                      * client does something else, which is no trouble */
};

enum { TLS_1_2_ALONE = 0x100 }; /* beside `number` of TLS_START */

struct tls_step {
    enum tls_verb verb;
    const char *octets;
    size_t number;
};

/* At `host`, in digits, and a port of its own, playing. NULL where the system has no such address.
 */
struct tls_server;
struct tls_server *tls_server_new(const char *host, const struct tls_authority *authority,
                                  const struct tls_step *steps);
uint16_t tls_server_port(const struct tls_server *server);
void tls_server_go(struct tls_server *server);

/* The name of the last ClientHello; "" when it had none. After the end of the steps. */
bool tls_server_end(struct tls_server *server, char *trouble, size_t size, char *name,
                    size_t name_size);

#endif
