-- Where the live figures of a team are, for those who read both PostgreSQL and Redis.

CREATE VIEW uptake.team_live WITH (security_barrier) AS
SELECT team, partition, 'uptake:{' || partition || '}:team:' || team || ':' AS redis_key
  FROM uptake.team;
COMMENT ON VIEW uptake.team_live IS 'Where Redis has the live figures of a team';
COMMENT ON COLUMN uptake.team_live.team IS 'the team';
COMMENT ON COLUMN uptake.team_live.partition IS 'partition of its events in Kafka';
COMMENT ON COLUMN uptake.team_live.redis_key IS 'key of its hash but for the window, which follows: 1d, 7d, 28d, 90d or own';

SELECT uptake.grant_roles();
