/* A directory of a test's own that goes away with it. */
#pragma once

#include "base/err.h"

#define TEMP_DIR_PATH_MAX 256

struct temp_dir {
    char path[TEMP_DIR_PATH_MAX];
};

/* Makes a fresh directory: in the servers' session (UPTAKE_TEST_DIR), which is removed even if the
 * test is killed, else in TMPDIR or /tmp. Returns 0, or UP_EIO with *err filled. */
int temp_dir_init(struct temp_dir *dir, struct up_err *err);

/* Removes the directory with all that is in it (symbolic links are not followed); keeps it when
 * UPTAKE_KEEP is set. */
void temp_dir_done(struct temp_dir *dir);

/* Writes the path of `name` in the directory. A path that is too long is a mistake of the test and
 * aborts. */
void temp_dir_join(
    const struct temp_dir *dir, const char *name, char ret_path[static TEMP_DIR_PATH_MAX]);
