#include "harness/screen.h"

#include "reports/wire_text.h"

#include <errno.h>
#include <unistd.h>

struct screen screen_on(FILE *out)
{
    return (struct screen){.out = out, .is_terminal = isatty(fileno(out)) == 1};
}

static void write_out(struct screen *screen, const void *octets, size_t len)
{
    if (fwrite(octets, 1, len, screen->out) != len && screen->error == 0)
        screen->error = errno;
}

/* RFC 3629, section 3: how many octets the character has that begins so. */
static size_t wanted_len(uint8_t first)
{
    enum { LEAD_OF_2 = 0xc0, LEAD_OF_3 = 0xe0, LEAD_OF_4 = 0xf0 };
    if (first == '\r')
        return 2; /* a line's end, if LF is next */
    if (first >= LEAD_OF_4)
        return 4;
    if (first >= LEAD_OF_3)
        return 3;
    return first >= LEAD_OF_2 ? 2 : 1;
}

/* CR and LF end a line together; alone, CR goes back to its begin. */
static void show_one(struct screen *screen)
{
    char shown[WIRE_TEXT_SIZE];
    struct bytes left = {screen->kept, screen->kept_len};
    if (left.at[0] == '\r' && left.len > 1 && left.at[1] == '\n')
        bytes_take(&left, 1);
    if (left.at[0] == '\n' || left.at[0] == '\t') {
        write_out(screen, bytes_take(&left, 1).at, 1);
    } else {
        const size_t len = wire_text_next_plain(&left, shown);
        write_out(screen, shown, len);
    }
    memmove(screen->kept, left.at, left.len);
    screen->kept_len = left.len;
}

static void show(struct screen *screen, struct bytes octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        screen->kept[screen->kept_len++] = octets.at[i];
        while (screen->kept_len > 0 && screen->kept_len >= wanted_len(screen->kept[0]))
            show_one(screen);
    }
}

void screen_put(struct screen *screen, struct bytes octets)
{
    if (octets.len == 0)
        return;
    screen->is_inside_line = octets.at[octets.len - 1] != '\n';
    if (screen->is_terminal)
        show(screen, octets);
    else
        write_out(screen, octets.at, octets.len);
}

void screen_put_text(struct screen *screen, const char *text)
{
    screen_put(screen, bytes_of(text));
}

bool screen_flush(struct screen *screen)
{
    if (fflush(screen->out) != 0 && screen->error == 0)
        screen->error = errno;
    return screen->error == 0;
}

bool screen_end(struct screen *screen)
{
    while (screen->kept_len > 0)
        show_one(screen);
    return screen_flush(screen);
}
