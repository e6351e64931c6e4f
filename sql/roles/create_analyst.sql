-- Gives somebody who analyses a login of their own, which reads the views for analysts and nothing else. For psql, as an
-- administrator, in the database of uptake and after `uptaked --migrate`:
--
--     psql -v analyst=ana -f create_analyst.sql 'host=db dbname=uptake user=postgres'
--
-- psql asks for the password of a new login and sends only its hash; `-v password=ask` asks again, `-v password=none` not
-- at all (certificate, LDAP, peer, …). Said again it brings the login to what is said, and what is not said to the default:
--
--     -v connections=3      at the same time              -v timeout=5min   a query may run so long
--     -v work_mem=64MB      for each sort or hash         -v until=DATE     the password is valid so long ('infinity')
--
-- The rights are what keeps an analyst from writing and from reading people's rows. The settings are against accidents:
-- a login may change its own for a session.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?analyst} \else \set analyst '' \endif
\if :{?password} \else \set password new \endif
\if :{?connections} \else \set connections 3 \endif
\if :{?timeout} \else \set timeout 5min \endif
\if :{?work_mem} \else \set work_mem 64MB \endif
\if :{?until} \else \set until infinity \endif

BEGIN;
SELECT set_config('uptake.analyst', :'analyst', true) AS analyst, set_config('uptake.connections', :'connections', true) AS connections,
       set_config('uptake.timeout', :'timeout', true) AS timeout, set_config('uptake.work_mem', :'work_mem', true) AS work_mem,
       set_config('uptake.until', :'until', true) AS until,
       CASE :'password' WHEN 'ask' THEN true WHEN 'none' THEN false
                        ELSE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'analyst') END AS asks \gset

DO $$
DECLARE
    analyst name := current_setting('uptake.analyst');
    setting record;
    role pg_roles;
BEGIN
    IF analyst = '' THEN
        RAISE EXCEPTION 'whose login? Say psql -v analyst=NAME';
    END IF;
    IF NOT coalesce((SELECT has_schema_privilege(oid, to_regnamespace('uptake')::oid, 'USAGE') FROM pg_roles WHERE rolname = 'uptake_analyst'), false) THEN
        RAISE EXCEPTION 'the role uptake_analyst may not use the schema uptake of the database %', current_database()
            USING HINT = 'Run "uptaked --migrate"; where the role came later, the schema''s owner runs "SELECT uptake.grant_roles()".';
    END IF;
    SELECT * INTO role FROM pg_roles WHERE rolname = analyst;
    -- A login that may more is somebody else's, and a role that holds others is no person.
    IF analyst IN ('uptake_analyst', 'uptake_writer')
       OR role.rolsuper OR role.rolcreaterole OR role.rolcreatedb OR role.rolreplication OR role.rolbypassrls
       OR EXISTS (SELECT FROM pg_auth_members WHERE roleid = role.oid)
       OR EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                   WHERE m.member = role.oid AND g.rolname <> 'uptake_analyst')
       OR EXISTS (SELECT FROM pg_namespace WHERE nspname = 'uptake' AND nspowner = role.oid) THEN
        RAISE EXCEPTION 'the role % is there, and may do more than read', analyst
            USING HINT = 'Give the analyst another name, or take its rights away first.';
    END IF;
    IF role.oid IS NULL THEN
        EXECUTE format('CREATE ROLE %I', analyst);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN CONNECTION LIMIT %s VALID UNTIL %L', analyst,
                   current_setting('uptake.connections')::integer, current_setting('uptake.until'));
    EXECUTE format('GRANT uptake_analyst TO %I', analyst);
    IF NOT has_database_privilege(analyst, current_database(), 'CONNECT') THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), analyst);
    END IF;
    FOR setting IN SELECT * FROM (VALUES
        ('default_transaction_read_only', 'on'),
        ('statement_timeout', current_setting('uptake.timeout')),
        -- A transaction that is left open keeps VACUUM from clearing up behind the daemon.
        ('idle_in_transaction_session_timeout', current_setting('uptake.timeout')),
        ('lock_timeout', '10s'),
        ('work_mem', current_setting('uptake.work_mem')),
        -- Compiling a query over these wide views takes longer than running it.
        ('jit', 'off')) s (name, value)
    LOOP
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %I = %L', analyst, current_database(), setting.name, setting.value);
    END LOOP;
    EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = uptake', analyst, current_database());
    IF has_schema_privilege(analyst, 'public', 'CREATE') THEN
        RAISE WARNING '% may create tables in the schema public, as everybody may here', analyst
            USING HINT = 'REVOKE CREATE ON SCHEMA public FROM PUBLIC';
    END IF;
END
$$;
COMMIT;

\if :asks
    \password :"analyst"
\endif
\echo :analyst reads the views of the schema uptake, :connections sessions at a time, a query :timeout at most
