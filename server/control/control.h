/*
 * control -- the HTTP server of the control API and its pages: a table of routes,
 * each with the function that answers it.
 *
 * libmicrohttpd, and the only file that knows it. It mends what it sends and
 * forgives what it reads, so it serves people and scripts, and never a case; it
 * knows no case and no verdict itself. It is bound to 127.0.0.1, and a request
 * whose Host is not this machine's loopback is refused (see host.h).
 *
 * It has no thread of its own. Its owner watches control_fd(), and calls
 * control_run() when that is readable, or when the time of control_wait_ms() is
 * over; routes are answered inside that call.
 *
 *     struct control *control = control_new(routes, count, context, 0, diags);
 *     printf("http://127.0.0.1:%u/\n", control_port(control));
 *     ... control_run(control) ...
 *     control_free(control);
 */
#ifndef SERVER_CONTROL_CONTROL_H
#define SERVER_CONTROL_CONTROL_H

#include "wire/diag.h"

#include <stdio.h>

/* A function sets what differs from 200 with JSON, and either writes to `out` or sets `fd`. */
struct control_answer {
    unsigned status;
    const char *type; /* Content-Type; has to outlive the call */
    FILE *out;        /* what is written here is the content */
    int fd;           /* -1, or a regular file whose first `size` octets are it; handed over */
    uint64_t size;
};

/* `rest` is what the `*` of the route stands for, decoded: any octets but NUL; "" without a `*`.
 * It dies with the call. */
typedef void control_function(void *context, const char *rest, struct control_answer *answer);

/* HEAD is answered as GET is, without content. What the table lacks is 404; a method that a path
 * lacks is 405, with Allow. A request's content is read and dropped. */
struct control_route {
    const char *method;
    const char *path; /* see path.h; the first that fits counts */
    control_function *answer;
};

struct control;

/* Listens at `port` of 127.0.0.1; 0 is any that is free. The table is borrowed until the end. NULL,
 * with a diag, when that cannot be had. */
struct control *control_new(const struct control_route *routes, size_t route_count, void *context,
                            uint16_t port, struct diags *diags);

/* Closes all connections, whatever they are at. Accepts NULL. */
void control_free(struct control *control);

uint16_t control_port(const struct control *control);

/* To be polled for reading, and nothing else. */
int control_fd(const struct control *control);

/* Does what is due, and waits for nothing. */
void control_run(struct control *control);

/* False when only control_fd() can make the next call due; else `wait_ms` is how long at most. */
bool control_wait_ms(struct control *control, uint64_t *wait_ms);

/* {"error": `text`}; the text needs no escape in JSON. */
void control_refuse(struct control_answer *answer, unsigned status, const char *text);

#endif
