/* Asks PostgreSQL for JSON documents, one at a time, and keeps each for a moment. */
#include "app/reader.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"
#include "base/strbuf.h"
#include "codec/gzip.h"
#include "codec/page_sql.h"
#include "io/loop.h"
#include "io/pg_conn.h"
#include "io/resolver.h"

enum {
    ENTRIES = 32,
    WAITERS = 48,
    LOCK_MS = 1000,
    IDLE_TRANSACTION_MS = 10000,
};

enum entry_state { ENTRY_FREE, ENTRY_QUEUED, ENTRY_ASKED, ENTRY_READY };

struct entry {
    enum entry_state state;
    bool is_found;
    const struct pg_statement *statement;
    struct strbuf values[READER_VALUES_MAX];
    struct strbuf bytes, gzip;
    uint64_t hash;
    int64_t since_us; /* when it was asked for, or read */
};

struct waiter {
    struct entry *entry; /* NULL = free */
    reader_on_document *on_document;
    void *arg;
};

struct reader {
    struct reader_settings settings;
    struct resolver *resolver;
    struct pg_conn *conn;
    bool is_up;
    struct entry entries[ENTRIES];
    struct entry *asked; /* under way; NULL = none */
    struct pg_image image;
    struct waiter waiters[WAITERS];
};

static const struct reader_document unavailable = {.outcome = READER_UNAVAILABLE};

/* ---- entries ---------------------------------------------------------------------------- */

static void clear_entry(struct entry *entry)
{
    for (int i = 0; i < READER_VALUES_MAX; i++)
        strbuf_done(&entry->values[i]);
    strbuf_done(&entry->bytes);
    strbuf_done(&entry->gzip);
    *entry = (struct entry){.state = ENTRY_FREE};
}

static bool is_same(const struct entry *entry, const struct pg_statement *statement,
                    const char *const *values)
{
    if (entry->state == ENTRY_FREE || entry->statement != statement)
        return false;
    for (int i = 0; i < statement->parameters; i++) {
        size_t length = strlen(values[i]);
        const struct strbuf *held = &entry->values[i];
        if (held->length != length || (length > 0 && memcmp(held->data, values[i], length) != 0))
            return false;
    }
    return true;
}

static struct entry *find_entry(struct reader *reader, const struct pg_statement *statement,
                                const char *const *values)
{
    for (int i = 0; i < ENTRIES; i++) {
        if (is_same(&reader->entries[i], statement, values))
            return &reader->entries[i];
    }
    return NULL;
}

/* A free one, else the oldest that is read; NULL where all are still to be read. */
static struct entry *take_entry(struct reader *reader)
{
    struct entry *best = NULL;
    for (int i = 0; i < ENTRIES; i++) {
        struct entry *entry = &reader->entries[i];
        if (entry->state == ENTRY_FREE)
            return entry;
        if (entry->state == ENTRY_READY && (best == NULL || entry->since_us < best->since_us))
            best = entry;
    }
    if (best != NULL)
        clear_entry(best);
    return best;
}

static struct entry *oldest_queued(struct reader *reader)
{
    struct entry *oldest = NULL;
    for (int i = 0; i < ENTRIES; i++) {
        struct entry *entry = &reader->entries[i];
        if (entry->state == ENTRY_QUEUED && (oldest == NULL || entry->since_us < oldest->since_us))
            oldest = entry;
    }
    return oldest;
}

/* ---- telling ---------------------------------------------------------------------------- */

static struct reader_document document_of(const struct entry *entry)
{
    return (struct reader_document){.outcome = entry->is_found ? READER_FOUND : READER_NOT_FOUND,
                                    .bytes = entry->bytes.data,
                                    .length = entry->bytes.length,
                                    .gzip = entry->gzip.data,
                                    .gzip_length = entry->gzip.length,
                                    .hash = entry->hash};
}

static void tell(struct reader *reader, const struct entry *entry,
                 const struct reader_document *document)
{
    for (int i = 0; i < WAITERS; i++) {
        struct waiter waiter = reader->waiters[i];
        if (waiter.entry != entry)
            continue;
        reader->waiters[i].entry = NULL;
        waiter.on_document(waiter.arg, document);
    }
}

static void give_up(struct reader *reader, struct entry *entry)
{
    tell(reader, entry, &unavailable);
    clear_entry(entry);
}

/* ---- asking ----------------------------------------------------------------------------- */

static void answered(void *arg, const struct pg_answer *answer);

static void ask_next(struct reader *reader)
{
    struct entry *entry = reader->asked == NULL ? oldest_queued(reader) : NULL;
    if (entry == NULL || pg_conn_state(reader->conn) != PG_IDLE)
        return;
    pg_image_done(&reader->image);
    struct pg_call *call = pg_image_add(&reader->image, entry->statement);
    for (int i = 0; i < entry->statement->parameters; i++)
        strbuf_add(&call->values[i], entry->values[i].data, entry->values[i].length);
    entry->state = ENTRY_ASKED;
    reader->asked = entry;
    UP_ASSERT(pg_conn_send(reader->conn, &reader->image, answered, reader) == UP_OK);
}

