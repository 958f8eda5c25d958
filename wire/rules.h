/*
 * rules -- what RFC 9110 and 9112 require of all that a client sends.
 *
 * Sans-I/O, no allocation: fed beside the reader (wire/http.h) of a connection's
 * requests, with each event that it gives; findings go to a callback. A rule is
 * here only where octets alone, with what the struct says of the peer, show that
 * it is broken; what hangs on what the caller asked for belongs to a case.
 *
 *     struct rules rules;
 *     rules_init(&rules, take_finding, context);
 *     do {
 *         event = http_reader_next(&reader, &input);
 *         rules_event(&rules, &reader, event);
 *     } while (...);
 *     rules_end(&rules, &reader, &facts);
 *
 * A request in HTTP/1.0 is held to HTTP/1.0. Octets behind a 2xx to CONNECT, or
 * behind 101, are not requests: whoever feeds the reader stops there. How the
 * input is cut never changes what is found.
 */
#ifndef WIRE_RULES_H
#define WIRE_RULES_H

#include "wire/http.h"
#include "wire/rules_list.h"
#include "wire/verdict.h"

enum rule {
#define RULE_ENUM(name, text, requirement, level, message) RULE_##name,
    RULES(RULE_ENUM)
#undef RULE_ENUM
        RULE_COUNT
};

/* "host-missing", as reports and case files spell it. */
const char *rule_name(enum rule rule);

/* The id in the catalog, and the level that the catalog gives it: "MUST NOT". */
const char *rule_requirement(enum rule rule);
const char *rule_level(enum rule rule);

/* What is wrong, in words. */
const char *rule_message(enum rule rule);

/* How a rule that was broken comes out: a MUST or MUST NOT of BCP 14 fails, what the RFC only
 * advises is info, and all else warns. */
enum verdict rule_verdict(enum rule rule);

struct finding {
    enum rule rule;
    uint64_t offset;  /* of the octet at fault, in the octets of the connection; of what lacks in a
                       * head, of its blank line */
    unsigned request; /* on this connection, from 0; the next one for what stands between two */
};

typedef void rules_found(void *context, const struct finding *finding);

/* The field names that a rule speaks of; the table is in wire/rules_fields.c. */
enum rules_field_name {
#define RULES_FIELD_ENUM(name, text, kinds) RULES_FIELD_##name,
    RULES_FIELDS(RULES_FIELD_ENUM)
#undef RULES_FIELD_ENUM
        RULES_FIELD_COUNT
};

/* Longer ones are not compared with Host. */
#define RULES_AUTHORITY_MAX 255

struct rules {
    bool is_proxy; /* the peer is one, to this client: absolute-form is due. May be set before the
                    * first octet */
    bool is_peer_1_0; /* the peer's last response was in HTTP/1.0; to be set when it was sent */

    /* Private to the rules*.c files from here on. */
    rules_found *found;
    void *context;
    unsigned request;
    bool is_told[RULE_COUNT]; /* for this request */
    bool is_lost;
    bool is_closing; /* a request with the close option has ended */

    /* Of this request. */
    int method;           /* enum rules_method of wire/rules_private.h */
    bool has_close;       /* it has the close option */
    bool is_coding_empty; /* its Transfer-Encoding names no coding */
    size_t field_count;
    uint64_t seen[RULES_FIELD_COUNT];  /* offset of the first such line, plus 1; 0 is none */
    bool is_listed[RULES_FIELD_COUNT]; /* in Connection */
    char authority[RULES_AUTHORITY_MAX];
    size_t authority_len; /* of an absolute-form or authority-form target; 0 when unknown */
    int default_port;     /* of the target's scheme; 0 when unknown */
};

/* `found` gets the first finding of each rule in each request; the finding is valid in it alone. */
void rules_init(struct rules *rules, rules_found *found, void *context);

/* Takes an event right after http_reader_next() gave it. */
void rules_event(struct rules *rules, const struct http_reader *reader, enum http_event event);

/* What the script did, which the octets do not tell. A message that is left unfinished for one of
 * these was not the client's choice. */
struct rules_facts {
    bool is_answered; /* the peer had sent a final response, FIN or RST before the message's end */
    bool is_stopped;  /* the run, or the case's own step, cut it short */
};

/* The connection's octets are at an end; to be called after HTTP_NEED_MORE or HTTP_LOST, before
 * http_reader_end(). */
void rules_end(struct rules *rules, const struct http_reader *reader,
               const struct rules_facts *facts);

#endif
