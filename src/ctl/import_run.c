/* Reads the files of an import, whatever their format, record by record. */
#include "ctl/import_run.h"

#include <string.h>

#include "codec/json_split.h"
#include "ctl/import_csv.h"
#include "io/file_source.h"

enum { DEPTH_MAX = 200 };

struct reading {
    struct import *import;
    const struct import_format *format;
    struct json_reader *reader;
};

static void take_record(void *owner, uint64_t line, struct text record, const char *wrong)
{
    struct reading *reading = owner;
    struct json_value root;
    import_at(reading->import, line);
    if (wrong == NULL)
        wrong = json_reader_parse(reading->reader, record.bytes, record.length, &root);
    if (wrong == NULL) {
        reading->format->map(reading->import, &root);
        return;
    }
    import_begin(reading->import);
    import_leave(reading->import, IMPORT_NOT_JSON, wrong);
}

/* Names that say that each line is a value, even if the first is broken. */
static bool is_by_lines(const char *path)
{
    static const char *const endings[] = {".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strcmp(path + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

int import_run_json(struct import *import, const struct import_format *format, const char *path,
                    struct progress *progress, struct up_err *err)
{
    struct reading reading = {.import = import, .format = format};
    struct file_source *source = NULL;
    struct json_split split;
    struct text block;
    int code = file_source_open(path, &source, err);
    if (code != UP_OK)
        return code;
    import_open(import, path);
    reading.reader = json_reader_new(DEPTH_MAX);
    json_split_init(&split, format->containers, IMPORT_RECORD_BYTES_MAX, take_record, &reading);
    split.by_lines = is_by_lines(path);
    while ((code = file_source_next_block(source, &block, err)) > 0) {
        json_split_feed(&split, block);
        progress_show(progress, import->records, file_source_progress(source));
    }
    if (code == UP_OK)
        json_split_end(&split);
    json_split_done(&split);
    json_reader_free(reading.reader);
    file_source_close(source);
    return code;
}

int import_run_csv(struct import *import, const struct import_map *map, const char *path,
                   struct up_err *err)
{
    struct file_source *source = NULL;
    int code = file_source_open(path, &source, err);
    if (code != UP_OK)
        return code;
    import_open(import, path);
    code = import_csv_run(import, map, source, err);
    file_source_close(source);
    return code == UP_EINVAL ? up_fail_context(err, "%s", path) : code;
}
