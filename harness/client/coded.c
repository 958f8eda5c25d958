#include "harness/client/private.h"

/* The reader reads messages, so it is given a head that such a body may follow. */
static bool start(struct assay_outgoing *outgoing)
{
    struct bytes head = bytes_of("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    http_reader_init(&outgoing->coded, HTTP_REQUESTS);
    outgoing->coded.limits = http_limits_wide;
    outgoing->is_coded_read = true;
    enum http_event event;
    do
        event = http_reader_next(&outgoing->coded, &head);
    while (event == HTTP_START || event == HTTP_FIELD);
    return event == HTTP_HEAD;
}

enum assay_error assay_coded_take(struct assay_outgoing *outgoing, struct bytes piece)
{
    struct http_reader *reader = &outgoing->coded;
    if (!outgoing->is_coded_read && !start(outgoing))
        return ASSAY_BODY_MISMATCH;
    while (piece.len > 0) {
        if (http_reader_progress(reader) == HTTP_AT_WHOLE)
            return ASSAY_BODY_MISMATCH;
        const enum http_event event = http_reader_next(reader, &piece);
        if (event == HTTP_NO_MEMORY)
            return ASSAY_NO_MEMORY;
        if (event == HTTP_DEVIATION || event == HTTP_LOST)
            return ASSAY_BODY_MISMATCH;
    }
    return ASSAY_OK;
}

bool assay_coded_is_whole(struct assay_outgoing *outgoing)
{
    struct http_reader *reader = &outgoing->coded;
    struct bytes nothing = {NULL, 0};
    if (!outgoing->is_coded_read)
        return false;
    while (http_reader_progress(reader) != HTTP_AT_WHOLE) {
        const enum http_event event = http_reader_next(reader, &nothing);
        if (event == HTTP_NEED_MORE || event == HTTP_DEVIATION || event == HTTP_LOST ||
            event == HTTP_NO_MEMORY)
            return false;
    }
    return true;
}
