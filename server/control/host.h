/* host -- whether a Host field names this machine by its loopback. */
#ifndef SERVER_CONTROL_HOST_H
#define SERVER_CONTROL_HOST_H

#include "wire/bytes.h"

/* `localhost`, 127.0.0.0/8 in four numbers or `[::1]`, each with or without a port. A page of
 * another site that has its own name lead to 127.0.0.1 (DNS rebinding) still sends that name. */
bool host_is_loopback(struct bytes host);

#endif
