/* Reads samples out of a page of /metrics. */
#include "ctl/metrics_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Moves *at behind the next sample of that name whose labels hold `label`, NULL = whatever they are;
 * false when there is none. */
static bool next_sample(const char **at, const char *name, const char *label, double *ret_value)
{
    size_t length = strlen(name);
    while (**at != '\0') {
        const char *sample = *at;
        const char *labels = sample + length;
        size_t line = strcspn(sample, "\n");
        *at += line;
        *at += **at == '\n';
        if (strncmp(sample, name, length) != 0 || (*labels != '{' && *labels != ' '))
            continue;
        /* No label of ours has a brace or a blank in it. */
        const char *value = memchr(labels, ' ', line - length);
        const char *found = label == NULL ? sample : strstr(labels, label);
        if (value != NULL && found != NULL && found < value) {
            *ret_value = strtod(value, NULL);
            return true;
        }
    }
    return false;
}

bool metrics_page_sum(const char *page, const char *name, int partition, double *ret_sum)
{
    char label[32];
    bool is_there = false;
    double sum = 0;
    double value;
    (void)snprintf(label, sizeof label, "partition=\"%d\"", partition);
    while (next_sample(&page, name, partition < 0 ? NULL : label, &value)) {
        sum += value;
        is_there = true;
    }
    if (is_there)
        *ret_sum = sum;
    return is_there;
}

bool metrics_page_most(const char *page, const char *name, double *ret_most)
{
    bool is_there = false;
    double value;
    while (next_sample(&page, name, NULL, &value)) {
        *ret_most = is_there && *ret_most > value ? *ret_most : value;
        is_there = true;
    }
    return is_there;
}
