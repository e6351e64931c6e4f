/* What the doctor looks at in PostgreSQL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "app/connection.h"
#include "base/clock.h"
#include "codec/migrations.h"
#include "codec/pseudonym.h"
#include "doctor_priv.h"
#include "io/tls_peer.h"

enum { ROUND_TRIPS = 5, SLOW_US = 50000, COLUMNS_MAX = 4 };

/* Asks for one row; its columns are NUL-terminated in *text. False: there is none, and it was said why. */
static bool ask_row(struct doctor *doctor, const char *sql, struct strbuf *text, const char *columns[static COLUMNS_MAX])
{
    struct up_err err;
    if (pg_session_ask(doctor->postgresql, sql, text, &err) != UP_OK) {
        doctor_say(doctor, DOCTOR_FAULT, "", "%s", err.text);
        return false;
    }
    (void)strbuf_text(text);
    char *at = text->data;
    at[strcspn(at, "\n")] = '\0';
    for (int i = 0; i < COLUMNS_MAX; i++) {
        columns[i] = at;
        at += strcspn(at, "\t");
        if (*at == '\t')
            *at++ = '\0';
    }
    return true;
}

static bool is_true(const char *column)
{
    return strcmp(column, "t") == 0;
}

/* ---- there ------------------------------------------------------------------------------------------------------- */

static int open_session(struct doctor *doctor, struct up_err *err)
{
    struct strbuf conninfo = {0};
    connection_text(doctor->config, &conninfo);
    if (strstr(doctor->config->postgresql_connection, "connect_timeout") == NULL)
        strbuf_add_format(&conninfo, " connect_timeout=%d", doctor->settings->timeout_ms / 1000);
    doctor->postgresql = pg_session_open(strbuf_text(&conninfo), "uptakectl doctor", NULL, NULL, err);
    connection_wipe(&conninfo);
    if (doctor->postgresql == NULL)
        return err->code;
    pg_session_set_timeout(doctor->postgresql, doctor->settings->timeout_ms);
    return UP_OK;
}

void doctor_check_postgresql(struct doctor *doctor)
{
    struct up_err err;
    int64_t best_us = INT64_MAX;
    struct strbuf text = {0};
    int code = open_session(doctor, &err);
    for (int i = 0; i < ROUND_TRIPS && code == UP_OK; i++) {
        int64_t began_us = clock_mono_us();
        code = pg_session_ask(doctor->postgresql, "SELECT 1", &text, &err);
        int64_t took_us = clock_mono_us() - began_us;
        best_us = took_us < best_us ? took_us : best_us;
    }
    strbuf_done(&text);
    if (code != UP_OK) {
        doctor_say(doctor, DOCTOR_FAULT,
                   code == UP_EAUTH ? "correct the user in [postgresql] connection, password_file, or what the server permits"
                                    : "start it, or correct [postgresql] connection",
                   "%s", err.text);
        pg_session_close(doctor->postgresql);
        doctor->postgresql = NULL;
        return;
    }
    int version = pg_session_server_version(doctor->postgresql);
    doctor_say(doctor, best_us > SLOW_US ? DOCTOR_WARNING : DOCTOR_OK,
               best_us > SLOW_US ? "each checkpoint waits for one: have the database nearer" : "",
               "PostgreSQL %d.%d, a round trip takes %.1f ms", version / 10000, version % 10000, (double)best_us / 1000);
}

/* ---- rights ------------------------------------------------------------------------------------------------------ */