static void keep(struct reader *reader, struct entry *entry, const struct pg_answer *answer)
{
    entry->is_found = pg_answer_rows(answer, 0) == 1;
    strbuf_reset(&entry->bytes);
    strbuf_reset(&entry->gzip);
    if (entry->is_found) {
        struct pg_row row;
        pg_answer_row(answer, 0, 0, &row);
        struct text text = pg_row_text(&row);
        strbuf_add(&entry->bytes, text.bytes, text.length);
        gzip_add(&entry->gzip, text.bytes, text.length);
        entry->hash = hash_xx64(text.bytes, text.length);
    }
    entry->state = ENTRY_READY;
    entry->since_us = reader->settings.now_us();
}

static void answered(void *arg, const struct pg_answer *answer)
{
    struct reader *reader = arg;
    struct entry *entry = reader->asked;
    reader->asked = NULL;
    if (answer->outcome == PG_DONE) {
        keep(reader, entry, answer);
        struct reader_document document = document_of(entry);
        tell(reader, entry, &document);
    } else {
        give_up(reader, entry);
    }
    ask_next(reader);
}

static void connection_changed(void *arg, enum pg_state state, const struct up_err *err)
{
    struct reader *reader = arg;
    (void)err; /* the checkpoints' connection says it */
    reader->is_up = state == PG_IDLE || state == PG_BUSY;
    if (reader->is_up) {
        ask_next(reader);
        return;
    }
    for (struct entry *entry; (entry = oldest_queued(reader)) != NULL;)
        give_up(reader, entry);
}

static bool begin_waiting(struct reader *reader, struct entry *entry,
                          reader_on_document *on_document, void *arg)
{
    for (int i = 0; i < WAITERS; i++) {
        if (reader->waiters[i].entry != NULL)
            continue;
        reader->waiters[i] = (struct waiter){entry, on_document, arg};
        return true;
    }
    return false;
}

static bool has_room_to_wait(const struct reader *reader)
{
    for (int i = 0; i < WAITERS; i++) {
        if (reader->waiters[i].entry == NULL)
            return true;
    }
    return false;
}

void reader_ask(struct reader *reader, const struct pg_statement *statement,
                const char *const *values, reader_on_document *on_document, void *arg)
{
    UP_ASSERT(statement->parameters <= READER_VALUES_MAX);
    int64_t now_us = reader->settings.now_us();
    struct entry *entry = find_entry(reader, statement, values);
    if (entry != NULL && entry->state == ENTRY_READY &&
        now_us - entry->since_us <= reader->settings.fresh_us) {
        struct reader_document document = document_of(entry);
        on_document(arg, &document);
        return;
    }
    bool has_room = reader->is_up && has_room_to_wait(reader);
    if (has_room && entry == NULL)
        entry = take_entry(reader);
    if (!has_room || entry == NULL) {
        on_document(arg, &unavailable);
        return;
    }
    if (entry->state == ENTRY_FREE) {
        entry->statement = statement;
        for (int i = 0; i < statement->parameters; i++)
            strbuf_add(&entry->values[i], values[i], strlen(values[i]));
    }
    if (entry->state == ENTRY_FREE || entry->state == ENTRY_READY) {
        entry->state = ENTRY_QUEUED;
        entry->since_us = now_us;
    }
    UP_ASSERT(begin_waiting(reader, entry, on_document, arg));
    ask_next(reader);
}

bool reader_is_up(const struct reader *reader)
{
    return reader->is_up;
}

/* ---- its life --------------------------------------------------------------------------- */

struct reader *reader_new(const struct reader_settings *settings, struct up_err *err)
{
    struct reader *reader = mem_alloc(sizeof *reader);
    reader->settings = *settings;
    reader->settings.conninfo = reader->settings.application_name = NULL;
    reader->resolver = resolver_new(settings->loop, err);
    if (reader->resolver == NULL) {
        reader_free(reader);
        return NULL;
    }
    const struct pg_conn_settings conn = {.conninfo = settings->conninfo,
                                          .application_name = settings->application_name,
                                          .statement_timeout_ms = settings->statement_timeout_ms,
                                          .lock_timeout_ms = LOCK_MS,
                                          .idle_transaction_timeout_ms = IDLE_TRANSACTION_MS,
                                          .silence_max_ms = 2 * settings->statement_timeout_ms,
                                          .session_sql = page_sql_session,
                                          .seed = (uint64_t)settings->now_us()};
    reader->conn =
        pg_conn_new(settings->loop, reader->resolver, &conn, connection_changed, reader, err);
    if (reader->conn == NULL) {
        reader_free(reader);
        return NULL;
    }
    return reader;
}

void reader_free(struct reader *reader)
{
    if (reader == NULL)
        return;
    pg_conn_free(reader->conn);
    resolver_free(reader->resolver);
    for (int i = 0; i < ENTRIES; i++)
        give_up(reader, &reader->entries[i]);
    pg_image_done(&reader->image);
    mem_free(reader);
}
