/* The web page and its JSON. */
#include "app/page.h"

#include <stdio.h>
#include <string.h>

#include "app/connection.h"
#include "app/page_token.h"
#include "app/reader.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/glossary.h"
#include "codec/gzip.h"
#include "codec/json_reader.h"
#include "codec/json_write.h"
#include "codec/page_files.h"
#include "codec/page_sql.h"

enum { STATEMENT_TIMEOUT_MS = 8000, FRESH_US = 2000 * 1000, NAME_BYTES_MAX = 512 };

static const char json_type[] = "application/json";

/* Nothing but what comes from here, no script or style within the document, nothing that a script
 * could turn into markup. */
static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

/* Bytes to send, plain or compressed, as the browser likes. */
struct content {
    const char *type;
    const void *bytes;
    size_t length;
    const void *gzip;
    size_t gzip_length;
    uint64_t hash;
};

struct page {
    struct page_settings settings;
    struct reader *reader;
    struct strbuf glossary, glossary_gzip;
    uint64_t *file_hashes;
};

/* ---- answers ---------------------------------------------------------------------------- */

/* Weak: compressed or not it is the same. */
static void format_etag(char etag[static 24], uint64_t hash)
{
    (void)snprintf(etag, 24, "W/\"%016llx\"", (unsigned long long)hash);
}

static bool accepts_gzip(const struct http_request *request)
{
    const char *accepted = http_request_header(request, "Accept-Encoding");
    const char *gzip = accepted != NULL ? strstr(accepted, "gzip") : NULL;
    return gzip != NULL && strncmp(gzip, "gzip;q=0,", 9) != 0 && strcmp(gzip, "gzip;q=0") != 0;
}

static void answer_content(struct http_answer *answer, const struct content *content)
{
    char etag[24];
    format_etag(etag, content->hash);
    http_answer_header(answer, "ETag", etag);
    http_answer_header(answer, "Cache-Control", "private, no-cache");
    http_answer_header(answer, "Vary", "Accept-Encoding");
    const char *known = http_request_header(answer->request, "If-None-Match");
    if (known != NULL && strstr(known, etag) != NULL) {
        answer->status = 304;
        return;
    }
    answer->content_type = content->type;
    bool is_compressed = accepts_gzip(answer->request);
    if (is_compressed)
        http_answer_header(answer, "Content-Encoding", "gzip");
    strbuf_add(&answer->body, is_compressed ? content->gzip : content->bytes,
               is_compressed ? content->gzip_length : content->length);
}

static void answer_error(struct http_answer *answer, int status, const char *sentence)
{
    struct json_write json = {.out = &answer->body};
    answer->status = status;
    answer->content_type = json_type;
    json_write_begin_object(&json);
    json_write_name(&json, "error");
    json_write_word(&json, sentence);
    json_write_end_object(&json);
}

/* ---- files ------------------------------------------------------------------------------ */

static void answer_file(const struct page *page, struct http_answer *answer, const char *name)
{
    size_t count;
    const struct page_file *files = page_files_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(files[i].name, name) != 0)
            continue;
        const struct content content = {files[i].content_type, files[i].bytes,
                                        files[i].length,       files[i].gzip,
                                        files[i].gzip_length,  page->file_hashes[i]};
        http_answer_header(answer, "Content-Security-Policy", page_policy);
        answer_content(answer, &content);
        return;
    }
    answer->status = 404;
    answer->content_type = "text/plain; charset=utf-8";
    strbuf_add_text(&answer->body, "There is nothing here.\n");
}

static void serve_front(void *arg, const struct http_request *request, struct http_answer *answer)
{
    const struct page *page = arg;
    if (page_token_admits(page->settings.config, request, answer))
        answer_file(page, answer, "index.html");
}

static void serve_file(void *arg, const struct http_request *request, struct http_answer *answer)
{
    const struct page *page = arg;
    if (page_token_admits(page->settings.config, request, answer))
        answer_file(page, answer, http_request_rest(request));
}

/* ---- documents -------------------------------------------------------------------------- */

static void serve_glossary(void *arg, const struct http_request *request,
                           struct http_answer *answer)
{
    const struct page *page = arg;
    if (!page_token_admits(page->settings.config, request, answer))
        return;
    const struct content content = {
        .type = json_type,
        .bytes = page->glossary.data,
        .length = page->glossary.length,
        .gzip = page->glossary_gzip.data,
        .gzip_length = page->glossary_gzip.length,
        .hash = hash_xx64(page->glossary.data, page->glossary.length),
    };
    answer_content(answer, &content);
}

