/* Finds what a report says of a team in the document that page_sql_team gives. */
#pragma once

#include "codec/json_reader.h"
#include "ctl/report.h"
#include "model/settings.h"

/* Borrows from the document; what it gives out lives as long as the page. */
struct report_facts {
    struct report_page *page;
    struct json_value team;
    struct json_value *windows; /* objects: the rolling windows, where they are known for the day */
    size_t window_count;
};

void report_facts_begin(struct report_facts *facts, struct report_page *page, const struct json_value *team);

/* A member of the document as text; absent where it is none. */
struct text report_facts_text(const struct json_value *object, const char *name);
bool report_facts_is_true(const struct json_value *object, const char *name);
/* NAN = none. */
double report_facts_number(const struct json_value *object, const char *name);
/* "2025-05-12"; INT32_MIN = none. */
int32_t report_facts_day_of(const struct json_value *value);
int32_t report_facts_day(const struct json_value *object, const char *name);
/* Its elements, for as long as the page; none where it is no array. */
struct json_value *report_facts_items(struct report_page *page, const struct json_value *object, const char *name,
                                      size_t *ret_count);

/* Of the closed day: of 28 days, or of days of its own. */
struct report_figure report_facts_closed(const struct report_facts *facts, const char *measure);
/* Of a rolling window, of all the work (workflow NULL) or of a workflow's. */
struct report_figure report_facts_rolling(const struct report_facts *facts, const char *measure, const char *window,
                                          const struct text *workflow);
/* NULL = not known for the day. */
const struct json_value *report_facts_window(const struct report_facts *facts, const char *window,
                                             const struct text *workflow);
/* Rolling over 90 days where that is known for the day, else of the closed day. */
struct report_figure report_facts_long(const struct report_facts *facts, const char *measure);
/* Health of the closed day. */
struct report_figure report_facts_health(const struct report_facts *facts);
/* 0 to 1, by the measures of the closed day. */
struct report_figure report_facts_component(const struct report_facts *facts, enum health_component component);

/* From two objects by name of the measure: what is known, and why the rest is not. */
struct report_figure report_facts_find(struct report_page *page, const struct json_value *values,
                                       const struct json_value *because, const char *measure);
/* A figure that knows its words, and nothing else yet: unknown. name: of the registry, or any. */
struct report_figure report_facts_name(struct report_page *page, const char *name);
/* [estimate, lo, hi, n], true, false or a number; anything else leaves it unknown. */
void report_facts_fill(struct report_figure *figure, const struct json_value *value);
