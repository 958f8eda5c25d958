/*
 * likeness -- whether two runs told their callers the same.
 *
 * What is told of an exchange must not depend on how its octets were cut into
 * segments. Runs of a `split` are compared by a number, so that none has to be
 * kept for it. Of an exchange that ended in an error only that counts: where the
 * error shows itself, what it is called and how much came before it may well
 * depend on the cut.
 */
#ifndef HARNESS_LIKENESS_H
#define HARNESS_LIKENESS_H

#include "wire/result.h"

/* Equal for runs whose outcomes are alike: status, reason, fields, content, trailers and interim
 * responses of each exchange, or that it ended in an error. */
uint64_t likeness_of(const struct run_result *run);

#endif
