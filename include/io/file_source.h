/* Reads a file line by line, plain or compressed by gzip alike. Owns zlib. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct file_source;

/* Opens a file, or the standard input as "-". UP_EIO: there is none, or it may not be read. */
int file_source_open(const char *path, struct file_source **ret_source, struct up_err *err);
/* The same of an open descriptor, which is taken over; `name` is for messages. */
int file_source_open_descriptor(int descriptor, const char *name, struct file_source **ret_source, struct up_err *err);
/* NULL is fine. */
void file_source_close(struct file_source *source);

/* The next line without its end (LF or CRLF), borrowed until the next call; what stands behind the
 * last LF is a line too unless it is empty. Returns 1, 0 at the end, UP_EIO when the file cannot be
 * read on, UP_ECORRUPT when it is cut off or not what gzip wrote, or a line is longer than 1 GiB.
 */
int file_source_next(struct file_source *source, struct text *ret_line, struct up_err *err);

/* The next bytes as they are, with their line ends, borrowed until the next call: for files that are
 * not made of lines. Returns as file_source_next(). */
int file_source_next_block(struct file_source *source, struct text *ret_bytes, struct up_err *err);

/* Starts at the first line again. UP_EINVAL for the standard input that was not opened with
 * file_source_open_spooled(). */
int file_source_rewind(struct file_source *source, struct up_err *err);

/* As file_source_open(), but the standard input is first copied to an unnamed temporary file, so
 * that it can be read again. */
int file_source_open_spooled(const char *path, struct file_source **ret_source, struct up_err *err);

/* How far reading is in the file as it is stored, 0 to 1; negative when its size is not known. */
double file_source_progress(const struct file_source *source);
