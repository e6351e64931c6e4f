-- Which training programs last?
--
-- One row a program, the most lasting first. durability_180: of the people who were trained and had work half a year later,
-- the share that still used AI; lo to hi is its 95 % interval, and two programs whose intervals overlap much cannot be told
-- apart. NULL: nobody was trained long enough ago, or too few people for the figure to be shown. Completions stand beside
-- and say nothing of an effect.
SELECT program, completions, people, round(durability_14::numeric, 2) AS after_14_days,
       round(durability_28::numeric, 2) AS after_28_days, round(durability_180::numeric, 2) AS after_180_days,
       round(durability_180_lo::numeric, 2) AS lo, round(durability_180_hi::numeric, 2) AS hi, durability_180_n AS n,
       program_verdict
  FROM uptake.program_outcomes
 ORDER BY durability_180 DESC NULLS LAST, program;
