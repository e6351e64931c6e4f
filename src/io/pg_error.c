/* PostgreSQL's errors as a code to decide by and a sentence for a person. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "pg_priv.h"

enum { SQLSTATE_LENGTH = 5, TEXT_MAX = 240 };

struct code_of_state {
    const char *prefix;
    enum up_code code;
};

/* The first prefix that fits; UP001 to UP003 are raised by sql/004_functions.sql. */
static const struct code_of_state codes[] = {
    {"UP001", UP_ECONFLICT}, {"UP", UP_EINVAL},      {"28", UP_EAUTH},       {"42501", UP_EAUTH},
    {"3D000", UP_EINVAL},    {"3F000", UP_EVERSION}, {"42P01", UP_EVERSION}, {"42883", UP_EVERSION},
    {"42704", UP_EVERSION},  {"XX001", UP_ECORRUPT}, {"XX002", UP_ECORRUPT}, {"08", UP_EAGAIN},
    {"25", UP_EAGAIN},       {"40", UP_EAGAIN},      {"53", UP_EAGAIN},      {"55", UP_EAGAIN},
    {"57", UP_EAGAIN},       {"58", UP_EAGAIN},
};

static enum up_code code_of(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strncmp(sqlstate, codes[i].prefix, strlen(codes[i].prefix)) == 0)
            return codes[i].code;
    }
    return UP_EIO;
}

int pg_fail_result(const PGresult *result, struct up_err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    if (state == NULL)
        return up_fail(err, UP_ECONN, "PostgreSQL went away");
    enum up_code code = code_of(state);
    if (code == UP_EVERSION)
        hint = "The schema is missing or older than this program: run uptaked --migrate.";
    return up_fail(err, code, "PostgreSQL: %.*s (%s)%s%s", TEXT_MAX, text == NULL ? "error" : text,
                   state, hint == NULL ? "" : ". ", hint == NULL ? "" : hint);
}

/* Finds "XXXXX: " (five capitals or digits) as the verbose form has it; copies it, and what stands
 * behind it. */
static const char *find_state(const char *message, char ret_state[static SQLSTATE_LENGTH + 1])
{
    size_t run = 0;
    for (const char *c = message; *c != '\0'; c++) {
        bool fits = isupper((unsigned char)*c) || isdigit((unsigned char)*c);
        if (*c == ':' && run == SQLSTATE_LENGTH && isdigit((unsigned char)c[-SQLSTATE_LENGTH])) {
            memcpy(ret_state, c - SQLSTATE_LENGTH, SQLSTATE_LENGTH);
            ret_state[SQLSTATE_LENGTH] = '\0';
            return c + 1 + strspn(c + 1, " ");
        }
        run = fits ? run + 1 : 0;
    }
    return NULL;
}

static const char *or_default(const char *text)
{
    return text == NULL ? "" : text;
}

int pg_fail_connect(PGconn *connection, struct up_err *err)
{
    char state[SQLSTATE_LENGTH + 1] = "";
    const char *message = PQerrorMessage(connection);
    const char *said = find_state(message, state);
    if (said == NULL)
        said = message;
    int length = (int)strcspn(said, "\n");
    if (PQconnectionNeedsPassword(connection))
        return up_fail(err, UP_EAUTH,
                       "PostgreSQL wants a password of user \"%s\" and none is given",
                       or_default(PQuser(connection)));
    if (strncmp(state, "28", 2) == 0)
        return up_fail(err, UP_EAUTH, "PostgreSQL does not let user \"%s\" in: %.*s (%s)",
                       or_default(PQuser(connection)), length, said, state);
    if (strcmp(state, "3D000") == 0)
        return up_fail(err, UP_EINVAL,
                       "PostgreSQL has no database \"%s\": create it, or name another",
                       or_default(PQdb(connection)));
    /* libpq has no code for it. */
    if (strstr(message, "certificate") != NULL || strstr(message, "SSL") != NULL)
        return up_fail(err, UP_ETRUST,
                       "PostgreSQL has not proved who it is (sslmode and sslrootcert of the "
                       "connection): %.*s",
                       length, said);
    if (strstr(message, "session is read-only") != NULL)
        return up_fail(err, UP_ECONN, "PostgreSQL takes no writing there (a standby, or a user or database that is read-only): %.*s",
                       length, said);
    return up_fail(err, UP_ECONN, "PostgreSQL cannot be reached: %.*s", length, said);
}

int pg_check_server(PGconn *connection, struct up_err *err)
{
    int version = PQserverVersion(connection);
    if (version < PG_SERVER_VERSION_MIN)
        return up_fail(err, UP_EVERSION, "PostgreSQL %d is too old: uptake needs %d or newer",
                       version / 10000, PG_SERVER_VERSION_MIN / 10000);
    return UP_OK;
}
