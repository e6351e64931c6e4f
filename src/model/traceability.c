/* Can it be traced what became of the work with AI? measures.md, Results with AI. */
#include "model/traceability.h"

#include "model/record.h"
#include "stat/interval.h"

void traceability_measure(const struct counters *matured, uint32_t too_new, struct record *own)
{
    int64_t tasks = matured->at[COUNTER_tasks];
    uint32_t reasons = too_new | record_reason(BECAUSE_NO_WORK, true);
    record_put(own, MEASURE_traceable, interval_wilson(matured->at[COUNTER_outcomes], tasks),
               reasons);
    record_put(own, MEASURE_feedback_7d, interval_wilson(matured->at[COUNTER_fed_back], tasks),
               reasons);
}
