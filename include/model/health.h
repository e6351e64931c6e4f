/* Health, 0 to 100: a geometric mean, no good part buys a bad one. measures.md, Health. */
#pragma once

#include "model/evaluation.h"
#include "model/settings.h"

/* Fills health and health_limit of an evaluation from its measures of 28d and own. */
void health_judge(const struct settings *settings, struct evaluation *evaluation);

/* One of its components, 0 to 1, without limits, from the same measures; unknown where these are. */
struct estimate health_find_component(const struct evaluation *evaluation, enum health_component component);
