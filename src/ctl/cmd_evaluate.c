/* uptakectl evaluate: what the daemon would say about a file of events, without any server. */
#include <math.h>
#include <string.h>

#include "codec/rfc3339.h"
#include "ctl/command.h"
#include "ctl/document.h"
#include "ctl/evaluate_run.h"
#include "ctl/typed_day.h"

enum { PARTITIONS_MAX = 10000 };

/* Options as they are typed. */
struct typed {
    int64_t partitions, teams, max_event_bytes;
    const char *now, *as_of;
    double false_alarms_per_year, join_window_days, grace_hours, max_clock_skew_s;
};

static int read_time(struct typed *typed, struct evaluate_options *options)
{
    options->now = typed->now;
    options->now_ms = -1;
    if (typed->now == NULL)
        return UP_OK;
    if (!rfc3339_parse(text_of(typed->now), &options->now_ms))
        return command_refuse(&cmd_evaluate, "--now: '%s' is not an RFC 3339 time", typed->now);
    return UP_OK;
}

static int read_day(struct typed *typed, struct evaluate_options *options)
{
    options->has_as_of = strcmp(typed->as_of, "end") != 0;
    if (options->has_as_of && !typed_day_read(typed->as_of, &options->as_of))
        return command_refuse(
            &cmd_evaluate, "--as-of: '%s' is neither a day (YYYY-MM-DD) nor `end`", typed->as_of);
    return UP_OK;
}

static int run_evaluate(int argc, char **argv)
{
    struct typed typed = {.partitions = 1,
                          .teams = 8,
                          .max_event_bytes = 65536,
                          .as_of = "end",
                          .false_alarms_per_year = 4,
                          .join_window_days = 35,
                          .grace_hours = 6,
                          .max_clock_skew_s = 300};
    const struct option_spec specs[] = {
        {"partitions", "N", OPTION_WHOLE, &typed.partitions, 1, PARTITIONS_MAX,
         "of each topic (1)"},
        {"now", "TIME", OPTION_TEXT, &typed.now, 0, 0,
         "wall clock, RFC 3339; without it nothing is `future`"},
        {"as-of", "DAY", OPTION_TEXT, &typed.as_of, 0, 0,
         "day of the measures, YYYY-MM-DD (end: the last, provisional)"},
        {"teams", "N", OPTION_WHOLE, &typed.teams, 1, 1e9,
         "teams in the organisation, for the alarms (8)"},
        {"false-alarms-per-year", "X", OPTION_REAL, &typed.false_alarms_per_year, 1e-6, 1e6,
         "of each kind, in the whole organisation (4)"},
        {"join-window-days", "X", OPTION_REAL, &typed.join_window_days, 0, 3650,
         "how late an event may be (35)"},
        {"grace-hours", "X", OPTION_REAL, &typed.grace_hours, 0, 8760,
         "from a day's end to its close (6)"},
        {"max-event-bytes", "N", OPTION_WHOLE, &typed.max_event_bytes, 1, 1 << 30,
         "of a message's value (65536)"},
        {"max-clock-skew-s", "X", OPTION_REAL, &typed.max_clock_skew_s, 0, 1e9,
         "before an event is `future` (300)"},
    };
    struct evaluate_options options = {0};
    int operands;
    int end = command_read(&cmd_evaluate, specs, sizeof specs / sizeof specs[0], argc, argv, 1, 1,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (read_time(&typed, &options) != UP_OK || read_day(&typed, &options) != UP_OK)
        return COMMAND_USAGE;
    options.path = argv[1];
    options.partitions = (int32_t)typed.partitions;
    options.teams = (uint32_t)typed.teams;
    options.false_alarms_per_year = typed.false_alarms_per_year;
    options.join_window_ms = (int64_t)(typed.join_window_days * DAY_MS);
    options.grace_ms = (int64_t)(typed.grace_hours * 3600e3);
    options.max_clock_skew_ms = (int64_t)(typed.max_clock_skew_s * 1e3);
    options.max_event_bytes = (uint32_t)typed.max_event_bytes;
    struct up_err err;
    struct evaluate_run *run = NULL;
    int code = evaluate_run_new(&options, &run, &err);
    if (code == UP_OK)
        code = document_print(run, stdout, &err);
    evaluate_run_free(run);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

const struct command cmd_evaluate = {
    .name = "evaluate",
    .synopsis = "[OPTION...] FILE",
    .summary = "Evaluate a file of events without any server and print one JSON document",
    .about =
        "FILE has one event a line (NDJSON), in the order of arrival, plain or gzipped; - is the\n"
        "standard input. A line is a structured CloudEvent, or says how Kafka would hand it over:\n"
        "{\"topic\": ..., \"key\": ..., \"headers\": {...}, \"value\": ..., \"partition\": ...}.\n"
        "Events go through the daemon's own code: the same cells, measures, closed days, alarms.\n"
        "\n"
        "Examples:\n"
        "  uptakectl evaluate events.ndjson.gz > document.json\n"
        "  uptakectl evaluate --partitions 4 --as-of 2025-06-30 events.ndjson | jq .measures\n"
        "  uptakectl simulate --seed 7 --days 120 | uptakectl evaluate -\n",
    .run = run_evaluate,
};
