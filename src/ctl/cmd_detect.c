/* uptakectl detect: runs the e-detectors on any daily series. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "codec/day_text.h"
#include "ctl/command.h"
#include "ctl/series.h"
#include "model/alarms.h"

enum { WEEK_DAYS = 7 };

struct detection {
    const char *path;
    double empty, full; /* NAN = from the series */
    double every;
    bool renew;
    uint32_t tried; /* bits of enum alarm_kind */
};

static const enum alarm_kind kinds[] = {ALARM_RELAPSING, ALARM_BYPASSING, ALARM_OVER_TRUST};
enum { KINDS_KNOWN = sizeof kinds / sizeof kinds[0] };

static const struct alarm_since *since_of(const struct alarm_step *step, enum alarm_kind kind)
{
    if (kind == ALARM_RELAPSING)
        return &step->since_relapsing;
    return kind == ALARM_BYPASSING ? &step->since_bypassing : &step->since_over_trust;
}

static double evidence_of(const struct alarm_step *step, enum alarm_kind kind)
{
    if (kind == ALARM_RELAPSING)
        return step->e_relapsing;
    return kind == ALARM_BYPASSING ? step->e_bypassing : step->e_over_trust;
}

static void print_day(const struct series *series, int32_t day)
{
    struct strbuf text = {.length = 0};
    if (series->is_dated)
        day_text_add_iso(&text, day);
    else
        strbuf_add_format(&text, "%d", (int)(day / WEEK_DAYS));
    fputs(strbuf_text(&text), stdout);
    strbuf_done(&text);
}

static void print_event(const struct series *series, int32_t day, enum alarm_kind kind,
                        const struct alarm_step *step, bool opened)
{
    print_day(series, day);
    printf(",%s,%s,", evaluation_alarm_name(kind), opened ? "opened" : "resolved");
    if (opened) {
        print_day(series, since_of(step, kind)->day);
        printf(",%.6g", evidence_of(step, kind));
    } else {
        fputs(",", stdout);
    }
    fputs("\n", stdout);
}

/* As if the alarm had never been, with a reference from later days. */
static void renew(struct alarms *alarms, uint32_t opened)
{
    if ((opened >> ALARM_RELAPSING & 1U) != 0) {
        alarms->relapsing.detector = (struct edetector){.open = false};
        alarms->relapsing.window_count = 0;
        alarms->relapsing.has_r = alarms->relapsing.has_q = false;
        alarms->since_relapsing = (struct onset){.count = 0};
    }
    if ((opened >> ALARM_BYPASSING & 1U) != 0) {
        alarms->bypassing = (struct upward){.past_count = 0};
        alarms->since_bypassing = (struct onset){.count = 0};
    }
    if ((opened >> ALARM_OVER_TRUST & 1U) != 0) {
        alarms->over_trust = (struct edetector){.open = false};
        alarms->since_over_trust = (struct onset){.count = 0};
    }
}

static void run_detectors(const struct detection *detection, const struct series *series)
{
    struct alarms *alarms = alarms_new();
    printf("day,alarm,event,since,e\n");
    for (size_t i = 0; i < series->count; i++) {
        double value = series->values[i];
        struct estimate x = isnan(value) ? estimate_unknown() : estimate_point(value, 1);
        /* Rows without dates have no weekdays: all are on one. */
        int32_t day = series->is_dated ? series->days[i] : series->days[i] * WEEK_DAYS;
        const struct observation today = {.day = day,
                                          .x_relapsing = x,
                                          .x_bypassing = x,
                                          .x_over_trust = x,
                                          .threshold = detection->every};
        struct alarm_step step = alarms_step(alarms, &today);
        for (int k = 0; k < KINDS_KNOWN; k++) {
            if ((detection->tried >> kinds[k] & 1U) == 0)
                continue;
            if ((step.opened >> kinds[k] & 1U) != 0)
                print_event(series, day, kinds[k], &step, true);
            else if ((step.resolved >> kinds[k] & 1U) != 0)
                print_event(series, day, kinds[k], &step, false);
        }
        if (detection->renew)
            renew(alarms, step.opened);
    }
    alarms_free(alarms);
}

static int detect(struct detection *detection)
{
    struct up_err err;
    struct series series = {.count = 0};
    double least;
    double most;
    if (series_read(detection->path, &series, &err) != UP_OK)
        return command_fail(&err);
    if (series_range(&series, &least, &most)) {
        if (isnan(detection->empty))
            detection->empty = fmin(0, least);
        if (isnan(detection->full))
            detection->full = fmax(1, most);
        if (detection->full <= detection->empty) {
            series_done(&series);
            return command_refuse(&cmd_detect, "detect: --full must be above --empty");
        }
        series_scale(&series, detection->empty, detection->full);
    }
    run_detectors(detection, &series);
    series_done(&series);
    return COMMAND_OK;
}

/* Nothing asked for: those that hold the series against its own past. */
static int choose(struct detection *detection, const struct option_texts *names)
{
    if (names->count == 0)
        detection->tried = 1U << ALARM_RELAPSING | 1U << ALARM_BYPASSING;
    for (size_t i = 0; i < names->count; i++) {
        int k = 0;
        while (k < KINDS_KNOWN && strcmp(evaluation_alarm_name(kinds[k]), names->items[i]) != 0)
            k++;
        if (k == KINDS_KNOWN)
            return command_refuse(&cmd_detect, "detect: no alarm '%s' that can be tried",
                                  names->items[i]);
        detection->tried |= 1U << kinds[k];
    }
    return COMMAND_GO_ON;
}

static int run_detect(int argc, char **argv)
{
    struct detection detection = {
        .path = NULL, .empty = (double)NAN, .full = (double)NAN, .every = 730};
    struct option_texts names = {.count = 0};
    const struct option_spec specs[] = {
        {"alarm", "NAME", OPTION_TEXTS, &names, 0, 0,
         "relapsing, bypassing (both) or over_trust; may come again"},
        {"series", "FILE", OPTION_TEXT, &detection.path, 0, 0,
         "CSV, a day a line: YYYY-MM-DD,value or value; `-` for standard input"},
        {"empty", "VALUE", OPTION_REAL, &detection.empty, -1e300, 1e300,
         "value that stands for the share 0 (0, or the least of the series below it)"},
        {"full", "VALUE", OPTION_REAL, &detection.full, -1e300, 1e300,
         "value that stands for the share 1 (1, or the greatest of the series above it)"},
        {"every", "DAYS", OPTION_REAL, &detection.every, 1, 1e12,
         "known days per false alarm, at least (730)"},
        {"renew", "", OPTION_FLAG, &detection.renew, 0, 0,
         "begin anew after each alarm instead of waiting for the level to come back"},
    };
    int operands;
    int end = command_read(&cmd_detect, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (detection.path == NULL)
        return command_refuse(&cmd_detect, "detect: --series FILE is missing");
    end = choose(&detection, &names);
    return end == COMMAND_GO_ON ? detect(&detection) : end;
}

const struct command cmd_detect = {
    .name = "detect",
    .synopsis = "[OPTION...] --series FILE",
    .summary = "Run the detectors of the alarms on any daily series",
    .about =
        "Prints a line an alarm: the day, which one (relapsing: below three quarters of its best\n"
        "level; bypassing: above 1.5 times its past; over_trust: above a half), opened or "
        "resolved,\n"
        "the day since which the evidence speaks, and the evidence. Without dates rows are "
        "numbered\n"
        "from 0.\n"
        "\n"
        "Example:\n"
        "  uptakectl detect --series logins.csv --full 40\n",
    .run = run_detect,
};
