#include "harness/client/private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A block is read at once: more would only be held in memory. */
enum { BLOCK_SIZE_MAX = 16 * 1024 * 1024 };

bool assay_body_has_length(const struct assay_body *body, uint64_t *length)
{
    switch (body->kind) {
    case ASSAY_BODY_NONE:
        *length = 0;
        return true;
    case ASSAY_BODY_BYTES:
        *length = body->bytes.len;
        return true;
    case ASSAY_BODY_STREAM:
    case ASSAY_BODY_READER:
    case ASSAY_BODY_FILE:
        break;
    }
    *length = body->length;
    return body->has_length;
}

bool assay_file_left(int fd, uint64_t *left)
{
    struct stat status;
    const off_t at = lseek(fd, 0, SEEK_CUR);
    if (at < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    *left = status.st_size > at ? (uint64_t)(status.st_size - at) : 0;
    return true;
}

bool assay_source_init(struct assay_source *source, const struct assay_body *body,
                       size_t block_size)
{
    *source = (struct assay_source){.body = body, .block_size = block_size};
    if (body->kind != ASSAY_BODY_READER && body->kind != ASSAY_BODY_FILE)
        return true;
    if (block_size == 0 || block_size > BLOCK_SIZE_MAX)
        source->block_size = block_size == 0 ? 1 : BLOCK_SIZE_MAX;
    source->block = malloc(source->block_size);
    return source->block != NULL;
}

void assay_source_release(struct assay_source *source)
{
    free(source->block);
    source->block = NULL;
}

static ptrdiff_t read_block(const struct assay_source *source, size_t size)
{
    const struct assay_body *body = source->body;
    if (body->kind == ASSAY_BODY_READER)
        return body->read(body->context, source->block, size);
    ptrdiff_t got;
    do
        got = read(body->fd, source->block, size);
    while (got < 0 && errno == EINTR);
    return got;
}

enum assay_piece assay_source_next(struct assay_source *source, uint64_t left, struct bytes *piece)
{
    if (source->body->kind == ASSAY_BODY_STREAM) {
        struct assay_bytes given = {NULL, 0};
        const enum assay_piece next = source->body->next(source->body->context, &given);
        *piece = bytes_given(given);
        return next;
    }
    const size_t size = left < source->block_size ? (size_t)left : source->block_size;
    if (size == 0)
        return ASSAY_PIECES_END;
    const ptrdiff_t got = read_block(source, size);
    if (got <= 0)
        return got == 0 ? ASSAY_PIECES_END : ASSAY_PIECES_BROKEN;
    if ((size_t)got > size)
        return ASSAY_PIECES_BROKEN;
    *piece = (struct bytes){source->block, (size_t)got};
    return ASSAY_PIECE;
}
