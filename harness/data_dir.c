#include "harness/data_dir.h"

#include <stdbool.h>
#include <unistd.h>

#ifndef ASSAY_DATA_DIR
#define ASSAY_DATA_DIR "/usr/local/share/assay"
#endif

/* The current folder is known by the catalog. */
static bool is_checkout(void)
{
    return access("cases/requirements.json", F_OK) == 0;
}

const char *data_dir_cases(void)
{
    return is_checkout() ? "cases" : ASSAY_DATA_DIR "/cases";
}

const char *data_dir_drivers(void)
{
    return is_checkout() ? "drivers" : ASSAY_DATA_DIR "/drivers";
}
