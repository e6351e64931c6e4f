/* The statements by which the page and reports ask PostgreSQL: those of src/page, built into the program. */
#include "codec/page_sql.h"

#include "page_sql.inc" /* made of src/page/ by embed_page.sh */

/* Compiling takes seconds, the statements take milliseconds. */
const char page_sql_session[] = "SET default_transaction_read_only = on; SET jit = off";

const struct pg_statement page_sql_teams = {"page_teams", (const char *)page_teams_sql, 2};
const struct pg_statement page_sql_team = {"page_team", (const char *)page_team_sql, 3};
const struct pg_statement page_sql_history = {"page_history", (const char *)page_history_sql, 2};
