/* Days of the calendar as people write them. */
#pragma once

#include <stdint.h>

#include "base/strbuf.h"

/* Days since 1970, of the years 0 to 9999: 2025-05-12, and 12 May 2025. */
void day_text_add_iso(struct strbuf *out, int32_t day);
void day_text_add_spoken(struct strbuf *out, int32_t day);

/* Milliseconds since 1970, >= 0, as RFC 3339 has it: 2025-05-12T08:15:00.250Z. */
void day_text_add_time(struct strbuf *out, int64_t time_ms);
