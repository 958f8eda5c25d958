/*
 * http_deviations -- all that wire/http.h may find wrong, as an X-macro.
 *
 * X(NAME, text, requirement, framing): the requirement is an id of the catalog.
 * Where a client's sending and its receiving are both in the catalog, it is the
 * one for sending, for that is what the judge holds against a client. KNOWN: it
 * is still known where the message ends; LOST: it is not.
 */
#ifndef WIRE_HTTP_DEVIATIONS_H
#define WIRE_HTTP_DEVIATIONS_H

/* clang-format off */
#define HTTP_DEVIATIONS(X) \
    HTTP_START_DEVIATIONS(X) HTTP_FIELD_DEVIATIONS(X) HTTP_FRAMING_DEVIATIONS(X) HTTP_CHUNK_DEVIATIONS(X)

/* The start line: RFC 9112, sections 2.2, 2.3, 3 and 4. The limits depart from nothing but the
 * promise that a message may be of any size. */
#define HTTP_START_DEVIATIONS(X) \
    X(LINE_TOO_LONG, "a line longer than the limit", "9112-2.1-2", LOST) \
    X(EMPTY_LINE_BEFORE_REQUEST, "an empty line before the request line", "9112-2.2-5", KNOWN) \
    X(EMPTY_LINE_BEFORE_RESPONSE, "an empty line before the status line", "9112-9.2-4", KNOWN) \
    X(START_BARE_LF, "LF without CR at the end of a start line", "9112-2.1-1", KNOWN) \
    X(START_BARE_CR, "CR without LF in a start line", "9112-2.2-3", KNOWN) \
    X(METHOD_EMPTY, "an empty method", "9112-3.1-2", KNOWN) \
    X(METHOD_NOT_TOKEN, "an octet in the method that no token may hold", "9112-3.1-2", KNOWN) \
    X(REQUEST_BLANKS, "blanks in the request line that are not one SP", "9112-3-1", KNOWN) \
    X(TARGET_EMPTY, "an empty request-target", "9112-3.2-1", KNOWN) \
    X(TARGET_BLANK, "a blank in the request-target", "9112-3.2-2", KNOWN) \
    X(TARGET_CONTROL, "a control octet in the request-target", "9112-3.2-2", KNOWN) \
    X(VERSION_MISSING, "a request line without HTTP-version", "9112-3-1", LOST) \
    X(VERSION_MALFORMED, "a malformed HTTP-version", "9112-2.3-1", LOST) \
    X(VERSION_CASE, "HTTP-version not in upper case", "9112-2.3-2", LOST) \
    X(VERSION_MAJOR, "a major version that is not 1", "9110-2.5-1", LOST) \
    X(STATUS_NOT_HTTP, "not a status line", "9112-4-8", LOST) \
    X(STATUS_CODE, "a status code that is not three digits", "9112-4-5", LOST) \
    X(STATUS_BLANKS, "blanks in the status line that are not one SP", "9112-4-4", KNOWN) \
    X(STATUS_NO_SPACE, "no SP after the status code", "9112-4-3", KNOWN) \
    X(REASON_CONTROL, "a control octet in the reason phrase", "9112-4-7", KNOWN)

/* Field lines of the head and of the trailer section: RFC 9112, section 5. */
#define HTTP_FIELD_DEVIATIONS(X) \
    X(FIELD_BARE_LF, "LF without CR at the end of a field line", "9112-2.1-1", KNOWN) \
    X(FIELD_COUNT, "more field lines than the limit", "9112-2.1-2", LOST) \
    X(BLANK_LED_LINE, "a line led by a blank before the first field", "9112-2.2-7", KNOWN) \
    X(NO_COLON, "a field line without colon", "9112-5-1", KNOWN) \
    X(NAME_BLANK, "a blank between field name and colon", "9112-5.1-2", KNOWN) \
    X(NAME_EMPTY, "an empty field name", "9110-5.1-1", KNOWN) \
    X(NAME_NOT_TOKEN, "an octet in the field name that no token may hold", "9110-5.1-1", KNOWN) \
    X(VALUE_NUL, "NUL in a field value", "9110-5.5-2", KNOWN) \
    X(VALUE_BARE_CR, "CR without LF in a field value", "9112-2.2-3", KNOWN) \
    X(VALUE_CONTROL, "a control octet in a field value", "9110-5.5-2", KNOWN) \
    X(OBS_FOLD, "a field value folded over several lines", "9112-5.2-1", KNOWN)

