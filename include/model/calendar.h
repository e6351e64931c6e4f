/* Which days are open, which were quiet: what all teams of a partition share about a day. measures.md, Alarms. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From the 15th quiet day in a row on it is no closure any more, it is silence. */
enum { QUIET_HISTORY = 28, QUIET_RUN_SILENT = 15 };

/* What was fixed when the day was opened. */
struct opened_day {
    bool quiet;
    bool hidden;     /* the practising share of the day is unknown because it was quiet */
    uint32_t teams;  /* teams in A */
};

/* Days open in order; what is known of them is kept from kept_from on. Counts of people who worked are kept for
 * every day that is not open yet. */
struct calendar {
    int32_t last_opened; /* INT32_MIN = none */
    int32_t history[QUIET_HISTORY]; /* c of the last days that were not quiet, oldest first */
    int history_count;
    int quiet_run; /* quiet days in a row up to last_opened */
    struct opened_day *days; /* kept_from ... last_opened */
    int32_t kept_from;
    size_t day_capacity;
    int32_t *worked; /* (team, person) pairs that worked, from the day last_opened + 1 (or worked_from) on */
    int32_t worked_from;
    size_t worked_count, worked_capacity;
};

/* 0 = Monday ... 6 = Sunday. Day 0 was a Thursday; day >= 0. */
static inline uint8_t calendar_weekday(int32_t day)
{
    return (uint8_t)((day + 3) % 7);
}

void calendar_init(struct calendar *calendar);
void calendar_done(struct calendar *calendar);

/* The watermark has its first value: days up to `day` are behind it and will not be opened. Once. */
void calendar_begin(struct calendar *calendar, int32_t day);

/* One more (team, person) pair worked on `day`. Days that were opened change no more. */
void calendar_count_worked(struct calendar *calendar, int32_t day);

/* Opens `day`, the one after the last opened. */
void calendar_open(struct calendar *calendar, int32_t day, uint32_t teams);

/* Was it opened? Days before the first that ever opened were not. */
bool calendar_is_open(const struct calendar *calendar, int32_t day);
/* What was fixed for the day; of a day that was never opened: not quiet, not hidden, no teams. */
struct opened_day calendar_day(const struct calendar *calendar, int32_t day);
/* Forgets what was fixed before `day`. */
void calendar_forget(struct calendar *calendar, int32_t day);

/* Makes `calendar` say what `from` says, but for the counts of days that are not open yet: these are counted anew. */
void calendar_copy(struct calendar *calendar, const struct calendar *from);
