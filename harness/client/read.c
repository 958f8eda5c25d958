#include "harness/client/private.h"

static enum assay_error error_of(const struct assay_response *response)
{
    return response->stage == ASSAY_STAGE_FAILED ? response->failure.error : ASSAY_OK;
}

/* Whether there is data; if not, it is the end, or there was an error. */
static bool has_data(struct assay_response *response)
{
    if (response->stage == ASSAY_STAGE_BODY)
        assay_receive_body(response);
    return response->data.len > 0;
}

/* At most `count` octets of the data that is there. */
static struct bytes take_data(struct assay_response *response, size_t count)
{
    if (count > response->data.len)
        count = response->data.len;
    const struct bytes taken = bytes_take(&response->data, count);
    if (response->data.len == 0)
        assay_settle(response);
    return taken;
}

/* So much that it is worth a receive of its own. */
enum { STRAIGHT_MIN = ASSAY_INPUT_SIZE / 2 };

/* Receives right into the caller's memory where nothing but content is to come for long: it needs
 * no copy then. */
static void receive_straight(struct assay_response *response, uint8_t *into, size_t size)
{
    const bool is_inside = response->stage == ASSAY_STAGE_BODY && response->data.len == 0 &&
                           response->wire->input.len == 0;
    if (is_inside && response->has_left && response->left >= STRAIGHT_MIN)
        assay_receive(response, into, response->left < size ? (size_t)response->left : size, true);
}

/* At most `size` octets of what comes next; 0: it is the end, or there was an error. */
static size_t read_into(struct assay_response *response, uint8_t *into, size_t size, bool is_much)
{
    if (is_much)
        receive_straight(response, into, size);
    if (!has_data(response))
        return 0;
    const struct bytes taken = take_data(response, size);
    if (taken.at != into)
        memcpy(into, taken.at, taken.len);
    return taken.len;
}

enum assay_error assay_read(struct assay_response *response, void *into, size_t amount, size_t *got)
{
    uint8_t *at = into;
    for (*got = 0; *got < amount;) {
        const size_t more = read_into(response, at + *got, amount - *got, amount >= STRAIGHT_MIN);
        if (more == 0)
            return error_of(response);
        *got += more;
    }
    return ASSAY_OK;
}

enum assay_error assay_read1(struct assay_response *response, void *into, size_t size, size_t *got)
{
    *got = size > 0 ? read_into(response, into, size, size >= STRAIGHT_MIN) : 0;
    return size > 0 && *got == 0 ? error_of(response) : ASSAY_OK;
}

enum assay_error assay_read_piece(struct assay_response *response, struct assay_bytes *piece)
{
    *piece = (struct assay_bytes){NULL, 0};
    if (!has_data(response))
        return error_of(response);
    *piece = bytes_lent(take_data(response, SIZE_MAX));
    return ASSAY_OK;
}

enum assay_error assay_peek(struct assay_response *response, struct assay_bytes *octets)
{
    *octets = (struct assay_bytes){NULL, 0};
    if (has_data(response))
        *octets = bytes_lent(response->data);
    return ASSAY_OK;
}

static enum assay_error fail_gathering(struct assay_response *response, enum assay_error error)
{
    if (error == ASSAY_NO_MEMORY)
        return assay_fail_no_memory(response);
    assay_fail(&response->failure, error,
               "more than %zu octets were to be gathered (body_size_max)",
               response->wire->options.body_size_max);
    return assay_break_off_response(response);
}

/* Gathers what is taken. */
static enum assay_error gather(struct assay_response *response, size_t count)
{
    struct assay_buffer *gathered = &response->gathered;
    const size_t room = response->wire->options.body_size_max - gathered->len;
    const size_t wanted = count < response->data.len ? count : response->data.len;
    assay_buffer_add(gathered, take_data(response, wanted < room ? wanted : room));
    if (gathered->is_failed) {
        gathered->is_failed = false;
        return fail_gathering(response, ASSAY_NO_MEMORY);
    }
    return wanted > room ? fail_gathering(response, ASSAY_BODY_TOO_LARGE) : ASSAY_OK;
}

static struct assay_bytes lend_gathered(const struct assay_response *response)
{
    return (struct assay_bytes){response->gathered.at, response->gathered.len};
}

enum assay_error assay_read_all(struct assay_response *response, struct assay_bytes *octets)
{
    enum assay_error error = ASSAY_OK;
    response->gathered.len = 0;
    while (error == ASSAY_OK && has_data(response))
        error = gather(response, SIZE_MAX);
    *octets = lend_gathered(response);
    return error != ASSAY_OK ? error : error_of(response);
}

/* Octets up to and with the next LF, or all of them. */
static size_t count_to_lf(struct bytes data, bool *is_end)
{
    const uint8_t *at = memchr(data.at, '\n', data.len);
    *is_end = at != NULL;
    return at != NULL ? (size_t)(at - data.at) + 1 : data.len;
}

enum assay_error assay_readline(struct assay_response *response, size_t limit,
                                struct assay_bytes *line)
{
    enum assay_error error = ASSAY_OK;
    bool is_end = false;
    if (limit == 0)
        limit = SIZE_MAX;
    response->gathered.len = 0;
    while (error == ASSAY_OK && !is_end && response->gathered.len < limit && has_data(response)) {
        size_t count = count_to_lf(response->data, &is_end);
        if (count > limit - response->gathered.len)
            count = limit - response->gathered.len;
        error = gather(response, count);
    }
    *line = lend_gathered(response);
    if (error == ASSAY_OK && !is_end && response->gathered.len < limit)
        error = error_of(response);
    return error;
}
