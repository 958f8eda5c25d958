/*
 * relay -- joins a connection of one peer to a new connection to another peer of the run, as a
 * proxy does behind CONNECT: octets, FIN and RST are passed on as they come, both ways, until the
 * script cuts it. What waits in between is 64 KiB at most each way; who sends more waits for who
 * reads. Private to server/.
 */
#ifndef SERVER_RELAY_H
#define SERVER_RELAY_H

#include "server/connection.h"

/* Connects to `step->target`. Records whether that came about; where not, the client is reset. */
void relay_begin(struct connection *connection, const struct step *step);

/* Moves what can be moved; PLAY_OVER once there is nothing more to move. */
enum play relay_play(struct connection *connection, const struct step *step);

/* Ends the other leg, by `close_fd`; the client's stays. Does nothing where there is no relay. */
void relay_end(struct connection *connection, void (*close_fd)(int fd));

/* The relay whose other leg the new connection `far` is; NULL: a client made it. */
struct relay *relay_find(struct connection *far);

/* `far` is no more. */
void relay_forget(struct connection *far);

/* The connection whose octets go on through the relay. */
struct connection *relay_client(const struct relay *relay);

/* Whether octets for the client wait in it. */
bool relay_is_holding(const struct relay *relay);

#endif
