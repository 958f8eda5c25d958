/* driver_steps -- client steps for the tests of drivers. */
#ifndef TESTS_DRIVER_STEPS_H
#define TESTS_DRIVER_STEPS_H

#include "wire/case.h"

/* Octets of a literal. */
#define STEP_OCTETS(text)                                                                          \
    {                                                                                              \
        (const struct piece[]){{.data = {(const uint8_t *)(text), sizeof(text) - 1}, .times = 1}}, \
            1, sizeof(text) - 1                                                                    \
    }

/* The members of a step that asks for that target. */
#define STEP_GET(path) .method = STEP_OCTETS("GET"), .target = STEP_OCTETS(path)

#endif
