/* The frozen history as one figure a row: what history and export read out of the view for analysts. */
#pragma once

/* To follow a FROM uptake.team_health_daily h: m has measure, estimate (of a yes or no 1 or 0), lo, hi, n and because, the
 * word why there is no estimate. Health is a measure, too; unknown, it lacks
 * reach (regular), or judgement and lift both: it takes the word of that. */
#define DAILY_FIGURES                                                                              \
    "LATERAL (SELECT 'health' AS measure, h.health AS estimate, h.lo, h.hi, h.n,"                  \
    " CASE WHEN h.is_suppressed THEN 'suppressed' WHEN h.health IS NULL THEN coalesce("            \
    " h.because ->> 'regular', h.because ->> 'judgement', 'too_few') END AS because"               \
    " UNION ALL SELECT v.key, CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 0)::float8"\
    " WHEN 'boolean' THEN v.value::boolean::integer::float8 ELSE v.value::float8 END,"             \
    " CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 1)::float8 END,"                   \
    " CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 2)::float8 END,"                   \
    " CASE jsonb_typeof(v.value) WHEN 'array' THEN (v.value ->> 3)::float8 END, NULL"              \
    " FROM jsonb_each(h.measures) v"                                                               \
    " UNION ALL SELECT b.key, NULL, NULL, NULL, NULL, b.value FROM jsonb_each_text(h.because) b"   \
    ") m"
