#include "harness/client/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct assay_wire *assay_wire_new(const struct assay_options *options, int debuglevel,
                                  const struct assay_host *host, uint16_t port)
{
    struct assay_wire *wire = malloc(sizeof(*wire)); /* not all of `store` needs to be touched */
    if (wire == NULL)
        return NULL;
    memset(wire, 0, offsetof(struct assay_wire, store));
    wire->ref_count = 1;
    wire->fd = -1;
    wire->options = *options;
    wire->debuglevel = debuglevel;
    snprintf(wire->other_end, sizeof(wire->other_end), "%s:%u", host->name, (unsigned)port);
    assay_wire_start_reader(wire);
    return wire;
}

struct assay_wire *assay_wire_ref(struct assay_wire *wire)
{
    wire->ref_count++;
    return wire;
}

void assay_wire_release(struct assay_wire *wire)
{
    if (wire == NULL || --wire->ref_count > 0)
        return;
    assay_wire_close(wire);
    http_reader_release(&wire->reader);
    assay_buffer_release(&wire->shown);
    free(wire);
}

void assay_wire_close(struct assay_wire *wire)
{
    if (wire->fd < 0)
        return;
    assay_transport_close(wire);
    wire->input = (struct bytes){NULL, 0};
}

bool assay_wire_is_open(const struct assay_wire *wire)
{
    return wire != NULL && wire->fd >= 0;
}

void assay_wire_start_reader(struct assay_wire *wire)
{
    struct http_reader *reader = &wire->reader;
    http_reader_release(reader);
    http_reader_init(reader, HTTP_RESPONSES);
    reader->limits.line_size_max = wire->options.line_size_max;
    reader->limits.field_count_max = wire->options.field_count_max;
}

bool assay_wire_wait(struct assay_wire *wire, short events)
{
    return assay_transport_wait(wire, events,
                                assay_until_ms(wire->until_ms, wire->options.io_timeout_ms));
}

static enum assay_error error_of_system(int number)
{
    switch (number) {
    case ECONNREFUSED:
        return ASSAY_CONNECTION_REFUSED;
    case ECONNRESET:
        return ASSAY_CONNECTION_RESET;
    case ETIMEDOUT:
        return ASSAY_TIMEOUT;
    case ENOMEM:
        return ASSAY_NO_MEMORY;
    default:
        return ASSAY_SYSTEM;
    }
}

enum assay_error assay_wire_fail(const struct assay_wire *wire, struct assay_failure *failure,
                                 const char *doing)
{
    const int number = errno;
    enum assay_error error;
    const char *text = assay_layer_failure(wire->layer, &error);
    if (number == EPROTO && text != NULL)
        return assay_fail(failure, error, "%s", text);
    char reason[128];
    if (strerror_r(number, reason, sizeof(reason)) != 0)
        snprintf(reason, sizeof(reason), "error %d", number);
    assay_fail(failure, error_of_system(number), "cannot %s %.120s: %s", doing, wire->other_end,
               reason);
    failure->system_error = number;
    return failure->error;
}
