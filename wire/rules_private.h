/*
 * rules_private -- what the rooms of the rules share; see wire/rules.h for the house.
 *
 * rules.c takes the events, rules_start.c looks at the request line, and
 * rules_fields.c at the fields, each and all together; rules_host.c reads hosts.
 */
#ifndef WIRE_RULES_PRIVATE_H
#define WIRE_RULES_PRIVATE_H

#include "wire/http_private.h"
#include "wire/rules.h"
#include "wire/uri.h"

/* The methods that a rule speaks of. Names are case-sensitive (RFC 9110, section 9.1). */
#define RULES_METHODS(X) X(GET) X(HEAD) X(POST) X(PUT) X(PATCH) X(CONNECT) X(OPTIONS) X(TRACE)

enum rules_method {
#define RULES_METHOD_ENUM(name) RULES_METHOD_##name,
    RULES_METHODS(RULES_METHOD_ENUM)
#undef RULES_METHOD_ENUM
        RULES_METHOD_OTHER
};

/* Tells a finding, unless the request has one of this rule. */
void rules_tell(struct rules *rules, enum rule rule, uint64_t offset);

/* uri-host [ ":" port ]; RFC 3986, section 3.2. */
struct rules_authority {
    struct bytes host; /* with the brackets of an IP literal; may be empty */
    struct bytes port; /* without colon */
    bool has_colon;
};

/* False when `text` is not all that; then `*fault` is where it goes wrong. */
bool rules_read_authority(struct rules_authority *authority, struct bytes text, size_t *fault);

/* The request line is read. */
void rules_start(struct rules *rules, const struct http_reader *reader);

/* A line of Host. */
void rules_host(struct rules *rules, const struct http_reader *reader);

/* A field line of the head; and the head as a whole. */
void rules_field(struct rules *rules, const struct http_reader *reader);
void rules_head(struct rules *rules, const struct http_reader *reader);

#endif
