/* Writes how alerts are told, by receiver, for /metrics. */
#include <math.h>

#include "daemon_priv.h"
#include "metrics_priv.h"

/* NAN: not known. */
typedef double per_receiver(const struct delivery_counts *counts);

static double delivery_sent(const struct delivery_counts *counts)
{
    return (double)counts->sent;
}

static double delivery_failures(const struct delivery_counts *counts)
{
    return (double)counts->failed;
}

static double delivery_repeated(const struct delivery_counts *counts)
{
    return (double)counts->repeated;
}

static double delivery_waiting(const struct delivery_counts *counts)
{
    return counts->waiting < 0 ? (double)NAN : (double)counts->waiting;
}

static double delivery_oldest_s(const struct delivery_counts *counts)
{
    return counts->waiting < 0 ? (double)NAN : (double)counts->oldest_ms / 1000;
}

static void write_receivers(struct openmetrics *metrics, const struct daemon *daemon, const char *name,
                            enum openmetrics_type type, const char *unit, const char *help, per_receiver *value)
{
    openmetrics_family(metrics, name, type, unit, help);
    for (size_t r = 0; r < daemon->receivers.count; r++) {
        double sample = value(delivery_desk_counts(daemon->desk, r));
        if (isnan(sample))
            continue;
        openmetrics_label(metrics, "receiver", daemon->receivers.names[r]);
        openmetrics_sample(metrics, sample);
    }
}

void metrics_write_delivery(struct openmetrics *metrics, const struct daemon *daemon)
{
    write_receivers(metrics, daemon, "uptake_alerts_delivered", OPENMETRICS_COUNTER, NULL,
                    "Openings, acknowledgements and resolutions of alerts that the receiver took.", delivery_sent);
    write_receivers(metrics, daemon, "uptake_alerts_repeated", OPENMETRICS_COUNTER, NULL,
                    "Open alerts that were told again.", delivery_repeated);
    write_receivers(metrics, daemon, "uptake_delivery_failures", OPENMETRICS_COUNTER, NULL,
                    "Attempts that the receiver did not take; they are repeated.", delivery_failures);
    write_receivers(metrics, daemon, "uptake_deliveries_waiting", OPENMETRICS_GAUGE, NULL,
                    "What this instance has still to tell the receiver.", delivery_waiting);
    write_receivers(metrics, daemon, "uptake_delivery_oldest_seconds", OPENMETRICS_GAUGE, "seconds",
                    "For how long the oldest of that waits, of what is not held back while a history is read.", delivery_oldest_s);
}
