/* What an alarm says to people, and what the diagnosis suggests. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "model/shown.h"

/* Of a partition that fell silent; it has no team. */
extern const char alert_kind_partition_silent[];

/* Whom a kind concerns: service (the feed is at fault) or adoption. */
const char *alert_sentence_audience(enum alarm_kind kind);

/* What a diagnosis (bits of enum diagnosis) suggests: skills, work_design, both or nothing. Returns
 * how many words. */
enum { ALERT_SUGGESTS_MAX = 2 };
size_t alert_sentence_suggest(uint32_t diagnosis, struct text ret_words[static ALERT_SUGGESTS_MAX]);

/* Replaces *out by a sentence or two: what happened, and of adoption why as far as it is known. It
 * names nobody and no team, and has no figure that is not in `shown`. */
void alert_sentence_write(const struct shown *shown, enum alarm_kind kind, struct strbuf *out);
void alert_sentence_write_silence(int32_t partition, int32_t quiet_days, struct strbuf *out);
