/* The detectors of a team as the bytes of a checkpoint, and back. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/alarms.h"

/* One byte of version, then the fields of struct alarms in their order, little-endian: whole
 * numbers in 4 bytes, doubles in 8, yes or no in 1, arrays as long as their count says. */
enum { ALARMS_STATE_VERSION = 1 };

/* Adds the bytes to the buffer. */
void alarms_state_encode(const struct alarms *alarms, struct strbuf *buffer);

/* UP_EVERSION when a newer version wrote them, UP_ECORRUPT when they are not what encode writes:
 * whatever the bytes, what comes out can be stepped. */
int alarms_state_decode(const void *bytes, size_t length, struct alarms *ret_alarms,
                        struct up_err *err);
