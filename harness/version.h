/* version -- of assay and of its bundled client. */
#ifndef HARNESS_VERSION_H
#define HARNESS_VERSION_H

#define ASSAY_VERSION "0.1.0"

#endif
