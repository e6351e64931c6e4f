/* An image through a pipeline: sent as the server takes it, answered in the same order. */
#include "base/mem.h"
#include "base/panic.h"
#include "pg_conn_priv.h"

void pg_pipeline_done(struct pg_pipeline *pipeline)
{
    mem_free(pipeline->preparations);
    pipeline->preparations = NULL;
    pipeline->image = NULL;
}

void pg_pipeline_begin(struct pg_conn *conn, const struct pg_image *image)
{
    struct pg_pipeline *pipeline = &conn->pipeline;
    pipeline->image = image;
    pipeline->sent = pipeline->answered = 0;
    pipeline->is_sync_sent = pipeline->is_preparing = false;
    pipeline->preparations = mem_alloc_array(image->count, sizeof *pipeline->preparations);
    UP_ASSERT(PQenterPipelineMode(conn->connection) == 1);
}

/* ---- sending ------------------------------------------------------------------------------ */

static bool is_prepared(const struct pg_pipeline *pipeline, const struct pg_statement *statement)
{
    for (size_t i = 0; i < pipeline->prepared_count; i++) {
        if (pipeline->prepared[i] == statement)
            return true;
    }
    return false;
}

static bool send_call(struct pg_conn *conn, size_t number)
{
    struct pg_pipeline *pipeline = &conn->pipeline;
    const struct pg_call *call = &pipeline->image->calls[number];
    const struct pg_statement *statement = call->statement;
    if (!is_prepared(pipeline, statement)) {
        UP_ASSERT(pipeline->prepared_count < PG_STATEMENTS_MAX);
        pipeline->prepared[pipeline->prepared_count++] = statement;
        pipeline->preparations[number] = true;
        if (PQsendPrepare(conn->connection, statement->name, statement->sql, 0, NULL) == 0)
            return false;
    }
    const char *values[PG_PARAMETERS_MAX];
    int lengths[PG_PARAMETERS_MAX], formats[PG_PARAMETERS_MAX];
    for (int i = 0; i < statement->parameters; i++) {
        values[i] = call->values[i].data;
        lengths[i] = (int)call->values[i].length;
        formats[i] = 1;
    }
    return PQsendQueryPrepared(conn->connection, statement->name, statement->parameters, values,
                               lengths, formats, 1) == 1;
}

/* Hands libpq a call at a time, so that it never holds a second copy of the whole image. */
static bool send_calls(struct pg_conn *conn)
{
    struct pg_pipeline *pipeline = &conn->pipeline;
    bool all_sent = false;
    while (pg_conn_flush(conn, &all_sent)) {
        if (!all_sent || pipeline->is_sync_sent)
            return true;
        bool is_fine = true;
        if (pipeline->sent < pipeline->image->count) {
            is_fine = send_call(conn, pipeline->sent++);
        } else {
            is_fine = PQpipelineSync(conn->connection) == 1;
            pipeline->is_sync_sent = true;
        }
        if (!is_fine) {
            pg_conn_lose_now(conn);
            return false;
        }
    }
    return false;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* A statement whose preparation the server skipped, or refused, is not there. */
static void forget_prepared(struct pg_pipeline *pipeline, const struct pg_statement *statement)
{
    for (size_t i = 0; i < pipeline->prepared_count; i++) {
        if (pipeline->prepared[i] != statement)
            continue;
        pipeline->prepared[i] = pipeline->prepared[--pipeline->prepared_count];
        return;
    }
}

static void take_result(struct pg_conn *conn, PGresult *result)
{
    struct pg_pipeline *pipeline = &conn->pipeline;
    ExecStatusType status = PQresultStatus(result);
    bool is_good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    bool is_call = pipeline->answered < pipeline->image->count;
    if (!is_good && status != PGRES_PIPELINE_ABORTED && status != PGRES_PIPELINE_SYNC)
        pg_conn_note_error(conn, result);
    if (is_call && pipeline->is_preparing && !is_good)
        forget_prepared(pipeline, pipeline->image->calls[pipeline->answered].statement);
    if (is_call && !pipeline->is_preparing && is_good && conn->results[pipeline->answered] == NULL)
        conn->results[pipeline->answered] = result;
    else
        PQclear(result);
}

/* The results of one statement have ended. */
static void end_statement(struct pg_pipeline *pipeline)
{
    if (pipeline->is_preparing) {
        pipeline->is_preparing = false;
        return;
    }
    pipeline->answered++;
}

static void finish(struct pg_conn *conn)
{
    PGresult *result;
    while (!PQisBusy(conn->connection) && (result = PQgetResult(conn->connection)) != NULL)
        PQclear(result);
    UP_ASSERT(PQexitPipelineMode(conn->connection) == 1);
    pg_conn_finish(conn, conn->err.code == UP_OK ? PG_DONE : PG_FAILED);
}

void pg_pipeline_run(struct pg_conn *conn)
{
    struct pg_pipeline *pipeline = &conn->pipeline;
    if (!send_calls(conn))
        return;
    while (!PQisBusy(conn->connection)) {
        bool is_sync = pipeline->answered == pipeline->image->count;
        if (!is_sync && pipeline->answered >= pipeline->sent)
            return;
        if (is_sync && !pipeline->is_sync_sent)
            return;
        if (!is_sync && pipeline->preparations[pipeline->answered]) {
            pipeline->preparations[pipeline->answered] = false;
            pipeline->is_preparing = true;
        }
        PGresult *result = PQgetResult(conn->connection);
        if (PQstatus(conn->connection) == CONNECTION_BAD) {
            PQclear(result);
            pg_conn_lose_now(conn);
            return;
        }
        if (result != NULL && PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            finish(conn);
            return;
        }
        if (result != NULL)
            take_result(conn, result);
        else if (!is_sync)
            end_statement(pipeline);
    }
}
