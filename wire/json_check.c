#include "wire/json_check.h"

#include "wire/json.h"
#include "wire/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* cJSON copies a number into 64 octets and cuts what is longer, so longer ones may not pass. */
enum { NUMBER_LEN_MAX = 63 };

enum { ESCAPED_UNIT_LEN = 6, CONTROL_END = 0x20 };

struct checker {
    struct bytes rest; /* what is not yet read */
    unsigned line;     /* where `rest` starts */
    unsigned depth;    /* arrays and objects that are open */
    struct json_notes *notes;
    struct diags *diags;
    const char *file;
};

/* The letters at the front of `text`. */
static struct bytes word_of(struct bytes text)
{
    struct bytes word = {text.at, 0};
    while (word.len < text.len && byte_is_letter(text.at[word.len]))
        word.len++;
    return word;
}

/* Says what stands at the front of `text`, for "want X, got Y". */
static const char *describe(struct bytes text, struct arena *arena)
{
    if (text.len == 0)
        return "the end of the text";
    const size_t len = utf8_len(text);
    if (len == 0)
        return arena_printf(arena, "octet 0x%02x", text.at[0]);
    const struct bytes word = word_of(text);
    return diag_quote(arena, word.len > 0 ? word : (struct bytes){text.at, len});
}

static bool fail_want(const struct checker *checker, const char *want)
{
    return diag_add(checker->diags, checker->file, checker->line, NULL, "want %s, got %s", want,
                    describe(checker->rest, checker->diags->arena));
}

/* The next octet, or 0 at the end: a NUL is legal nowhere, so nobody confuses the two. */
static uint8_t peek(const struct checker *checker)
{
    return checker->rest.len > 0 ? checker->rest.at[0] : 0;
}

static bool eat(struct checker *checker, uint8_t octet)
{
    if (checker->rest.len == 0 || checker->rest.at[0] != octet)
        return false;
    bytes_take(&checker->rest, 1);
    return true;
}

/* Line feeds are legal only here, so only here are lines counted. */
static void eat_blanks(struct checker *checker)
{
    for (;;) {
        if (eat(checker, '\n'))
            checker->line++;
        else if (!eat(checker, ' ') && !eat(checker, '\t') && !eat(checker, '\r'))
            return;
    }
}

static void note_value(struct json_notes *notes, unsigned line)
{
    notes->at = arena_room(notes->arena, notes->at, notes->count, &notes->size, sizeof(*notes->at));
    notes->at[notes->count++] = (struct json_note){.line = line};
}

