/* Asks HTTP servers: libcurl's multi interface, whose sockets and timer are those of the loop. */
#include "io/http_client.h"

#include <curl/curl.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "io/loop.h"

enum { BODY_BYTES_MAX = 16 * 1024 * 1024, CONNECTIONS_KEPT = 8, GET_WAIT_MS = 1000 };

/* A request under way. */
struct exchange {
    struct http_client *client;
    struct exchange *next, **place; /* in the client's list */
    CURL *easy;
    struct curl_slist *headers;
    struct strbuf body;
    size_t body_bytes_max;
    http_client_on_answer *answered;
    void *arg;
    char error[CURL_ERROR_SIZE];
};

struct http_client {
    struct loop *loop;
    CURLM *multi;
    struct loop_timer *timer;
    struct exchange *exchanges;
};

/* ---- one request --------------------------------------------------------------------------------------------------- */

static size_t take_bytes(char *bytes, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;
    if (exchange->body.length + size * count > exchange->body_bytes_max)
        return 0;
    strbuf_add(&exchange->body, bytes, size * count);
    return size * count;
}

static void exchange_free(struct exchange *exchange)
{
    if (exchange->place != NULL)
        *exchange->place = exchange->next;
    if (exchange->next != NULL)
        exchange->next->place = exchange->place;
    (void)curl_multi_remove_handle(exchange->client->multi, exchange->easy);
    curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    strbuf_done(&exchange->body);
    mem_free(exchange);
}

static void add_header(struct exchange *exchange, const char *header)
{
    struct curl_slist *longer = curl_slist_append(exchange->headers, header);
    UP_ASSERT(longer != NULL);
    exchange->headers = longer;
}

static void set_authentication(CURL *easy, const struct http_client_request *request)
{
    if (request->user != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        (void)curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
        (void)curl_easy_setopt(easy, CURLOPT_PASSWORD,
                               request->password != NULL ? request->password : "");
    }
    if (request->token != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        (void)curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, request->token);
    }
    if (request->ca_file != NULL)
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
}

/* CURLE_OK, or why libcurl does not take it. */
static CURLcode set_up(struct exchange *exchange, const struct http_client_request *request)
{
    CURL *easy = exchange->easy;
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    /* A look-up that hangs is not waited for at the end. */
    (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    set_authentication(easy, request);
    if (request->body.bytes != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)request->body.length);
        (void)curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body.bytes);
        add_header(exchange, "Expect:");
    }
    for (size_t i = 0; i < request->header_count; i++)
        add_header(exchange, request->headers[i]);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_URL, request->url) : code;
}

int http_client_send(struct http_client *client, const struct http_client_request *request,
                     http_client_on_answer *answered, void *arg, struct up_err *err)
{
    struct exchange *exchange = mem_alloc(sizeof *exchange);
    *exchange = (struct exchange){.client = client,
                                  .easy = curl_easy_init(),
                                  .body_bytes_max = request->answer_bytes_max,
                                  .answered = answered,
                                  .arg = arg};
    UP_ASSERT(exchange->easy != NULL);
    CURLcode code = set_up(exchange, request);
    CURLMcode added =
        code == CURLE_OK ? curl_multi_add_handle(client->multi, exchange->easy) : CURLM_OK;
    if (code != CURLE_OK || added != CURLM_OK) {
        exchange_free(exchange);
        return up_fail(err, UP_EINVAL, "%s",
                       code != CURLE_OK ? curl_easy_strerror(code) : curl_multi_strerror(added));
    }
    exchange->next = client->exchanges;
    exchange->place = &client->exchanges;
    if (exchange->next != NULL)
        exchange->next->place = &exchange->next;
    client->exchanges = exchange;
    return UP_OK;
}

static int code_of(CURLcode result)
{
    switch (result) {
    case CURLE_WRITE_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_GOT_NOTHING:
    case CURLE_BAD_CONTENT_ENCODING:
        return UP_EIO;
    default:
        return UP_ECONN;
    }
}

static void finish(struct exchange *exchange, CURLcode result)
{
    struct http_client_answer answer = {0};
    long status = 0;
    (void)curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    if (result == CURLE_OK) {
        answer.status = (int)status;
        answer.body =
            (struct text){.bytes = exchange->body.data, .length = (uint32_t)exchange->body.length};
    } else if (result == CURLE_WRITE_ERROR) {
        (void)up_fail(&answer.err, UP_EIO, "status %ld with more than %zu bytes", status,
                      exchange->body_bytes_max);
    } else {
        (void)up_fail(&answer.err, (enum up_code)code_of(result), "%s",
                      exchange->error[0] != '\0' ? exchange->error : curl_easy_strerror(result));
    }
    exchange->answered(exchange->arg, &answer);
    exchange_free(exchange);
}

