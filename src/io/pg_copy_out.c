/* COPY ... TO STDOUT in portions. */
#include "base/mem.h"
#include "pg_conn_priv.h"

/* A portion takes about a millisecond to load. */
enum { PORTION_BYTES = 256 * 1024 };

/* Gives out what is there, up to a portion. True when the stream has ended and its results can be
 * read. */
static bool take_bytes(struct pg_conn *conn)
{
    size_t taken = 0;
    while (taken < PORTION_BYTES) {
        char *bytes = NULL;
        int length = PQgetCopyData(conn->connection, &bytes, 1);
        if (length == 0)
            return false;
        if (length == -1) {
            conn->is_copy_open = false;
            return true;
        }
        if (length < 0) {
            pg_conn_lose_now(conn);
            return false;
        }
        struct up_err err = {0};
        int code = conn->on_bytes(conn->answer_arg, bytes, (size_t)length, &err);
        PQfreemem(bytes);
        if (code != UP_OK) {
            pg_conn_lose(conn, &err);
            return false;
        }
        taken += (size_t)length;
    }
    loop_timer_start(conn->again, 0);
    return false;
}

void pg_copy_run(struct pg_conn *conn)
{
    bool all_sent;
    if (!pg_conn_flush(conn, &all_sent))
        return;
    if (conn->is_copy_open && !take_bytes(conn))
        return;
    while (!PQisBusy(conn->connection)) {
        PGresult *result = PQgetResult(conn->connection);
        if (PQstatus(conn->connection) == CONNECTION_BAD) {
            PQclear(result);
            pg_conn_lose_now(conn);
            return;
        }
        if (result == NULL) {
            pg_conn_finish(conn, conn->err.code == UP_OK ? PG_DONE : PG_FAILED);
            return;
        }
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
            pg_conn_note_error(conn, result);
        PQclear(result);
        conn->is_copy_open = status == PGRES_COPY_OUT;
        if (conn->is_copy_open && !take_bytes(conn))
            return;
    }
}
