/* data_dir -- where what belongs to assay lies: in a checkout, or where it was installed. */
#ifndef HARNESS_DATA_DIR_H
#define HARNESS_DATA_DIR_H

/* The corpus. */
const char *data_dir_cases(void);

/* The drivers of real clients. */
const char *data_dir_drivers(void);

#endif
