#!/usr/bin/env bash
# Statistics inside the database: Student's quantile as the vectors have it, random effects as statsmodels has them.
set -u
TESTS_DIR=${UPTAKE_TESTS_DIR:?}
[ -n "${UPTAKE_TEST_PG:-}" ] || { echo 'skipped: needs the servers of tests/support/servers.sh'; exit 77; }
database=sql_statistics_$$
trap 'psql -qtA "$UPTAKE_TEST_PG" -c "DROP DATABASE IF EXISTS $database WITH (FORCE)"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
psql -qtA "$UPTAKE_TEST_PG" -c "CREATE DATABASE $database" || fail 'no database'
PG="$UPTAKE_TEST_PG dbname=$database"
for migration in "$TESTS_DIR"/../sql/*.sql; do
    psql -qtA -1 -v ON_ERROR_STOP=1 "$PG" -f "$migration" > /dev/null || fail "$migration"
done

# Runs the query on standard input, in which :'json' is the text of a file's lines that match; prints what it prints.
ask_about() { { printf '\\set json `grep "%s" %s`\n' "$2" "$1" && cat; } | psql -qtA -v ON_ERROR_STOP=1 "$PG"; }

differences=$(ask_about "$TESTS_DIR/golden/stats_vectors.json" '"t_quantile"' << 'SQL'
SELECT count(*) || ' vectors', count(*) FILTER (WHERE abs(actual / nullif(expected, 0) - 1) > 1e-9 OR (expected = 0) <> (actual = 0))
  FROM (SELECT (v ->> 'out')::float8 AS expected, uptake.t_quantile((v #>> '{in,0}')::float8, (v #>> '{in,1}')::float8) AS actual
          FROM unnest(string_to_array(:'json', E'\n')) line, LATERAL (SELECT rtrim(line, ',')::json AS v) one) q
SQL
) || fail 'no quantiles'
[ "$differences" = "50 vectors|0" ] || fail "t_quantile: $differences"

# Every p of the tails down to 1e-12 against the closed forms of 1 and 2 degrees of freedom.
differences=$(psql -qtA -v ON_ERROR_STOP=1 "$PG" << 'SQL'
SELECT count(*), max(greatest(abs(uptake.t_quantile(q, 1) * tan(pi() * q) + 1), abs(-uptake.t_quantile(q, 2) * sqrt(2 * q * (1 - q)) / (1 - 2 * q) - 1))) < 1e-13
  FROM (SELECT 0.4 * 2.0::float8 ^ -i AS q FROM generate_series(0, 38) i) tails
SQL
) || fail 'no tails'
[ "$differences" = "39|t" ] || fail "tails: $differences"

differences=$(ask_about "$TESTS_DIR/golden/random_effects.json" . << 'SQL'
CREATE FUNCTION pg_temp.far(actual float8, expected float8, scale float8) RETURNS boolean LANGUAGE sql
RETURN coalesce(abs(actual - expected) > 1e-8 * greatest(scale, abs(expected)), (actual IS NULL) <> (expected IS NULL));
SELECT count(*) || ' sets', count(*) FILTER (WHERE r.teams <> jsonb_array_length(v -> 'estimates')
           OR pg_temp.far(r.estimate, (v ->> 'estimate')::float8, 0) OR pg_temp.far(r.tau2, (v ->> 'tau2')::float8, 1e-6)
           OR pg_temp.far(r.lo, (v ->> 'lo')::float8, 1e-6) OR pg_temp.far(r.hi, (v ->> 'hi')::float8, 1e-6)
           OR pg_temp.far(r.q, (v ->> 'q')::float8, 1)),
       count(r.lo)
  FROM jsonb_array_elements(:'json'::jsonb) v,
       uptake.random_effects(ARRAY(SELECT x::float8 FROM jsonb_array_elements(v -> 'estimates') x),
                             ARRAY(SELECT x::float8 FROM jsonb_array_elements(v -> 'variances') x)) r
SQL
) || fail 'no random effects'
[ "$differences" = "36 sets|0|33" ] || fail "random effects: $differences"

# What does not count, and what has no interval.
while read -r arguments expected; do
    actual=$(psql -qtA -v ON_ERROR_STOP=1 "$PG" -c "SELECT estimate, lo IS NULL, hi IS NULL, tau2, teams FROM uptake.random_effects($arguments)")
    [ "$actual" = "$expected" ] || fail "random_effects($arguments) is $actual, not $expected"
done << 'CASES'
'{}','{}' |t|t||0
NULL,NULL |t|t||0
'{0.5}','{0.1}' 0.5|t|t|0|1
'{0.5,NULL,7}','{0.1,1,NULL}' 0.5|t|t|0|1
'{0.5,7,8,9}','{0.1,0,-1,NaN}' 0.5|t|t|0|1
'{0.5,Infinity,NaN}','{0.1,1,1}' 0.5|t|t|0|1
'{1,2}','{1,1}' 1.5|t|t|0|2
'{0.1,0.1,0.1}','{1,2,3}' 0.1|t|t|0|3
'{1,2,3}','{1,1,1}' 2|f|f|0|3
CASES

for arguments in 0,1 1,1 0.5,0 0.5,-1 "0.5,'NaN'"; do
    psql -qtA "$PG" -c "SELECT uptake.t_quantile($arguments)" > /dev/null 2>&1 && fail "t_quantile($arguments) is something"
done
echo 'quantiles and random effects agree'
