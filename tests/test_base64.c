#include "tests/check.h"
#include "tests/suites.h"
#include "wire/base64.h"

#include <stdlib.h>

static const struct row {
    const char *text;
    const char *want; /* NULL: no base64 */
} rows[] = {
    {"", ""},
    {"Zg==", "f"},
    {"Zm8=", "fo"},
    {"Zm9v", "foo"},
    {"Zm9vYg==", "foob"},
    {"Zm9vYmFy", "foobar"},
    {"+/+/", "\xfb\xff\xbf"},
    {"Z", NULL},
    {"Zg", NULL},
    {"Zg=", NULL},
    {"Zh==", NULL}, /* bits are left over */
    {"Zm9=", NULL},
    {"====", NULL},
    {"Z===", NULL},
    {"Zg==Zg==", NULL},
    {"Z=9v", NULL},
    {"Zm9v\n", NULL},
    {"Zm9-", NULL},
    {"Zm9_", NULL},
    {" m9v", NULL},
};

static void decodes_every_row(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        const struct bytes text = bytes_of(row->text);
        uint8_t *octets = malloc(text.len / 4 * 3 + (text.len == 0)); /* not one more */
        size_t len = 99;
        const bool is_good = base64_decode(text, octets, &len);
        CHECK_ROW(is_good == (row->want != NULL), "\"%s\"", row->text);
        if (row->want != NULL)
            CHECK_ROW(bytes_equal((struct bytes){octets, len}, bytes_of(row->want)),
                      "\"%s\": %zu octets", row->text, len);
        free(octets);
    }
}

static void encodes_what_it_decodes(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].want == NULL)
            continue;
        const struct bytes octets = bytes_of(rows[i].want);
        char *text = malloc(BASE64_SIZE(octets.len)); /* not one more */
        base64_encode(octets, text);
        CHECK_ROW(strcmp(text, rows[i].text) == 0, "\"%s\": \"%s\"", rows[i].text, text);
        free(text);
    }
}

static void knows_every_digit(void)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int octet = 0; octet < 256; octet++) {
        const char *at = octet != 0 ? strchr(digits, octet) : NULL;
        const uint8_t text[] = {'A', 'A', 'A', (uint8_t)octet};
        uint8_t octets[3];
        size_t len;
        const bool is_good = base64_decode((struct bytes){text, 4}, octets, &len);
        CHECK_ROW(is_good == (at != NULL || octet == '='), "0x%02x", (unsigned)octet);
        CHECK_ROW(at == NULL || octets[2] == at - digits, "0x%02x", (unsigned)octet);
    }
}

CU_TestInfo base64_tests[] = {
    {"decodes every row", decodes_every_row},
    {"encodes what it decodes", encodes_what_it_decodes},
    {"knows every digit", knows_every_digit},
    CU_TEST_INFO_NULL,
};
