/* What the files share that write /metrics. */
#pragma once

#include "codec/openmetrics.h"

struct daemon;

/* All that is told by partition, topic, type or reason. */
void metrics_write_shards(struct openmetrics *metrics, const struct daemon *daemon);
/* The measures of teams, where metrics_per_team asks for them. */
void metrics_write_teams(struct openmetrics *metrics, const struct daemon *daemon);
/* How alerts are told. */
void metrics_write_delivery(struct openmetrics *metrics, const struct daemon *daemon);
