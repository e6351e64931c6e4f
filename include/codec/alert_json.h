/* An alarm as it leaves the writer's tables: a row of uptake.alert_history, and the JSON that every receiver
 * gets of it. */
#pragma once

#include "base/strbuf.h"
#include "base/text.h"
#include "codec/json_write.h"

/* Texts are borrowed; absent where there is nothing. Days are YYYY-MM-DD, times RFC 3339 in UTC. In
 * the order of ALERT_JSON_COLUMNS. */
struct alert {
    struct text id;        /* team/kind/day: names it everywhere */
    struct text partition; /* number */
    struct text team;      /* absent: the whole partition */
    struct text kind;
    struct text audience; /* service or adoption */
    struct text owner;
    struct text opened, resolved;
    struct text sentence;
    struct text suggests; /* skills, work_design, both with a blank between */
    struct text evidence; /* JSON */
    struct text definitions, watermark;
    struct text acknowledged_at, acknowledged_by, note;
};

enum { ALERT_COLUMNS = 16 };

/* What to select FROM uptake.alert_history a (its id is that of uptake.alert), for
 * alert_json_read(): texts or NULL, without control characters. */
#define ALERT_JSON_COLUMNS                                                                         \
    "a.name, a.partition::text, a.team, a.kind, a.audience, a.owner, "                             \
    "to_char(a.opened, 'YYYY-MM-DD'), to_char(a.resolved, 'YYYY-MM-DD'), a.sentence, "             \
    "array_to_string(a.suggests, ' '), a.evidence::text, a.definitions, "                          \
    "to_char(a.watermark AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "                  \
    "to_char(a.acknowledged_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "            \
    "a.acknowledged_by, a.note"

/* Columns of one row. */
struct alert alert_json_read(const struct text columns[static ALERT_COLUMNS]);

/* One object: id, partition, team, kind, audience, owner, status (open or resolved), opened,
 * resolved, sentence, suggests, evidence, acknowledged, definitions, watermark. */
void alert_json_write(const struct alert *alert, struct json_write *json);
