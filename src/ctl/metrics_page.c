/* Reads samples out of a page of /metrics. */
#include "ctl/metrics_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool metrics_page_sum(const char *page, const char *name, int partition, double *ret_sum)
{
    size_t length = strlen(name);
    char label[32];
    bool is_there = false;
    double sum = 0;
    (void)snprintf(label, sizeof label, "partition=\"%d\"", partition);
    for (const char *at = page; *at != '\0';) {
        size_t line = strcspn(at, "\n");
        const char *labels = at + length;
        if (strncmp(at, name, length) == 0 && (*labels == '{' || *labels == ' ')) {
            /* No label of ours has a brace or a blank in it. */
            const char *value = memchr(labels, ' ', line - length);
            const char *found = partition < 0 ? at : strstr(labels, label);
            if (value != NULL && found != NULL && found < value) {
                sum += strtod(value, NULL);
                is_there = true;
            }
        }
        at += line;
        at += *at == '\n';
    }
    if (is_there)
        *ret_sum = sum;
    return is_there;
}
