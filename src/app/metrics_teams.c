/* Measures of teams for /metrics, where metrics_per_team asks for them. */
#include <math.h>
#include <stdio.h>

#include "daemon_priv.h"
#include "metrics_priv.h"

/* NAN: there is none. */
typedef float per_team(const struct team_gauges *gauges, enum measure measure);

static float health_of(const struct team_gauges *gauges, enum measure measure)
{
    (void)measure;
    return gauges->health;
}

static float value_of(const struct team_gauges *gauges, enum measure measure)
{
    return gauges->measures[measure];
}

static void write_partition(struct openmetrics *metrics, const struct owned *owned, per_team *value, enum measure measure)
{
    char partition[16];
    (void)snprintf(partition, sizeof partition, "%d", owned->partition);
    for (size_t t = 0; t < owned->gauge_count; t++) {
        float sample = value(&owned->gauges[t], measure);
        if (isnan(sample))
            continue;
        openmetrics_label(metrics, "team", names_text(&owned->shard->names, owned->shard->teams[t].name));
        openmetrics_label(metrics, "partition", text_of(partition));
        openmetrics_sample(metrics, (double)sample);
    }
}

static void write_family(struct openmetrics *metrics, const struct daemon *daemon, const char *name, const char *help,
                         per_team *value, enum measure measure)
{
    openmetrics_family(metrics, name, OPENMETRICS_GAUGE, NULL, help);
    for (int32_t p = 0; p < daemon->partitions; p++) {
        if (daemon->owned[p] != NULL && daemon->owned[p]->state == OWNED_LIVE)
            write_partition(metrics, daemon->owned[p], value, measure);
    }
}

void metrics_write_teams(struct openmetrics *metrics, const struct daemon *daemon)
{
    if (!daemon->config->metrics_per_team)
        return;
    write_family(metrics, daemon, "uptake_team_health", "Health of a team, 0 to 100.", health_of, MEASURE_headcount);
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        char name[128], help[512];
        if (info->where == WHERE_REDESIGN)
            continue;
        (void)snprintf(name, sizeof name, "uptake_team_%s", info->name);
        (void)snprintf(help, sizeof help, "%s (%s)", info->help, info->where == WHERE_OWN ? "days of its own" : "28d");
        write_family(metrics, daemon, name, help, value_of, (enum measure)m);
    }
}
