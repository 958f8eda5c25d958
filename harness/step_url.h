/* step_url -- the URLs that a subject is told. */
#ifndef HARNESS_STEP_URL_H
#define HARNESS_STEP_URL_H

#include "harness/driver.h"

/* The name of the origin where a proxy is used: only the proxy knows it. */
#define STEP_URL_PROXIED_NAME "origin.test"

/* No longer authority is asked for. */
enum { STEP_URL_AUTHORITY_MAX = 64 * 1024 };

/* "http://127.100.100.100:40000", "https://localhost:40000": how a peer is reached. */
const char *step_url_of_peer(const struct driver_session *session, size_t peer,
                             struct arena *arena);

/* The index of the proxy among the session's peers; 0 where there is none. */
size_t step_url_proxy(const struct driver_session *session);

/* "https://origin.test": scheme and authority of the step's URL; its target stands behind. */
const char *step_url_base(const struct driver_session *session, size_t step, struct arena *arena);

#endif
