#include "tests/fuzz/client_reads.h"
#include "harness/client/private.h"
#include "wire/hash.h"

enum { CALLS_MAX = 100000 };

static uint64_t next_random(struct reads *reads, uint64_t below)
{
    reads->random = reads->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (reads->random >> 33) % below;
}

/* --- what is kept of a response -------------------------------------------------------------- */

void reads_add_number(struct reads *reads, uint64_t number)
{
    reads->hash = hash_number(reads->hash, number);
}

/* No octet that would end a line, or a text, elsewhere. */
static void add_text(struct reads *reads, struct assay_bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        must(text.at[i] != '\r' && text.at[i] != '\n' && text.at[i] != '\0');
    reads->hash = hash_text(reads->hash, bytes_given(text));
}

void reads_add_fields(struct reads *reads, struct assay_fields fields)
{
    must(fields.count <= reads->options->field_count_max);
    for (size_t i = 0; i < fields.count; i++) {
        must(fields.items[i].name.len > 0);
        for (size_t k = 0; k < fields.items[i].name.len; k++)
            must(assay_is_token_octet(fields.items[i].name.at[k]));
        add_text(reads, fields.items[i].name);
        add_text(reads, fields.items[i].value);
    }
}

void reads_add_failure(struct reads *reads, const struct assay_failure *failure)
{
    for (const char *text = failure->text; *text != '\0'; text++)
        must(*text >= ' ' && *text <= '~');
    add_text(reads, assay_text(failure->text));
    reads_add_number(reads, failure->error);
    reads_add_number(reads, failure->received);
    reads_add_number(reads, failure->has_missing ? failure->missing : 0);
    reads_add_number(reads, failure->has_offset ? failure->offset : 0);
}

void reads_add_head(struct reads *reads, const struct assay_response *response)
{
    const struct assay_interims interims = assay_response_interims(response);
    uint64_t length = 0;
    must(interims.count <= reads->options->interim_count_max);
    for (size_t i = 0; i < interims.count; i++) {
        reads_add_number(reads, (uint64_t)interims.items[i].status);
        reads_add_fields(reads, interims.items[i].fields);
    }
    reads_add_number(reads, (uint64_t)assay_response_status(response));
    reads_add_number(reads, (uint64_t)assay_response_version(response));
    reads_add_number(reads, assay_response_length(response, &length) ? length : UINT64_MAX);
    reads_add_number(reads, assay_response_is_chunked(response) +
                                2U * assay_response_will_close(response));
    add_text(reads, assay_response_reason(response));
    add_text(reads, assay_text(assay_response_url(response)));
    reads_add_fields(reads, assay_getheaders(response));
}

/* --- calls that read ------------------------------------------------------------------------- */

/* What a call gave. */
struct given {
    enum assay_error error;
    struct assay_bytes octets;
    bool may_be_empty; /* it asked for nothing, or gives none */
};

static struct given read_into(struct reads *reads, struct assay_response *response, bool is_one)
{
    static uint8_t into[300];
    const size_t size =
        next_random(reads, 4) == 0 ? next_random(reads, sizeof(into) + 1) : next_random(reads, 5);
    struct given given = {.octets = {into, 0}, .may_be_empty = size == 0};
    given.error = is_one ? assay_read1(response, into, size, &given.octets.len)
                         : assay_read(response, into, size, &given.octets.len);
    must(given.octets.len <= size);
    must(is_one || given.octets.len == size || given.error != ASSAY_OK || assay_isclosed(response));
    return given;
}

/* What was peeked at is what comes. */
static struct given peek_and_read(struct assay_response *response)
{
    struct given given;
    struct assay_bytes ahead;
    must(assay_peek(response, &ahead) == ASSAY_OK);
    given.may_be_empty = false;
    given.error = assay_read_piece(response, &given.octets);
    must(ahead.at == given.octets.at && ahead.len == given.octets.len);
    return given;
}

static struct given read_line(struct reads *reads, struct assay_response *response)
{
    struct given given = {.may_be_empty = false};
    const size_t limit = next_random(reads, 3) > 0 ? next_random(reads, 20) : 0;
    given.error = assay_readline(response, limit, &given.octets);
    must(limit == 0 || given.octets.len <= limit);
    for (size_t i = 0; i + 1 < given.octets.len; i++)
        must(given.octets.at[i] != '\n');
    return given;
}

static struct given look(struct assay_response *response)
{
    struct assay_chunk chunk;
    struct assay_bytes value;
    must(assay_getheader(response, "a", &value) == ASSAY_OK);
    must((value.at != NULL) == (assay_response_field(response, "A") != NULL));
    if (assay_response_chunk(response, &chunk))
        must(chunk.left <= chunk.size &&
             (chunk.extension.len == 0 || chunk.extension.at[0] != '\n'));
    return (struct given){.error = ASSAY_OK, .may_be_empty = true};
}

static struct given call_any(struct reads *reads, struct assay_response *response)
{
    struct given given = {.may_be_empty = false};
    switch (next_random(reads, 7)) {
    case 0:
        return read_into(reads, response, false);
    case 1:
        return read_into(reads, response, true);
    case 2:
        return peek_and_read(response);
    case 3:
        return read_line(reads, response);
    case 4:
        return look(response);
    case 5:
        given.error = assay_read_piece(response, &given.octets);
        return given;
    default:
        if (next_random(reads, 8) > 0)
            return look(response);
        given.error = assay_read_all(response, &given.octets);
        return given;
    }
}

void reads_add_body(struct reads *reads, struct assay_response *response)
{
    uint64_t length = 0, got = 0;
    const bool has_length = assay_response_length(response, &length);
    struct given given;
    size_t left = reads->calls == CALL_ANY_AND_CLOSE ? next_random(reads, 10) : CALLS_MAX;
    do {
        given = (struct given){.may_be_empty = false};
        if (reads->calls == CALL_READ_ALL)
            given.error = assay_read_all(response, &given.octets);
        else
            given = call_any(reads, response);
        reads->hash = hash_octets(reads->hash, bytes_given(given.octets));
        got += given.octets.len;
        must(!has_length || got < length || given.error != ASSAY_OK ||
             (got == length && assay_isclosed(response)));
    } while (given.error == ASSAY_OK && (given.octets.len > 0 || given.may_be_empty) && left-- > 1);
    if (reads->calls == CALL_ANY_AND_CLOSE)
        assay_response_close(response);
    must(assay_isclosed(response));
    must(given.error == ASSAY_OK || !assay_response_is_whole(response));
    must(!has_length || !assay_response_is_whole(response) || got == length);
    reads_add_number(reads, got);
    reads_add_number(reads, assay_response_is_whole(response));
    reads_add_fields(reads, assay_response_trailers(response));
    struct assay_bytes again;
    if (reads->calls != CALL_ANY_AND_CLOSE)
        must(assay_read_all(response, &again) == given.error && again.len == 0);
    if (given.error != ASSAY_OK)
        reads_add_failure(reads, assay_response_failure(response));
}
