#include "tests/check.h"
#include "tests/suites.h"
#include "wire/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OCTET_COUNT = 256, BIG_COUNT = 30000, BIG_MEMBER_SIZE = 24 };

/* Each row gives a text and one value in it, found by its JSON Pointer. */
static const struct taken_row {
    const char *label;
    const char *text;
    const char *pointer;
    struct json want;
} taken[] = {
    {"null", "null", "", {.type = JSON_NULL, .line = 1}},
    {"true", " true ", "", {.type = JSON_BOOL, .boolean = true, .line = 1}},
    {"false", "false\n", "", {.type = JSON_BOOL, .line = 1}},
    {"blanks before", "\n\r\n\t 7", "", {.type = JSON_NUMBER, .integer = 7, .line = 3}},
    {"zero", "0", "", {.type = JSON_NUMBER, .line = 1}},
    {"minus zero", "-0", "", {.type = JSON_NUMBER, .line = 1}},
    {"the largest integer",
     "9007199254740991",
     "",
     {.type = JSON_NUMBER, .integer = JSON_INTEGER_MAX, .line = 1}},
    {"the smallest integer",
     "[-9007199254740991]",
     "/0",
     {.type = JSON_NUMBER, .integer = -JSON_INTEGER_MAX, .line = 1}},
    {"an empty string", "\"\"", "", {.type = JSON_STRING, .string = "", .line = 1}},
    {"every short escape",
     "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
     "",
     {.type = JSON_STRING, .string = "\"\\/\b\f\n\r\t", .line = 1}},
    {"unicode escapes",
     "\"\\u0041\\u00e9\\u20AC\\uffff\"",
     "",
     {.type = JSON_STRING, .string = "A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf", .line = 1}},
    {"a pair of surrogates",
     "\"\\uD83d\\uDe00\"",
     "",
     {.type = JSON_STRING, .string = "\xf0\x9f\x98\x80", .line = 1}},
    {"the last pair",
     "\"\\udbff\\udfff\"",
     "",
     {.type = JSON_STRING, .string = "\xf4\x8f\xbf\xbf", .line = 1}},
    {"UTF-8 at its edges",
     "\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
     "",
     {.type = JSON_STRING,
      .string = "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f"
                "\xbf\xbf",
      .line = 1}},
    {"an empty array", "[ \n ]", "", {.type = JSON_ARRAY, .line = 1}},
    {"an empty object", "{ }", "", {.type = JSON_OBJECT, .line = 1}},
    {"an array of three", "[1,\n[2,3],\n4]", "", {.type = JSON_ARRAY, .count = 3, .line = 1}},
    {"an element behind an array",
     "[1,\n[2,\n3],\n4]",
     "/2",
     {.type = JSON_NUMBER, .integer = 4, .line = 4}},
    {"an element within an array",
     "[1,\n[2,\n3],\n4]",
     "/1/1",
     {.type = JSON_NUMBER, .integer = 3, .line = 3}},
    {"a member has the line of its key",
     "{\n\"a\"\n:\n1}",
     "/a",
     {.type = JSON_NUMBER, .key = "a", .integer = 1, .line = 2}},
    {"a member behind an object",
     "{\"a\":{\"b\":\n{}},\n\"c\":\"x\"}",
     "/c",
     {.type = JSON_STRING, .key = "c", .string = "x", .line = 3}},
    {"an object of two", "{\"a\":1,\"A\":2}", "", {.type = JSON_OBJECT, .count = 2, .line = 1}},
    {"keys that differ in case",
     "{\"a\":1,\"A\":2}",
     "/A",
     {.type = JSON_NUMBER, .key = "A", .integer = 2, .line = 1}},
    {"an empty key",
     "{\"\":true}",
     "/",
     {.type = JSON_BOOL, .key = "", .boolean = true, .line = 1}},
    {"a key with ~ and /",
     "{\"a~/b\":[0,{\"~1\":5}]}",
     "/a~0~1b/1/~01",
     {.type = JSON_NUMBER, .key = "~1", .integer = 5, .line = 1}},
    {"an escaped key", "{\"\\u002f\":null}", "/~1", {.type = JSON_NULL, .key = "/", .line = 1}},
};

static const struct double_row {
    const char *text;
    double want;
} doubles[] = {
    {"1.0", 1.0},
    {"-0.5", -0.5},
    {"1e0", 1.0},
    {"1E+2", 100.0},
    {"25e-1", 2.5},
    {"9007199254740993.0", 9007199254740992.0},
    {"1e308", 1e308},
    {"1e-999", 0.0},
    {"0.1000000000000000000000000000000000000000000000000000000000000", 0.1}, /* 63 octets */
};

