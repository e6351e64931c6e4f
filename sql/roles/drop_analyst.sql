-- Takes away the login that create_analyst.sql made, and ends its sessions. For psql, as an administrator, in the database of
-- uptake:
--
--     psql -v analyst=ana -f drop_analyst.sql 'host=db dbname=uptake user=postgres'

\set ON_ERROR_STOP on
\set QUIET on
\if :{?analyst} \else \set analyst '' \endif

SELECT set_config('uptake.analyst', :'analyst', false) AS analyst \gset

-- First the door is shut, for good even if the rest fails.
DO $$
DECLARE
    analyst name := current_setting('uptake.analyst');
BEGIN
    IF analyst = '' THEN
        RAISE EXCEPTION 'whose login? Say psql -v analyst=NAME';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = analyst) THEN
        RAISE NOTICE 'there is no role %', analyst;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
                    WHERE r.rolname = analyst AND g.rolname = 'uptake_analyst')
       OR EXISTS (SELECT FROM pg_roles WHERE rolname = analyst AND (rolsuper OR rolcreaterole)) THEN
        RAISE EXCEPTION 'the role % is no analyst''s login', analyst;
    END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN', analyst);
END
$$;

DO $$
DECLARE
    analyst name := current_setting('uptake.analyst');
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = analyst) THEN
        RETURN;
    END IF;
    BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = analyst;
    EXCEPTION
        WHEN insufficient_privilege THEN
            RAISE WARNING 'sessions of % may still be open: % may not end them', analyst, current_user;
    END;
    EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', current_database(), analyst);
    -- Refused where the role owns something: nothing of anybody's is deleted here.
    EXECUTE format('DROP ROLE %I', analyst);
END
$$;
\echo :analyst has no login any more