/* What the framing fields mean: RFC 9112, sections 6.1 to 6.3. */
#define HTTP_FRAMING_DEVIATIONS(X) \
    X(LENGTH_REPEATED, "the same Content-Length more than once", "9110-8.6-3", KNOWN) \
    X(LENGTH_EMPTY_MEMBER, "an empty list member in Content-Length", "9110-8.6-3", KNOWN) \
    X(LENGTH_NOT_DIGITS, "a Content-Length that is not all digits", "9110-8.6-3", LOST) \
    X(LENGTH_TOO_LARGE, "a Content-Length of 2^63 or more", "9110-8.6-5", LOST) \
    X(LENGTH_DIFFERS, "two differing Content-Length values", "9112-6.3-11", LOST) \
    X(LENGTH_INVALID_UNUSED, "an invalid Content-Length that has no say", "9110-8.6-3", KNOWN) \
    X(LENGTH_AND_CODING, "both Content-Length and Transfer-Encoding", "9112-6.2-1", KNOWN) \
    X(CODING_IN_1_0, "Transfer-Encoding in an HTTP/1.0 message", "9112-6.1-11", KNOWN) \
    X(CODING_EMPTY, "Transfer-Encoding that names no coding", "9112-6.3-10", KNOWN) \
    X(CODING_MALFORMED, "a malformed transfer coding", "9112-6.1-9", KNOWN) \
    X(CHUNKED_TWICE, "the chunked coding more than once", "9112-6.1-2", KNOWN) \
    X(CHUNKED_PARAMETER, "a parameter of the chunked coding", "9112-7.1-8", KNOWN) \
    X(CHUNKED_NOT_LAST, "another transfer coding after chunked", "9112-6.3-10", KNOWN) \
    X(REQUEST_NOT_CHUNKED, "a request whose last transfer coding is not chunked", "9112-6.1-3", LOST)

/* The chunked coding: RFC 9112, section 7.1; and its trailers: RFC 9110, section 6.5.1. */
#define HTTP_CHUNK_DEVIATIONS(X) \
    X(CHUNK_SIZE, "a chunk size that is not hexadecimal digits", "9112-7.1-9", LOST) \
    X(CHUNK_SIZE_TOO_LARGE, "a chunk size of 2^63 or more", "9112-7.1-7", LOST) \
    X(CHUNK_BLANK, "a blank at the end of a chunk's size line", "9112-7.1-12", KNOWN) \
    X(CHUNK_EXTENSION, "a malformed chunk extension", "9112-7.1.1-1", KNOWN) \
    X(CHUNK_QUOTED_LF, "LF in a quoted string of a chunk extension", "9112-7.1.1-3", LOST) \
    X(CHUNK_BARE_CR, "CR without LF in a chunk's size line", "9112-7.1.1-3", LOST) \
    X(CHUNK_BARE_LF, "LF without CR at the end of a chunk's size line", "9112-7.1-11", KNOWN) \
    X(CHUNK_DATA_BARE_LF, "LF without CR after a chunk's data", "9112-7.1-11", KNOWN) \
    X(CHUNK_DATA_END, "no CRLF after a chunk's data", "9112-7.1-10", LOST) \
    X(TRAILER_FORBIDDEN, "a field that may not be a trailer", "9110-6.5.1-1", KNOWN)
/* clang-format on */

#endif