/* The UTF-16 unit of `\uXXXX` at the front of `text`, or -1 when there is none. */
static int escaped_unit(struct bytes text)
{
    if (text.len < ESCAPED_UNIT_LEN || text.at[0] != '\\' || text.at[1] != 'u')
        return -1;
    int unit = 0;
    for (size_t i = 2; i < ESCAPED_UNIT_LEN; i++) {
        const int digit = byte_hex(text.at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool fail_hex(struct checker *checker)
{
    bytes_take(&checker->rest, sizeof("\\u") - 1);
    while (byte_hex(peek(checker)) >= 0)
        bytes_take(&checker->rest, 1);
    return fail_want(checker, "four hex digits after \\u");
}

/* RFC 8259, section 8.2, lets surrogates stand alone; what becomes of them then nobody can say. */
static bool check_unit(struct checker *checker)
{
    const int unit = escaped_unit(checker->rest);
    if (unit < 0)
        return fail_hex(checker);
    if (unit == 0)
        return diag_add(checker->diags, checker->file, checker->line, NULL,
                        "\\u0000 cannot stand in a string; write {\"hex\": \"00\"} or {{NUL}}");
    const struct bytes escape = bytes_take(&checker->rest, ESCAPED_UNIT_LEN);
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    const int low = escaped_unit(checker->rest);
    if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return diag_add(checker->diags, checker->file, checker->line, NULL,
                        "want a pair of surrogates, got %.*s alone", ESCAPED_UNIT_LEN,
                        (const char *)escape.at);
    bytes_take(&checker->rest, ESCAPED_UNIT_LEN);
    return true;
}

static bool check_escape(struct checker *checker)
{
    const uint8_t letter = checker->rest.len > 1 ? checker->rest.at[1] : 0;
    if (letter == 'u')
        return check_unit(checker);
    bytes_take(&checker->rest, 1);
    if (letter == 0 || strchr("\"\\/bfnrt", letter) == NULL)
        return fail_want(checker, "one of \" \\ / b f n r t u after a backslash");
    bytes_take(&checker->rest, 1);
    return true;
}

static bool check_character(struct checker *checker)
{
    if (checker->rest.len == 0)
        return fail_want(checker, "a closing quote");
    if (peek(checker) == '\\')
        return check_escape(checker);
    if (peek(checker) < CONTROL_END)
        return fail_want(checker, "control octets in strings escaped");
    const size_t len = utf8_len(checker->rest);
    if (len == 0)
        return fail_want(checker, "UTF-8");
    bytes_take(&checker->rest, len);
    return true;
}

static bool check_string(struct checker *checker)
{
    bytes_take(&checker->rest, 1);
    while (!eat(checker, '"'))
        if (!check_character(checker))
            return false;
    return true;
}

static bool check_integer(const struct checker *checker, struct bytes number)
{
    int64_t value = 0;
    for (size_t i = number.at[0] == '-' ? 1 : 0; i < number.len && value <= JSON_INTEGER_MAX; i++)
        value = value * 10 + (number.at[i] - '0');
    if (value <= JSON_INTEGER_MAX)
        return true;
    return diag_add(checker->diags, checker->file, checker->line, NULL,
                    "want an integer from -%" PRId64 " to %" PRId64 ", got %s", JSON_INTEGER_MAX,
                    JSON_INTEGER_MAX, diag_quote(checker->diags->arena, number));
}

/* Digits that a double rounds away are let go, as RFC 8259, section 6, foresees. */
static bool check_double(const struct checker *checker, struct bytes number)
{
    if (number.len > NUMBER_LEN_MAX)
        return diag_add(checker->diags, checker->file, checker->line, NULL,
                        "want a number of at most %d octets, got %zu", NUMBER_LEN_MAX, number.len);
    char digits[NUMBER_LEN_MAX + 1] = {0};
    memcpy(digits, number.at, number.len);
    if (isfinite(strtod(digits, NULL)))
        return true;
    return diag_add(checker->diags, checker->file, checker->line, NULL,
                    "want a number that a double can hold, got %s", digits);
}

static bool check_digits(struct checker *checker)
{
    if (!byte_is_digit(peek(checker)))
        return fail_want(checker, "a digit");
    while (byte_is_digit(peek(checker)))
        bytes_take(&checker->rest, 1);
    return true;
}

static bool check_whole_part(struct checker *checker)
{
    eat(checker, '-');
    if (!eat(checker, '0'))
        return check_digits(checker);
    return !byte_is_digit(peek(checker)) || fail_want(checker, "no digit after a leading zero");
}

static bool check_fraction_and_exponent(struct checker *checker)
{
    if (eat(checker, '.') && !check_digits(checker))
        return false;
    if (!eat(checker, 'e') && !eat(checker, 'E'))
        return true;
    if (!eat(checker, '+'))
        eat(checker, '-');
    return check_digits(checker);
}

static bool check_number(struct checker *checker)
{
    struct json_note *note = &checker->notes->at[checker->notes->count - 1];
    struct bytes number = checker->rest;
    if (!check_whole_part(checker))
        return false;
    const size_t rest_len = checker->rest.len;
    if (!check_fraction_and_exponent(checker))
        return false;
    note->is_integer = checker->rest.len == rest_len;
    number.len -= checker->rest.len;
    return note->is_integer ? check_integer(checker, number) : check_double(checker, number);
}

static bool check_literal(struct checker *checker)
{
    static const char *const literals[] = {"true", "false", "null"};
    const struct bytes word = word_of(checker->rest);
    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        if (bytes_equal(word, bytes_of(literals[i]))) {
            bytes_take(&checker->rest, word.len);
            return true;
        }
    }
    return fail_want(checker, "a JSON value");
}

static bool check_items(struct checker *checker, uint8_t close,
                        bool (*check_item)(struct checker *checker))
{
    bytes_take(&checker->rest, 1);
    eat_blanks(checker);
    if (eat(checker, close))
        return true;
    do {
        eat_blanks(checker);
        if (!check_item(checker))
            return false;
        eat_blanks(checker);
    } while (eat(checker, ','));
    return eat(checker, close) ||
           fail_want(checker, close == ']' ? "a comma or \"]\"" : "a comma or \"}\"");
}

/* `line` is that of the value, or of its key. */
static bool check_value(struct checker *checker, unsigned line);

static bool check_element(struct checker *checker)
{
    return check_value(checker, checker->line);
}

static bool check_member(struct checker *checker)
{
    const unsigned line = checker->line;
    if (peek(checker) != '"')
        return fail_want(checker, "a key in double quotes");
    if (!check_string(checker))
        return false;
    eat_blanks(checker);
    if (!eat(checker, ':'))
        return fail_want(checker, "a colon after the key");
    eat_blanks(checker);
    return check_value(checker, line);
}

/* The limit on depth bounds the recursion here, in cJSON and in json.c alike. */
static bool check_container(struct checker *checker)
{
    if (checker->depth == JSON_DEPTH_MAX)
        return diag_add(checker->diags, checker->file, checker->line, NULL,
                        "want at most %d levels of arrays and objects, got more", JSON_DEPTH_MAX);
    checker->depth++;
    const bool ok = peek(checker) == '[' ? check_items(checker, ']', check_element)
                                         : check_items(checker, '}', check_member);
    checker->depth--;
    return ok;
}

static bool check_value(struct checker *checker, unsigned line)
{
    note_value(checker->notes, line);
    const uint8_t first = peek(checker);
    if (first == '[' || first == '{')
        return check_container(checker);
    if (first == '"')
        return check_string(checker);
    if (first == '-' || byte_is_digit(first))
        return check_number(checker);
    return check_literal(checker);
}

bool json_check(struct json_notes *notes, struct diags *diags, const char *file, struct bytes text)
{
    if (text.len > JSON_SIZE_MAX)
        return diag_add(diags, file, 0, NULL, "want a text of at most %zu octets, got %zu",
                        JSON_SIZE_MAX, text.len);
    /* RFC 8259, section 8.1, lets a reader choose. */
    if (bytes_begin_with(text, bytes_of("\xef\xbb\xbf")))
        return diag_add(diags, file, 1, NULL, "want a JSON value, got a byte order mark");
    struct checker checker = {
        .rest = text, .line = 1, .notes = notes, .diags = diags, .file = file};
    eat_blanks(&checker);
    if (!check_value(&checker, checker.line))
        return false;
    eat_blanks(&checker);
    return checker.rest.len == 0 || fail_want(&checker, "the end of the text");
}
