/*
 * forward -- passes one request of a client's on to another peer of the run, and its response back,
 * as a proxy does that keeps no connections: RFC 9110, sections 7.6 and 15.2; RFC 9112, sections
 * 3.2.2 and 9.6. Heads are made anew (server/head.h); content goes on as it comes, in the framing
 * that it has. What the other peer says wrong in it is passed on too. Private to server/.
 */
#ifndef SERVER_FORWARD_H
#define SERVER_FORWARD_H

#include "server/connection.h"

struct forward;

/* Sets out to read the request. */
void forward_begin(struct connection *connection);

/* Moves what can be moved. Ends the step by itself once the response was passed on, or refused, or
 * an end has come; PLAY_ON then as well. */
enum play forward_play(struct connection *connection, const struct step *step);

/* For server/leg.c: whether octets for the client were received and not looked at. */
bool forward_is_holding(const struct forward *forward);

void forward_free(struct forward *forward);

#endif
