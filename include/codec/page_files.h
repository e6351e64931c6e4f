/* The files of the web page, src/page, built into the program. */
#pragma once

#include <stddef.h>

struct page_file {
    const char *name; /* "page.css" */
    const char *content_type;
    const unsigned char *bytes;
    size_t length;
    const unsigned char *gzip; /* the same, compressed */
    size_t gzip_length;
};

/* Those that browsers may fetch; static. */
const struct page_file *page_files_list(size_t *ret_count);
