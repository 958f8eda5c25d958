/*
 * The HTTP/1.1 reader on any octets: it never reads outside them, and says the
 * same however they are cut. The first octet chooses what is read, and the
 * second where it is cut.
 */
#include "wire/hash.h"
#include "wire/http.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What an event says; runs of content are one, wherever they are cut. */
static uint64_t add_event(uint64_t hash, const struct http_reader *reader, enum http_event event)
{
    if (event == HTTP_DATA)
        return hash_octets(hash, reader->data);
    hash = hash_number(hash, (uint64_t)event);
    if (event == HTTP_DEVIATION)
        hash = hash_number(hash_number(hash, (uint64_t)reader->deviation.kind),
                           reader->deviation.offset);
    if (event == HTTP_FIELD || event == HTTP_TRAILER)
        hash = hash_text(hash_text(hash, reader->name), reader->value);
    if (event == HTTP_START)
        hash = hash_text(
            hash_text(hash_number(hash, (uint64_t)reader->start.status), reader->start.method),
            reader->start.target);
    if (event == HTTP_HEAD)
        hash = hash_number(hash, (uint64_t)reader->message.framing);
    return event == HTTP_CHUNK ? hash_number(hash, reader->chunk_size) : hash;
}

static bool says_more(enum http_event event)
{
    return event != HTTP_NEED_MORE && event != HTTP_LOST && event != HTTP_NO_MEMORY &&
           event != HTTP_CUT && event != HTTP_IDLE;
}

/* False when the reader has nothing more to say. A copy at the end of an allocation of its own, so
 * that one octet too many is seen. */
static bool feed(struct http_reader *reader, struct bytes part, uint64_t *hash)
{
    uint8_t *exact = malloc(part.len > 0 ? part.len : 1);
    if (exact == NULL)
        abort();
    if (part.len > 0)
        memcpy(exact, part.at, part.len);
    struct bytes input = {exact, part.len};
    enum http_event event = http_reader_next(reader, &input);
    for (; says_more(event); event = http_reader_next(reader, &input))
        *hash = add_event(*hash, reader, event);
    free(exact);
    return event == HTTP_NEED_MORE;
}

static uint64_t read_in_parts(enum http_side side, struct bytes all, size_t part_len)
{
    struct http_reader reader;
    uint64_t hash = HASH_START;
    bool goes_on = true;
    http_reader_init(&reader, side);
    while (all.len > 0 && goes_on)
        goes_on = feed(&reader, bytes_take(&all, all.len < part_len ? all.len : part_len), &hash);
    http_reader_release(&reader);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const enum http_side side = data[0] % 2 == 0 ? HTTP_RESPONSES : HTTP_REQUESTS;
    const struct bytes all = {data + 2, size - 2};
    if (read_in_parts(side, all, SIZE_MAX) != read_in_parts(side, all, (size_t)data[1] + 1))
        abort();
    return 0;
}