void doctor_check_postgresql_rights(struct doctor *doctor)
{
    struct strbuf text = {0};
    const char *columns[COLUMNS_MAX];
    bool is_known = ask_row(doctor,
                            "SELECT r.rolname, r.rolsuper,"
                            " coalesce((SELECT bool_and(has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')"
                            "                           AND has_table_privilege(c.oid, 'DELETE'))"
                            "             FROM pg_class c WHERE c.oid IN (to_regclass('uptake.shard'),"
                            "                  to_regclass('uptake.cell'), to_regclass('uptake.health'))), false),"
                            " to_regnamespace('uptake') IS NOT NULL AND has_schema_privilege('uptake', 'CREATE')"
                            " FROM pg_roles r WHERE r.rolname = current_user",
                            &text, columns);
    if (!is_known) {
        strbuf_done(&text);
        return;
    }
    if (is_true(columns[1]))
        doctor_say(doctor, DOCTOR_WARNING, "connect as a role that is in uptake_writer and nothing else",
                   "%s is a superuser, which the daemon need not be", columns[0]);
    else if (!is_true(columns[2]))
        doctor_say(doctor, DOCTOR_FAULT, "GRANT uptake_writer to it, once uptaked --migrate has been run",
                   "%s may not write the tables of uptake", columns[0]);
    else if (is_true(columns[3]) && !doctor->config->auto_migrate)
        doctor_say(doctor, DOCTOR_WARNING, "connect as a role that is in uptake_writer and nothing else",
                   "%s may change the schema, which only migrations need", columns[0]);
    else
        doctor_say(doctor, DOCTOR_OK, "", "%s may do what it needs", columns[0]);
    strbuf_done(&text);
}

/* ---- schema and state -------------------------------------------------------------------------------------------- */

static bool has_schema(struct doctor *doctor)
{
    struct strbuf text = {0};
    const char *columns[COLUMNS_MAX];
    bool is_there = ask_row(doctor, "SELECT to_regclass('uptake.schema_version') IS NOT NULL", &text, columns) &&
                    is_true(columns[0]);
    strbuf_done(&text);
    return is_there;
}

void doctor_check_postgresql_schema(struct doctor *doctor)
{
    struct strbuf text = {0};
    const char *columns[COLUMNS_MAX];
    if (!has_schema(doctor)) {
        doctor_say(doctor, DOCTOR_FAULT, "run uptaked --migrate as the owner of the database",
                   "the database has no schema of uptake");
        return;
    }
    if (ask_row(doctor, "SELECT coalesce(max(version), 0) FROM uptake.schema_version", &text, columns)) {
        int stored = (int)strtol(columns[0], NULL, 10);
        int known = migrations_version();
        if (stored < known)
            doctor_say(doctor, DOCTOR_FAULT, "run uptaked --migrate as the owner of the schema",
                       "the schema is version %d, this program needs %d", stored, known);
        else if (stored > known)
            doctor_say(doctor, DOCTOR_WARNING, "install the newer program here too",
                       "the schema is version %d, this program is of %d", stored, known);
        else
            doctor_say(doctor, DOCTOR_OK, "", "version %d", stored);
    }
    strbuf_done(&text);
}

static void add_key_condition(const struct doctor *doctor, struct strbuf *sql)
{
    struct pseudonym fingerprint = pseudonym_fingerprint(doctor->config->pseudonym_key.bytes);
    const uint8_t *bytes = (const uint8_t *)&fingerprint;
    if (!doctor->has_secrets) {
        strbuf_add_text(sql, "true");
        return;
    }
    strbuf_add_text(sql, "coalesce(bool_and(key_fingerprint = '\\x");
    for (size_t i = 0; i < sizeof fingerprint; i++)
        strbuf_add_format(sql, "%02x", bytes[i]);
    strbuf_add_text(sql, "'), true)");
}

void doctor_check_postgresql_state(struct doctor *doctor)
{
    struct strbuf sql = {0};
    struct strbuf text = {0};
    const char *columns[COLUMNS_MAX];
    strbuf_add_text(&sql, "SELECT count(*), coalesce(max(partitions), 0), ");
    add_key_condition(doctor, &sql);
    strbuf_add_text(&sql, " FROM uptake.shard");
    if (!has_schema(doctor)) {
        doctor_say(doctor, DOCTOR_SKIPPED, "", "not looked at: there is no schema");
    } else if (ask_row(doctor, strbuf_text(&sql), &text, columns)) {
        int32_t stored = (int32_t)strtol(columns[1], NULL, 10);
        if (!is_true(columns[2]))
            doctor_say(doctor, DOCTOR_FAULT, "put the key back with which people were stored",
                       "pseudonym_key_file is another key than that of what is stored");
        else if (stored > 0 && doctor->partitions > 0 && stored != doctor->partitions)
            doctor_say(doctor, DOCTOR_FAULT, "begin with an empty database, or read topics of the old number",
                       "stored are shards of %d partitions, the topics have %d", (int)stored, (int)doctor->partitions);
        else
            doctor_say(doctor, DOCTOR_OK, "", "%s partitions are stored", columns[0]);
    }
    strbuf_done(&text);
    strbuf_done(&sql);
}

