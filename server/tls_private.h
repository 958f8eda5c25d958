/* tls_private -- what OpenSSL calls: server/mint.c hands it over, server/tls_layer.c does it. */
#ifndef SERVER_TLS_PRIVATE_H
#define SERVER_TLS_PRIVATE_H

#include <openssl/ssl.h>

/* BIO_METHOD: what lies beneath a TLS. */
int tls_read_below(BIO *bio, char *into, int size);
int tls_write_below(BIO *bio, const char *from, int len);
long tls_control_below(BIO *bio, int command, long number, void *pointer);

/* SSL_CTX_set_client_hello_cb(), _info_callback(), _msg_callback(). */
int tls_note_hello(SSL *ssl, int *alert, void *context);
void tls_note_info(const SSL *ssl, int where, int value);
void tls_note_message(int is_sent, int version, int type, const void *at, size_t len, SSL *ssl,
                      void *context);

#endif
