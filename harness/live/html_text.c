#include "harness/live/html_text.h"

#include "reports/wire_text.h"

void html_text_put(FILE *out, struct bytes text)
{
    static const char marks[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    while (text.len > 0) {
        char shown[WIRE_TEXT_SIZE];
        const size_t len = wire_text_next_plain(&text, shown);
        const char *mark = memchr(marks, shown[0], sizeof(marks) - 1);
        if (mark != NULL)
            fputs(entities[mark - marks], out);
        else
            fwrite(shown, 1, len, out);
    }
}

/* The unreserved characters of RFC 3986, section 2.3, and the slash. */
static bool is_plain(uint8_t octet)
{
    const uint8_t lower = byte_lower(octet);
    return byte_is_digit(octet) || (lower >= 'a' && lower <= 'z') ||
           (octet != '\0' && strchr("-._~/", octet) != NULL);
}

void html_text_link(FILE *out, const char *path)
{
    for (; *path != '\0'; path++) {
        const uint8_t octet = (uint8_t)*path;
        fprintf(out, is_plain(octet) ? "%c" : "%%%02X", octet);
    }
}
