/* curl_octets -- what the real curl sends, octet for octet. */
#ifndef TESTS_CURL_OCTETS_H
#define TESTS_CURL_OCTETS_H

#include "wire/arena.h"

enum curl_result { CURL_OK, CURL_MISSING, CURL_FAILED };

/*
 * Runs curl with `args` (ended by NULL), in which a first "URL" stands for http://127.0.0.1:PORT,
 * and `input` as its standard input, against a socket that answers each request with an empty 200.
 * `octets` are all that came on its one connection; they live in the arena.
 */
enum curl_result curl_octets(const char *const *args, struct bytes input, struct arena *arena,
                             struct bytes *octets);

#endif
