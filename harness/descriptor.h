/*
 * descriptor -- a command-line client as data: how it is asked, and where it
 * tells what came of it. docs/driver-protocol.md is the manual of its file.
 */
#ifndef HARNESS_DESCRIPTOR_H
#define HARNESS_DESCRIPTOR_H

#include "wire/case.h"
#include "wire/diag.h"
#include "wire/result.h"

/* When an argument stands on the command line. */
enum argument_condition {
    IF_METHOD_HEAD,
    IF_METHOD_GET,
    IF_METHOD_POST,
    IF_METHOD_OTHER,
    IF_BODY_NONE,
    IF_BODY_BYTES,
    IF_BODY_STREAM,
    IF_BODY_FILE,
    IF_CONTENT_EXPECTED, /* POST, PUT and PATCH, where no body is given */
    IF_EXPECT_CONTINUE,
    IF_TIMEOUT,
    IF_TARGET_FOLDER,      /* its path ends in "/": a client may put a file's name behind it */
    IF_LINE_END_IN_HEADER, /* CR or LF in a field's name or value, also of one for the proxy */
    IF_HTTPS,              /* the URL's scheme */
    IF_NO_PROXY,
    IF_PROXY,
    IF_PROXY_HTTPS, /* the scheme of the proxy's own URL */
    IF_PROXY_TUNNEL,
    IF_PROXY_AUTH,
    IF_CONDITION_COUNT
};

/* The field lines that arguments stand for, once each. */
enum argument_each { EACH_NONE, EACH_HEADER, EACH_PROXY_HEADER };

struct arguments {
    const char *const *texts; /* with {{names}} */
    size_t count;
    uint32_t conditions;     /* a bit for each that has to hold */
    const char *unsupported; /* why the client cannot be asked so; NULL: it can */
    enum argument_each each;
    const char *const *texts_for_empty; /* of `each`, where a value is empty; NULL: as any other */
    size_t texts_for_empty_count;
};

struct descriptor {
    const char *path;
    struct subject_info info; /* all but name and version */
    const char *const *version_command;
    size_t version_command_count;
    const char *version_after; /* the version is what stands behind this, up to a blank */
    const char *const *command;
    size_t command_count;
    const char *const *between; /* requests; needed for a session */
    size_t between_count;
    const char *const *gate; /* asks for {{url}} and forgets what comes; NULL: it has no sessions */
    size_t gate_count;
    const struct arguments *request;
    size_t request_count;
    /* Where the JSON that it prints for each request says it: names, "." between. */
    const char *answer_status, *answer_headers, *answer_code, *answer_text;
    const char *answer_tunnel; /* the status that CONNECT was answered by; NULL: not told */
    const struct code_error {
        int code;
        enum outcome_error error;
    } * errors; /* other codes are `other`, or `tunnel` where `answer_tunnel` is no 2xx */
    size_t error_count;
};

/* NULL, with every mistake as a diag. Lives in the diags' arena. */
const struct descriptor *descriptor_load(const char *path, struct diags *diags);

#endif
