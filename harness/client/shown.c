#include "harness/client/private.h"

int assay_response_status(const struct assay_response *response)
{
    return response->has_head ? response->status : 0;
}

struct bytes assay_response_reason(const struct assay_response *response)
{
    return (struct bytes){response->reason.at, response->has_head ? response->reason.len : 0};
}

struct assay_fields assay_response_fields(const struct assay_response *response)
{
    return (struct assay_fields){response->fields.items,
                                 response->has_head ? response->fields.count : 0};
}

struct assay_fields assay_response_trailers(const struct assay_response *response)
{
    return (struct assay_fields){response->trailers.items, response->trailers.count};
}

struct assay_interims assay_response_interims(const struct assay_response *response)
{
    return (struct assay_interims){response->interims.items, response->interims.count};
}

bool assay_response_is_whole(const struct assay_response *response)
{
    return response->stage == ASSAY_STAGE_WHOLE;
}

bool assay_response_will_close(const struct assay_response *response)
{
    return response->will_close;
}
