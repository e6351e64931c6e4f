/* What an alarm rests on, as JSON: measures, the detector, the days, the diagnosis. */
#pragma once

#include "base/strbuf.h"
#include "model/shown.h"

/* Replaces *out by one object: `day` of the close; `measures` by window as [estimate, lo, hi, n] and
 * `because` of the unknown ones; `change` (since, before, after) and `detector` (e, threshold,
 * teams) of an e-detector; `plateau`; `last_worked`; `comparison` (association); `diagnosis`. */
void alert_evidence_write(const struct shown *shown, enum alarm_kind kind, struct strbuf *out);
/* Of a partition that fell silent: day, quiet_days. */
void alert_evidence_write_silence(int32_t day, int32_t quiet_days, struct strbuf *out);
