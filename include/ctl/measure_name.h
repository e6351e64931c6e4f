/* A measure by its name, as people type it and rows have it. */
#pragma once

#include "base/text.h"
#include "model/measure.h"

/* NULL = there is none of that name. */
const struct measure_info *measure_name_find(struct text name);
