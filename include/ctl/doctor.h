/* Checks an installation: configuration, servers, topics, schema, clocks, rights; says of each what to do. */
#pragma once

#include <stddef.h>

#include "ctl/installed.h"

enum doctor_level { DOCTOR_OK, DOCTOR_SKIPPED, DOCTOR_WARNING, DOCTOR_FAULT, DOCTOR_LEVELS };

/* "ok", "skipped", "warning", "fault". */
const char *doctor_level_word(enum doctor_level level);

struct doctor_finding {
    const char *check; /* e.g. "kafka.topics" */
    enum doctor_level level;
    char *text; /* what is found; never a secret */
    char *todo; /* what to do about it, "" = nothing */
};

/* Borrowed for the call. */
struct doctor_settings {
    const struct installed *installed;
    int timeout_ms;                   /* for each server to answer a question */
    const struct option_texts *names; /* run only checks whose name begins with one of these; none = all */
};

/* All findings, in the order of the checks; every check has one at least. A server that is down is
 * waited for once. */
struct doctor_report {
    struct doctor_finding *findings;
    size_t count;
};

void doctor_run(const struct doctor_settings *settings, struct doctor_report *ret_report);
void doctor_report_done(struct doctor_report *report);

/* Name and subject of a check; NULL behind the last. */
const char *doctor_check_name(size_t number);
const char *doctor_check_about(size_t number);
