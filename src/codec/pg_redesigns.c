/* What redesigns changed, as rows that wait for the next checkpoint. */
#include "codec/pg_redesigns.h"

#include "codec/pg_sql.h"

enum { REDESIGN_FIELDS = 9 };

void pg_redesigns_done(struct pg_redesigns *redesigns)
{
    pg_array_done(&redesigns->rows);
    measures_json_done(&redesigns->json);
    redesigns_done(&redesigns->redesigns);
}

static void add_row(struct pg_redesigns *redesigns, const struct shard *shard,
                    const struct team *team, int32_t day,
                    const struct redesign_evaluation *redesign, const char *definitions)
{
    struct measures_json *json = &redesigns->json;
    struct pg_array *rows = &redesigns->rows;
    measures_json_begin(json);
    measures_json_add(json, &redesign->values, WHERE_REDESIGN);
    measures_json_end(json);
    pg_array_begin_row(rows, REDESIGN_FIELDS);
    pg_array_text(rows, names_text(&shard->names, team->name));
    pg_array_text(rows, names_text(&shard->names, redesign->workflow));
    pg_array_time(rows, redesign->time_ms);
    pg_array_day(rows, day);
    pg_array_json(rows, json->values.data, json->values.length);
    pg_array_json(rows, json->because.data, json->because.length);
    pg_array_text(rows, text_of(definitions));
    pg_array_time(rows, shard->watermark_ms);
    pg_array_bool(rows, day > shard->calendar.last_opened);
    pg_array_end_row(rows);
}

void pg_redesigns_add(struct pg_redesigns *redesigns, const struct shard *shard,
                      const struct team *team, int32_t day, enum redesigns_wanted wanted,
                      const char *definitions)
{
    redesigns_make(&redesigns->redesigns, shard, team, day);
    for (size_t i = 0; i < redesigns->redesigns.count; i++) {
        const struct redesign_evaluation *redesign = &redesigns->redesigns.at[i];
        if (wanted == REDESIGNS_ALL || redesigns_is_last(redesign, day))
            add_row(redesigns, shard, team, day, redesign, definitions);
    }
}

void pg_redesigns_take(struct pg_redesigns *redesigns, int32_t partition, struct pg_image *image)
{
    if (redesigns->rows.rows == 0)
        return;
    struct pg_call *call = pg_image_add(image, &pg_sql_redesign_measures);
    call->values[0] = pg_value_i32(partition);
    call->values[1] = pg_array_take(&redesigns->rows);
}
