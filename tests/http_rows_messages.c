#include "tests/http_rows.h"

#define LENGTH_1     OK "Content-Length: 1\r\n\r\n"
#define GOT_LENGTH_1 GOT_OK "FIELD Content-Length=1 | HEAD length 1 persists | "

/* clang-format off */
static const struct http_row rows[] = {
    /* one after the other */
    REQUEST("pipelined requests", GET "\r\nPOST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\n\r\n",
            GOT_GET "HEAD none persists | END | "
            "START POST /2 1.1 | FIELD Content-Length=3 | HEAD length 3 persists | DATA abc | END | "
            "START GET /3 1.1 | HEAD none persists | END | IDLE"),
    REQUEST("chunked, then another", GET "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" GET "\r\n",
            GOT_GET "FIELD Transfer-Encoding=chunked | HEAD chunked persists | CHUNK 1 | DATA x | CHUNK 0 | END | "
            GOT_GET "HEAD none persists | END | IDLE"),
    REQUEST("what one request said is forgotten in the next",
            GET "Content-Length: 1\r\nConnection: close\r\nExpect: 100-continue\r\n\r\nx" GET "\r\n",
            GOT_GET "FIELD Content-Length=1 | FIELD Connection=close | FIELD Expect=100-continue | HEAD length 1 expects | "
            "DATA x | END | " GOT_GET "HEAD none persists | END | IDLE"),
    RESPONSE("responses one after the other", LENGTH_1 "xHTTP/1.1 304 \r\n\r\n" LENGTH_1 "y",
             GOT_LENGTH_1 "DATA x | END | START 304 1.1 | HEAD none persists | END | " GOT_LENGTH_1 "DATA y | END | IDLE"),
    ANSWER("only the next response answers HEAD", HEAD, LENGTH_1 LENGTH_1 "y",
           GOT_OK "FIELD Content-Length=1 | HEAD none persists | END | " GOT_LENGTH_1 "DATA y | END | IDLE"),
    RESPONSE("interim responses, then the final one", "HTTP/1.1 100 \r\n\r\nHTTP/1.1 103 \r\nLink: x\r\n\r\n" LENGTH_1 "x",
             "START 100 1.1 | HEAD none interim persists | END | "
             "START 103 1.1 | FIELD Link=x | HEAD none interim persists | END | " GOT_LENGTH_1 "DATA x | END | IDLE"),
    ANSWER("an interim response does not answer HEAD", HEAD, "HTTP/1.1 100 \r\n\r\n" LENGTH_1,
           "START 100 1.1 | HEAD none interim persists | END | " GOT_OK "FIELD Content-Length=1 | HEAD none persists | END | IDLE"),
    ANSWER("an interim response does not answer CONNECT", CONNECT, "HTTP/1.1 100 \r\n\r\n" OK "\r\nx",
           "START 100 1.1 | HEAD none interim persists | END | " GOT_OK "HEAD tunnel | END | LOST | REST x"),
    RESPONSE("an interim response with a length", "HTTP/1.1 103 \r\nContent-Length: 5\r\n\r\n" LENGTH_1 "x",
             "START 103 1.1 | FIELD Content-Length=5 | HEAD none interim persists | END | " GOT_LENGTH_1 "DATA x | END | IDLE"),
    RESPONSE("an interim response with an invalid length", "HTTP/1.1 103 \r\nContent-Length: x\r\n\r\n",
             "START 103 1.1 | FIELD Content-Length=x | DEVIATION LENGTH_INVALID_UNUSED@31 | HEAD none interim persists | END | CUT"),
    RESPONSE("only an interim response", "HTTP/1.1 100 \r\n\r\n", "START 100 1.1 | HEAD none interim persists | END | CUT"),
    RESPONSE("101", "HTTP/1.1 101 \r\nUpgrade: x\r\n\r\nhello",
             "START 101 1.1 | FIELD Upgrade=x | HEAD tunnel | END | LOST | REST hello"),

    /* what does not fit behind a message */
    RESPONSE("surplus octets", LENGTH_1 "xyz\r\n", GOT_LENGTH_1 "DATA x | END | DEVIATION STATUS_NOT_HTTP@39 | LOST"),
    RESPONSE("surplus octets without line end", LENGTH_1 "xyz", GOT_LENGTH_1 "DATA x | END | CUT"),
    RESPONSE("surplus empty lines", LENGTH_1 "x\r\n\r\n",
             GOT_LENGTH_1 "DATA x | END | DEVIATION EMPTY_LINE_BEFORE_RESPONSE@39 | "
             "DEVIATION EMPTY_LINE_BEFORE_RESPONSE@41 | IDLE"),
    RESPONSE("lost stays lost", "HTTP/1.1\r\n" LENGTH_1 "x" LENGTH_1 "x", "DEVIATION STATUS_CODE@8 | LOST"),
    REQUEST("lost behind the head stays lost", GET "Content-Length: x\r\n\r\n" GET "\r\n",
            GOT_GET "FIELD Content-Length=x | DEVIATION LENGTH_NOT_DIGITS@32 | HEAD unknown | LOST"),

    /* RFC 9112, section 9.3 */
    RESPONSE("close", OK "Connection: close\r\nContent-Length: 0\r\n\r\n",
             GOT_OK "FIELD Connection=close | FIELD Content-Length=0 | HEAD length 0 | END | IDLE"),
    REQUEST("close among other options, in any case", GET "Connection: x,\tCLOSE ,y\r\n\r\n",
            GOT_GET "FIELD Connection=x,\\x09CLOSE ,y | HEAD none | END | IDLE"),
    REQUEST("close in the second line", GET "Connection: keep-alive\r\nConnection: close\r\n\r\n",
            GOT_GET "FIELD Connection=keep-alive | FIELD Connection=close | HEAD none | END | IDLE"),
    REQUEST("nearly close", GET "Connection: closed, \"close\"\r\n\r\n",
            GOT_GET "FIELD Connection=closed, \"close\" | HEAD none persists | END | IDLE"),
    RESPONSE("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
             "START 200 1.0 OK | FIELD Content-Length=0 | HEAD length 0 | END | IDLE"),
    RESPONSE("HTTP/1.0 with keep-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
             "START 200 1.0 OK | FIELD Connection=Keep-Alive | FIELD Content-Length=0 | HEAD length 0 persists | END | IDLE"),
    RESPONSE("HTTP/1.0 with keep-alive and close", "HTTP/1.0 204 \r\nConnection: keep-alive, close\r\n\r\n",
             "START 204 1.0 | FIELD Connection=keep-alive, close | HEAD none | END | IDLE"),
    RESPONSE("keep-alive without length", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nx",
             "START 200 1.0 OK | FIELD Connection=keep-alive | HEAD to-close | DATA x | END"),

    /* RFC 9110, section 10.1.1 */
    REQUEST("Expect in any case", GET "Expect: a=b, 100-Continue\r\n\r\n",
            GOT_GET "FIELD Expect=a=b, 100-Continue | HEAD none expects persists | END | IDLE"),
    REQUEST("another expectation", GET "Expect: 100-continues\r\n\r\n",
            GOT_GET "FIELD Expect=100-continues | HEAD none persists | END | IDLE"),
    REQUEST("Expect in HTTP/1.0", "GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
            "START GET / 1.0 | FIELD Expect=100-continue | HEAD none | END | IDLE"),
    RESPONSE("Expect in a response", "HTTP/1.1 204 \r\nExpect: 100-continue\r\n\r\n",
             "START 204 1.1 | FIELD Expect=100-continue | HEAD none persists | END | IDLE"),

    /* the limits */
    LIMITED("a request line as long as the limit", 16, 9, GET "\r\n", GOT_GET "HEAD none persists | END | IDLE"),
    LIMITED("a request line longer than the limit", 15, 9, GET "\r\n", "DEVIATION LINE_TOO_LONG@15 | LOST"),
    LIMITED("a request line without end", 16, 9, "GET /aaaaaaaaaaaaaaaaaaaaaaaa", "DEVIATION LINE_TOO_LONG@16 | LOST"),
    LIMITED("a field as long as the limit", 16, 9, GET "a:b\r\n cd\r\n efg\r\n\r\n",
            GOT_GET "DEVIATION OBS_FOLD@21 | FIELD a=b   cd   efg | HEAD none persists | END | IDLE"),
    LIMITED("a field longer than the limit", 16, 9, GET "a:b\r\n cd\r\n efgh\r\n\r\n", GOT_GET "DEVIATION LINE_TOO_LONG@32 | LOST"),
    LIMITED("a size line longer than the limit", 28, 9, GET "Transfer-Encoding: chunked\r\n\r\n0000000000000000000000000000\r\n",
            GOT_GET "FIELD Transfer-Encoding=chunked | HEAD chunked persists | DEVIATION LINE_TOO_LONG@74 | LOST"),
    LIMITED("as many fields as the limit", 28, 2, GET "a:\r\nb:\r\n\r\n",
            GOT_GET "FIELD a= | FIELD b= | HEAD none persists | END | IDLE"),
    LIMITED("more fields than the limit", 28, 2, GET "a:\r\nb:\r\nc:\r\n\r\n",
            GOT_GET "FIELD a= | FIELD b= | DEVIATION FIELD_COUNT@24 | LOST"),
    LIMITED("lines that are no field count too", 28, 2, GET " a\r\nb\r\nc:\r\n\r\n",
            GOT_GET "DEVIATION BLANK_LED_LINE@16 | DEVIATION NO_COLON@21 | DEVIATION FIELD_COUNT@23 | LOST"),
    LIMITED("the trailers count by themselves", 28, 1, GET "Transfer-Encoding: chunked\r\n\r\n0\r\na:\r\nb:\r\n\r\n",
            GOT_GET "FIELD Transfer-Encoding=chunked | HEAD chunked persists | CHUNK 0 | TRAILER a= | "
            "DEVIATION FIELD_COUNT@53 | LOST"),

    /* cut short */
    RESPONSE("cut before the blank line", OK "Content-Length: 5\r\n", GOT_OK "CUT"),
    RESPONSE("cut in the content", LENGTH_1, GOT_LENGTH_1 "CUT"),
    REQUEST("cut in the second request", GET "\r\nG", GOT_GET "HEAD none persists | END | CUT"),
};
/* clang-format on */

const struct http_table http_messages_table = TABLE(rows);
