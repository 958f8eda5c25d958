/* tls_mint -- the certificates of tests/tls_server.h. */
#ifndef TESTS_TLS_MINT_H
#define TESTS_TLS_MINT_H

#include "tests/tls_server.h"

#include <openssl/ssl.h>

struct tls_authority {
    EVP_PKEY *ca_key, *key; /* its own; and of all that it signs */
    X509 *certificate;
    SSL_CTX *contexts[MINTED_COUNT];
    char path[64];
};

#endif
