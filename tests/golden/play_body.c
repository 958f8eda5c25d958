#include "tests/golden/play.h"

#include <stdio.h>
#include <unistd.h>

/* The pieces of an iterable, as `next` gives them. */
struct pieces {
    struct play *play;
    const struct json *next;
    int64_t until_break; /* pieces before it breaks; below 0: it does not */
};

static enum assay_piece next_piece(void *context, struct assay_bytes *piece)
{
    struct pieces *pieces = context;
    if (pieces->until_break == 0)
        return ASSAY_PIECES_BROKEN;
    if (pieces->next == NULL)
        return ASSAY_PIECES_END;
    *piece = play_decoded(pieces->play, pieces->next);
    pieces->next = pieces->next->next;
    pieces->until_break -= pieces->until_break > 0;
    return ASSAY_PIECE;
}

/* What a reader has left. */
struct rest {
    struct bytes data;
    size_t read_max; /* octets that one call gives */
};

static ptrdiff_t read_rest(void *context, uint8_t *into, size_t size)
{
    struct rest *rest = context;
    if (size > rest->read_max)
        size = rest->read_max;
    const struct bytes taken =
        bytes_take(&rest->data, size < rest->data.len ? size : rest->data.len);
    if (taken.len > 0)
        memcpy(into, taken.at, taken.len);
    return (ptrdiff_t)taken.len;
}

static struct assay_body stream_body(struct play *play, const struct json *described)
{
    struct pieces *pieces = arena_alloc(play->arena, sizeof(*pieces));
    *pieces = (struct pieces){play, json_member(described, "items")->items,
                              play_integer(described, "raise_after", -1)};
    return (struct assay_body){.kind = ASSAY_BODY_STREAM, .next = next_piece, .context = pieces};
}

static struct assay_body reader_body(struct play *play, const struct json *described)
{
    const struct assay_bytes data = play_octets(play, described, "data");
    struct rest *rest = arena_alloc(play->arena, sizeof(*rest));
    rest->data = (struct bytes){data.at, data.len};
    rest->read_max = (size_t)play_integer(described, "max_read", INT32_MAX);
    return (struct assay_body){.kind = ASSAY_BODY_READER, .read = read_rest, .context = rest};
}

/* A file that nobody else sees, and that the last close removes. */
static int open_file_with(struct assay_bytes data, int64_t from)
{
    FILE *file = tmpfile();
    if (file == NULL)
        return -1;
    const bool is_written = fwrite(data.at, 1, data.len, file) == data.len && fflush(file) == 0;
    const int fd = is_written ? dup(fileno(file)) : -1;
    fclose(file);
    if (fd >= 0 && lseek(fd, (off_t)from, SEEK_SET) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static struct assay_body file_body(struct play *play, const struct json *described)
{
    const int fd =
        open_file_with(play_octets(play, described, "data"), play_integer(described, "pos", 0));
    if (fd < 0)
        perror("golden-play: a temporary file");
    return (struct assay_body){.kind = ASSAY_BODY_FILE, .fd = fd};
}

struct assay_body play_body(struct play *play, const struct json *call)
{
    const struct json *described = json_member(call, "body");
    if (described == NULL || described->type == JSON_NULL)
        return (struct assay_body){.kind = ASSAY_BODY_NONE};
    const char *kind = play_text(play, described, "kind");
    if (text_equal(kind, "stream"))
        return stream_body(play, described);
    if (text_equal(kind, "reader"))
        return reader_body(play, described);
    if (text_equal(kind, "file"))
        return file_body(play, described);
    return (struct assay_body){.kind = ASSAY_BODY_BYTES,
                               .bytes = play_octets(play, described, "data")};
}

void play_body_end(const struct assay_body *body)
{
    if (body->kind == ASSAY_BODY_FILE && body->fd >= 0)
        close(body->fd);
}
