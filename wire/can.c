#include "wire/can.h"

static const char *const names[] = {
#define CAN_NAME(name, text) [CAN_##name] = text,
    CAPABILITIES(CAN_NAME)
#undef CAN_NAME
};

const char *can_name(enum capability capability)
{
    assert(capability < CAN_COUNT);
    return names[capability];
}

enum capability can_find(const char *name)
{
    enum capability capability = 0;
    while (capability < CAN_COUNT && strcmp(names[capability], name) != 0)
        capability++;
    return capability;
}
