/* The e-detector of the alarms: evidence of a change with a guaranteed rate of false alarms. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    EDETECTOR_BETS = 4,
    /* So many known observations in a row that do not speak against the null resolve the alarm. */
    EDETECTOR_CALM = 7,
};

/* The whole state; a zeroed struct is a new detector. Invariants: every m >= 0; calm counts only
 * while open. */
struct edetector {
    double m[EDETECTOR_BETS];
    int calm;
    bool open;
};

enum edetector_event {
    EDETECTOR_NOTHING,
    EDETECTOR_OPENED,
    EDETECTOR_RESOLVED,
};

/* Starts again at M = 0; whether the alarm is open is left alone. */
void edetector_restart(struct edetector *detector);

/* e: the mean of the four M. */
double edetector_evidence(const struct edetector *detector);

/* One known observation. surplus > 0 speaks against the null; the bets are 0.25, 0.5, 0.75 and 0.95
 * over `unit` > 0, the greatest -surplus there can be. M <- (M + 1)(1 + bet surplus), opened at e
 * >= threshold; while open M stands still. Mixture of the Shiryaev-Roberts kind (Shin, Ramdas and
 * Rinaldo 2022): the mean run to a false alarm is at least `threshold` observations, whatever the
 * distribution. */
enum edetector_event edetector_step(struct edetector *detector, double surplus, double unit,
                                    double threshold);

/* Mean of `count` >= 2 values less one standard error, at least 0: the greatest of many noisy means
 * lies too high by about as much. */
double edetector_lower_level(const double *values, size_t count);
