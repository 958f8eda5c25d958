#include "harness/client/private.h"

#include <stdio.h>

/* One line, which may be missing where memory is short. */
static void write_out(const struct assay_options *options, struct assay_buffer *line)
{
    assay_buffer_add_text(line, "\n");
    if (!line->is_failed && options->debug != NULL)
        options->debug(options->debug_context, (const char *)line->at, line->len);
    else if (!line->is_failed)
        fwrite(line->at, 1, line->len, stdout);
    assay_buffer_release(line);
}

void assay_debug_line(const struct assay_options *options, int debuglevel, const char *text)
{
    struct assay_buffer line = {.len = 0};
    if (debuglevel <= 0)
        return;
    assay_buffer_add_text(&line, text);
    write_out(options, &line);
}

/* Latin-1, which is what http.client takes octets for, in UTF-8. */
static void add_latin1(struct assay_buffer *line, uint8_t octet)
{
    enum { LEAD = 0xc0, FOLLOW = 0x80, FOLLOW_BITS = 6, FOLLOW_MASK = 0x3f };
    const uint8_t both[] = {(uint8_t)(LEAD | octet >> FOLLOW_BITS),
                            (uint8_t)(FOLLOW | (octet & FOLLOW_MASK))};
    if (octet < FOLLOW)
        assay_buffer_add(line, (struct bytes){&octet, 1});
    else
        assay_buffer_add(line, (struct bytes){both, sizeof(both)});
}

static void add_text(struct assay_buffer *line, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        add_latin1(line, text.at[i]);
}

/* One octet as Python's repr() shows it between `quote`s; of a str it also shows the letters and
 * signs of Latin-1. */
static void add_repr_octet(struct assay_buffer *line, uint8_t octet, char quote, bool is_str)
{
    enum { LATIN1_FIRST = 0xa1, SOFT_HYPHEN = 0xad, DELETE = 0x7f };
    static const char names[] = {['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r', ['\\'] = '\\'};
    char escape[sizeof("\\xff")];
    char name = '\0';
    if (octet < sizeof(names))
        name = names[octet];
    if (octet == (uint8_t)quote)
        name = quote;
    if (name != '\0') {
        snprintf(escape, sizeof(escape), "\\%c", name);
        assay_buffer_add_text(line, escape);
    } else if (octet < ' ' || octet == DELETE ||
               (octet > DELETE && (!is_str || octet < LATIN1_FIRST || octet == SOFT_HYPHEN))) {
        snprintf(escape, sizeof(escape), "\\x%02x", octet);
        assay_buffer_add_text(line, escape);
    } else {
        add_latin1(line, octet);
    }
}

/* repr() quotes by ', unless that alone stands in the text. */
static char quote_for(const struct iovec *parts, size_t count)
{
    bool has_single = false, has_double = false;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].iov_len == 0)
            continue;
        has_single |= memchr(parts[i].iov_base, '\'', parts[i].iov_len) != NULL;
        has_double |= memchr(parts[i].iov_base, '"', parts[i].iov_len) != NULL;
    }
    return has_single && !has_double ? '"' : '\'';
}

static void add_repr(struct assay_buffer *line, const struct iovec *parts, size_t count,
                     bool is_str)
{
    const char quote[] = {quote_for(parts, count), '\0'};
    assay_buffer_add_text(line, quote);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *at = parts[i].iov_base;
        for (size_t k = 0; k < parts[i].iov_len; k++)
            add_repr_octet(line, at[k], quote[0], is_str);
    }
    assay_buffer_add_text(line, quote);
}

void assay_debug_send(struct assay_wire *wire, const struct iovec *parts, size_t count)
{
    size_t len = 0;
    struct assay_buffer line = {.len = 0};
    if (wire->debuglevel <= 0)
        return;
    for (size_t i = 0; i < count; i++)
        len += parts[i].iov_len;
    if (len == 0)
        return;
    assay_buffer_add_text(&line, "send: b");
    add_repr(&line, parts, count, false);
    write_out(&wire->options, &line);
}

void assay_debug_keep(struct assay_wire *wire, struct bytes octets)
{
    assay_buffer_add(&wire->shown, octets);
}

/* The next line that was kept, with its end; or what there is of it. */
static struct bytes take_line(struct bytes *kept)
{
    const uint8_t *at = kept->len > 0 ? memchr(kept->at, '\n', kept->len) : NULL;
    return bytes_take(kept, at != NULL ? (size_t)(at - kept->at) + 1 : kept->len);
}

/* What was kept, until more is; false where there is nothing to be written out, also because memory
 * was short for it: a part would look like the whole. */
static bool take_kept(struct assay_wire *wire, struct bytes *kept)
{
    const bool is_whole = !wire->shown.is_failed;
    *kept = (struct bytes){wire->shown.at, wire->shown.len};
    wire->shown.len = 0;
    wire->shown.is_failed = false;
    return wire->debuglevel > 0 && is_whole;
}

void assay_debug_reply(struct assay_wire *wire)
{
    struct assay_buffer line = {.len = 0};
    struct bytes kept;
    if (!take_kept(wire, &kept))
        return;
    const struct iovec part = assay_part_of(take_line(&kept));
    assay_buffer_add_text(&line, "reply: ");
    add_repr(&line, &part, 1, true);
    write_out(&wire->options, &line);
}

void assay_debug_proxy_lines(struct assay_wire *wire)
{
    struct bytes kept;
    if (!take_kept(wire, &kept))
        return;
    while (kept.len > 0) {
        struct assay_buffer line = {.len = 0};
        assay_buffer_add_text(&line, "header: ");
        add_text(&line, take_line(&kept));
        write_out(&wire->options, &line);
    }
}

void assay_debug_interim_lines(struct assay_wire *wire)
{
    struct assay_buffer line = {.len = 0};
    struct bytes kept;
    if (!take_kept(wire, &kept))
        return;
    assay_buffer_add_text(&line, "headers: [");
    while (kept.len > 0) {
        const struct iovec part = assay_part_of(take_line(&kept));
        assay_buffer_add_text(&line, "b");
        add_repr(&line, &part, 1, false);
        assay_buffer_add_text(&line, kept.len > 0 ? ", " : "");
    }
    assay_buffer_add_text(&line, "]");
    write_out(&wire->options, &line);
}

void assay_debug_fields(struct assay_wire *wire, const struct assay_field_list *fields)
{
    for (size_t i = 0; wire->debuglevel > 0 && i < fields->count; i++) {
        struct assay_buffer line = {.len = 0};
        assay_buffer_add_text(&line, "header: ");
        add_text(&line, bytes_given(fields->items[i].name));
        assay_buffer_add_text(&line, ": ");
        add_text(&line, bytes_given(fields->items[i].value));
        write_out(&wire->options, &line);
    }
    struct bytes kept;
    take_kept(wire, &kept); /* the same, as it came */
}