/* ---- the server -------------------------------------------------------------------------------------------------- */

void doctor_check_postgresql_durability(struct doctor *doctor)
{
    struct strbuf text = {0};
    const char *columns[COLUMNS_MAX];
    if (ask_row(doctor, "SELECT current_setting('fsync')::bool, current_setting('full_page_writes')::bool, pg_is_in_recovery()",
                &text, columns)) {
        if (is_true(columns[2]))
            doctor_say(doctor, DOCTOR_FAULT, "connect to the primary", "this server is a standby and cannot be written to");
        else if (!is_true(columns[0]) || !is_true(columns[1]))
            doctor_say(doctor, DOCTOR_FAULT, "set fsync and full_page_writes to on",
                       "a crash of the server's machine may destroy the database");
        else
            doctor_say(doctor, DOCTOR_OK, "", "fsync and full_page_writes are on");
    }
    strbuf_done(&text);
}

void doctor_check_postgresql_clock(struct doctor *doctor)
{
    struct strbuf text = {0};
    const char *columns[COLUMNS_MAX];
    int64_t before_ms = clock_wall_ms();
    bool is_known = ask_row(doctor, "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8", &text, columns);
    int64_t after_ms = clock_wall_ms();
    if (is_known)
        doctor_say_clock(doctor, "PostgreSQL", before_ms, strtoll(columns[0], NULL, 10), after_ms);
    strbuf_done(&text);
}

void doctor_check_postgresql_tls(struct doctor *doctor)
{
    struct strbuf text = {0};
    const char *columns[COLUMNS_MAX];
    void *tls = pg_session_tls(doctor->postgresql);
    struct up_err err;
    int64_t not_after_s;
    if (tls != NULL && tls_peer_expiry_of(tls, &not_after_s, &err) == UP_OK) {
        doctor_say_expiry(doctor, "PostgreSQL", not_after_s);
        if (strstr(doctor->config->postgresql_connection, "verify-full") == NULL)
            doctor_say(doctor, DOCTOR_WARNING, "set sslmode=verify-full in [postgresql] connection",
                       "nobody checks that the server is the right one");
    } else if (ask_row(doctor, "SELECT coalesce(host(inet_client_addr()), 'local'), coalesce(inet_client_addr() <<= '127.0.0.0/8'"
                               " OR inet_client_addr() = '::1', true)",
                       &text, columns)) {
        bool is_near = is_true(columns[1]);
        doctor_say(doctor, is_near ? DOCTOR_OK : DOCTOR_WARNING,
                   is_near ? "" : "set sslmode=verify-full in [postgresql] connection",
                   is_near ? "not encrypted, and not leaving this machine" : "not encrypted, and crossing the network");
    }
    strbuf_done(&text);
}

void doctor_check_postgresql_disk(struct doctor *doctor)
{
    static const double gib = 1024.0 * 1024 * 1024;
    struct strbuf text = {0};
    const char *columns[COLUMNS_MAX];
    struct statvfs disk;
    bool is_known = ask_row(doctor,
                            "SELECT CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('data_directory')"
                            " ELSE '' END, pg_database_size(current_database()),"
                            " inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1'",
                            &text, columns);
    if (!is_known) {
        /* It was said why. */
    } else if (!is_true(columns[2]) || *columns[0] == '\0' || statvfs(columns[0], &disk) != 0) {
        doctor_say(doctor, DOCTOR_OK, "", "the database has %.1f GiB; its disk is not seen from here",
                   strtod(columns[1], NULL) / gib);
    } else {
        double free_bytes = (double)disk.f_bavail * (double)disk.f_frsize;
        double share = (double)disk.f_bavail / (double)(disk.f_blocks > 0 ? disk.f_blocks : 1);
        enum doctor_level level = share < 0.03 || free_bytes < gib ? DOCTOR_FAULT : share < 0.1 ? DOCTOR_WARNING : DOCTOR_OK;
        doctor_say(doctor, level, level == DOCTOR_OK ? "" : "make room, or lower retention_months",
                   "the database has %.1f GiB, its disk %.1f GiB free (%.0f %%)", strtod(columns[1], NULL) / gib,
                   free_bytes / gib, 100 * share);
    }
    strbuf_done(&text);
}
