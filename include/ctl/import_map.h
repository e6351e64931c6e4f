/* What a mapping file says: which columns of a CSV file become which members of which events. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "codec/event_guide.h"
#include "model/event.h"

enum {
    MAP_PARTS_MAX = 8,    /* of a value: texts and columns */
    MAP_PAIRS_MAX = 64,   /* of a table */
    MAP_ONLY_MAX = 8,     /* conditions of an event */
    MAP_MEMBERS_MAX = 16, /* of an event */
    MAP_EVENTS_MAX = 8,
    MAP_COLUMNS_MAX = 64, /* that are looked at */
};

/* A column by its number in `columns` of the map, or a text as it stands. */
struct map_part {
    int column; /* -1 = the text */
    struct text text;
};

/* `${a}-${b} | old=new, ...`: its parts put together, blanks at both ends left out, then looked up. */
struct map_value {
    struct map_part parts[MAP_PARTS_MAX];
    size_t part_count; /* 0 = not given */
    struct {
        struct text old, new;
    } pairs[MAP_PAIRS_MAX];
    size_t pair_count; /* 0 = no table */
    double times;      /* a number is multiplied with it; 0 = not */
};

struct map_member {
    const struct event_guide_member *guide;
    struct map_value value;
};

struct map_event {
    const char *name;
    int line;
    enum event_type type;
    struct map_value id, time, team, user, team_of;
    const char *time_format; /* "rfc3339", "epoch_s", "epoch_ms", or a time_pattern */
    int32_t zone_min;
    bool has_zone;
    struct map_value only[MAP_ONLY_MAX]; /* the table is of what each may be */
    size_t only_count;
    struct map_member members[MAP_MEMBERS_MAX];
    size_t member_count;
};

struct import_map {
    char separator, decimal;
    const char *source;
    const char *columns[MAP_COLUMNS_MAX];
    size_t column_count;
    struct map_event *events;
    size_t event_count;
    size_t mistakes;
    struct strbuf messages; /* a line each: "path:line: what is wrong" */
    char **texts;           /* all that is pointed to above */
    size_t text_count, text_capacity;
};

/* Reads a mapping file. UP_OK also with mistakes, of which all are found; UP_EIO when it cannot be
 * read. ret_map is zeroed before, and the caller's to end with import_map_done() in any case. */
int import_map_read(const char *path, struct import_map *ret_map, struct up_err *err);
void import_map_done(struct import_map *map);