static const struct refused_row {
    const char *label;
    const char *text;
    unsigned line;
    const char *message; /* a part of it */
} refused[] = {
    {"nothing", "", 1, "want a JSON value, got the end of the text"},
    {"blanks only", " \n\r\n\t", 3, "want a JSON value, got the end of the text"},
    {"a byte order mark", "\xef\xbb\xbf{}", 1, "got a byte order mark"},
    {"a form feed", "\f1", 1, "want a JSON value, got \"\\x0c\""},
    {"True", "True", 1, "want a JSON value, got \"True\""},
    {"a cut word", "[\ntru", 2, "want a JSON value, got \"tru\""},
    {"a long word", "nulls", 1, "got \"nulls\""},
    {"NaN", "NaN", 1, "got \"NaN\""},
    {"a single quote", "'a'", 1, "want a JSON value, got \"'\""},
    {"a comment", "1 // one", 1, "want the end of the text, got \"/\""},
    {"two values", "1\n2", 2, "want the end of the text, got \"2\""},
    {"an extra bracket", "[]\n]", 2, "want the end of the text, got \"]\""},
    {"a plus sign", "+1", 1, "got \"+\""},
    {"a bare minus", "-", 1, "want a digit, got the end of the text"},
    {"minus Infinity", "-Infinity", 1, "want a digit, got \"Infinity\""},
    {"a leading zero", "[01]", 1, "want no digit after a leading zero, got \"1\""},
    {"a leading point", ".5", 1, "want a JSON value, got \".\""},
    {"a trailing point", "[1.]", 1, "want a digit, got \"]\""},
    {"an empty exponent", "1e+", 1, "want a digit, got the end of the text"},
    {"a hex number", "0x10", 1, "want the end of the text, got \"x\""},
    {"a number past a double", "[\n1e999]", 2, "want a number that a double can hold, got 1e999"},
    {"minus the same", "-1e309", 1, "got -1e309"},
    {"a long fraction", "0.10000000000000000000000000000000000000000000000000000000000000", 1,
     "want a number of at most 63 octets, got 64"},
    {"2^53", "9007199254740992", 1, "to 9007199254740991, got \"9007199254740992\""},
    {"-2^53", "-9007199254740992", 1, "from -9007199254740991"},
    {"2^64", "18446744073709551616", 1, "want an integer from"},
    {"a very long integer",
     "1000000000000000000000000000000000000000000000000000000000000000000000000", 1,
     "want an integer from"},
    {"no comma", "[1\n2]", 2, "want a comma or \"]\", got \"2\""},
    {"a comma too many", "[1,]", 1, "want a JSON value, got \"]\""},
    {"a comma first", "[,1]", 1, "want a JSON value, got \",\""},
    {"the wrong bracket", "{\"a\":1]", 1, "want a comma or \"}\", got \"]\""},
    {"a comma behind a member", "{\"a\":1,\n}", 2, "want a key in double quotes, got \"}\""},
    {"a bare key", "{abc:1}", 1, "want a key in double quotes, got \"abc\""},
    {"no colon", "{\"a\"\n1}", 2, "want a colon after the key, got \"1\""},
    {"no member", "{\"a\":}", 1, "want a JSON value, got \"}\""},
    {"an open string", "[\"abc", 1, "want a closing quote, got the end of the text"},
    {"an open key", "{\"", 1, "want a closing quote, got the end of the text"},
    {"a line feed in a string", "[\n\"a\nb\"]", 2,
     "want control octets in strings escaped, got \"\\n\""},
    {"a bad escape", "\"\\x41\"", 1, "after a backslash, got \"x\""},
    {"an escape cut short", "\"\\", 1, "after a backslash, got the end of the text"},
    {"a unicode escape cut short", "\"\\u00", 1, "want four hex digits after \\u, got the end"},
    {"three hex digits", "\"\\u004g\"", 1, "want four hex digits after \\u, got \"g\""},
    {"an escaped NUL", "[\n\"a\\u0000\"]", 2, "{\"hex\": \"00\"} or {{NUL}}"},
    {"an escaped NUL in a key", "{\"\\u0000\":1}", 1, "{\"hex\": \"00\"} or {{NUL}}"},
    {"a high surrogate alone", "\"\\ud800\"", 1, "want a pair of surrogates, got \\ud800 alone"},
    {"a high surrogate twice", "\"\\ud83d\\ud83d\"", 1, "got \\ud83d alone"},
    {"a high surrogate and a letter", "\"\\udbff\\u0041\"", 1, "got \\udbff alone"},
    {"a low surrogate alone", "\"\\udc00\"", 1, "got \\udc00 alone"},
    {"a stray continuation", "\"\x80\"", 1, "want UTF-8, got octet 0x80"},
    {"an overlong slash", "\"\xc0\xaf\"", 1, "want UTF-8, got octet 0xc0"},
    {"overlong in three", "\"\xe0\x9f\xbf\"", 1, "want UTF-8, got octet 0xe0"},
    {"overlong in four", "\"\xf0\x8f\xbf\xbf\"", 1, "want UTF-8, got octet 0xf0"},
    {"a raw surrogate", "\"\xed\xa0\x80\"", 1, "want UTF-8, got octet 0xed"},
    {"past U+10FFFF", "\"\xf4\x90\x80\x80\"", 1, "want UTF-8, got octet 0xf4"},
    {"far past U+10FFFF", "\"\xf5\x80\x80\x80\"", 1, "want UTF-8, got octet 0xf5"},
    {"a character cut short", "\"\xe2\x82", 1, "want UTF-8, got octet 0xe2"},
    {"a character broken off", "\"\xe2\x82\"", 1, "want UTF-8, got octet 0xe2"},
    {"UTF-8 outside of strings", "[\xc3\xa9]", 1, "want a JSON value, got \"\xc3\xa9\""},
    {"not UTF-8 outside of strings", "[\xff]", 1, "want a JSON value, got octet 0xff"},
    {"a duplicate", "{\"a\":1,\n\"a\":2}", 2, "duplicate key \"a\", first at line 1"},
    {"a duplicate by an escape", "[{\"a\":1,\n\"b\":0,\n\"\\u0061\":2}]", 3, "duplicate key \"a\""},
    {"a duplicate of an empty key", "{\"\":1,\"\":1}", 1, "duplicate key \"\""},
};

