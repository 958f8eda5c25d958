#include "tests/http_rows.h"

/* clang-format off */

/* A request with one Content-Length, whose value begins at octet 32; in a response at 33. */
#define LENGTH(value)      GET "Content-Length: " value "\r\n\r\n"
#define GOT_LENGTH(value)  GOT_GET "FIELD Content-Length=" value " | "

/* With one Transfer-Encoding, whose value begins at octet 35; in a response at 36. */
#define CODING(value)      GET "Transfer-Encoding: " value "\r\n\r\n0\r\n\r\n"
#define GOT_CODING(value)  GOT_GET "FIELD Transfer-Encoding=" value " | "
#define OK_CODING(value)   OK "Transfer-Encoding: " value "\r\n\r\n0\r\n\r\n"
#define GOT_OK_CODING(value) GOT_OK "FIELD Transfer-Encoding=" value " | "

#define CHUNKED  "HEAD chunked persists | CHUNK 0 | END | IDLE"
#define TO_CLOSE "HEAD to-close | DATA 0\\x0D\\x0A\\x0D\\x0A | END"
#define NONE     "HEAD none persists | END | IDLE"
#define UNKNOWN  "HEAD unknown | LOST"
#define LENGTH_5 "HEAD length 5 persists | DATA hello | END | IDLE"

