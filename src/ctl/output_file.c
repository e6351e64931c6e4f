/* A file that is there as a whole or not at all. */
#include "ctl/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"

static int fail(const struct output_file *output, struct up_err *err)
{
    return up_fail(err, UP_EIO, "%s cannot be written: %s",
                   output->path != NULL ? output->path : "the standard output", strerror(errno));
}

/* What a new file may be read by, as the umask says; an old one keeps its rights. */
static mode_t rights_of(const char *path)
{
    struct stat old;
    if (stat(path, &old) == 0)
        return old.st_mode & 0777;
    mode_t mask = umask(0);
    (void)umask(mask);
    return 0666 & ~mask;
}

int output_file_begin(struct output_file *output, const char *path, struct up_err *err)
{
    *output = (struct output_file){.file = stdout, .path = path};
    if (path == NULL)
        return UP_OK;
    struct strbuf beside = {.length = 0};
    strbuf_add_format(&beside, "%s.XXXXXX", path);
    output->beside = mem_copy_text(beside.data, beside.length);
    strbuf_done(&beside);
    int descriptor = mkostemp(output->beside, O_CLOEXEC);
    output->file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (output->file != NULL && fchmod(descriptor, rights_of(path)) == 0)
        return UP_OK;
    int code = fail(output, err);
    if (descriptor >= 0 && output->file == NULL)
        (void)close(descriptor);
    if (descriptor < 0) {
        mem_free(output->beside);
        output->beside = NULL;
    }
    output_file_give_up(output);
    return code;
}

int output_file_write(struct output_file *output, const void *bytes, size_t length, struct up_err *err)
{
    return length == 0 || fwrite(bytes, 1, length, output->file) == length ? UP_OK : fail(output, err);
}

/* A file that was moved is safe when its directory is. */
static void sync_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    char *directory = mem_copy_text(slash == NULL ? "." : path, length);
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mem_free(directory);
    if (descriptor < 0)
        return;
    (void)fsync(descriptor);
    (void)close(descriptor);
}

int output_file_end(struct output_file *output, struct up_err *err)
{
    if (fflush(output->file) != 0)
        return fail(output, err);
    if (output->beside == NULL)
        return UP_OK;
    bool is_safe = fsync(fileno(output->file)) == 0;
    is_safe = fclose(output->file) == 0 && is_safe;
    output->file = NULL;
    if (!is_safe || rename(output->beside, output->path) != 0)
        return fail(output, err);
    sync_directory(output->path);
    mem_free(output->beside);
    output->beside = NULL;
    return UP_OK;
}

void output_file_give_up(struct output_file *output)
{
    if (output->beside == NULL)
        return;
    if (output->file != NULL)
        (void)fclose(output->file);
    (void)unlink(output->beside);
    mem_free(output->beside);
    *output = (struct output_file){.file = NULL};
}
