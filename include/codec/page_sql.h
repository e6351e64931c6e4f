/* The statements by which the page and reports ask PostgreSQL, out of the views for analysts alone. */
#pragma once

#include "codec/pg_image.h"

/* What a connection that asks them begins with. */
extern const char page_sql_session[];

/* Each gives one row with one column, a JSON document as text, or no row where the team is not
 * there. Parameters are texts; a day is YYYY-MM-DD. */
extern const struct pg_statement page_sql_teams;   /* the day all is as of, "" = the last; "exact", "weeks" or "" */
extern const struct pg_statement page_sql_team;    /* team; first day of its history and the last, "" = 400 up to the last */
extern const struct pg_statement page_sql_history; /* team, measure */
