-- Which group of the organisation a team belongs to, and when. Loaded by `uptakectl groups`.

CREATE TABLE uptake.team_group (
    team text NOT NULL CHECK (team <> ''),
    grp text NOT NULL CHECK (grp <> ''),
    valid_from date NOT NULL CHECK (isfinite(valid_from)),
    valid_to date CHECK (isfinite(valid_to)),
    PRIMARY KEY (team, grp, valid_from),
    CHECK (valid_to > valid_from),
    -- A range stands for equality, which GiST knows of ranges without an extension.
    CONSTRAINT team_group_once_at_a_time EXCLUDE USING gist (
        numrange(hashtextextended(team || chr(1) || grp, 0), hashtextextended(team || chr(1) || grp, 0), '[]') WITH &&,
        daterange(valid_from, valid_to) WITH &&)
);
CREATE INDEX team_group_by_group ON uptake.team_group (grp, valid_from);
COMMENT ON TABLE uptake.team_group IS 'Departments and other groups of teams, by days. A team may be in several groups at once, in each only once at a time';
COMMENT ON COLUMN uptake.team_group.team IS 'the team; need not have events yet';
COMMENT ON COLUMN uptake.team_group.grp IS 'name of the group';
COMMENT ON COLUMN uptake.team_group.valid_from IS 'first day on which the team belongs to the group';
COMMENT ON COLUMN uptake.team_group.valid_to IS 'first day on which it no longer does; NULL = it still does';

CREATE VIEW uptake.group_team WITH (security_barrier) AS
SELECT g.grp, g.team, g.valid_from, g.valid_to, EXISTS (SELECT FROM uptake.team t WHERE t.team = g.team) AS has_events
  FROM uptake.team_group g;
COMMENT ON VIEW uptake.group_team IS 'Which team belongs to which group from when to when';
COMMENT ON COLUMN uptake.group_team.grp IS 'name of the group';
COMMENT ON COLUMN uptake.group_team.team IS 'the team';
COMMENT ON COLUMN uptake.group_team.valid_from IS 'first day on which the team belongs to the group';
COMMENT ON COLUMN uptake.group_team.valid_to IS 'first day on which it no longer does; NULL = it still does';
COMMENT ON COLUMN uptake.group_team.has_events IS 'something is known of the team';

SELECT uptake.grant_roles();