struct reading {
    struct arena *arena;
    struct diags diags;
    const struct json *root;
};

/* Reads an exact-sized heap copy, so that ASan sees a read past it, and drops
 * it before anyone looks at the tree. */
static struct reading reading_new(struct bytes text)
{
    struct reading reading = {.arena = arena_new()};
    reading.diags.arena = reading.arena;
    uint8_t *copy = malloc(text.len > 0 ? text.len : 1);
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    const struct bytes exact = {text.len > 0 ? copy : NULL, text.len};
    reading.root = json_read(reading.arena, &reading.diags, "x.json", exact);
    free(copy);
    return reading;
}

static void reading_free(struct reading *reading)
{
    arena_free(reading->arena);
}

static const char *first_message(const struct reading *reading)
{
    return reading->diags.first != NULL ? reading->diags.first->message : "(none)";
}

/* Asks every value for its pointer, which tries json_pointer() at the same time. */
static const struct json *find(const struct json *value, const char *pointer, struct arena *arena)
{
    if (value == NULL || strcmp(json_pointer(value, arena), pointer) == 0)
        return value;
    const struct json *found = NULL;
    for (const struct json *item = value->items; item != NULL && found == NULL; item = item->next)
        found = find(item, pointer, arena);
    return found;
}

static bool same_text(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static void check_taken(const struct taken_row *row)
{
    struct reading reading = reading_new(bytes_of(row->text));
    const struct json *got = find(reading.root, row->pointer, reading.arena);
    CHECK_ROW(got != NULL, "%s: nothing at \"%s\": %s", row->label, row->pointer,
              first_message(&reading));
    if (got != NULL) {
        const struct json *want = &row->want;
        CHECK_ROW(got->type == want->type, "%s: %s, want %s", row->label, json_type_name(got->type),
                  json_type_name(want->type));
        CHECK_ROW(got->line == want->line, "%s: line %u, want %u", row->label, got->line,
                  want->line);
        CHECK_ROW(got->integer == want->integer && got->number == (double)want->integer,
                  "%s: integer %" PRId64 ", want %" PRId64, row->label, got->integer,
                  want->integer);
        CHECK_ROW(got->is_integer == (want->type == JSON_NUMBER), "%s: is_integer", row->label);
        CHECK_ROW(got->count == want->count, "%s: count %zu", row->label, got->count);
        CHECK_ROW(got->boolean == want->boolean, "%s: boolean", row->label);
        CHECK_ROW(same_text(got->key, want->key), "%s: key", row->label);
        CHECK_ROW(same_text(got->string, want->string) && got->len == bytes_of(want->string).len,
                  "%s: string", row->label);
    }
    CHECK_ROW(reading.diags.count == 0, "%s: got diags", row->label);
    reading_free(&reading);
}

static void takes_every_good_row(void)
{
    for (size_t i = 0; i < COUNT_OF(taken); i++)
        check_taken(&taken[i]);
}

static void takes_doubles_without_calling_them_integers(void)
{
    for (size_t i = 0; i < COUNT_OF(doubles); i++) {
        struct reading reading = reading_new(bytes_of(doubles[i].text));
        const struct json *got = reading.root;
        CHECK_ROW(got != NULL && got->type == JSON_NUMBER && !got->is_integer &&
                      got->number == doubles[i].want,
                  "%s: %s", doubles[i].text, first_message(&reading));
        reading_free(&reading);
    }
}

static void refuses_every_bad_row_in_one_diag(void)
{
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        const struct refused_row *row = &refused[i];
        struct reading reading = reading_new(bytes_of(row->text));
        CHECK_ROW(reading.root == NULL, "%s: taken", row->label);
        CHECK_ROW(reading.diags.count == 1, "%s: %zu diags", row->label, reading.diags.count);
        CHECK_ROW(strstr(first_message(&reading), row->message) != NULL, "%s: \"%s\", want \"%s\"",
                  row->label, first_message(&reading), row->message);
        const unsigned line = reading.diags.first != NULL ? reading.diags.first->line : 0;
        CHECK_ROW(line == row->line, "%s: line %u, want %u", row->label, line, row->line);
        reading_free(&reading);
    }
}

