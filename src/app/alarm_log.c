/* Tells the log of alarms. */
#include "app/alarm_log.h"

#include "base/log.h"
#include "codec/alert_sentence.h"
#include "codec/day_text.h"

static void tell(const struct shard *shard, struct text team, const char *kind, int32_t day, bool opens)
{
    struct strbuf when = {0};
    day_text_add_iso(&when, day);
    if (opens)
        log_event(LOG_LEVEL_INFO, "alarm_opened", "partition=%d team=\"%.*s\" kind=%s day=%s", shard->partition,
                  (int)team.length, team.bytes, kind, strbuf_text(&when));
    else
        log_event(LOG_LEVEL_INFO, "alarm_resolved", "partition=%d team=\"%.*s\" kind=%s day=%s", shard->partition,
                  (int)team.length, team.bytes, kind, strbuf_text(&when));
    strbuf_done(&when);
}

void alarm_log_team(const struct shard *shard, const struct team *team, const struct evaluation *evaluation)
{
    const struct alarm_step *step = &evaluation->step;
    for (int k = 0; k < ALARM_KINDS; k++) {
        bool opens = (step->opened >> k & 1U) != 0;
        if (opens || (step->resolved >> k & 1U) != 0)
            tell(shard, names_text(&shard->names, team->name), evaluation_alarm_name((enum alarm_kind)k), evaluation->day,
                 opens);
    }
}

void alarm_log_silence(const struct shard *shard, int32_t day, bool begins)
{
    tell(shard, (struct text){.bytes = ""}, alert_kind_partition_silent, day, begins);
}
