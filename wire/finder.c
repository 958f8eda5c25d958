#include "wire/finder.h"

struct finder finder_of(struct bytes wanted, size_t *borders)
{
    assert(wanted.len > 0);
    borders[0] = 0;
    for (size_t at = 1, border = 0; at < wanted.len; at++) {
        while (border > 0 && wanted.at[at] != wanted.at[border])
            border = borders[border - 1];
        border += wanted.at[at] == wanted.at[border];
        borders[at] = border;
    }
    return (struct finder){.wanted = wanted, .borders = borders};
}

/* Where an octet comes that may be the first: contents are long, and mostly hold none. */
static size_t skip(const struct finder *finder, struct bytes octets, size_t from)
{
    const uint8_t *at =
        (const uint8_t *)memchr(octets.at + from, finder->wanted.at[0], octets.len - from);
    return at != NULL ? (size_t)(at - octets.at) : octets.len;
}

size_t finder_next(struct finder *finder, struct bytes octets)
{
    const struct bytes wanted = finder->wanted;
    assert(!finder_has_found(finder));
    for (size_t i = 0; i < octets.len; i++) {
        if (finder->matched == 0 && (i = skip(finder, octets, i)) == octets.len)
            break;
        while (finder->matched > 0 && octets.at[i] != wanted.at[finder->matched])
            finder->matched = finder->borders[finder->matched - 1];
        finder->matched += octets.at[i] == wanted.at[finder->matched];
        if (finder->matched == wanted.len)
            return i + 1;
    }
    return octets.len;
}
