/* Makes the pages of a report from the documents that PostgreSQL gives. */
#pragma once

#include "ctl/report_facts.h"

/* Fills a zeroed page from the document of page_sql_team, of which it borrows; the caller says its number. thresholds:
 * those by which figures with these definitions were judged; others are shown without. */
struct report_thresholds {
    const char *definitions;
    double changed_work, traceable, reproduces;
};
void report_pages_make_team(struct report_page *page, const struct json_value *team,
                            const struct report_thresholds *thresholds);

/* Fills a zeroed page with all teams, from the document of page_sql_teams, and with the organisation's figures, from that
 * of report_pages_organisation_sql; borrows of both. Teams have their pages in the order of the document. */
void report_pages_make_organisation(struct report_page *page, const struct json_value *teams,
                                    const struct json_value *organisation);
/* $1 = the day it is as of, "" = the last that is closed for all teams. */
extern const char report_pages_organisation_sql[];

/* Which signs a verdict hangs on, in lower case; "" where on none. presence: changed_work, traceable, reproduces. */
const char *report_pages_detail(struct report_page *page, const struct word *verdict,
                                const char *const presence[static 3]);
extern const char *const report_pages_signs[3];
/* "12 May 2025". */
const char *report_pages_day(struct report_page *page, int32_t day);

/* Parts of a team's page: in its order. */
void report_pages_add_work(const struct report_facts *facts, struct report_page *page);
void report_pages_add_redesigns(const struct report_facts *facts, struct report_page *page);
void report_pages_add_measures(const struct report_facts *facts, struct report_page *page);
