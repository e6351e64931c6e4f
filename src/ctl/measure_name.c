/* A measure by its name, as people type it and rows have it. */
#include "ctl/measure_name.h"

const struct measure_info *measure_name_find(struct text name)
{
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (text_equal(name, text_of(info->name)))
            return info;
    }
    return NULL;
}
