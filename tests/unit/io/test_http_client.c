/* Tests of io/http_client: answers, refusals, silence, too much, no HTTP at all, and waiting for one. */
#include "io/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "io/http.h"
#include "io/loop.h"

enum { WAIT_MS = 60000, TIMEOUT_MS = 30000, BODY_BYTES = 100000 };

struct noted {
    int count, status, code;
    size_t length;
    char text[256];
};

static struct loop *loop;
static struct http *server;
static struct http_client *client;

static void say_hello(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)arg;
    const char *header = http_request_header(request, "X-Test");
    const char *authorization = http_request_header(request, "Authorization");
    strbuf_add_format(&answer->body, "hello %s %s", header != NULL ? header : "-",
                      authorization != NULL ? authorization : "-");
}

static void say_much(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)arg, (void)request;
    memset(strbuf_room(&answer->body, BODY_BYTES), 'x', BODY_BYTES);
    answer->body.length += BODY_BYTES;
}

static void say_busy(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)arg, (void)request;
    answer->status = 503;
}

static int begin(void **state)
{
    (void)state;
    struct up_err err = {0};
    const struct http_settings settings = {.address = "127.0.0.1:0",
                                           .connections_max = 8,
                                           .idle_timeout_ms = WAIT_MS,
                                           .request_timeout_ms = WAIT_MS,
                                           .now_us = clock_mono_us};
    loop = loop_new(&err);
    server = http_new(loop, &settings, &err);
    client = http_client_new(loop, &err);
    if (server == NULL || client == NULL)
        return -1;
    http_route(server, "/hello", say_hello, NULL);
    http_route(server, "/much", say_much, NULL);
    http_route(server, "/busy", say_busy, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    http_client_free(client);
    http_free(server);
    loop_free(loop);
    return 0;
}

static void note(void *arg, const struct http_client_answer *answer)
{
    struct noted *noted = arg;
    noted->count++;
    noted->status = answer->status;
    noted->code = answer->err.code;
    noted->length = answer->body.length;
    (void)snprintf(noted->text, sizeof noted->text, "%.*s", (int)answer->body.length,
                   answer->body.length > 0 ? answer->body.bytes : "");
}

static void await(const struct noted *noted)
{
    int64_t deadline_us = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    while (noted->count == 0) {
        assert_true(clock_mono_us() < deadline_us);
        loop_wait(loop, 100);
    }
    assert_int_equal(noted->count, 1);
}

static struct noted ask(uint16_t port, const char *path, struct http_client_request request)
{
    char url[128];
    struct noted noted = {0};
    struct up_err err = {0};
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
    request.url = url;
    if (request.timeout_ms == 0)
        request.timeout_ms = TIMEOUT_MS;
    if (request.answer_bytes_max == 0)
        request.answer_bytes_max = 1000;
    assert_int_equal(http_client_send(client, &request, note, &noted, &err), UP_OK);
    assert_int_equal(noted.count, 0);
    await(&noted);
    return noted;
}

/* A socket that listens and whose connections nobody serves. */
static int listen_at(uint16_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(descriptor, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(descriptor, 4), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&address, &length), 0);
    *ret_port = ntohs(address.sin_port);
    return descriptor;
}

static void an_answer_has_status_and_body(void **state)
{
    (void)state;
    static const char *const headers[] = {"X-Test: yes"};
    struct noted noted = ask(http_port(server), "/hello",
                             (struct http_client_request){.headers = headers, .header_count = 1});
    assert_int_equal(noted.status, 200);
    assert_string_equal(noted.text, "hello yes -");
    assert_int_equal(ask(http_port(server), "/busy", (struct http_client_request){0}).status, 503);
    assert_int_equal(ask(http_port(server), "/none", (struct http_client_request){0}).status, 404);
}

static void who_asks_is_said(void **state)
{
    (void)state;
    struct noted noted = ask(http_port(server), "/hello",
                             (struct http_client_request){.user = "u", .password = "p:q"});
    assert_string_equal(noted.text, "hello - Basic dTpwOnE=");
    noted = ask(http_port(server), "/hello", (struct http_client_request){.token = "secret"});
    assert_string_equal(noted.text, "hello - Bearer secret");
}

