/* Which group a team belongs to, and when, as a CSV file says it: read as a whole, checked as a whole. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/* The rows of a file that has no mistakes, or the mistakes. */
struct groups_file {
    size_t rows;
    struct strbuf json;     /* an array of objects: team, grp, valid_from, valid_to (days, the last may be null) */
    size_t mistakes;
    struct strbuf messages; /* a line each: "path:line: what is wrong" */
};

/* Reads a CSV file (RFC 4180, UTF-8, plain or gzipped; - is the standard input) whose first line names the columns team,
 * grp, valid_from and valid_to in any order. valid_to is the first day on which the team no longer belongs to the group,
 * and may be empty; so may lines. All mistakes are found, not only the first: names and days that are none, periods that
 * end before they begin, and a team that is twice in one group at once. UP_OK also with mistakes; UP_EIO or UP_ECORRUPT
 * when the file cannot be read. ret_file is zeroed before, and the caller's to end with groups_file_done() in any case. */
int groups_file_read(const char *path, struct groups_file *ret_file, struct up_err *err);
void groups_file_done(struct groups_file *file);