/* ---- the loop ------------------------------------------------------------------------------------------------------- */

static void hand_out(struct http_client *client)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
        struct exchange *exchange = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode result = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)(void *)&exchange);
        finish(exchange, result);
    }
}

static void carry_on(struct http_client *client, curl_socket_t socket, int what)
{
    int running;
    (void)curl_multi_socket_action(client->multi, socket, what, &running);
    hand_out(client);
}

/* What the loop watches of one socket. */
struct watched {
    struct http_client *client;
    struct loop_watch *watch;
    curl_socket_t socket;
};

static void socket_ready(void *arg, bool readable, bool writable)
{
    const struct watched *watched = arg;
    carry_on(watched->client, watched->socket,
             (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0));
}

static int socket_changed(CURL *easy, curl_socket_t socket, int what, void *arg, void *socket_arg)
{
    struct http_client *client = arg;
    struct watched *watched = socket_arg;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watched != NULL) {
            loop_watch_free(watched->watch);
            mem_free(watched);
        }
        (void)curl_multi_assign(client->multi, socket, NULL);
        return 0;
    }
    bool want_read = (what & CURL_POLL_IN) != 0, want_write = (what & CURL_POLL_OUT) != 0;
    if (watched != NULL) {
        loop_watch_change(watched->watch, want_read, want_write);
        return 0;
    }
    watched = mem_alloc(sizeof *watched);
    *watched = (struct watched){.client = client, .socket = socket};
    watched->watch =
        loop_watch_new(client->loop, socket, want_read, want_write, socket_ready, watched);
    (void)curl_multi_assign(client->multi, socket, watched);
    return 0;
}

static int timer_changed(CURLM *multi, long delay_ms, void *arg)
{
    const struct http_client *client = arg;
    (void)multi;
    if (delay_ms < 0)
        loop_timer_stop(client->timer);
    else
        loop_timer_start(client->timer, delay_ms);
    return 0;
}

static void timer_elapsed(void *arg)
{
    carry_on(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* ---- the client ------------------------------------------------------------------------------------------------------ */

struct http_client *http_client_new(struct loop *loop, struct up_err *err)
{
    CURLM *multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;
    if (multi == NULL) {
        (void)up_fail(err, UP_EIO, "libcurl does not start");
        return NULL;
    }
    struct http_client *client = mem_alloc(sizeof *client);
    *client = (struct http_client){.loop = loop, .multi = multi};
    client->timer = loop_timer_new(loop, timer_elapsed, client);
    (void)curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    (void)curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client);
    (void)curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    (void)curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client);
    (void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    return client;
}

void http_client_free(struct http_client *client)
{
    if (client == NULL)
        return;
    while (client->exchanges != NULL)
        exchange_free(client->exchanges);
    (void)curl_multi_cleanup(client->multi);
    loop_timer_free(client->timer);
    mem_free(client);
    curl_global_cleanup();
}

/* ---- waiting for one answer -------------------------------------------------------------------------------------------- */

struct awaited {
    struct strbuf *body;
    struct up_err err;
    bool has_come;
};

static void note_answer(void *arg, const struct http_client_answer *answer)
{
    struct awaited *awaited = arg;
    awaited->has_come = true;
    awaited->err = answer->err;
    if (answer->status == 200)
        strbuf_add(awaited->body, answer->body.bytes, answer->body.length);
    else if (answer->status != 0)
        (void)up_fail(&awaited->err, UP_EIO, "answers with status %d", answer->status);
}

int http_client_get(const char *url, int timeout_ms, struct strbuf *ret_body, struct up_err *err)
{
    struct loop *loop = loop_new(err);
    if (loop == NULL)
        return UP_EIO;
    struct awaited awaited = {.body = ret_body};
    struct http_client *client = http_client_new(loop, &awaited.err);
    const struct http_client_request request = {
        .url = url, .timeout_ms = timeout_ms, .answer_bytes_max = BODY_BYTES_MAX};
    int code = client == NULL
                   ? UP_EIO
                   : http_client_send(client, &request, note_answer, &awaited, &awaited.err);
    while (code == UP_OK && !awaited.has_come)
        loop_wait(loop, GET_WAIT_MS);
    http_client_free(client);
    loop_free(loop);
    if (awaited.err.code != UP_OK)
        return up_fail(err, (enum up_code)awaited.err.code, "%s: %s", url, awaited.err.text);
    return UP_OK;
}
