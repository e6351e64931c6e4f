/* In which team a person is, and when, as a CSV file says it: read as a whole, checked as a whole. */
#include "ctl/teams_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctl/table_file.h"

enum column { COLUMN_USER, COLUMN_TEAM, COLUMN_FROM, COLUMN_TO, COLUMN_NAME, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    {"user", false}, {"team", false}, {"valid_from", true}, {"valid_to", true}, {"name", true}};

struct teams_row {
    size_t line;
    struct text user, team, name; /* in memory of their own */
    int32_t from, to;             /* days; INT32_MIN and INT32_MAX where there is none */
};

static struct text keep(struct text text)
{
    return (struct text){mem_copy_text(text.bytes, text.length), text.length};
}

static void take_row(void *owner, struct table_file *table, const struct text *fields)
{
    struct teams_file *file = owner;
    struct text user = fields[COLUMN_USER], team = fields[COLUMN_TEAM], name = fields[COLUMN_NAME];
    struct text from = fields[COLUMN_FROM], to = fields[COLUMN_TO];
    struct teams_row row = {.line = table->line, .from = INT32_MIN, .to = INT32_MAX};
    bool sound = table_file_check_name(table, COLUMN_USER, user);
    sound = table_file_check_name(table, COLUMN_TEAM, team) && sound;
    if (name.length > 0)
        sound = table_file_check_name(table, COLUMN_NAME, name) && sound;
    if (from.length > 0)
        sound = table_file_read_day(table, COLUMN_FROM, from, &row.from) && sound;
    if (to.length > 0)
        sound = table_file_read_day(table, COLUMN_TO, to, &row.to) && sound;
    if (sound && row.to <= row.from) {
        table_file_add_mistake(table, table->line, "valid_to %.*s is not after valid_from %.*s",
                               (int)to.length, to.bytes, (int)from.length, from.bytes);
        sound = false;
    }
    if (!sound)
        return;
    row.user = keep(user);
    row.team = keep(team);
    row.name = keep(name.length > 0 ? name : user);
    mem_reserve(&file->rows, &file->capacity, file->count + 1, sizeof *file->rows);
    file->rows[file->count++] = row;
}

static int compare_rows(const void *a, const void *b)
{
    const struct teams_row *one = a, *other = b;
    int order = text_compare(one->user, other->user);
    if (order == 0)
        order = (one->from > other->from) - (one->from < other->from);
    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

/* The rows are sorted: says where one of a user begins before another is over. */
static void find_overlaps(struct table_file *table, const struct teams_file *file)
{
    const struct teams_row *before = NULL; /* of this user the one that ends last so far */
    for (size_t i = 0; i < file->count; i++) {
        const struct teams_row *row = &file->rows[i];
        if (before != NULL && !text_equal(before->user, row->user))
            before = NULL;
        if (before != NULL && row->from < before->to) {
            bool later = row->line > before->line;
            table_file_add_mistake(table, later ? row->line : before->line,
                                   "the user is in a team at the same time by line %zu",
                                   later ? before->line : row->line);
        }
        if (before == NULL || row->to > before->to)
            before = row;
    }
}

int teams_file_read(const char *path, struct teams_file *ret_file, struct up_err *err)
{
    *ret_file = (struct teams_file){.rows = NULL};
    struct table_file table = {
        .columns = columns, .column_count = COLUMNS, .take = take_row, .owner = ret_file};
    int code = table_file_read(&table, path, err);
    if (ret_file->count > 0)
        qsort(ret_file->rows, ret_file->count, sizeof *ret_file->rows, compare_rows);
    if (code == UP_OK)
        find_overlaps(&table, ret_file);
    ret_file->mistakes = table.mistakes;
    ret_file->messages = table.messages;
    table.messages = (struct strbuf){0};
    table_file_done(&table);
    return code;
}

void teams_file_done(struct teams_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        mem_free((char *)(uintptr_t)file->rows[i].user.bytes);
        mem_free((char *)(uintptr_t)file->rows[i].team.bytes);
        mem_free((char *)(uintptr_t)file->rows[i].name.bytes);
    }
    mem_free(file->rows);
    strbuf_done(&file->messages);
}

bool teams_file_find(const struct teams_file *file, struct text user, int32_t day,
                     struct text *ret_team, struct text *ret_name)
{
    /* The rows before `first` are at or before (user, day), those from `end` on behind it. */
    size_t first = 0, end = file->count;
    while (first < end) {
        const struct teams_row *row = &file->rows[first + (end - first) / 2];
        int order = text_compare(row->user, user);
        if (order < 0 || (order == 0 && row->from <= day))
            first += (end - first) / 2 + 1;
        else
            end = first + (end - first) / 2;
    }
    if (first == 0)
        return false;
    const struct teams_row *row = &file->rows[first - 1];
    if (!text_equal(row->user, user) || row->to <= day)
        return false;
    *ret_team = row->team;
    *ret_name = row->name;
    return true;
}
