/* The files of the web page, src/page, built into the program. */
#include "codec/page_files.h"

#include "page_files.inc" /* made of src/page/ by embed_page.sh */

const struct page_file *page_files_list(size_t *ret_count)
{
    *ret_count = sizeof page_files / sizeof page_files[0];
    return page_files;
}
