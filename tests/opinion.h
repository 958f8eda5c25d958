/*
 * opinion -- libmicrohttpd as a second reader: a server on a thread of its own
 * that notes how it understood each request, and answers it well.
 *
 * What it answers is by the target; N is a number of octets, cut off opinion_octet():
 *
 *     /length/N    N octets, with Content-Length
 *     /pieces/N    N octets of unknown length, which are chunked, in pieces of many sizes
 *     /trailers/N  the same, with a trailer `Count: N` behind it
 *     /last/N      as /length, and the connection ends
 *     /none        204
 *     /echo        the request's content, with Content-Length; anything else, too
 *     /echo-pieces the same, chunked
 *
 * Not to be asked: HEAD, or 304, of unknown length, for which libmicrohttpd
 * 0.9.75 sends a last chunk behind the head.
 */
#ifndef TESTS_OPINION_H
#define TESTS_OPINION_H

#include "tests/reading.h"

struct opinion;

/* On a port of its own of 127.0.0.1. NULL when the system refuses. */
struct opinion *opinion_new(void);

uint16_t opinion_port(const struct opinion *opinion);

/* Ends the server, and gives what it understood, in order. */
const struct readings *opinion_end(struct opinion *opinion);

/* After the end: how many connections there were. */
size_t opinion_connection_count(const struct opinion *opinion);

void opinion_free(struct opinion *opinion);

/* The octet at `index` of every content: none that is cut, doubled or moved looks like it. */
uint8_t opinion_octet(uint64_t index);

#endif