static const struct http_row rows[] = {
    /* RFC 9112, section 6.3, items 6 to 8 */
    REQUEST("no framing field in a request", GET "\r\n", GOT_GET NONE),
    REQUEST("POST without a framing field", "POST / HTTP/1.1\r\n\r\n", "START POST / 1.1 | " NONE),
    RESPONSE("no framing field in a response", OK "\r\nhello", GOT_OK "HEAD to-close | DATA hello | END"),
    RESPONSE("an empty close-delimited content", OK "\r\n", GOT_OK "HEAD to-close | END"),
    REQUEST("a length", LENGTH("5") "hello", GOT_LENGTH("5") LENGTH_5),
    RESPONSE("a length in a response", OK "Content-Length: 5\r\n\r\nhello",
             GOT_OK "FIELD Content-Length=5 | " LENGTH_5),
    REQUEST("a length of 0", LENGTH("0"), GOT_LENGTH("0") "HEAD length 0 persists | END | IDLE"),
    REQUEST("zeros before the length", LENGTH("0005") "hello", GOT_LENGTH("0005") LENGTH_5),
    REQUEST("the name in any case", GET "cOnTeNt-LeNgTh:5\r\n\r\nhello", GOT_GET "FIELD cOnTeNt-LeNgTh=5 | " LENGTH_5),
    REQUEST("nearly a framing field", GET "Content-Lengths: 5\r\n\r\n", GOT_GET "FIELD Content-Lengths=5 | " NONE),
    REQUEST("a folded length", GET "Content-Length:\r\n 5\r\n\r\nhello",
            GOT_GET "DEVIATION OBS_FOLD@33 | FIELD Content-Length=5 | " LENGTH_5),
    REQUEST("the largest length", LENGTH("9223372036854775807") "x",
            GOT_LENGTH("9223372036854775807") "HEAD length 9223372036854775807 persists | DATA x | CUT"),

    /* item 5, and RFC 9110, section 8.6 */
    REQUEST("equal lengths in a list", LENGTH("5, 5") "hello", GOT_LENGTH("5, 5") "DEVIATION LENGTH_REPEATED@35 | " LENGTH_5),
    REQUEST("equal numbers in a list", LENGTH("5,05") "hello", GOT_LENGTH("5,05") "DEVIATION LENGTH_REPEATED@34 | " LENGTH_5),
    REQUEST("equal lengths in lines", GET "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            GOT_GET "FIELD Content-Length=5 | FIELD Content-Length=5 | DEVIATION LENGTH_REPEATED@51 | " LENGTH_5),
    REQUEST("an empty member in the list", LENGTH("5,") "hello", GOT_LENGTH("5,") "DEVIATION LENGTH_EMPTY_MEMBER@34 | " LENGTH_5),
    REQUEST("empty members everywhere", LENGTH(",5 ,, 5") "hello",
            GOT_LENGTH(",5 ,, 5") "DEVIATION LENGTH_EMPTY_MEMBER@32 | DEVIATION LENGTH_REPEATED@38 | " LENGTH_5),
    REQUEST("differing lengths in a list", LENGTH("5, 6") "hello", GOT_LENGTH("5, 6") "DEVIATION LENGTH_DIFFERS@35 | " UNKNOWN),
    RESPONSE("differing lengths in lines", OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
             GOT_OK "FIELD Content-Length=5 | FIELD Content-Length=6 | DEVIATION LENGTH_DIFFERS@52 | " UNKNOWN),
    REQUEST("an empty length", LENGTH(""), GOT_LENGTH("") "DEVIATION LENGTH_NOT_DIGITS@32 | " UNKNOWN),
    REQUEST("only a comma", LENGTH(","), GOT_LENGTH(",") "DEVIATION LENGTH_NOT_DIGITS@32 | " UNKNOWN),
    REQUEST("a plus sign", LENGTH("+5") "hello", GOT_LENGTH("+5") "DEVIATION LENGTH_NOT_DIGITS@32 | " UNKNOWN),
    REQUEST("a minus sign", LENGTH("-5") "hello", GOT_LENGTH("-5") "DEVIATION LENGTH_NOT_DIGITS@32 | " UNKNOWN),
    REQUEST("a hexadecimal length", LENGTH("0x5") "hello", GOT_LENGTH("0x5") "DEVIATION LENGTH_NOT_DIGITS@33 | " UNKNOWN),
    REQUEST("a blank in the length", LENGTH("5 5") "hello", GOT_LENGTH("5 5") "DEVIATION LENGTH_NOT_DIGITS@33 | " UNKNOWN),
    REQUEST("a fold in the length", LENGTH("5\r\n 5") "hello",
            GOT_GET "DEVIATION OBS_FOLD@35 | FIELD Content-Length=5   5 | DEVIATION LENGTH_NOT_DIGITS@33 | " UNKNOWN),
    REQUEST("a length with a fraction", LENGTH("5.0") "hello", GOT_LENGTH("5.0") "DEVIATION LENGTH_NOT_DIGITS@33 | " UNKNOWN),
    REQUEST("a quoted length", LENGTH("\"5\"") "hello", GOT_LENGTH("\"5\"") "DEVIATION LENGTH_NOT_DIGITS@32 | " UNKNOWN),
    REQUEST("a length of 2^63", LENGTH("9223372036854775808"),
            GOT_LENGTH("9223372036854775808") "DEVIATION LENGTH_TOO_LARGE@50 | " UNKNOWN),
    REQUEST("a length of 2^64 + 5", LENGTH("18446744073709551621") "hello",
            GOT_LENGTH("18446744073709551621") "DEVIATION LENGTH_TOO_LARGE@51 | " UNKNOWN),
    REQUEST("an invalid length beside a valid one", GET "Content-Length: x\r\nContent-Length: 5\r\n\r\nhello",
            GOT_GET "FIELD Content-Length=x | FIELD Content-Length=5 | DEVIATION LENGTH_NOT_DIGITS@32 | " UNKNOWN),

    /* items 3 and 4 */
    REQUEST("chunked", CODING("chunked"), GOT_CODING("chunked") CHUNKED),
    RESPONSE("chunked in a response", OK_CODING("chunked"), GOT_OK_CODING("chunked") CHUNKED),
    REQUEST("chunked in any case", CODING("CHUNKed"), GOT_CODING("CHUNKed") CHUNKED),
    REQUEST("gzip, then chunked", CODING("gzip, chunked"), GOT_CODING("gzip, chunked") CHUNKED),
    REQUEST("empty members beside chunked", CODING(", chunked ,"), GOT_CODING(", chunked ,") CHUNKED),
    REQUEST("gzip with a parameter, then chunked", CODING("gzip; a=\"x, \\\"y\"; b = c,chunked"),
            GOT_CODING("gzip; a=\"x, \\x5C\"y\"; b = c,chunked") CHUNKED),
    RESPONSE("chunked inside a quoted parameter", OK_CODING("gzip;a=\", chunked\""),
             GOT_OK_CODING("gzip;a=\", chunked\"") TO_CLOSE),
    RESPONSE("two lines", OK "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             GOT_OK "FIELD Transfer-Encoding=gzip | FIELD Transfer-Encoding=chunked | " CHUNKED),
    RESPONSE("two lines of chunked", OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             GOT_OK "FIELD Transfer-Encoding=chunked | FIELD Transfer-Encoding=chunked | DEVIATION CHUNKED_TWICE@64 | " CHUNKED),
    REQUEST("chunked twice", CODING("chunked, chunked"), GOT_CODING("chunked, chunked") "DEVIATION CHUNKED_TWICE@44 | " CHUNKED),
    REQUEST("chunked about gzip", CODING("chunked, gzip, chunked"),
            GOT_CODING("chunked, gzip, chunked") "DEVIATION CHUNKED_NOT_LAST@44 | DEVIATION CHUNKED_TWICE@50 | " CHUNKED),
    REQUEST("a parameter of chunked", CODING("chunked ;a=b"),
            GOT_CODING("chunked ;a=b") "DEVIATION CHUNKED_PARAMETER@43 | " CHUNKED),
    RESPONSE("gzip alone", OK_CODING("gzip"), GOT_OK_CODING("gzip") TO_CLOSE),
    REQUEST("gzip alone in a request", CODING("gzip"), GOT_CODING("gzip") "DEVIATION REQUEST_NOT_CHUNKED@16 | " UNKNOWN),
    RESPONSE("identity", OK_CODING("identity"), GOT_OK_CODING("identity") TO_CLOSE),
    REQUEST("identity in a request", CODING("identity"), GOT_CODING("identity") "DEVIATION REQUEST_NOT_CHUNKED@16 | " UNKNOWN),
    RESPONSE("xchunked", OK_CODING("xchunked"), GOT_OK_CODING("xchunked") TO_CLOSE),
    RESPONSE("chunked and a semicolon", OK_CODING("chunked;"), GOT_OK_CODING("chunked;") "DEVIATION CODING_MALFORMED@44 | " TO_CLOSE),
    RESPONSE("chunked in quotes", OK_CODING("\"chunked\""), GOT_OK_CODING("\"chunked\"") "DEVIATION CODING_MALFORMED@36 | " TO_CLOSE),
    RESPONSE("an open quote", OK_CODING("gzip;a=\"b, chunked"), GOT_OK_CODING("gzip;a=\"b, chunked") "DEVIATION CODING_MALFORMED@54 | " TO_CLOSE),
    RESPONSE("a backslash at the end of an open quote", OK_CODING("gzip;a=\"\\"), GOT_OK_CODING("gzip;a=\"\\x5C") "DEVIATION CODING_MALFORMED@45 | " TO_CLOSE),
    RESPONSE("an open quote that ends in an escaped one", OK_CODING("chunked;a=\"b\\\""),
             GOT_OK_CODING("chunked;a=\"b\\x5C\"") "DEVIATION CODING_MALFORMED@50 | " TO_CLOSE),
    RESPONSE("a parameter without value", OK_CODING("gzip;a, chunked"), GOT_OK_CODING("gzip;a, chunked") "DEVIATION CODING_MALFORMED@42 | " CHUNKED),
    RESPONSE("VT before chunked", OK_CODING("\x0B" "chunked"),
             GOT_OK "DEVIATION VALUE_CONTROL@36 | FIELD Transfer-Encoding=\\x0Bchunked | DEVIATION CODING_MALFORMED@36 | " TO_CLOSE),
    REQUEST("chunked with a blank in it", CODING("chun ked"),
            GOT_CODING("chun ked") "DEVIATION CODING_MALFORMED@39 | DEVIATION REQUEST_NOT_CHUNKED@16 | " UNKNOWN),
    RESPONSE("gzip after chunked", OK_CODING("chunked, gzip"), GOT_OK_CODING("chunked, gzip") "DEVIATION CHUNKED_NOT_LAST@45 | " TO_CLOSE),
    REQUEST("gzip after chunked in a request", CODING("chunked, gzip"),
            GOT_CODING("chunked, gzip") "DEVIATION CHUNKED_NOT_LAST@44 | DEVIATION REQUEST_NOT_CHUNKED@16 | " UNKNOWN),
    RESPONSE("an empty coding", OK_CODING(" ,"), GOT_OK_CODING(",") "DEVIATION CODING_EMPTY@17 | " TO_CLOSE),
    REQUEST("an empty coding in a request", CODING(""),
            GOT_CODING("") "DEVIATION CODING_EMPTY@16 | DEVIATION REQUEST_NOT_CHUNKED@16 | " UNKNOWN),
    REQUEST("a length and chunked", GET "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            GOT_GET "FIELD Content-Length=3 | FIELD Transfer-Encoding=chunked | DEVIATION LENGTH_AND_CODING@16 | " CHUNKED),
    RESPONSE("gzip and a length", OK "Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nhello",
             GOT_OK "FIELD Transfer-Encoding=gzip | FIELD Content-Length=3 | DEVIATION LENGTH_AND_CODING@42 | "
             "HEAD to-close | DATA hello | END"),
    REQUEST("an invalid length and chunked", GET "Content-Length: 3, 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            GOT_GET "FIELD Content-Length=3, 4 | FIELD Transfer-Encoding=chunked | DEVIATION LENGTH_INVALID_UNUSED@35 | "
            "DEVIATION LENGTH_AND_CODING@16 | " CHUNKED),
    RESPONSE("chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             "START 200 1.0 OK | FIELD Connection=keep-alive | FIELD Transfer-Encoding=chunked | "
             "DEVIATION CODING_IN_1_0@41 | HEAD chunked | CHUNK 0 | END | IDLE"),

    /* items 1 and 2 */
    ANSWER("HEAD with a length", HEAD, OK "Content-Length: 9\r\n\r\n", GOT_OK "FIELD Content-Length=9 | " NONE),
    ANSWER("HEAD with chunked", HEAD, OK "Transfer-Encoding: chunked\r\n\r\n", GOT_OK "FIELD Transfer-Encoding=chunked | " NONE),
    ANSWER("HEAD with nothing", HEAD, OK "\r\n", GOT_OK NONE),
    ANSWER("HEAD with an invalid length", HEAD, OK "Content-Length: -1\r\n\r\n",
           GOT_OK "FIELD Content-Length=-1 | DEVIATION LENGTH_INVALID_UNUSED@33 | " NONE),
    RESPONSE("204 with a length", "HTTP/1.1 204 \r\nContent-Length: 9\r\n\r\n", "START 204 1.1 | FIELD Content-Length=9 | " NONE),
    RESPONSE("304 with a length", "HTTP/1.1 304 \r\nContent-Length: 9\r\n\r\n", "START 304 1.1 | FIELD Content-Length=9 | " NONE),
    RESPONSE("304 with differing lengths", "HTTP/1.1 304 \r\nContent-Length: 5, 6\r\n\r\n",
             "START 304 1.1 | FIELD Content-Length=5, 6 | DEVIATION LENGTH_INVALID_UNUSED@34 | " NONE),
    RESPONSE("205 is not without content", "HTTP/1.1 205 \r\nContent-Length: 1\r\n\r\nx",
             "START 205 1.1 | FIELD Content-Length=1 | HEAD length 1 persists | DATA x | END | IDLE"),
    ANSWER("2xx to CONNECT", CONNECT, OK "\r\n\x16\x03", GOT_OK "HEAD tunnel | END | LOST | REST \\x16\\x03"),
    ANSWER("204 to CONNECT", CONNECT, "HTTP/1.1 204 \r\n\r\nx", "START 204 1.1 | HEAD tunnel | END | LOST | REST x"),
    ANSWER("fields of 2xx to CONNECT are ignored", CONNECT, OK "Content-Length: x\r\nTransfer-Encoding: gzip\r\n\r\nhello",
           GOT_OK "FIELD Content-Length=x | FIELD Transfer-Encoding=gzip | HEAD tunnel | END | LOST | REST hello"),
    ANSWER("407 to CONNECT", CONNECT, "HTTP/1.1 407 \r\nContent-Length: 5\r\n\r\nhello", "START 407 1.1 | FIELD Content-Length=5 | " LENGTH_5),
    REQUEST("CONNECT", "CONNECT a:1 HTTP/1.1\r\n\r\n", "START CONNECT a:1 1.1 | " NONE),
    REQUEST("CONNECT with a length", "CONNECT a:1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
            "START CONNECT a:1 1.1 | FIELD Content-Length=5 | " LENGTH_5),
};
/* clang-format on */

const struct http_table http_framing_table = TABLE(rows);
