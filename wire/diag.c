#include "wire/diag.h"

#include "wire/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum { QUOTE_MAX = 60, WORD_MAX = 64 };

static bool same_diag(const struct diag *one, const struct diag *other)
{
    return one->line == other->line && text_equal(one->file, other->file) &&
           text_equal(one->path, other->path) && text_equal(one->message, other->message);
}

static void append(struct diags *diags, const struct diag *from)
{
    for (const struct diag *old = diags->first; old != NULL; old = old->next)
        if (same_diag(old, from))
            return;
    if (diags->count++ >= DIAGS_MAX)
        return;
    struct diag *diag = arena_alloc(diags->arena, sizeof(*diag));
    *diag = *from;
    if (diags->last != NULL)
        diags->last->next = diag;
    else
        diags->first = diag;
    diags->last = diag;
}

bool diag_add(struct diags *diags, const char *file, unsigned line, const char *path,
              const char *fmt, ...)
{
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    const struct diag diag = {
        .file = file,
        .line = line,
        .path = path,
        .message = arena_strndup(diags->arena, message, strlen(message)),
    };
    append(diags, &diag);
    return false;
}

const char *diag_text(const struct diag *diag, struct arena *arena)
{
    const bool has_path = diag->path != NULL && diag->path[0] != '\0';
    const char *place = "";
    if (diag->file != NULL && diag->line != 0)
        place = arena_printf(arena, "%s:%u: ", diag->file, diag->line);
    else if (diag->file != NULL)
        place = arena_printf(arena, "%s: ", diag->file);
    return arena_printf(arena, "%s%s%s%s", place, has_path ? diag->path : "", has_path ? ": " : "",
                        diag->message);
}

/* Writes one octet that is no part of a longer character as a person reads it; at most four
 * characters. */
static size_t quote_octet(char *out, uint8_t octet)
{
    static const char names[] = "\"\"\\\\\nn\rr\tt";
    for (size_t i = 0; i + 1 < sizeof(names); i += 2) {
        if ((uint8_t)names[i] != octet)
            continue;
        out[0] = '\\';
        out[1] = names[i + 1];
        return 2;
    }
    if (octet >= 0x20 && octet < 0x7f) {
        out[0] = (char)octet;
        return 1;
    }
    static const char digits[] = "0123456789abcdef";
    const char escaped[] = {'\\', 'x', digits[octet >> 4], digits[octet & 15]};
    memcpy(out, escaped, sizeof(escaped));
    return sizeof(escaped);
}

static size_t quote_whole(char *out, struct bytes text)
{
    memcpy(out, text.at, text.len);
    return text.len;
}

const char *diag_quote(struct arena *arena, struct bytes text)
{
    const size_t shown = text.len < QUOTE_MAX ? text.len : QUOTE_MAX;
    char *quoted = arena_alloc(arena, 4 * shown + 6);
    size_t len = 0;
    quoted[len++] = '"';
    for (struct bytes rest = {text.at, shown}; rest.len > 0;) {
        const size_t character_len = utf8_len(rest);
        const struct bytes front = bytes_take(&rest, character_len > 0 ? character_len : 1);
        if (front.len == 1)
            len += quote_octet(quoted + len, front.at[0]);
        else
            len += quote_whole(quoted + len, front);
    }
    memcpy(quoted + len, shown < text.len ? "...\"" : "\"", shown < text.len ? 4 : 1);
    return quoted;
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* Levenshtein's distance, two neighbours changed about being one step: the commonest slip. Of the
 * table three rows are kept, `rows[i % 3]` for the first `i` octets of `one`. */
static size_t distance(struct bytes one, struct bytes other)
{
    enum { ROWS = 3 };
    size_t rows[ROWS][WORD_MAX + 1];
    for (size_t j = 0; j <= other.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= one.len; i++) {
        size_t *row = rows[i % ROWS];
        const size_t *above = rows[(i - 1) % ROWS];
        row[0] = i;
        for (size_t j = 1; j <= other.len; j++) {
            const size_t change = above[j - 1] + (one.at[i - 1] != other.at[j - 1]);
            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && one.at[i - 1] == other.at[j - 2] &&
                one.at[i - 2] == other.at[j - 1])
                row[j] = least(row[j], rows[(i - 2) % ROWS][j - 2] + 1);
        }
    }
    return rows[one.len % ROWS][other.len];
}

const char *diag_suggest(struct bytes got, const char *const *words)
{
    const char *best = NULL;
    size_t best_distance = got.len / 3 + 2; /* farther is another word, not a slip */
    for (; got.len <= WORD_MAX && *words != NULL; words++) {
        const struct bytes word = bytes_of(*words);
        const size_t far = word.len <= WORD_MAX ? distance(got, word) : SIZE_MAX;
        if (far < best_distance && far < word.len) {
            best = *words;
            best_distance = far;
        }
    }
    return best;
}

const char *diag_did_you_mean(struct arena *arena, struct bytes got, const char *const *words)
{
    const char *near = diag_suggest(got, words);
    return near != NULL ? arena_printf(arena, "; did you mean \"%s\"?", near) : "";
}
