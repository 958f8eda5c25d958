#include "tests/http_rows.h"
#include "tests/suites.h"

/* Every row is a response whose chunked content begins at octet 47. */
#define CHUNKED     OK "Transfer-Encoding: chunked\r\n\r\n"
#define GOT_CHUNKED GOT_OK "FIELD Transfer-Encoding=chunked | HEAD chunked persists | "
#define ROW(label, wire, want)                                                                     \
    {                                                                                              \
        label, HTTP_RESPONSES, HTTP_ANSWERS_OTHER, OCTETS(CHUNKED wire), GOT_CHUNKED want,         \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }

/* One chunk whose size line has something behind the size, and the log of it. */
#define EXTENDED(label, extension, got)                                                            \
    ROW(label, "5" extension "\r\nhello\r\n0\r\n\r\n", got " | DATA hello | " LAST)
#define LAST "CHUNK 0 | END | IDLE"

/* clang-format off */
static const struct http_row rows[] = {
    ROW("no content", "0\r\n\r\n", LAST),
    ROW("one chunk", "5\r\nhello\r\n0\r\n\r\n", "CHUNK 5 | DATA hello | " LAST),
    ROW("two chunks", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "CHUNK 3 | DATA abc | CHUNK 2 | DATA de | " LAST),
    ROW("line ends in the data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "CHUNK 4 | DATA \\x0D\\x0A\\x0D\\x0A | " LAST),
    ROW("hexadecimal digits in both cases", "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n",
        "CHUNK 10 | DATA 0123456789 | CHUNK 11 | DATA 0123456789a | " LAST),
    ROW("zeros before the size", "00000000000000000000001\r\nx\r\n0000\r\n\r\n", "CHUNK 1 | DATA x | " LAST),
    ROW("a trailer", "0\r\na: b\r\n\r\n", "CHUNK 0 | TRAILER a=b | END | IDLE"),

    /* the size */
    ROW("the largest size", "7FFFFFFFFFFFFFFF\r\nx", "CHUNK 9223372036854775807 | DATA x | CUT"),
    ROW("a size of 2^63", "8000000000000000\r\nx", "DEVIATION CHUNK_SIZE_TOO_LARGE@62 | LOST"),
    ROW("a size of 2^64 + 5", "10000000000000005\r\nhello\r\n", "DEVIATION CHUNK_SIZE_TOO_LARGE@63 | LOST"),
    ROW("a size of 2^64 + 5, behind a zero", "010000000000000005\r\nhello\r\n", "DEVIATION CHUNK_SIZE_TOO_LARGE@64 | LOST"),
    ROW("no size", "\r\nhello\r\n", "DEVIATION CHUNK_SIZE@47 | LOST"),
    ROW("an extension without size", ";a\r\nhello\r\n", "DEVIATION CHUNK_SIZE@47 | LOST"),
    ROW("a letter beyond F", "g\r\n", "DEVIATION CHUNK_SIZE@47 | LOST"),
    ROW("a letter behind the size", "5h\r\nhello\r\n", "DEVIATION CHUNK_SIZE@48 | LOST"),
    ROW("0x before the size", "0x5\r\nhello\r\n", "DEVIATION CHUNK_SIZE@48 | LOST"),
    ROW("a plus sign", "+5\r\nhello\r\n", "DEVIATION CHUNK_SIZE@47 | LOST"),
    ROW("a minus sign", "-5\r\nhello\r\n", "DEVIATION CHUNK_SIZE@47 | LOST"),
    ROW("an underscore", "5_0\r\nhello\r\n", "DEVIATION CHUNK_SIZE@48 | LOST"),
    ROW("a blank before the size", " 5\r\nhello\r\n", "DEVIATION CHUNK_SIZE@47 | LOST"),
    ROW("a blank in the size", "5 0\r\nhello\r\n", "DEVIATION CHUNK_SIZE@49 | LOST"),
    ROW("NUL behind the size", "5\0\r\nhello\r\n", "DEVIATION CHUNK_SIZE@48 | LOST"),

    /* RFC 9112, section 7.1.1 */
    EXTENDED("an extension", ";a", "CHUNK 5 ;a"),
    EXTENDED("an extension with a value", ";a=b", "CHUNK 5 ;a=b"),
    EXTENDED("two extensions", ";a=1;b", "CHUNK 5 ;a=1;b"),
    EXTENDED("blanks about ; and =", " ; a\t= b", "CHUNK 5  ; a\\x09= b"),
    EXTENDED("a quoted value", ";a=\"x;y\\\"=\xFF\t\"", "CHUNK 5 ;a=\"x;y\\x5C\"=\\xFF\\x09\""),
    EXTENDED("an empty quoted value", ";a=\"\";b", "CHUNK 5 ;a=\"\";b"),
    ROW("an extension of the last chunk", "0;a=b\r\n\r\n", "CHUNK 0 ;a=b | END | IDLE"),
    EXTENDED("a blank behind the size", " ", "DEVIATION CHUNK_BLANK@48 | CHUNK 5  "),
    EXTENDED("blanks behind an extension", ";a=b\t ", "DEVIATION CHUNK_BLANK@52 | CHUNK 5 ;a=b\\x09 "),
    EXTENDED("a semicolon alone", ";", "DEVIATION CHUNK_EXTENSION@49 | CHUNK 5 ;"),
    EXTENDED("an empty extension name", ";=b", "DEVIATION CHUNK_EXTENSION@49 | CHUNK 5 ;=b"),
    EXTENDED("no value behind the =", ";a=;b", "DEVIATION CHUNK_EXTENSION@51 | CHUNK 5 ;a=;b"),
    EXTENDED("two words", ";a b", "DEVIATION CHUNK_EXTENSION@51 | CHUNK 5 ;a b"),
    EXTENDED("a word behind a quoted value", ";a=\"b\"c", "DEVIATION CHUNK_EXTENSION@54 | CHUNK 5 ;a=\"b\"c"),
    EXTENDED("NUL in a quoted value", ";a=\"\0\0\"", "DEVIATION CHUNK_EXTENSION@52 | CHUNK 5 ;a=\"\\x00\\x00\""),
    EXTENDED("a quote where none may be", ";\"", "DEVIATION CHUNK_EXTENSION@49 | CHUNK 5 ;\""),
    ROW("LF in a quoted value", "5;a=\"x\ny\"\r\nhello\r\n", "DEVIATION CHUNK_QUOTED_LF@53 | DEVIATION CHUNK_BARE_LF@53 | LOST"),
    ROW("CRLF in a quoted value", "5;a=\"x\r\ny\"\r\nhello\r\n", "DEVIATION CHUNK_QUOTED_LF@54 | LOST"),
    ROW("LF behind a backslash", "5;a=\"\\\r\nhello\r\n", "DEVIATION CHUNK_QUOTED_LF@54 | LOST"),

    /* line ends */
    ROW("CR behind the size", "5\rx\r\nhello\r\n", "DEVIATION CHUNK_BARE_CR@48 | LOST"),
    ROW("two CR behind the size", "5\r\r\nhello\r\n", "DEVIATION CHUNK_BARE_CR@48 | LOST"),
    ROW("CR in an extension", "5;a\rb\r\nhello\r\n", "DEVIATION CHUNK_BARE_CR@50 | LOST"),
    ROW("CR in a quoted value", "5;a=\"\r\"\r\nhello\r\n", "DEVIATION CHUNK_BARE_CR@52 | LOST"),
    ROW("bare LF behind the size", "5\nhello\r\n0\r\n\r\n", "DEVIATION CHUNK_BARE_LF@48 | CHUNK 5 | DATA hello | " LAST),
    ROW("bare LF behind an extension", "5;a\nhello\r\n0\r\n\r\n", "DEVIATION CHUNK_BARE_LF@50 | CHUNK 5 ;a | DATA hello | " LAST),
    ROW("bare LF behind the data", "5\r\nhello\n0\r\n\r\n", "CHUNK 5 | DATA hello | DEVIATION CHUNK_DATA_BARE_LF@55 | " LAST),
    ROW("bare LF everywhere", "1\nx\n0\n\n",
        "DEVIATION CHUNK_BARE_LF@48 | CHUNK 1 | DATA x | DEVIATION CHUNK_DATA_BARE_LF@50 | "
        "DEVIATION CHUNK_BARE_LF@52 | CHUNK 0 | DEVIATION FIELD_BARE_LF@53 | END | IDLE"),
    ROW("more data than the size says", "5\r\nhelloXX\r\n0\r\n\r\n", "CHUNK 5 | DATA hello | DEVIATION CHUNK_DATA_END@55 | LOST"),
    ROW("nothing behind the data", "5\r\nhello0\r\n\r\n", "CHUNK 5 | DATA hello | DEVIATION CHUNK_DATA_END@55 | LOST"),
    ROW("not CR but LF behind the data", "5\r\nhelloX\n0\r\n\r\n", "CHUNK 5 | DATA hello | DEVIATION CHUNK_DATA_END@55 | LOST"),
    ROW("CR alone behind the data", "5\r\nhello\r0\r\n\r\n", "CHUNK 5 | DATA hello | DEVIATION CHUNK_DATA_END@56 | LOST"),
    ROW("two CR behind the data", "5\r\nhello\r\r\n0\r\n\r\n", "CHUNK 5 | DATA hello | DEVIATION CHUNK_DATA_END@56 | LOST"),

    /* cut short */
    ROW("cut before the first chunk", "", "CUT"),
    ROW("cut in a size line", "5\r", "CUT"),
    ROW("cut in the data", "5\r\nhe", "CHUNK 5 | DATA he | CUT"),
    ROW("cut behind the data", "5\r\nhello\r", "CHUNK 5 | DATA hello | CUT"),
    ROW("cut before the last chunk", "5\r\nhello\r\n", "CHUNK 5 | DATA hello | CUT"),
    ROW("cut before the final CRLF", "0\r\n", "CHUNK 0 | CUT"),
    ROW("cut in the final CRLF", "0\r\n\r", "CHUNK 0 | CUT"),
};
/* clang-format on */

const struct http_table chunked_table = TABLE(rows);

static void reads_chunks(void)
{
    http_rows_check(&chunked_table);
}

CU_TestInfo chunked_tests[] = {
    {"reads chunks", reads_chunks},
    CU_TEST_INFO_NULL,
};
