/* A directory of a test's own that goes away with it. */
#include "support/temp_dir.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/panic.h"

#define DESCRIPTORS_MAX 16

static const char *parent_path(void)
{
    const char *path = getenv("UPTAKE_TEST_DIR");
    if (path == NULL)
        path = getenv("TMPDIR");
    return path == NULL ? "/tmp" : path;
}

int temp_dir_init(struct temp_dir *dir, struct up_err *err)
{
    struct temp_dir made;
    int length = snprintf(made.path, sizeof made.path, "%s/test.XXXXXX", parent_path());

    if (length < 0 || (size_t)length >= sizeof made.path)
        return up_fail(err, UP_EIO, "the temporary directory's path is too long");
    if (mkdtemp(made.path) == NULL)
        return up_fail(err, UP_EIO, "%s: %s", made.path, strerror(errno));
    *dir = made;
    return 0;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

void temp_dir_done(struct temp_dir *dir)
{
    if (dir->path[0] == '\0')
        return;
    if (getenv("UPTAKE_KEEP") != NULL)
        (void)fprintf(stderr, "kept %s\n", dir->path);
    else if (nftw(dir->path, remove_entry, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS) != 0)
        (void)fprintf(stderr, "cannot remove all of %s: %s\n", dir->path, strerror(errno));
    dir->path[0] = '\0';
}

void temp_dir_join(
    const struct temp_dir *dir, const char *name, char ret_path[static TEMP_DIR_PATH_MAX])
{
    int length = snprintf(ret_path, TEMP_DIR_PATH_MAX, "%s/%s", dir->path, name);
    UP_ASSERT(length > 0 && length < TEMP_DIR_PATH_MAX);
}
