/* Puts any number of events in the order of their time, in bounded memory, each once. */
#include "ctl/import_order.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/strbuf.h"

/* What comes first: the time, then a hash of the line, then the line. */
struct key {
    int64_t time_ms;
    uint64_t hash;
    uint64_t length; /* this wide, so that no bytes between are written that say nothing */
};

struct item {
    struct key key;
    size_t at; /* of the line in `lines` */
};

/* A sorted part in a file: for each line its key and its bytes. */
struct run {
    FILE *file;
    struct key key; /* of the line that is next */
    char *line;
    size_t capacity;
    bool over;
};

struct import_order {
    size_t bytes_max;
    struct strbuf lines;
    struct item *items;
    size_t count, capacity;
    struct run *runs;
    size_t run_count, run_capacity;
};

struct import_order *import_order_new(size_t bytes_max)
{
    struct import_order *order = mem_alloc(sizeof *order);
    order->bytes_max = bytes_max;
    return order;
}

void import_order_free(struct import_order *order)
{
    if (order == NULL)
        return;
    for (size_t i = 0; i < order->run_count; i++) {
        if (order->runs[i].file != NULL)
            fclose(order->runs[i].file);
        mem_free(order->runs[i].line);
    }
    mem_free(order->runs);
    mem_free(order->items);
    strbuf_done(&order->lines);
    mem_free(order);
}

static int fail(struct up_err *err)
{
    return up_fail(err, UP_EIO, "cannot keep events in a temporary file: %s", strerror(errno));
}

/* ---- order ----------------------------------------------------------------------------------- */

static int compare_lines(const struct key *a, const char *a_line, const struct key *b,
                         const char *b_line)
{
    int order = (a->time_ms > b->time_ms) - (a->time_ms < b->time_ms);
    if (order == 0)
        order = (a->hash > b->hash) - (a->hash < b->hash);
    if (order == 0)
        order = text_compare((struct text){a_line, (uint32_t)a->length},
                             (struct text){b_line, (uint32_t)b->length});
    return order;
}

static int compare_items(const void *a, const void *b, void *lines)
{
    const struct item *one = a, *other = b;
    return compare_lines(&one->key, (char *)lines + one->at, &other->key,
                         (char *)lines + other->at);
}

static void sort(struct import_order *order)
{
    if (order->count > 1)
        qsort_r(order->items, order->count, sizeof *order->items, compare_items, order->lines.data);
}

/* ---- runs ------------------------------------------------------------------------------------ */

/* The sorted lines of memory go to a file of their own. */
static int spill(struct import_order *order, struct up_err *err)
{
    sort(order);
    mem_reserve(&order->runs, &order->run_capacity, order->run_count + 1, sizeof *order->runs);
    struct run *run = &order->runs[order->run_count++];
    *run = (struct run){.file = tmpfile()};
    if (run->file == NULL)
        return fail(err);
    for (size_t i = 0; i < order->count; i++) {
        const struct item *item = &order->items[i];
        if (fwrite(&item->key, sizeof item->key, 1, run->file) != 1 ||
            fwrite(order->lines.data + item->at, 1, item->key.length, run->file) !=
                item->key.length)
            return fail(err);
    }
    if (fflush(run->file) != 0)
        return fail(err);
    rewind(run->file);
    order->count = 0;
    strbuf_reset(&order->lines);
    return UP_OK;
}

int import_order_add(struct import_order *order, int64_t time_ms, struct text line,
                     struct up_err *err)
{
    if (order->count > 0 &&
        order->lines.length + line.length + order->count * sizeof *order->items >
            order->bytes_max) {
        int code = spill(order, err);
        if (code != UP_OK)
            return code;
    }
    mem_reserve(&order->items, &order->capacity, order->count + 1, sizeof *order->items);
    order->items[order->count++] = (struct item){
        .key = {.time_ms = time_ms,
                .hash = hash_xx64(line.bytes, line.length),
                .length = line.length},
        .at = order->lines.length,
    };
    strbuf_add(&order->lines, line.bytes, line.length);
    return UP_OK;
}

static int read_next(struct run *run, struct up_err *err)
{
    run->over = fread(&run->key, sizeof run->key, 1, run->file) != 1;
    if (run->over)
        return ferror(run->file) ? fail(err) : UP_OK;
    mem_reserve(&run->line, &run->capacity, run->key.length, 1);
    return fread(run->line, 1, run->key.length, run->file) == run->key.length ? UP_OK : fail(err);
}

/* ---- writing --------------------------------------------------------------------------------- */

struct writing {
    FILE *file;
    struct key last;
    struct strbuf last_line;
    uint64_t written;
};

static int write_line(struct writing *writing, const struct key *key, const char *line,
                      struct up_err *err)
{
    if (writing->written > 0 &&
        compare_lines(key, line, &writing->last, writing->last_line.data) == 0)
        return UP_OK;
    if (fwrite(line, 1, key->length, writing->file) != key->length ||
        putc('\n', writing->file) == EOF)
        return up_fail(err, UP_EIO, "cannot write the events: %s", strerror(errno));
    writing->last = *key;
    strbuf_reset(&writing->last_line);
    strbuf_add(&writing->last_line, line, key->length);
    writing->written++;
    return UP_OK;
}

static int write_memory(struct import_order *order, struct writing *writing, struct up_err *err)
{
    int code = UP_OK;
    sort(order);
    for (size_t i = 0; i < order->count && code == UP_OK; i++)
        code =
            write_line(writing, &order->items[i].key, order->lines.data + order->items[i].at, err);
    return code;
}

static struct run *find_first(const struct import_order *order)
{
    struct run *first = NULL;
    for (size_t i = 0; i < order->run_count; i++) {
        struct run *run = &order->runs[i];
        if (!run->over &&
            (first == NULL || compare_lines(&run->key, run->line, &first->key, first->line) < 0))
            first = run;
    }
    return first;
}

static int merge(struct import_order *order, struct writing *writing, struct up_err *err)
{
    int code = spill(order, err);
    for (size_t i = 0; i < order->run_count && code == UP_OK; i++)
        code = read_next(&order->runs[i], err);
    for (struct run *run; code == UP_OK && (run = find_first(order)) != NULL;) {
        code = write_line(writing, &run->key, run->line, err);
        if (code == UP_OK)
            code = read_next(run, err);
    }
    return code;
}

int import_order_write(struct import_order *order, FILE *file, uint64_t *ret_written,
                       struct up_err *err)
{
    struct writing writing = {.file = file};
    int code =
        order->run_count == 0 ? write_memory(order, &writing, err) : merge(order, &writing, err);
    if (code == UP_OK && fflush(file) != 0)
        code = up_fail(err, UP_EIO, "cannot write the events: %s", strerror(errno));
    strbuf_done(&writing.last_line);
    *ret_written = writing.written;
    return code;
}
