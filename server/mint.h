/*
 * mint -- the certificates of a run of assay: an authority that nobody else knows, and what it
 * signs. Made once, before anything is played, and only where something speaks TLS: its two
 * RSA-2048 keys cost some 0.2 s. All certificates have the same key, and all records therefore the
 * same size in every run. Keys never leave the process' memory.
 */
#ifndef SERVER_MINT_H
#define SERVER_MINT_H

#include "wire/diag.h"
#include "wire/tls.h"

#include <stdio.h>

struct mint;
struct ssl_st;        /* OpenSSL's SSL */
struct bio_method_st; /* and BIO_METHOD */

/* The names of CERTIFICATE_VALID, each as X509V3_EXT_conf() reads it; the addresses 127.0.0.1 to
 * 127.0.0.201 stand besides. */
#define MINT_NAMES "DNS:localhost,DNS:origin.test,IP:::1"

/* NULL, with a diag, when OpenSSL refuses what is asked for. Used from any thread once made. */
struct mint *mint_new(struct diags *diags);

/* After all that was made of it. */
void mint_free(struct mint *mint);

/* The authority's certificate, in PEM: what a subject is told to trust. False with errno. */
bool mint_write_authority(const struct mint *mint, FILE *out);

/* From now on the secrets of each handshake are written there, in the form that Wireshark reads
 * (SSLKEYLOGFILE); borrowed until mint_free(). */
void mint_log_keys(struct mint *mint, FILE *log);

/* A server's end that presents what `tls` says; the caller's to free. */
struct ssl_st *mint_server(const struct mint *mint, const struct tls *tls);

/* How the ends reach what lies beneath them; see server/tls_layer.c. */
const struct bio_method_st *mint_bio_method(const struct mint *mint);

#endif
