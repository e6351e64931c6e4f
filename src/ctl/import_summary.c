/* What came of an import, for people and for programs: lines and fields, never names of people. */
#include "ctl/import_summary.h"

#include <stdlib.h>

/* Mistakes first, then the most frequent. */
static int compare_counts(const void *a, const void *b)
{
    const struct import_count *one = a, *other = b;
    int order = import_reason_is_mistake(other->reason) - import_reason_is_mistake(one->reason);
    if (order == 0)
        order = (other->count > one->count) - (other->count < one->count);
    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

static size_t sort_counts(const struct import *import,
                          struct import_count ret_counts[static IMPORT_COUNTS_MAX])
{
    for (size_t i = 0; i < import->count; i++)
        ret_counts[i] = import->counts[i];
    qsort(ret_counts, import->count, sizeof ret_counts[0], compare_counts);
    return import->count;
}

static void print_count(const struct import_count *count, FILE *file)
{
    fprintf(file, "  %9llu  %s%s%s: %s\n", (unsigned long long)count->count,
            import_reason_name(count->reason), count->field[0] != '\0' ? ", " : "", count->field,
            import_reason_sentence(count->reason));
    fprintf(file, "             first in %s:%llu\n", count->file, (unsigned long long)count->line);
}

void import_summary_print(const struct import *import, uint64_t written, FILE *file)
{
    struct import_count counts[IMPORT_COUNTS_MAX];
    size_t count = sort_counts(import, counts);
    fprintf(file, "%llu records of %llu file%s: %llu events", (unsigned long long)import->records,
            (unsigned long long)import->files, import->files == 1 ? "" : "s",
            (unsigned long long)written);
    if (written < import->events)
        fprintf(file, " (%llu came more than once)",
                (unsigned long long)(import->events - written));
    fputc('\n', file);
    for (size_t i = 0; i < count; i++) {
        bool is_mistake = import_reason_is_mistake(counts[i].reason);
        if (i == 0 || is_mistake != import_reason_is_mistake(counts[i - 1].reason))
            fputs(is_mistake ? "refused, because something is wrong with it:\n"
                             : "left out, because an event cannot say it:\n",
                  file);
        print_count(&counts[i], file);
    }
    if (import->uncounted > 0)
        fprintf(file, "  %9llu  for other reasons\n", (unsigned long long)import->uncounted);
    if (import->homes > 0)
        fputs("note: accounts of several home pages were read by their names alone; where the same "
              "name is another\n"
              "person, import each by itself with --account-home URL\n",
              file);
}

static void write_number(struct json_write *json, const char *name, uint64_t number)
{
    json_write_name(json, name);
    json_write_integer(json, (int64_t)number);
}

static void write_word(struct json_write *json, const char *name, const char *word)
{
    json_write_name(json, name);
    json_write_word(json, word);
}

void import_summary_print_json(const struct import *import, uint64_t written, FILE *file)
{
    struct import_count counts[IMPORT_COUNTS_MAX];
    size_t count = sort_counts(import, counts);
    struct strbuf text = {0};
    struct json_write json = {.out = &text};
    json_write_begin_object(&json);
    write_number(&json, "files", import->files);
    write_number(&json, "records", import->records);
    write_number(&json, "events", written);
    write_number(&json, "repeated", import->events - written);
    write_number(&json, "refused", import->mistakes);
    write_number(&json, "left_out", import->left_out);
    write_number(&json, "accounts_of_other_home_pages", import->homes);
    json_write_name(&json, "reasons");
    json_write_begin_array(&json);
    for (size_t i = 0; i < count; i++) {
        json_write_begin_object(&json);
        write_word(&json, "reason", import_reason_name(counts[i].reason));
        write_word(&json, "field", counts[i].field);
        json_write_name(&json, "refused");
        json_write_bool(&json, import_reason_is_mistake(counts[i].reason));
        write_number(&json, "count", counts[i].count);
        write_word(&json, "file", counts[i].file);
        write_number(&json, "line", counts[i].line);
        write_word(&json, "means", import_reason_sentence(counts[i].reason));
        json_write_end_object(&json);
    }
    json_write_end_array(&json);
    json_write_end_object(&json);
    fprintf(file, "%s\n", strbuf_text(&text));
    strbuf_done(&text);
}
