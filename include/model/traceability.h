/* Can it be traced what became of the work with AI? measures.md, Results with AI. */
#pragma once

#include <stdint.h>

#include "model/measure.h"
#include "model/windows.h"

/* traceable, feedback_7d from the AI pool of the days that had time to mature, day - 34 ... day -
 * 7; too_new is a reason or none. */
void traceability_measure(const struct counters *matured, uint32_t too_new, struct record *own);
