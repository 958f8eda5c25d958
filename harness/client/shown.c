#include "harness/client/private.h"

const struct assay_failure *assay_response_failure(const struct assay_response *response)
{
    return &response->failure;
}

int assay_response_status(const struct assay_response *response)
{
    return response->has_head ? response->status : 0;
}

int assay_response_version(const struct assay_response *response)
{
    return response->has_head ? response->version : 0;
}

struct assay_bytes assay_response_reason(const struct assay_response *response)
{
    return (struct assay_bytes){response->reason.at, response->has_head ? response->reason.len : 0};
}

const char *assay_response_url(const struct assay_response *response)
{
    return (const char *)response->url.at;
}

struct assay_fields assay_getheaders(const struct assay_response *response)
{
    return (struct assay_fields){response->fields.items,
                                 response->has_head ? response->fields.count : 0};
}

struct assay_fields assay_response_trailers(const struct assay_response *response)
{
    return (struct assay_fields){response->trailers.items,
                                 assay_response_is_whole(response) ? response->trailers.count : 0};
}

struct assay_interims assay_response_interims(const struct assay_response *response)
{
    return (struct assay_interims){response->interims.items, response->interims.count};
}

/* The first from the field at `from` on. */
static const struct assay_field *find(const struct assay_response *response, const char *name,
                                      size_t from)
{
    const struct assay_field *items = response->fields.items;
    const size_t count = assay_getheaders(response).count;
    for (size_t i = from; i < count; i++)
        if (bytes_equal_fold(bytes_given(items[i].name), bytes_of(name)))
            return &items[i];
    return NULL;
}

const struct assay_field *assay_response_field(const struct assay_response *response,
                                               const char *name)
{
    return find(response, name, 0);
}

enum assay_error assay_getheader(struct assay_response *response, const char *name,
                                 struct assay_bytes *value)
{
    struct assay_buffer *joined = &response->joined;
    const struct assay_field *field = find(response, name, 0);
    *value = (struct assay_bytes){NULL, 0};
    if (field == NULL)
        return ASSAY_OK;
    joined->len = 0;
    joined->is_failed = false;
    assay_buffer_add(joined, bytes_given(field->value));
    while ((field = find(response, name, (size_t)(field - response->fields.items) + 1)) != NULL) {
        assay_buffer_add_text(joined, ", ");
        assay_buffer_add(joined, bytes_given(field->value));
    }
    assay_buffer_add(joined, (struct bytes){(const uint8_t *)"", 1}); /* so that `at` is set */
    if (joined->is_failed)
        return ASSAY_NO_MEMORY; /* not noted: `failure` is of what ended the response */
    *value = (struct assay_bytes){joined->at, joined->len - 1};
    return ASSAY_OK;
}

bool assay_response_chunk(const struct assay_response *response, struct assay_chunk *chunk)
{
    *chunk = response->chunk;
    chunk->left = response->left + response->data.len;
    chunk->extension = (struct assay_bytes){response->extension.at, response->extension.len};
    return response->has_chunk;
}

bool assay_isclosed(const struct assay_response *response)
{
    return response->stage != ASSAY_STAGE_BODY && response->stage != ASSAY_STAGE_HEAD &&
           response->data.len == 0;
}

bool assay_response_is_whole(const struct assay_response *response)
{
    return response->stage == ASSAY_STAGE_WHOLE && response->data.len == 0;
}

bool assay_response_will_close(const struct assay_response *response)
{
    return response->will_close;
}

bool assay_response_length(const struct assay_response *response, uint64_t *length)
{
    const bool has_none =
        response->framing == HTTP_FRAMING_NONE || response->framing == HTTP_FRAMING_TUNNEL;
    *length = response->framing == HTTP_FRAMING_LENGTH ? response->left + response->data.len : 0;
    return response->has_head && (has_none || response->framing == HTTP_FRAMING_LENGTH);
}

bool assay_response_is_chunked(const struct assay_response *response)
{
    return response->is_chunked;
}
