/* Measures of a record as the JSON of uptake.measure and uptake.health: what is known, and why the rest is not. */
#pragma once

#include "base/strbuf.h"
#include "model/measure.h"

/* Two objects by name of the measure. values: [estimate, lo, hi, n], true or false, or a count; because: the word. */
struct measures_json {
    struct strbuf values, because;
};

void measures_json_done(struct measures_json *json);

/* Empties both; then records are added, then they are ended. */
void measures_json_begin(struct measures_json *json);
/* The measures of the record that belong to such windows. What is neither known nor has a word is left out. */
void measures_json_add(struct measures_json *json, const struct record *record,
                       enum measure_where where);
void measures_json_end(struct measures_json *json);

/* Where the measures of a window belong. */
enum measure_where measures_json_where(enum window window);
