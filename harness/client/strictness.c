#include "harness/client/private.h"

/* Stands in the table for what is taken; what the table leaves out is refused. */
#define TAKEN ((int)ASSAY_ERROR_COUNT)

/*
 * What a response may not be, row by row. All is refused that leaves the end of
 * the message in doubt, or that another reader on the way could take for
 * something else: that is how responses are smuggled and fields injected. Taken
 * is what RFC 9112 tells a user agent to repair, or lets it take without harm.
 * What only requests can have is left out.
 */
/* clang-format off */
static const int strictness[HTTP_DEVIATION_COUNT] = {
    [HTTP_DEVIATION_LINE_TOO_LONG]              = ASSAY_LINE_TOO_LONG,
    [HTTP_DEVIATION_EMPTY_LINE_BEFORE_RESPONSE] = ASSAY_BAD_STATUS_LINE, /* 9112-9.2: not the response's */
    [HTTP_DEVIATION_START_BARE_LF]              = TAKEN,                 /* 9112-2.2: MAY be taken */
    [HTTP_DEVIATION_START_BARE_CR]              = ASSAY_BAD_STATUS_LINE, /* 9112-2.2: invalid */
    [HTTP_DEVIATION_VERSION_MALFORMED]          = ASSAY_UNKNOWN_PROTOCOL,
    [HTTP_DEVIATION_VERSION_CASE]               = ASSAY_UNKNOWN_PROTOCOL,
    [HTTP_DEVIATION_VERSION_MAJOR]              = ASSAY_UNKNOWN_PROTOCOL,
    [HTTP_DEVIATION_STATUS_NOT_HTTP]            = ASSAY_BAD_STATUS_LINE,
    [HTTP_DEVIATION_STATUS_CODE]                = ASSAY_BAD_STATUS_LINE,
    [HTTP_DEVIATION_STATUS_BLANKS]              = ASSAY_BAD_STATUS_LINE, /* 9112-4: may split responses */
    [HTTP_DEVIATION_STATUS_NO_SPACE]            = TAKEN,                 /* the reason means nothing */
    [HTTP_DEVIATION_REASON_CONTROL]             = ASSAY_BAD_STATUS_LINE,

    [HTTP_DEVIATION_FIELD_BARE_LF]   = TAKEN, /* 9112-2.2: MAY be taken; but see assay_strictness() */
    [HTTP_DEVIATION_FIELD_COUNT]     = ASSAY_TOO_MANY_HEADERS,
    [HTTP_DEVIATION_BLANK_LED_LINE]  = ASSAY_BAD_HEADER, /* 9112-2.2: rejected or dropped */
    [HTTP_DEVIATION_NO_COLON]        = ASSAY_BAD_HEADER,
    [HTTP_DEVIATION_NAME_BLANK]      = ASSAY_BAD_HEADER, /* 9112-5.1: other readers see another field */
    [HTTP_DEVIATION_NAME_EMPTY]      = ASSAY_BAD_HEADER,
    [HTTP_DEVIATION_NAME_NOT_TOKEN]  = ASSAY_BAD_HEADER,
    [HTTP_DEVIATION_VALUE_NUL]       = ASSAY_BAD_HEADER, /* 9110-5.5: rejected or replaced */
    [HTTP_DEVIATION_VALUE_BARE_CR]   = ASSAY_BAD_HEADER, /* 9110-5.5: the same */
    [HTTP_DEVIATION_VALUE_CONTROL]   = ASSAY_BAD_HEADER, /* 9110-5.5: invalid */
    [HTTP_DEVIATION_OBS_FOLD]        = TAKEN, /* 9112-5.2: a user agent replaces it with SP */

    [HTTP_DEVIATION_LENGTH_REPEATED]       = TAKEN, /* 9110-8.6: one value, whatever the way to say it */
    [HTTP_DEVIATION_LENGTH_EMPTY_MEMBER]   = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_LENGTH_NOT_DIGITS]     = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_LENGTH_TOO_LARGE]      = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_LENGTH_DIFFERS]        = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_LENGTH_INVALID_UNUSED] = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_LENGTH_AND_CODING]     = TAKEN, /* 9112-6.3: the coding rules, and the connection ends */
    [HTTP_DEVIATION_CODING_IN_1_0]         = TAKEN, /* 9112-6.1: read, and the connection closed */
    [HTTP_DEVIATION_CODING_EMPTY]          = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_CODING_MALFORMED]      = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_CHUNKED_TWICE]         = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_CHUNKED_PARAMETER]     = ASSAY_BAD_FRAMING,
    [HTTP_DEVIATION_CHUNKED_NOT_LAST]      = ASSAY_UNKNOWN_TRANSFER_ENCODING,

    [HTTP_DEVIATION_CHUNK_SIZE]           = ASSAY_BAD_CHUNK,
    [HTTP_DEVIATION_CHUNK_SIZE_TOO_LARGE] = ASSAY_BAD_CHUNK,
    [HTTP_DEVIATION_CHUNK_BLANK]          = ASSAY_BAD_CHUNK,
    [HTTP_DEVIATION_CHUNK_EXTENSION]      = ASSAY_BAD_CHUNK,
    [HTTP_DEVIATION_CHUNK_QUOTED_LF]      = ASSAY_BAD_CHUNK,
    [HTTP_DEVIATION_CHUNK_BARE_CR]        = ASSAY_BAD_CHUNK,
    [HTTP_DEVIATION_CHUNK_BARE_LF]        = ASSAY_BAD_CHUNK, /* 9112-7.1: CRLF, and nothing else */
    [HTTP_DEVIATION_CHUNK_DATA_BARE_LF]   = ASSAY_BAD_CHUNK,
    [HTTP_DEVIATION_CHUNK_DATA_END]       = ASSAY_BAD_CHUNK,
    [HTTP_DEVIATION_TRAILER_FORBIDDEN]    = TAKEN, /* trailers stay apart: 9110-6.5.1 asks no more */
};
/* clang-format on */

enum assay_error assay_strictness(enum http_deviation_kind kind, enum assay_stage stage)
{
    /* The lines of a trailer section are chunk framing: where they end, the message does. */
    if (kind == HTTP_DEVIATION_FIELD_BARE_LF && stage == ASSAY_STAGE_BODY)
        return ASSAY_BAD_CHUNK;
    if (strictness[kind] == TAKEN)
        return ASSAY_OK;
    return strictness[kind] != 0 ? (enum assay_error)strictness[kind] : ASSAY_BAD_HEADER;
}
