/* The migrations of sql/, built into the program. */
#pragma once

#include <stddef.h>

struct migration {
    int version; /* 1, 2, ... without a gap */
    const char *name;
    const char *sql; /* statements for the simple protocol */
};

/* All of them, in order; static. */
const struct migration *migrations_list(size_t *ret_count);

/* The version of the schema that this program works with: the last migration's. */
int migrations_version(void);
