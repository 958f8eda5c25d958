/* ticker -- a timer finer than a millisecond, where the system has one. */
#ifndef SERVER_TICKER_H
#define SERVER_TICKER_H

#include <uv.h>

struct ticker;

/* `ticked` is called from the loop. NULL with errno when the system refuses. */
struct ticker *ticker_new(uv_loop_t *loop, void (*ticked)(void *context), void *context);

/* Fires once, at `due_ns` of uv_hrtime() or soon after; an earlier time that was set before stays.
 */
void ticker_set(struct ticker *ticker, uint64_t due_ns);

/* What was set is dropped. */
void ticker_stop(struct ticker *ticker);

/* The memory goes when the loop has closed the handle. */
void ticker_free(struct ticker *ticker);

#endif