static void refuses_a_text_cut_anywhere(void)
{
    const struct bytes whole = bytes_of(
        "{\"steps\": [{\"send\": \"a\\u00e9\\ud83d\\ude00\\n\xe2\x82\xac\", \"n\": -12.5e+3},\n"
        " {}, [], [null, true, false, 0, 9007199254740991]],\n \"~/\": {\"deep\": [[1]]}}");
    for (size_t len = 0; len <= whole.len; len++) {
        struct reading reading = reading_new((struct bytes){whole.at, len});
        CHECK_ROW((reading.root != NULL) == (len == whole.len), "cut at %zu: %s", len,
                  first_message(&reading));
        CHECK_ROW(reading.diags.count == (len < whole.len), "cut at %zu: %zu diags", len,
                  reading.diags.count);
        reading_free(&reading);
    }
}

static void judges_every_octet_within_a_string(void)
{
    for (unsigned octet = 0; octet < OCTET_COUNT; octet++) {
        const uint8_t text[] = {'"', 'a', (uint8_t)octet, 'b', '"'};
        struct reading reading = reading_new((struct bytes){text, sizeof(text)});
        /* A backslash makes \b of what follows, a quote leaves b" behind. */
        const bool want = octet >= 0x20 && octet < 0x80 && octet != '"';
        const size_t len = octet == '\\' ? 2 : 3;
        CHECK_ROW((reading.root != NULL) == want, "octet 0x%02x: %s", octet,
                  first_message(&reading));
        CHECK_ROW(reading.root == NULL || reading.root->len == len, "octet 0x%02x: len", octet);
        reading_free(&reading);
    }
}

static void judges_every_octet_outside_of_strings(void)
{
    for (unsigned octet = 0; octet < OCTET_COUNT; octet++) {
        const uint8_t text[] = {'[', (uint8_t)octet, ']'};
        struct reading reading = reading_new((struct bytes){text, sizeof(text)});
        const bool want = octet != 0 && strchr(" \t\n\r0123456789", (int)octet) != NULL;
        CHECK_ROW((reading.root != NULL) == want, "octet 0x%02x: %s", octet,
                  first_message(&reading));
        reading_free(&reading);
    }
}

/* `depth` arrays, or as many objects, one within the other. */
static struct reading read_nested(size_t depth, const char *open, char close)
{
    const size_t open_len = strlen(open);
    const size_t len = depth * (open_len + 1) + 1;
    char *text = malloc(len);
    for (size_t i = 0; i < depth; i++)
        memcpy(text + i * open_len, open, open_len);
    text[depth * open_len] = '1';
    memset(text + depth * open_len + 1, close, depth);
    struct reading reading = reading_new((struct bytes){(const uint8_t *)text, len});
    free(text);
    return reading;
}

static void limits_the_depth(void)
{
    static const char *const opens[] = {"[", "{\"a\":"};
    for (size_t i = 0; i < COUNT_OF(opens); i++) {
        const char close = opens[i][0] == '[' ? ']' : '}';
        struct reading deep = read_nested(JSON_DEPTH_MAX, opens[i], close);
        CHECK_ROW(deep.root != NULL, "%s: %s", opens[i], first_message(&deep));
        struct reading deeper = read_nested(JSON_DEPTH_MAX + 1, opens[i], close);
        CHECK_ROW(deeper.root == NULL && strstr(first_message(&deeper), "at most 64 levels"),
                  "%s: %s", opens[i], first_message(&deeper));
        reading_free(&deep);
        reading_free(&deeper);
    }
}