static void too_much_is_an_error(void **state)
{
    (void)state;
    struct noted noted = ask(http_port(server), "/much", (struct http_client_request){0});
    assert_int_equal(noted.status, 0);
    assert_int_equal(noted.code, UP_EIO);
    noted = ask(http_port(server), "/much",
                (struct http_client_request){.answer_bytes_max = BODY_BYTES});
    assert_int_equal(noted.status, 200);
    assert_int_equal(noted.length, BODY_BYTES);
}

static void silence_and_refusal_are_no_connection(void **state)
{
    (void)state;
    uint16_t port;
    int descriptor = listen_at(&port);
    struct noted noted = ask(port, "/", (struct http_client_request){.timeout_ms = 200});
    assert_int_equal(noted.status, 0);
    assert_int_equal(noted.code, UP_ECONN);
    assert_int_equal(close(descriptor), 0);
    noted = ask(port, "/", (struct http_client_request){0});
    assert_int_equal(noted.code, UP_ECONN);
}

static void what_is_no_http_is_an_error(void **state)
{
    (void)state;
    static const char garbage[] = "\x01\x02 this is no HTTP\r\n\r\n";
    uint16_t port;
    int descriptor = listen_at(&port);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char request[512];
        int connection = accept(descriptor, NULL, NULL);
        bool is_said =
            read(connection, request, sizeof request) > 0 &&
            write(connection, garbage, sizeof garbage - 1) == (ssize_t)sizeof garbage - 1;
        _exit(is_said ? 0 : 1);
    }
    struct noted noted = ask(port, "/", (struct http_client_request){.body = {"x", 1}});
    assert_int_equal(noted.status, 0);
    assert_int_equal(noted.code, UP_EIO);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(close(descriptor), 0);
}

static void what_cannot_be_asked_is_said_at_once(void **state)
{
    (void)state;
    struct noted noted = {0};
    struct up_err err = {0};
    const struct http_client_request request = {
        .url = "http://127.0.0.1:99999/", .timeout_ms = 1000, .answer_bytes_max = 10};
    int code = http_client_send(client, &request, note, &noted, &err);
    if (code == UP_OK)
        await(&noted);
    assert_true(code == UP_EINVAL || noted.code == UP_EIO);
    assert_int_equal(noted.status, 0);
}

static void what_is_under_way_ends_with_the_client(void **state)
{
    (void)state;
    uint16_t port;
    struct noted noted = {0};
    struct up_err err = {0};
    char url[64];
    int descriptor = listen_at(&port);
    struct http_client *other = http_client_new(loop, &err);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
    const struct http_client_request request = {
        .url = url, .timeout_ms = TIMEOUT_MS, .answer_bytes_max = 10};
    assert_int_equal(http_client_send(other, &request, note, &noted, &err), UP_OK);
    assert_int_equal(http_client_send(other, &request, note, &noted, &err), UP_OK);
    loop_wait(loop, 50);
    http_client_free(other);
    assert_int_equal(noted.count, 0);
    assert_int_equal(close(descriptor), 0);
}

static void a_command_waits_for_a_page(void **state)
{
    (void)state;
    char url[64];
    struct up_err err = {0};
    struct strbuf body = {0};
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/hello", http_port(server));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool is_there = http_client_get(url, TIMEOUT_MS, &body, &err) == UP_OK &&
                        strcmp(strbuf_text(&body), "hello - -") == 0;
        strbuf_done(&body);
        _exit(is_there ? 0 : 1);
    }
    int status = -1;
    int64_t deadline_us = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    while (waitpid(child, &status, WNOHANG) == 0) {
        assert_true(clock_mono_us() < deadline_us);
        loop_wait(loop, 20);
    }
    assert_int_equal(status, 0);
    uint16_t port;
    assert_int_equal(close(listen_at(&port)), 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
    assert_int_equal(http_client_get(url, TIMEOUT_MS, &body, &err), UP_ECONN);
    assert_non_null(strstr(err.text, url));
    strbuf_done(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_has_status_and_body),
        cmocka_unit_test(who_asks_is_said),
        cmocka_unit_test(too_much_is_an_error),
        cmocka_unit_test(silence_and_refusal_are_no_connection),
        cmocka_unit_test(what_is_no_http_is_an_error),
        cmocka_unit_test(what_cannot_be_asked_is_said_at_once),
        cmocka_unit_test(what_is_under_way_ends_with_the_client),
        cmocka_unit_test(a_command_waits_for_a_page),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
