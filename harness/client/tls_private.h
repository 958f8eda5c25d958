/* tls_private -- what the files share that know OpenSSL: tls.c and the layer*.c. */
#ifndef HARNESS_CLIENT_TLS_PRIVATE_H
#define HARNESS_CLIENT_TLS_PRIVATE_H

#include "harness/client/private.h"

#include <openssl/ssl.h>

struct assay_tls {
    SSL_CTX *context;
    BIO_METHOD *method; /* of what layers read and write by */
    bool is_any_host;
};

/* RFC 8446, section 5.1: the longest plaintext of a record. */
enum { RECORD_LEN_MAX = 16384 };

struct assay_layer {
    SSL *ssl;
    struct assay_layer *below; /* owned; NULL: `fd` is */
    int fd;                    /* the connection's */
    char *host;                /* whose certificate is wanted ... */
    bool is_any_host;          /* ... or that of any other */

    struct assay_buffer early, out; /* read before TLS began; encrypted, and not sent yet */
    size_t early_at, out_at;        /* octets of these that are done with */
    size_t taken;                   /* of plaintext whose records are in `out`: not told as sent */

    bool has_end;   /* below has come to its end */
    bool is_cut;    /* and there was no close_notify before it */
    bool is_broken; /* nothing goes any more; every call says `system_error` */
    int system_error;
    enum assay_error error; /* with EPROTO, and ... */
    char text[192];         /* ... what it is, for people */
    uint8_t record[RECORD_LEN_MAX];
};

/* What OpenSSL reads and writes by; NULL when memory is short. */
BIO_METHOD *assay_layer_method_new(void);

/* Sends what waits in `out`; false with errno where some of it stays. */
bool assay_layer_flush(struct assay_layer *layer);

/* Whether OpenSSL says so. Empties its errors. */
bool assay_is_memory_short(void);

/* Notes why OpenSSL gave up. */
void assay_layer_note(struct assay_layer *layer, enum assay_error error, const char *text);
void assay_layer_note_failure(struct assay_layer *layer);

/* For SSL_CTX_set_verify(): notes what is wrong with a certificate, and takes none that is. */
int assay_layer_on_verified(int is_good, X509_STORE_CTX *store);

#endif