static void limits_the_size(void)
{
    static const struct {
        size_t len;
        char fill;
        const char *message;
    } sizes[] = {
        {JSON_SIZE_MAX, ' ', "(none)"},
        {JSON_SIZE_MAX + 1, ' ', "want a text of at most 16777216 octets, got 16777217"},
        {JSON_SIZE_MAX, '[', "at most 64 levels"},
    };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint8_t *text = malloc(sizes[i].len);
        memset(text, sizes[i].fill, sizes[i].len);
        text[sizes[i].len - 1] = '1';
        struct reading reading = reading_new((struct bytes){text, sizes[i].len});
        CHECK_ROW(strstr(first_message(&reading), sizes[i].message) != NULL, "%zu of '%c': %s",
                  sizes[i].len, sizes[i].fill, first_message(&reading));
        reading_free(&reading);
        free(text);
    }
}

/* Members "k0" to "kN", one a line, then the text of `tail`. */
static struct reading read_members(size_t count, const char *tail)
{
    const size_t size = count * BIG_MEMBER_SIZE + strlen(tail) + 1;
    char *text = malloc(size);
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len +=
            (size_t)snprintf(text + len, size - len, "%s\"k%zu\":%zu", i == 0 ? "{" : ",\n", i, i);
    len += (size_t)snprintf(text + len, size - len, "%s", tail);
    struct reading reading = reading_new((struct bytes){(const uint8_t *)text, len});
    free(text);
    return reading;
}

static void reads_a_big_object(void)
{
    struct reading reading = read_members(BIG_COUNT, "}");
    struct reading twice = read_members(BIG_COUNT, ",\n\"k7\":0}");
    CHECK_ROW(reading.root != NULL && reading.root->count == BIG_COUNT, "%s",
              first_message(&reading));
    CHECK_ROW(strcmp(first_message(&twice), "duplicate key \"k7\", first at line 8") == 0, "%s",
              first_message(&twice));
    reading_free(&reading);
    reading_free(&twice);
}

static void finds_every_duplicate_in_order(void)
{
    static const char *const want[] = {
        "x.json:41: /k30: duplicate key \"k30\", first at line 31",
        "x.json:42: /k2: duplicate key \"k2\", first at line 3",
        "x.json:43: /k30: duplicate key \"k30\", first at line 31",
        "x.json:44: /o/0/a~1~0: duplicate key \"a/~\", first at line 44",
    };
    struct reading reading =
        read_members(40, ",\n\"k30\":0,\n\"k2\":0,\n\"k30\":0,\n\"o\":[{\"a/~\":1,\"a/~\":2}]}");
    CHECK_ROW(reading.root == NULL, "taken");
    CHECK_ROW(reading.diags.count == COUNT_OF(want), "%zu diags", reading.diags.count);
    const struct diag *diag = reading.diags.first;
    for (size_t i = 0; i < COUNT_OF(want) && diag != NULL; i++, diag = diag->next) {
        const char *got = diag_text(diag, reading.arena);
        CHECK_ROW(strcmp(got, want[i]) == 0, "\"%s\", want \"%s\"", got, want[i]);
    }
    reading_free(&reading);
}

static void finds_members_by_name(void)
{
    struct reading reading = reading_new(bytes_of("{\"Via\":1,\"via\":2}"));
    const struct json *member = json_member(reading.root, "via");
    CHECK_ROW(member != NULL && member->integer == 2 && member->parent == reading.root, "via");
    CHECK_ROW(json_member(reading.root, "VIA") == NULL, "VIA");
    reading_free(&reading);
}

CU_TestInfo json_tests[] = {
    {"takes every good row", takes_every_good_row},
    {"takes doubles without calling them integers", takes_doubles_without_calling_them_integers},
    {"refuses every bad row in one diag", refuses_every_bad_row_in_one_diag},
    {"refuses a text cut anywhere", refuses_a_text_cut_anywhere},
    {"judges every octet within a string", judges_every_octet_within_a_string},
    {"judges every octet outside of strings", judges_every_octet_outside_of_strings},
    {"limits the depth", limits_the_depth},
    {"limits the size", limits_the_size},
    {"reads a big object", reads_a_big_object},
    {"finds every duplicate, in order", finds_every_duplicate_in_order},
    {"finds members by name", finds_members_by_name},
    CU_TEST_INFO_NULL,
};
