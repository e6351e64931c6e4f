/* The JSON document that `uptakectl evaluate` prints. */
#include "ctl/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "document_priv.h"
#include "model/evaluation.h"

enum { FLUSH_BYTES = 1 << 16 };

void document_flush(struct document *document)
{
    if (document->buffer.length < FLUSH_BYTES)
        return;
    fwrite(document->buffer.data, 1, document->buffer.length, document->file);
    strbuf_reset(&document->buffer);
}

/* ---- head and cells ------------------------------------------------------------------------- */

static void put_options(struct json_write *json, const struct evaluate_options *options)
{
    json_write_name(json, "options");
    json_write_begin_object(json);
    json_write_name(json, "partitions");
    json_write_integer(json, options->partitions);
    json_write_name(json, "teams");
    json_write_integer(json, options->teams);
    json_write_name(json, "now");
    if (options->now != NULL)
        json_write_word(json, options->now);
    else
        json_write_null(json);
    json_write_name(json, "as_of");
    if (options->has_as_of)
        json_write_integer(json, options->as_of);
    else
        json_write_word(json, "end");
    json_write_end_object(json);
}

static void put_rejects(struct document *document)
{
    struct json_write *json = &document->json;
    const struct evaluate_run *run = document->run;
    json_write_name(json, "accepted");
    json_write_integer(json, run->accepted);
    json_write_name(json, "rejected");
    json_write_begin_object(json);
    for (int reject = 0; reject < REJECT_REASONS; reject++) {
        json_write_name(json, event_reject_name((enum reject)reject));
        json_write_integer(json, run->rejected[reject]);
    }
    json_write_end_object(json);
    json_write_name(json, "reject_lines");
    json_write_begin_array(json);
    for (size_t i = 0; i < run->refused_count; i++) {
        json_write_begin_array(json);
        json_write_integer(json, run->refused[i].line);
        json_write_word(json, event_reject_name(run->refused[i].reject));
        json_write_end_array(json);
        document_flush(document);
    }
    json_write_end_array(json);
}

static void put_cell(struct document *document, const struct kept_cell *cell)
{
    struct json_write *json = &document->json;
    const struct evaluate_sink *sink = &document->run->sink;
    struct counters counters;
    cell_read(&sink->store, cell->cell, &counters);
    json_write_begin_array(json);
    json_write_text(json, names_text(&sink->names, cell->team));
    json_write_text(json, names_text(&sink->names, cell->workflow));
    json_write_integer(json, cell->day);
    json_write_word(json, cell_arm_name((enum arm)cell->arm));
    for (int c = 0; c < COUNTERS; c++)
        json_write_integer(json, counters.at[c]);
    json_write_end_array(json);
    document_flush(document);
}

static void put_cells(struct document *document)
{
    static const char *const key[] = {"team", "workflow", "day", "arm"};
    struct json_write *json = &document->json;
    json_write_name(json, "cells");
    json_write_begin_object(json);
    json_write_name(json, "columns");
    json_write_begin_array(json);
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++)
        json_write_word(json, key[i]);
    for (int c = 0; c < COUNTERS; c++)
        json_write_word(json, cell_counter_name((enum counter)c));
    json_write_end_array(json);
    json_write_name(json, "rows");
    json_write_begin_array(json);
    for (size_t i = 0; i < document->cell_count; i++)
        put_cell(document, &document->cells[i]);
    json_write_end_array(json);
    json_write_end_object(json);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int compare_teams(const void *a, const void *b)
{
    const struct listed_team *left = a;
    const struct listed_team *right = b;
    return text_compare(left->name, right->name);
}

static struct listed_team *list_teams(const struct evaluate_run *run, size_t *ret_count)
{
    struct listed_team *teams = NULL;
    size_t capacity = 0;
    size_t count = 0;
    for (int32_t p = 0; p < run->options->partitions; p++) {
        const struct shard *shard = run->shards[p];
        for (size_t t = 0; shard != NULL && t < shard->team_count; t++) {
            mem_reserve(&teams, &capacity, count + 1, sizeof *teams);
            teams[count++] =
                (struct listed_team){.shard = shard,
                                     .team = &shard->teams[t],
                                     .name = names_text(&shard->names, shard->teams[t].name)};
        }
    }
    if (count > 1)
        qsort(teams, count, sizeof *teams, compare_teams);
    *ret_count = count;
    return teams;
}

static void put_teams(struct document *document, const struct listed_team *teams, size_t count)
{
    struct json_write *json = &document->json;
    json_write_name(json, "unmatched");
    json_write_begin_object(json);
    for (size_t i = 0; i < count; i++) {
        json_write_name_text(json, teams[i].name);
        json_write_integer(json, teams[i].team->unmatched);
    }
    json_write_end_object(json);
    put_cells(document);
    struct evaluation *room = mem_alloc(sizeof *room);
    json_write_name(json, "measures");
    json_write_begin_object(json);
    for (size_t i = 0; i < count; i++)
        document_put_record(document, &teams[i], room);
    json_write_end_object(json);
    mem_free(room);
    json_write_name(json, "daily");
    json_write_begin_object(json);
    for (size_t i = 0; i < count; i++)
        document_put_daily(document, &teams[i]);
    json_write_end_object(json);
}

int document_print(struct evaluate_run *run, FILE *file, struct up_err *err)
{
    struct document document = {.run = run, .file = file};
    document.json.out = &document.buffer;
    struct kept_cell *cells = evaluate_sink_sort_cells(&run->sink, &document.cell_count);
    document.cells = cells;
    size_t count;
    struct listed_team *teams = list_teams(run, &count);
    json_write_begin_object(&document.json);
    put_options(&document.json, run->options);
    put_rejects(&document);
    put_teams(&document, teams, count);
    json_write_end_object(&document.json);
    strbuf_add_char(&document.buffer, '\n');
    fwrite(document.buffer.data, 1, document.buffer.length, file);
    mem_free(teams);
    mem_free(cells);
    strbuf_done(&document.buffer);
    if (fflush(file) != 0 || ferror(file))
        return up_fail(err, UP_EIO, "cannot write the document: %s", strerror(errno));
    return UP_OK;
}
