/* A file that is there as a whole or not at all: written beside its place, then moved there. */
#pragma once

#include <stdio.h>

#include "base/err.h"

/* A zeroed struct is none. Until output_file_end() the old file stays as it is. */
struct output_file {
    FILE *file;
    const char *path; /* borrowed; NULL = stdout */
    char *beside;
};

/* path NULL: stdout. UP_EIO. */
int output_file_begin(struct output_file *output, const char *path, struct up_err *err);
/* UP_EIO: what was written is gone at output_file_give_up(). */
int output_file_write(struct output_file *output, const void *bytes, size_t length, struct up_err *err);
/* On the disk, and in its place. On failure as above. */
int output_file_end(struct output_file *output, struct up_err *err);
/* Takes away what is unfinished; does nothing where all is done. */
void output_file_give_up(struct output_file *output);
