#include "reports/wire_text.h"

#include "wire/utf8.h"

#include <errno.h>

enum { QUOTE_HEAD = 48, QUOTE_TAIL = 16 };

/* Invisible, or able to reorder what stands around them; C1 controls are commands to a terminal. */
static const struct code_range {
    uint32_t first, last;
} hidden[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},       {0x61c, 0x61c},
    {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0xfeff, 0xfeff},
    {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff},
};

static bool is_visible(uint32_t code)
{
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return false;
    return true;
}

/* The length of the visible character at the front of `from`; 0 when there is none. */
static size_t visible_len(struct bytes from)
{
    if (from.at[0] >= 0x20 && from.at[0] < 0x7f)
        return 1;
    const size_t len = utf8_len(from);
    if (len == 0)
        return 0;
    uint32_t code = len == 1 ? from.at[0] : from.at[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++)
        code = code << 6 | (from.at[i] & 0x3f);
    return is_visible(code) ? len : 0;
}

static size_t escape(uint8_t octet, char shown[WIRE_TEXT_SIZE])
{
    static const char names[] = "\rr\nn\tt";
    static const char digits[] = "0123456789abcdef";
    shown[0] = '\\';
    for (size_t i = 0; i + 1 < sizeof(names); i += 2) {
        if ((uint8_t)names[i] != octet)
            continue;
        shown[1] = names[i + 1];
        return 2;
    }
    shown[1] = 'x';
    shown[2] = digits[octet >> 4];
    shown[3] = digits[octet & 15];
    return WIRE_TEXT_SIZE;
}

size_t wire_text_next_plain(struct bytes *from, char shown[WIRE_TEXT_SIZE])
{
    const size_t len = visible_len(*from);
    if (len == 0)
        return escape(bytes_take(from, 1).at[0], shown);
    memcpy(shown, bytes_take(from, len).at, len);
    return len;
}

size_t wire_text_next(struct bytes *from, char shown[WIRE_TEXT_SIZE])
{
    const size_t len = wire_text_next_plain(from, shown);
    if (len != 1 || shown[0] != '\\')
        return len;
    shown[1] = '\\';
    return 2;
}

size_t wire_text_print(FILE *out, struct bytes text)
{
    char shown[WIRE_TEXT_SIZE];
    size_t len = 0;
    while (text.len > 0) {
        const size_t shown_len = wire_text_next_plain(&text, shown);
        len += fwrite(shown, 1, shown_len, out);
    }
    return len;
}

static void print_quoted(FILE *out, struct bytes octets)
{
    char shown[WIRE_TEXT_SIZE];
    putc('"', out);
    while (octets.len > 0) {
        const size_t len = wire_text_next(&octets, shown);
        if (len == 1 && shown[0] == '"')
            putc('\\', out);
        fwrite(shown, 1, len, out);
    }
    putc('"', out);
}

void wire_text_quote(FILE *out, struct bytes octets, uint64_t len)
{
    struct bytes tail = octets;
    const size_t head_len = octets.len > QUOTE_HEAD + QUOTE_TAIL ? QUOTE_HEAD : octets.len;
    print_quoted(out, bytes_take(&tail, head_len));
    if (head_len < len)
        fputs("...", out);
    /* Past what the driver keeps nobody knows the last octets. */
    if (tail.len > 0 && octets.len == len) {
        bytes_take(&tail, tail.len - QUOTE_TAIL);
        print_quoted(out, tail);
    }
    fprintf(out, " (%llu)", (unsigned long long)len);
}

const char *wire_text_errno(int error)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {ECONNRESET, "ECONNRESET"},     {EPIPE, "EPIPE"},       {ECONNABORTED, "ECONNABORTED"},
        {ETIMEDOUT, "ETIMEDOUT"},       {ENOTCONN, "ENOTCONN"}, {ENETUNREACH, "ENETUNREACH"},
        {ENOBUFS, "ENOBUFS"},           {EBADF, "EBADF"},       {EINVAL, "EINVAL"},
        {ECONNREFUSED, "ECONNREFUSED"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].number == error)
            return names[i].name;
    return NULL;
}

const struct step *wire_text_step(const struct point *point, const struct event *event)
{
    if (event->peer >= point->peer_count)
        return NULL;
    const struct peer *peer = &point->peers[event->peer];
    if (event->script >= peer->script_count)
        return NULL;
    const struct script *script = &peer->scripts[event->script];
    return event->step < script->count ? &script->steps[event->step] : NULL;
}
