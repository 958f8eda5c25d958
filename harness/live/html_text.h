/* html_text -- texts in a page. */
#ifndef HARNESS_LIVE_HTML_TEXT_H
#define HARNESS_LIVE_HTML_TEXT_H

#include "wire/bytes.h"

#include <stdio.h>

/* Stands between tags and in double quotes. What is not visible UTF-8 becomes \xNN. */
void html_text_put(FILE *out, struct bytes text);

/* As the path of a link, "/" kept: every octet that is not plain in a URI is percent-encoded. */
void html_text_link(FILE *out, const char *path);

#endif
