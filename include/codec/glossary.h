/* The registry of measures and the words of uptake as one JSON document, from which pages take their texts. */
#pragma once

#include "base/strbuf.h"
#include "codec/json_write.h"
#include "model/measure.h"
#include "model/settings.h"

/* Adds {"definitions":…,"measures":[…],"words":{…},"windows":[…],"thresholds":{…},"weights":{…}}. `definitions` is of the
 * rules and options that the thresholds and weights are of. */
void glossary_write(struct strbuf *out, const struct settings *settings, const char *definitions);
/* Writes what the document has of one measure, an object. */
void glossary_write_measure(struct json_write *json, const struct measure_info *info);
/* Adds a statement that brings uptake.measure_glossary to this program's registry; where it is so, it writes nothing. */
void glossary_write_sql(struct strbuf *out);
