/* Reads a file line by line, plain or compressed by gzip alike. */
#include "io/file_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"

enum { BLOCK_BYTES = 1 << 18, LINE_BYTES_MAX = 1 << 30 };

struct file_source {
    gzFile file;
    char *name;
    bool can_rewind;
    int64_t file_bytes; /* -1 = not known */
    char *buffer;       /* bytes that were read; those from `at` to `end` are not yet given away */
    size_t capacity, at, end;
};

static int fail(const char *path, struct up_err *err)
{
    return up_fail(err, UP_EIO, "cannot read %s: %s", path, strerror(errno));
}

int file_source_open_descriptor(int descriptor, const char *path, struct file_source **ret_source,
                                struct up_err *err)
{
    struct stat about;
    bool is_file = fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
    gzFile file = gzdopen(descriptor, "rb");
    if (file == NULL) {
        close(descriptor);
        return fail(path, err);
    }
    gzbuffer(file, BLOCK_BYTES / 2);
    struct file_source *source = mem_alloc(sizeof *source);
    source->file = file;
    source->name = mem_copy_text(path, strlen(path));
    source->can_rewind = is_file;
    source->file_bytes = is_file ? (int64_t)about.st_size : -1;
    source->capacity = BLOCK_BYTES;
    source->buffer = mem_alloc(source->capacity);
    *ret_source = source;
    return UP_OK;
}

int file_source_open(const char *path, struct file_source **ret_source, struct up_err *err)
{
    bool standard = strcmp(path, "-") == 0;
    int descriptor = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(path, err);
    return file_source_open_descriptor(descriptor, standard ? "standard input" : path, ret_source, err);
}

static int copy_standard_input(FILE *to, struct up_err *err)
{
    static char block[BLOCK_BYTES];
    ssize_t got;
    while ((got = read(STDIN_FILENO, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail("standard input", err);
        if (fwrite(block, 1, (size_t)got, to) != (size_t)got)
            return up_fail(err, UP_EIO, "cannot keep the standard input in a temporary file: %s",
                           strerror(errno));
    }
    if (fflush(to) != 0)
        return up_fail(err, UP_EIO, "cannot keep the standard input in a temporary file: %s",
                       strerror(errno));
    return UP_OK;
}

int file_source_open_spooled(const char *path, struct file_source **ret_source, struct up_err *err)
{
    if (strcmp(path, "-") != 0)
        return file_source_open(path, ret_source, err);
    FILE *spool = tmpfile();
    if (spool == NULL)
        return up_fail(err, UP_EIO, "cannot make a temporary file: %s", strerror(errno));
    int code = copy_standard_input(spool, err);
    int descriptor = code == UP_OK ? dup(fileno(spool)) : -1;
    fclose(spool);
    if (code != UP_OK)
        return code;
    if (descriptor < 0 || lseek(descriptor, 0, SEEK_SET) < 0)
        return fail("standard input", err);
    return file_source_open_descriptor(descriptor, "standard input", ret_source, err);
}

void file_source_close(struct file_source *source)
{
    if (source == NULL)
        return;
    gzclose(source->file);
    mem_free(source->name);
    mem_free(source->buffer);
    mem_free(source);
}

int file_source_rewind(struct file_source *source, struct up_err *err)
{
    if (!source->can_rewind || gzrewind(source->file) != 0)
        return up_fail(err, UP_EINVAL, "%s cannot be read twice", source->name);
    source->at = source->end = 0;
    return UP_OK;
}

double file_source_progress(const struct file_source *source)
{
    if (source->file_bytes <= 0)
        return source->file_bytes < 0 ? -1 : 1;
    return (double)gzoffset(source->file) / (double)source->file_bytes;
}

/* Reads more behind what is there. Returns 1, 0 at the end, or an error. */
static int fill(struct file_source *source, struct up_err *err)
{
    if (source->at > 0) {
        memmove(source->buffer, source->buffer + source->at, source->end - source->at);
        source->end -= source->at;
        source->at = 0;
    }
    if (source->end > LINE_BYTES_MAX)
        return up_fail(err, UP_ECORRUPT, "%s has a line of more than 1 GiB", source->name);
    mem_reserve(&source->buffer, &source->capacity, source->end + BLOCK_BYTES / 2, 1);
    int got = gzread(source->file, source->buffer + source->end, (unsigned)(BLOCK_BYTES / 2));
    if (got > 0) {
        source->end += (size_t)got;
        return 1;
    }
    int code = Z_OK;
    const char *text = gzerror(source->file, &code);
    if (got == 0 && (code == Z_OK || code == Z_STREAM_END))
        return 0;
    if (code == Z_ERRNO)
        return fail(source->name, err);
    return up_fail(err, UP_ECORRUPT, "%s is cut off or damaged: %s", source->name, text);
}

int file_source_next(struct file_source *source, struct text *ret_line, struct up_err *err)
{
    size_t looked = 0;
    for (;;) {
        char *from = source->buffer + source->at;
        size_t held = source->end - source->at;
        char *stop = held > looked ? memchr(from + looked, '\n', held - looked) : NULL;
        looked = held;
        if (stop == NULL) {
            int code = fill(source, err);
            if (code < 0)
                return code;
            if (code > 0)
                continue;
            if (held == 0)
                return 0;
            from = source->buffer + source->at;
            stop = from + held;
        }
        size_t length = (size_t)(stop - from);
        source->at += length + (length < source->end - source->at);
        while (length > 0 && from[length - 1] == '\r')
            length--;
        *ret_line = (struct text){.bytes = from, .length = (uint32_t)length};
        return 1;
    }
}

int file_source_next_block(struct file_source *source, struct text *ret_bytes, struct up_err *err)
{
    int code = source->at < source->end ? 1 : fill(source, err);
    if (code <= 0)
        return code;
    *ret_bytes = (struct text){.bytes = source->buffer + source->at,
                               .length = (uint32_t)(source->end - source->at)};
    source->at = source->end;
    return 1;
}
