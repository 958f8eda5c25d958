/* open_files -- the file descriptors that this process may have open, and what runs need of them.
 */
#ifndef HARNESS_OPEN_FILES_H
#define HARNESS_OPEN_FILES_H

#include "wire/diag.h"

/* How many runs may be in flight at once, at most `jobs` (at least 1). The limit is raised as far
 * as the system lets us; where that is too little for all, a diag says so, and 0 means that it is
 * too little for one. */
unsigned open_files_jobs(unsigned jobs, struct diags *diags);

#endif
