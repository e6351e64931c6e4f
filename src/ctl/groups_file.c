/* Which group a team belongs to, and when, as a CSV file says it: read as a whole, checked as a whole. */
#include "ctl/groups_file.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/day_text.h"
#include "codec/json_write.h"
#include "ctl/table_file.h"

enum column { COLUMN_TEAM, COLUMN_GROUP, COLUMN_FROM, COLUMN_TO, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    {"team", false}, {"grp", false}, {"valid_from", false}, {"valid_to", false}};

struct period {
    size_t line;
    char *team, *group; /* owned */
    int32_t from, to;   /* days; INT32_MAX = no end */
};

struct reading {
    struct table_file table;
    struct period *periods;
    size_t count, capacity;
};

/* ---- one line -------------------------------------------------------------------------------------------------- */

static void take_period(void *owner, struct table_file *table, const struct text *fields)
{
    struct reading *reading = owner;
    struct text team = fields[COLUMN_TEAM], group = fields[COLUMN_GROUP], from = fields[COLUMN_FROM], to = fields[COLUMN_TO];
    struct period period = {.line = table->line, .to = INT32_MAX};
    bool sound = table_file_check_name(table, COLUMN_TEAM, team);
    sound = table_file_check_name(table, COLUMN_GROUP, group) && sound;
    bool days = table_file_read_day(table, COLUMN_FROM, from, &period.from);
    if (to.length > 0)
        days = table_file_read_day(table, COLUMN_TO, to, &period.to) && days;
    if (days && period.to <= period.from) {
        table_file_add_mistake(table, table->line, "valid_to %.*s is not after valid_from %.*s", (int)to.length, to.bytes,
                               (int)from.length, from.bytes);
        days = false;
    }
    if (!sound || !days)
        return;
    period.team = mem_copy_text(team.bytes, team.length);
    period.group = mem_copy_text(group.bytes, group.length);
    mem_reserve(&reading->periods, &reading->capacity, reading->count + 1, sizeof *reading->periods);
    reading->periods[reading->count++] = period;
}

/* ---- all of them ----------------------------------------------------------------------------------------------- */

static int compare_periods(const void *a, const void *b)
{
    const struct period *one = a, *other = b;
    int order = strcmp(one->team, other->team);
    if (order == 0)
        order = strcmp(one->group, other->group);
    if (order == 0)
        order = (one->from > other->from) - (one->from < other->from);
    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

/* The periods are sorted: says where one begins before another of the same team and group is over. */
static void find_overlaps(struct reading *reading)
{
    const struct period *before = NULL; /* of those so far with this team and group the one that ends last */
    for (size_t i = 0; i < reading->count; i++) {
        const struct period *period = &reading->periods[i];
        if (before != NULL && (strcmp(before->team, period->team) != 0 || strcmp(before->group, period->group) != 0))
            before = NULL;
        if (before != NULL && period->from < before->to) {
            bool later = period->line > before->line;
            table_file_add_mistake(&reading->table, later ? period->line : before->line,
                        "team '%s' is in group '%s' at the same time by line %zu", period->team, period->group,
                        later ? before->line : period->line);
        }
        if (before == NULL || period->to > before->to)
            before = period;
    }
}

static void write_day(struct json_write *json, int32_t day)
{
    struct strbuf text = {0};
    day_text_add_iso(&text, day);
    json_write_word(json, strbuf_text(&text));
    strbuf_done(&text);
}

static void write_json(const struct reading *reading, struct strbuf *out)
{
    struct json_write json = {.out = out};
    json_write_begin_array(&json);
    for (size_t i = 0; i < reading->count; i++) {
        const struct period *period = &reading->periods[i];
        json_write_begin_object(&json);
        json_write_name(&json, "team");
        json_write_word(&json, period->team);
        json_write_name(&json, "grp");
        json_write_word(&json, period->group);
        json_write_name(&json, "valid_from");
        write_day(&json, period->from);
        json_write_name(&json, "valid_to");
        if (period->to == INT32_MAX)
            json_write_null(&json);
        else
            write_day(&json, period->to);
        json_write_end_object(&json);
    }
    json_write_end_array(&json);
}

int groups_file_read(const char *path, struct groups_file *ret_file, struct up_err *err)
{
    *ret_file = (struct groups_file){.rows = 0};
    struct reading reading = {.table = {.columns = columns, .column_count = COLUMNS, .take = take_period}};
    reading.table.owner = &reading;
    int code = table_file_read(&reading.table, path, err);
    if (code == UP_OK) {
        if (reading.count > 0)
            qsort(reading.periods, reading.count, sizeof *reading.periods, compare_periods);
        find_overlaps(&reading);
        write_json(&reading, &ret_file->json);
        ret_file->rows = reading.count;
        ret_file->mistakes = reading.table.mistakes;
        ret_file->messages = reading.table.messages;
        reading.table.messages = (struct strbuf){0};
    }
    for (size_t i = 0; i < reading.count; i++) {
        mem_free(reading.periods[i].team);
        mem_free(reading.periods[i].group);
    }
    mem_free(reading.periods);
    table_file_done(&reading.table);
    return code;
}

void groups_file_done(struct groups_file *file)
{
    strbuf_done(&file->json);
    strbuf_done(&file->messages);
}
