/* The registry of measures and the words of uptake as one JSON document, from which pages take their texts. */
#pragma once

#include "base/strbuf.h"
#include "model/settings.h"

/* Adds {"definitions":…,"measures":[…],"words":{…},"windows":[…],"thresholds":{…},"weights":{…}}. `definitions` is of the
 * rules and options that the thresholds and weights are of. */
void glossary_write(struct strbuf *out, const struct settings *settings, const char *definitions);
/* Adds a statement that brings uptake.measure_glossary to this program's registry; where it is so, it writes nothing. */
void glossary_write_sql(struct strbuf *out);
