#include "harness/open_files.h"

#include <sys/resource.h>

enum {
    /* The loop, the listener, reports, and what starting a process takes for a moment. */
    OF_ALL = 24,
    /* A ticker, the kernel's diagnostics, a child's pipes; some connections, with both ends, and
     * its share of the ports that are leased by name. */
    OF_A_JOB = 20,
};

/* The limit, raised to `wanted` where that is allowed. */
static rlim_t raise_limit(rlim_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return RLIM_INFINITY;
    const rlim_t before = limit.rlim_cur;
    if (before >= wanted)
        return before;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

unsigned open_files_jobs(unsigned jobs, struct diags *diags)
{
    const rlim_t wanted = OF_ALL + (rlim_t)jobs * OF_A_JOB;
    const rlim_t limit = raise_limit(wanted);
    if (limit >= wanted)
        return jobs;
    const unsigned possible = limit < OF_ALL ? 0 : (unsigned)((limit - OF_ALL) / OF_A_JOB);
    if (possible == 0)
        diag_add(diags, NULL, 0, NULL, "want at least %d file descriptors, got %llu (ulimit -n)",
                 OF_ALL + OF_A_JOB, (unsigned long long)limit);
    else
        diag_add(diags, NULL, 0, NULL,
                 "--jobs: %u at once, not %u: only %llu file descriptors are allowed (ulimit -n)",
                 possible, jobs, (unsigned long long)limit);
    return possible;
}
