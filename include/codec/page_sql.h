/* The statements by which the page asks PostgreSQL, out of the views for analysts alone. */
#pragma once

#include "codec/pg_image.h"

/* What a connection that asks them begins with. */
extern const char page_sql_session[];

/* Each gives one row with one column, a JSON document as text, or no row where the team is not
 * there. Parameters are texts. */
extern const struct pg_statement page_sql_teams;
extern const struct pg_statement page_sql_team;    /* team */
extern const struct pg_statement page_sql_history; /* team, measure */
