#include "tests/http_rows.h"

#define END "HEAD none persists | END | IDLE"

/* Behind GET, a chunked request whose last chunk is read; the trailers begin at octet 49. */
#define CHUNKED     GET "Transfer-Encoding: chunked\r\n\r\n0\r\n"
#define GOT_CHUNKED GOT_GET "FIELD Transfer-Encoding=chunked | HEAD chunked persists | CHUNK 0 | "

/* clang-format off */
static const struct http_row rows[] = {
    REQUEST("a field", GET "Host: x\r\n\r\n", GOT_GET "FIELD Host=x | " END),
    REQUEST("blanks around the value", GET "a:\t b c \t\r\n\r\n", GOT_GET "FIELD a=b c | " END),
    REQUEST("no blanks at all", GET "a:b\r\n\r\n", GOT_GET "FIELD a=b | " END),
    REQUEST("empty values", GET "a:\r\nb: \r\n\r\n", GOT_GET "FIELD a= | FIELD b= | " END),
    REQUEST("a colon in the value", GET "a: b:c\r\n\r\n", GOT_GET "FIELD a=b:c | " END),
    REQUEST("every special octet of a token", GET "!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n",
            GOT_GET "FIELD !#$%&'*+-.^_`|~09azAZ=x | " END),
    REQUEST("octets from 0x80 on in the value", GET "a: \xE5\x98\x8A\r\n\r\n",
            GOT_GET "FIELD a=\\xE5\\x98\\x8A | " END),
    REQUEST("bare LF ends a field line", GET "a: b\n\r\n",
            GOT_GET "DEVIATION FIELD_BARE_LF@20 | FIELD a=b | " END),
    REQUEST("bare LF for the blank line", GET "a: b\r\n\n",
            GOT_GET "FIELD a=b | DEVIATION FIELD_BARE_LF@22 | " END),
    REQUEST("bare LF everywhere", "GET / HTTP/1.1\na: b\n\n",
            "DEVIATION START_BARE_LF@14 | " GOT_GET "DEVIATION FIELD_BARE_LF@19 | FIELD a=b | "
            "DEVIATION FIELD_BARE_LF@20 | " END),
    REQUEST("a folded value", GET "a: b\r\n c\r\nd: e\r\n\r\n",
            GOT_GET "DEVIATION OBS_FOLD@22 | FIELD a=b   c | FIELD d=e | " END),
    REQUEST("blanks about folds", GET "a: b\t\r\n\tc\r\n\t\r\n\r\n",
            GOT_GET "DEVIATION OBS_FOLD@23 | FIELD a=b    c | " END),
    REQUEST("a fold before the value", GET "a:\r\n b\r\n\r\n",
            GOT_GET "DEVIATION OBS_FOLD@20 | FIELD a=b | " END),
    REQUEST("a HTAB in the value, away from the fold", GET "a: b\tc\r\n d\r\n\r\n",
            GOT_GET "DEVIATION OBS_FOLD@24 | FIELD a=b\\x09c   d | " END),
    REQUEST("folds with bare LF", GET "a: b\n c\n\r\n",
            GOT_GET "DEVIATION FIELD_BARE_LF@20 | DEVIATION OBS_FOLD@21 | FIELD a=b  c | " END),
    REQUEST("CR before a fold", GET "a: b\r\r\n c\r\n\r\n",
            GOT_GET "DEVIATION VALUE_BARE_CR@20 | DEVIATION OBS_FOLD@23 | FIELD a=b\\x0D   c | " END),
    REQUEST("a line led by a blank before all fields", GET " a: b\r\n\tc: d\n e\r\nf: g\r\n\r\n",
            GOT_GET "DEVIATION BLANK_LED_LINE@16 | DEVIATION FIELD_BARE_LF@28 | FIELD f=g | " END),
    REQUEST("a line of blanks alone", GET " \r\n\r\n", GOT_GET "DEVIATION BLANK_LED_LINE@16 | " END),
    REQUEST("no colon", GET "garbage\r\na: b\r\n\r\n",
            GOT_GET "DEVIATION NO_COLON@23 | FIELD a=b | " END),
    REQUEST("no colon but in the fold", GET "a\n b: c\r\n\r\n",
            GOT_GET "DEVIATION NO_COLON@17 | DEVIATION FIELD_BARE_LF@17 | " END),
    REQUEST("two CR for the blank line", GET "\r\r\n\r\n", GOT_GET "DEVIATION NO_COLON@17 | " END),
    REQUEST("a blank before the colon", GET "a : b\r\n\r\n",
            GOT_GET "DEVIATION NAME_BLANK@17 | FIELD a=b | " END),
    REQUEST("blanks before the colon of a framing field", GET "Content-Length \t: 1\r\n\r\nx",
            GOT_GET "DEVIATION NAME_BLANK@30 | FIELD Content-Length=1 | HEAD length 1 persists | "
            "DATA x | END | IDLE"),
    REQUEST("an empty name", GET ": b\r\n\r\n", GOT_GET "DEVIATION NAME_EMPTY@16 | FIELD =b | " END),
    REQUEST("a blank in the name", GET "a b: c\r\n\r\n",
            GOT_GET "DEVIATION NAME_NOT_TOKEN@17 | FIELD a b=c | " END),
    REQUEST("a separator in the name", GET "a(b) : c\r\n\r\n",
            GOT_GET "DEVIATION NAME_NOT_TOKEN@17 | DEVIATION NAME_BLANK@20 | FIELD a(b)=c | " END),
    REQUEST("an octet from 0x80 on in the name", GET "\xE4: b\r\n\r\n",
            GOT_GET "DEVIATION NAME_NOT_TOKEN@16 | FIELD \\xE4=b | " END),
    REQUEST("CR in the name", GET "a\rb: c\r\n\r\n",
            GOT_GET "DEVIATION NAME_NOT_TOKEN@17 | FIELD a\\x0Db=c | " END),
    REQUEST("NUL in the value", GET "a: b\0\0c\r\n\r\n",
            GOT_GET "DEVIATION VALUE_NUL@20 | FIELD a=b\\x00\\x00c | " END),
    REQUEST("CR in the value", GET "a: b\rc: d\r\n\r\n",
            GOT_GET "DEVIATION VALUE_BARE_CR@20 | FIELD a=b\\x0Dc: d | " END),
    REQUEST("two CR end a field line", GET "a: b\r\r\n\r\n",
            GOT_GET "DEVIATION VALUE_BARE_CR@20 | FIELD a=b\\x0D | " END),
    REQUEST("controls in the value", GET "a: \x01\x7F\x0B\r\n\r\n",
            GOT_GET "DEVIATION VALUE_CONTROL@19 | FIELD a=\\x01\\x7F\\x0B | " END),
    REQUEST("all at once, in the order of the octets", GET "a : \x01\r\0\r\n b\n\r\n",
            GOT_GET "DEVIATION NAME_BLANK@17 | DEVIATION VALUE_CONTROL@20 | DEVIATION VALUE_BARE_CR@21 | "
            "DEVIATION VALUE_NUL@22 | DEVIATION OBS_FOLD@25 | DEVIATION FIELD_BARE_LF@27 | "
            "FIELD a=\\x01\\x0D\\x00   b | " END),
    REQUEST("cut behind a field that may go on", GET "a: b\r\n", GOT_GET "CUT"),
    REQUEST("cut in the blank line", GET "a: b\r\n\r", GOT_GET "FIELD a=b | CUT"),

    REQUEST("a trailer", CHUNKED "a: b\r\n\r\n", GOT_CHUNKED "TRAILER a=b | END | IDLE"),
    REQUEST("two trailers, one folded", CHUNKED "a: b\r\n c\r\nd: e\r\n\r\n",
            GOT_CHUNKED "DEVIATION OBS_FOLD@55 | TRAILER a=b   c | TRAILER d=e | END | IDLE"),
    REQUEST("a bad line among the trailers", CHUNKED "garbage\r\na: b\r\n\n",
            GOT_CHUNKED "DEVIATION NO_COLON@56 | TRAILER a=b | DEVIATION FIELD_BARE_LF@64 | END | IDLE"),
    REQUEST("a trailer that is led by a blank", CHUNKED " a: b\r\n\r\n",
            GOT_CHUNKED "DEVIATION BLANK_LED_LINE@49 | END | IDLE"),
    REQUEST("forbidden trailers", CHUNKED "CONTENT-length: 9\r\nhost : b\r\n\r\n",
            GOT_CHUNKED "DEVIATION TRAILER_FORBIDDEN@49 | TRAILER CONTENT-length=9 | "
            "DEVIATION NAME_BLANK@72 | DEVIATION TRAILER_FORBIDDEN@68 | TRAILER host=b | END | IDLE"),
    REQUEST("trailers that are nearly forbidden", CHUNKED "X-Host: a\r\nContent-MD5: b\r\n\r\n",
            GOT_CHUNKED "TRAILER X-Host=a | TRAILER Content-MD5=b | END | IDLE"),
    REQUEST("cut in the trailers", CHUNKED "a: b\r\n\r", GOT_CHUNKED "TRAILER a=b | CUT"),
};
/* clang-format on */

const struct http_table http_fields_table = TABLE(rows);
