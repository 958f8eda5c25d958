/* version -- of assay. Its client, a library of its own, has one in harness/client/client.h. */
#ifndef HARNESS_VERSION_H
#define HARNESS_VERSION_H

#define ASSAY_VERSION "0.1.0"

#endif
