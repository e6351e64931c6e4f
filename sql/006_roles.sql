-- Who may do what: uptake_writer (the daemon) all of it, uptake_analyst the views only.

CREATE FUNCTION uptake.grant_roles() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    missing text;
    view_name text;
BEGIN
    FOREACH missing IN ARRAY ARRAY['uptake_writer', 'uptake_analyst'] LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = missing);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', missing);
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE WARNING 'the role % is missing and % may not create it', missing, current_user
                    USING HINT = format('Let an administrator run "CREATE ROLE %I NOLOGIN", '
                                        'then the owner "SELECT uptake.grant_roles()".', missing);
            WHEN duplicate_object OR unique_violation THEN
                NULL; -- of another database of this server, at this very moment
        END;
    END LOOP;
    REVOKE ALL ON SCHEMA uptake FROM PUBLIC;
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA uptake FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'uptake_writer') THEN
        GRANT USAGE ON SCHEMA uptake TO uptake_writer;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA uptake TO uptake_writer;
        REVOKE INSERT, UPDATE, DELETE ON uptake.schema_version FROM uptake_writer;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA uptake TO uptake_writer;
        REVOKE EXECUTE ON FUNCTION uptake.grant_roles() FROM uptake_writer;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'uptake_analyst') THEN
        GRANT USAGE ON SCHEMA uptake TO uptake_analyst;
        FOR view_name IN SELECT viewname FROM pg_views WHERE schemaname = 'uptake' LOOP
            EXECUTE format('GRANT SELECT ON uptake.%I TO uptake_analyst', view_name);
        END LOOP;
    END IF;
END
$$;
COMMENT ON FUNCTION uptake.grant_roles IS 'Makes the roles uptake_writer and uptake_analyst where it may, and grants them what is theirs';

SELECT uptake.grant_roles();
