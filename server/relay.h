/*
 * relay -- joins a connection of one peer to a new connection to another peer of the run, as a
 * proxy does behind CONNECT: octets, FIN and RST are passed on as they come, both ways, until the
 * script cuts it. Private to server/.
 */
#ifndef SERVER_RELAY_H
#define SERVER_RELAY_H

#include "server/connection.h"

/* Connects to `step->target`. Records whether that came about; where not, the client is reset. */
void relay_begin(struct connection *connection, const struct step *step);

/* Moves what can be moved; PLAY_OVER once there is nothing more to move. */
enum play relay_play(struct connection *connection, const struct step *step);

#endif