static void document_came(void *arg, const struct reader_document *document)
{
    struct http_later *later = arg;
    struct http_answer *answer = http_later_answer(later);
    const struct content content = {
        json_type,      document->bytes,       document->length,
        document->gzip, document->gzip_length, document->hash,
    };
    switch (document->outcome) {
    case READER_FOUND:
        answer_content(answer, &content);
        break;
    case READER_NOT_FOUND:
        answer_error(answer, 404, "No day of a team of this name has closed yet.");
        break;
    case READER_UNAVAILABLE:
        http_answer_header(answer, "Retry-After", "5");
        answer_error(answer, 503,
                     "PostgreSQL does not answer at the moment, or is busy; try again soon.");
        break;
    }
    http_later_send(later);
}

/* names: of the query, for the first parameters; the others stay empty. */
static void serve_document(struct page *page, const struct http_request *request,
                           struct http_answer *answer, const struct pg_statement *statement,
                           const char *const *names, int count)
{
    const char *values[READER_VALUES_MAX] = {"", "", ""};
    if (!page_token_admits(page->settings.config, request, answer))
        return;
    for (int i = 0; i < count; i++) {
        values[i] = http_request_query(request, names[i]);
        size_t length = values[i] != NULL ? strlen(values[i]) : 0;
        if (length == 0 || length > NAME_BYTES_MAX || !json_reader_is_utf8(values[i], length)) {
            answer_error(answer, 400, "The query lacks a name, or it is too long or no UTF-8.");
            return;
        }
    }
    reader_ask(page->reader, statement, values, document_came, http_answer_later(answer));
}

static void serve_teams(void *arg, const struct http_request *request, struct http_answer *answer)
{
    struct page *page = arg;
    bool has_weeks = http_request_query(request, "weeks") != NULL;
    const char *values[READER_VALUES_MAX] = {"", has_weeks ? "weeks" : "", ""};
    if (page_token_admits(page->settings.config, request, answer))
        reader_ask(page->reader, &page_sql_teams, values, document_came, http_answer_later(answer));
}

static void serve_team(void *arg, const struct http_request *request, struct http_answer *answer)
{
    static const char *const names[] = {"team"};
    serve_document(arg, request, answer, &page_sql_team, names, 1);
}

static void serve_history(void *arg, const struct http_request *request, struct http_answer *answer)
{
    static const char *const names[] = {"team", "measure"};
    serve_document(arg, request, answer, &page_sql_history, names, 2);
}

/* ---- its life --------------------------------------------------------------------------- */

static void hash_files(struct page *page)
{
    size_t count;
    const struct page_file *files = page_files_list(&count);
    page->file_hashes = mem_alloc_array(count, sizeof *page->file_hashes);
    for (size_t i = 0; i < count; i++)
        page->file_hashes[i] = hash_xx64(files[i].bytes, files[i].length);
}

struct page *page_new(const struct page_settings *settings, struct up_err *err)
{
    struct page *page = mem_alloc(sizeof *page);
    struct strbuf conninfo = {0};
    page->settings = *settings;
    connection_text(settings->config, &conninfo);
    const struct reader_settings reader = {.loop = settings->loop,
                                           .conninfo = strbuf_text(&conninfo),
                                           .application_name = "uptaked/page",
                                           .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
                                           .fresh_us = FRESH_US,
                                           .now_us = settings->now_us};
    page->reader = reader_new(&reader, err);
    connection_wipe(&conninfo);
    if (page->reader == NULL) {
        page_free(page);
        return NULL;
    }
    glossary_write(&page->glossary, &settings->config->settings,
                   config_definitions(settings->config));
    gzip_add(&page->glossary_gzip, page->glossary.data, page->glossary.length);
    hash_files(page);
    return page;
}

void page_free(struct page *page)
{
    if (page == NULL)
        return;
    reader_free(page->reader);
    strbuf_done(&page->glossary);
    strbuf_done(&page->glossary_gzip);
    mem_free(page->file_hashes);
    mem_free(page);
}

void page_add_routes(struct page *page, struct http *http)
{
    http_route(http, "/", serve_front, page);
    http_route(http, "/page/*", serve_file, page);
    http_route(http, "/api/v1/glossary", serve_glossary, page);
    http_route(http, "/api/v1/teams", serve_teams, page);
    http_route(http, "/api/v1/team", serve_team, page);
    http_route(http, "/api/v1/history", serve_history, page);
}
