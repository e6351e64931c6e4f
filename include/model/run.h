/* Alarms that open when a condition holds several times in a row. measures.md, Alarms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "stat/edetector.h"

/* So many closes in a row without the condition resolve the alarm. */
enum { RUN_CALM = 7 };

/* A zeroed struct is a new run. */
struct run {
    int32_t streak; /* evaluations in a row in which the condition held; at most those needed */
    int32_t calm;   /* closes in a row without it, while open */
    bool open;
};

/* One close. `evaluated`: the condition was judged anew (else it keeps the value it had). Opens
 * after `needed` true evaluations in a row. */
enum edetector_event run_close(struct run *run, int32_t needed, bool holds, bool evaluated);
