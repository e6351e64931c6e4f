/* In which team a person is, and when, as a CSV file says it: read as a whole, checked as a whole. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"

struct teams_row;

/* The rows of a file that has no mistakes, or the mistakes. */
struct teams_file {
    struct teams_row *rows; /* by user and time */
    size_t count, capacity;
    size_t mistakes;
    struct strbuf messages; /* a line each: "path:line: what is wrong", never with a user's name */
};

/* Reads a CSV file (RFC 4180, UTF-8, plain or gzipped; - is the standard input) whose first line
 * names the columns user, team and, as one likes, valid_from, valid_to (the first day on which it
 * holds no more; both may be empty) and name (what the user is called in events; empty = as in
 * `user`). All mistakes are found; one is a user in two teams at once. UP_OK also with mistakes;
 * UP_EIO or UP_ECORRUPT when the file cannot be read. ret_file is zeroed before, and the caller's
 * to end with teams_file_done() in any case. */
int teams_file_read(const char *path, struct teams_file *ret_file, struct up_err *err);
void teams_file_done(struct teams_file *file);

/* The team of a user on a day, and what events call the user; borrowed from the file. False where
 * it says none. */
bool teams_file_find(const struct teams_file *file, struct text user, int32_t day,
                     struct text *ret_team, struct text *ret_name);
