/* record_text -- TLS records by their headers (RFC 8446, section 5.1): what can be told of octets
 * that were passed on as they are. */
#ifndef REPORTS_RECORD_TEXT_H
#define REPORTS_RECORD_TEXT_H

#include "wire/transcript.h"

/* One direction of a connection that carries TLS. */
struct record_text_flow {
    unsigned peer, connection;
    enum event_kind kind;
    uint64_t rest;   /* octets of the record that has begun, still to come */
    bool is_unknown; /* octets were not kept: where records begin is not known any more */
};

/* Those of a run that are known. Zero-initialise. */
struct record_text_flows {
    struct record_text_flow items[16]; /* more are not told apart from other octets */
    size_t count;
};

/* The flow of an event of octets, if these, or earlier ones, began as a record does; else NULL. */
struct record_text_flow *record_text_flow(struct record_text_flows *flows,
                                          const struct event *event);

enum { RECORD_TEXT_SIZE = 256 };

/* "handshake 324, application data 300 of 1500": the records in the event, sizes with headers. */
void record_text(char text[RECORD_TEXT_SIZE], struct record_text_flow *flow,
                 const struct event *event);

#endif
