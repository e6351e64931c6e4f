/* Alarms that open when a condition holds several times in a row. measures.md, Alarms. */
#include "model/run.h"

enum edetector_event run_close(struct run *run, int32_t needed, bool holds, bool evaluated)
{
    if (evaluated) {
        int32_t longer = run->streak < needed ? run->streak + 1 : needed;
        run->streak = holds ? longer : 0;
    }
    if (run->open) {
        run->calm = holds ? 0 : run->calm + 1;
        if (run->calm < RUN_CALM)
            return EDETECTOR_NOTHING;
        run->open = false;
        run->calm = 0;
        return EDETECTOR_RESOLVED;
    }
    if (!evaluated || run->streak < needed)
        return EDETECTOR_NOTHING;
    run->open = true;
    run->calm = 0;
    return EDETECTOR_OPENED;
}
