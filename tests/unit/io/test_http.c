/* Tests of io/http with raw sockets: answers, limits, rude clients, names, unix sockets. */
#include "io/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "io/loop.h"
#include "support/temp_dir.h"

enum { WAIT_MS = 60000, ANSWER_BYTES = 1 << 20, CLIENTS_MAX = 16 };

/* The server of the test that runs: open with the usual settings, or for the test to open; closed behind it. */
static struct {
    struct loop *loop;
    struct http *http;
    struct sockaddr_storage address;
    socklen_t address_length;
} fixture;

/* What a client has got so far. */
struct client {
    int descriptor;
    size_t length;
    bool is_over;
    char *answer;
};

static void say_hello(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)request;
    answer->content_type = "text/plain; charset=utf-8";
    strbuf_add_text(&answer->body, arg);
}

/* "<path>|<rest>|<q>|<X-Test>" */
static void echo(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)arg;
    const char *q = http_request_query(request, "q");
    const char *header = http_request_header(request, "X-Test");
    answer->status = 503;
    http_answer_header(answer, "Cache-Control", "max-age=5");
    strbuf_add_format(&answer->body, "%s|%s|%s|%s", http_request_path(request),
                      http_request_rest(request), q != NULL ? q : "-",
                      header != NULL ? header : "-");
}

static void send_much(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)arg;
    (void)request;
    enum { MUCH_BYTES = 16 << 20 };
    memset(strbuf_room(&answer->body, MUCH_BYTES), 'x', MUCH_BYTES);
    answer->body.length = MUCH_BYTES;
}

/* What a handler promised and nobody has sent yet. */
static struct http_later *promised;

static void promise(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)arg;
    (void)request;
    strbuf_add_text(&answer->body, "not this");
    strbuf_done(&answer->body);
    promised = http_answer_later(answer);
}

static struct http_settings usual_settings(const char *address)
{
    return (struct http_settings){.address = address,
                                  .connections_max = 4,
                                  .idle_timeout_ms = 40000,
                                  .request_timeout_ms = 50000,
                                  .now_us = clock_mono_us};
}

static void open_http(const struct http_settings *settings)
{
    struct up_err err = {0};
    fixture.loop = loop_new(NULL);
    fixture.http = http_new(fixture.loop, settings, &err);
    if (fixture.http == NULL)
        fail_msg("%s", err.text);
    http_route(fixture.http, "/", say_hello, (void *)(uintptr_t) "front");
    http_route(fixture.http, "/hello", say_hello, (void *)(uintptr_t) "hello");
    http_route(fixture.http, "/much", send_much, NULL);
    http_route(fixture.http, "/later", promise, NULL);
    http_route(fixture.http, "/echo/*", echo, NULL);
    if (http_port(fixture.http) == 0) {
        struct sockaddr_un *address = (struct sockaddr_un *)&fixture.address;
        address->sun_family = AF_UNIX;
        (void)snprintf(address->sun_path, sizeof address->sun_path, "%s", settings->address);
        fixture.address_length = sizeof *address;
    } else {
        struct sockaddr_in *address = (struct sockaddr_in *)&fixture.address;
        address->sin_family = AF_INET;
        address->sin_port = htons(http_port(fixture.http));
        address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fixture.address_length = sizeof *address;
    }
}

static void close_http(void)
{
    http_free(fixture.http);
    loop_free(fixture.loop);
    memset(&fixture, 0, sizeof fixture);
}

static int begin_usual(void **state)
{
    (void)state;
    struct http_settings settings = usual_settings("127.0.0.1:0");
    open_http(&settings);
    return 0;
}

static int end(void **state)
{
    (void)state;
    close_http();
    return 0;
}

static void client_open(struct client *client)
{
    const struct sockaddr *address = (const struct sockaddr *)&fixture.address;
    *client = (struct client){.answer = calloc(1, ANSWER_BYTES)};
    client->descriptor = socket(address->sa_family, SOCK_STREAM, 0);
    assert_true(client->descriptor >= 0);
    assert_int_equal(connect(client->descriptor, address, fixture.address_length), 0);
    assert_int_equal(fcntl(client->descriptor, F_SETFL, O_NONBLOCK), 0);
}

static void client_close(struct client *client)
{
    (void)close(client->descriptor);
    free(client->answer);
}

static void client_send(const struct client *client, const char *bytes)
{
    size_t length = strlen(bytes);
    assert_int_equal(send(client->descriptor, bytes, length, MSG_NOSIGNAL), length);
}

static void client_receive(struct client *client)
{
    while (!client->is_over) {
        ssize_t got = recv(client->descriptor, client->answer + client->length,
                           ANSWER_BYTES - 1 - client->length, 0);
        if (got < 0 && errno == EAGAIN)
            return;
        client->is_over = got <= 0 || client->length + (size_t)got >= ANSWER_BYTES - 1;
        if (got > 0)
            client->length += (size_t)got;
    }
}

static void client_finish(struct client *client)
{
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    while (!client->is_over) {
        assert_true(clock_mono_us() < deadline);
        loop_wait(fixture.loop, 5);
        client_receive(client);
    }
}

/* Sends and receives all. The answer is in a buffer that the next call uses again. */
static const char *ask(const char *request)
{
    static char answer[ANSWER_BYTES];
    struct client client;
    client_open(&client);
    client_send(&client, request);
    client_finish(&client);
    memcpy(answer, client.answer, client.length + 1);
    client_close(&client);
    return answer;
}

static void assert_answer(const char *answer, const char *start, const char *end)
{
    size_t length = strlen(answer);
    if (strncmp(answer, start, strlen(start)) != 0 || length < strlen(end) ||
        strcmp(answer + length - strlen(end), end) != 0)
        fail_msg("want \"%s\"...\"%s\", got \"%.300s\"", start, end, answer);
}

static void routes_answer(void **state)
{
    (void)state;
    const char *answer = ask("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_answer(answer, "HTTP/1.1 200 OK\r\n", "\r\n\r\nhello");
    assert_non_null(strstr(answer, "Content-Length: 5\r\n"));
    assert_non_null(strstr(answer, "Content-Type: text/plain; charset=utf-8\r\n"));
    assert_non_null(strstr(answer, "Connection: close\r\n"));
    assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'none'"));
    assert_non_null(strstr(answer, "Cache-Control: no-store\r\n"));
    assert_answer(ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "HTTP/1.1 200", "front");
    assert_answer(ask("GET /hell HTTP/1.1\r\nHost: localhost\r\n\r\n"), "HTTP/1.1 404", "\n");
    assert_answer(ask("GET /hello/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), "HTTP/1.1 404", "\n");
    assert_int_equal(http_counters(fixture.http)->requests, 2);
    assert_int_equal(http_counters(fixture.http)->refused, 2);
}

static void head_has_the_length_and_no_body(void **state)
{
    (void)state;
    const char *answer = ask("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_answer(answer, "HTTP/1.1 200 OK\r\n", "\r\n\r\n");
    const char *length = strstr(answer, "Content-Length: 5\r\n");
    assert_non_null(length);
    assert_null(strstr(length + 1, "Content-Length"));
}

static void requests_are_decoded(void **state)
{
    (void)state;
    const char *answer = ask("GET /echo/a%2Fb%20c?x=1&q=%C3%A4+%26&q=2 HTTP/1.1\r\n"
                             "Host: localhost\r\nX-Test: yes\r\n\r\n");
    assert_answer(answer, "HTTP/1.1 503 Service Unavailable\r\n",
                  "/echo/a/b c|a/b c|\xc3\xa4 &|yes");
    assert_non_null(strstr(answer, "Cache-Control: max-age=5\r\n"));
    assert_null(strstr(answer, "no-store"));
    assert_answer(ask("GET /echo/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), "HTTP/1.1 503",
                  "/echo/||-|-");
}

static void await_promise(void)
{
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    while (promised == NULL) {
        assert_true(clock_mono_us() < deadline);
        loop_wait(fixture.loop, 5);
    }
}

static void send_promised(void)
{
    struct http_answer *answer = http_later_answer(promised);
    answer->status = 404;
    answer->content_type = "text/plain";
    http_answer_header(answer, "X-Asked", http_request_header(answer->request, "X-Test"));
    strbuf_add_text(&answer->body, "now");
    http_later_send(promised);
    promised = NULL;
}

static void an_answer_may_come_later(void **state)
{
    (void)state;
    struct client client;
    client_open(&client);
    client_send(&client, "GET /later HTTP/1.1\r\nHost: localhost\r\nX-Test: yes\r\n\r\n");
    await_promise();
    assert_answer(ask("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"), "HTTP/1.1 200", "hello");
    client_receive(&client);
    assert_int_equal(client.length, 0);
    send_promised();
    client_finish(&client);
    assert_answer(client.answer, "HTTP/1.1 404 Not Found\r\n", "\r\n\r\nnow");
    assert_non_null(strstr(client.answer, "X-Asked: yes\r\n"));
    client_close(&client);
}

static void a_promise_outlives_its_client(void **state)
{
    (void)state;
    struct http_settings settings = usual_settings("127.0.0.1:0");
    settings.request_timeout_ms = 1;
    open_http(&settings);
    struct client client;
    client_open(&client);
    client_send(&client, "GET /later HTTP/1.1\r\nHost: localhost\r\nX-Test: yes\r\n\r\n");
    await_promise();
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    while (http_counters(fixture.http)->timeouts == 0) {
        assert_true(clock_mono_us() < deadline);
        loop_wait(fixture.loop, 5);
    }
    client_close(&client);
    send_promised();
    while (http_counters(fixture.http)->connections > 0) {
        assert_true(clock_mono_us() < deadline);
        loop_wait(fixture.loop, 5);
    }
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *start;
    } cases[] = {
        {"GET /echo/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400"},
        {"GET /echo/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400"},
        {"GET /echo/% HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400"},
        {"GET /echo/%4 HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400"},
        {"GET /echo/?q=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400"},
        {"GET http://evil.example/hello HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400"},
        {"POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 501"},
        {"DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 501"},
        {"BREW /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 501"},
        {"nonsense\r\n\r\n", "HTTP/1."},
        {"GET /hello HTTP/9.9\r\nHost: localhost\r\n\r\n", "HTTP/1."},
        {"\x16\x03\x01\x02\r\n\r\n", "HTTP/1."},
    };
    struct http_settings settings = usual_settings("127.0.0.1:0");
    open_http(&settings);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *answer = ask(cases[i].request);
        /* Closing without a word is as good an answer to what is no HTTP. */
        if (answer[0] == '\0' && strcmp(cases[i].start, "HTTP/1.") == 0)
            continue;
        if (strncmp(answer, cases[i].start, strlen(cases[i].start)) != 0)
            fail_msg("case %zu: \"%.200s\"", i, answer);
        assert_null(strstr(answer, "200 OK"));
    }
    assert_int_equal(http_counters(fixture.http)->requests, 0);
}

static void foreign_names_are_not_served_on_loopback(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool is_ours;
    } cases[] = {
        {"Host: localhost\r\n", true},
        {"Host: LOCALHOST:9464\r\n", true},
        {"Host: 127.0.0.1:80\r\n", true},
        {"Host: [::1]:80\r\n", true},
        {"Host: metrics.example:9464\r\n", true},
        {"Host: evil.example\r\n", false},
        {"Host: localhost.evil.example\r\n", false},
        {"Host: evil.example:127.0.0.1\r\n", false},
        {"Host: localhost:80@evil.example\r\n", false},
        {"Host: [::1\r\n", false},
        {"Host:\r\n", false},
        {"Host: localhost\r\nHost: localhost\r\n", false},
        {"", false},
    };
    struct http_settings settings = usual_settings("127.0.0.1:0");
    settings.hosts = "other.example, metrics.example";
    open_http(&settings);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char request[200];
        (void)snprintf(request, sizeof request, "GET /hello HTTP/1.1\r\n%s\r\n", cases[i].host);
        const char *want = cases[i].is_ours ? "HTTP/1.1 200" : "HTTP/1.1 421";
        if (strncmp(ask(request), want, strlen(want)) != 0)
            fail_msg("wrong for \"%s\"", cases[i].host);
    }
    close_http();
    settings = usual_settings("0.0.0.0:0");
    open_http(&settings);
    assert_answer(ask("GET /hello HTTP/1.1\r\nHost: any.example\r\n\r\n"), "HTTP/1.1 200", "hello");
}

static void large_headers_are_refused(void **state)
{
    (void)state;
    static char request[40000];
    int used =
        snprintf(request, sizeof request, "GET /hello HTTP/1.1\r\nHost: localhost\r\nX-Test: ");
    memset(request + used, 'a', 20000);
    (void)snprintf(request + used + 20000, 10, "\r\n\r\n");
    assert_answer(ask(request), "HTTP/1.1 400", "");
    used = snprintf(request, sizeof request, "GET /");
    memset(request + used, 'a', 20000);
    (void)snprintf(request + used + 20000, 40, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_answer(ask(request), "HTTP/1.1 400", "");
}

static void silent_clients_are_dropped(void **state)
{
    (void)state;
    struct http_settings settings = usual_settings("127.0.0.1:0");
    settings.idle_timeout_ms = 100;
    open_http(&settings);
    struct client client;
    client_open(&client);
    client_send(&client, "GET /hello HT");
    int64_t start_us = clock_mono_us();
    client_finish(&client);
    assert_true(clock_mono_us() - start_us < INT64_C(1000) * WAIT_MS / 2);
    assert_null(strstr(client.answer, "200 OK"));
    client_close(&client);
}

static void dripping_clients_are_dropped(void **state)
{
    (void)state;
    struct http_settings settings = usual_settings("127.0.0.1:0");
    settings.request_timeout_ms = 300;
    open_http(&settings);
    struct client client;
    client_open(&client);
    client_send(&client, "GET /hello HTTP/1.1\r\n");
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    int64_t next_us = 0;
    while (!client.is_over) {
        assert_true(clock_mono_us() < deadline);
        if (clock_mono_us() >= next_us) {
            (void)send(client.descriptor, "X: y\r\n", 6, MSG_NOSIGNAL);
            next_us = clock_mono_us() + 20000;
        }
        loop_wait(fixture.loop, 20);
        client_receive(&client);
    }
    assert_null(strstr(client.answer, "200 OK"));
    assert_int_equal(http_counters(fixture.http)->timeouts, 1);
    client_close(&client);
}

static bool has_no_connection(void)
{
    return http_counters(fixture.http)->connections == 0;
}

static void clients_that_do_not_read_are_dropped(void **state)
{
    (void)state;
    struct http_settings settings = usual_settings("127.0.0.1:0");
    settings.request_timeout_ms = 300;
    open_http(&settings);
    struct client client;
    client_open(&client);
    client_send(&client, "GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n");
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    while (http_counters(fixture.http)->timeouts == 0 || !has_no_connection()) {
        assert_true(clock_mono_us() < deadline);
        loop_wait(fixture.loop, 20);
    }
    client_close(&client);
    assert_answer(ask("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"), "HTTP/1.1 200", "hello");
}

static void connections_are_bounded_and_wait_their_turn(void **state)
{
    (void)state;
    struct http_settings settings = usual_settings("127.0.0.1:0");
    settings.request_timeout_ms = 3000;
    open_http(&settings);
    struct client clients[CLIENTS_MAX];
    for (int i = 0; i < CLIENTS_MAX; i++) {
        client_open(&clients[i]);
        loop_wait(fixture.loop, 1);
        assert_true(http_counters(fixture.http)->connections <= 4);
    }
    /* The first four are mute until they are dropped; then the others are served, four at a time.
     */
    for (int i = 4; i < CLIENTS_MAX; i++)
        client_send(&clients[i], "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for (int i = CLIENTS_MAX - 1; i >= 0; i--) {
        client_finish(&clients[i]);
        assert_true(http_counters(fixture.http)->connections <= 4);
    }
    for (int i = 0; i < CLIENTS_MAX; i++) {
        if (i < 4)
            assert_int_equal(clients[i].length, 0);
        else
            assert_answer(clients[i].answer, "HTTP/1.1 200", "hello");
        client_close(&clients[i]);
    }
    assert_int_equal(http_counters(fixture.http)->timeouts, 4);
}

/* All of them are in the queue before the server looks. */
static void a_crowd_at_once_is_bounded_too(void **state)
{
    (void)state;
    struct client clients[CLIENTS_MAX];
    for (int i = 0; i < CLIENTS_MAX; i++)
        client_open(&clients[i]);
    loop_wait(fixture.loop, 1);
    assert_true(http_counters(fixture.http)->connections <= 4);
    for (int i = 0; i < CLIENTS_MAX; i++)
        client_send(&clients[i], "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for (int i = 0; i < CLIENTS_MAX; i++) {
        client_finish(&clients[i]);
        assert_answer(clients[i].answer, "HTTP/1.1 200", "hello");
        client_close(&clients[i]);
    }
}

static void clients_that_leave_early_do_no_harm(void **state)
{
    (void)state;
    static const char *const beginnings[] = {"", "GET",
                                             "GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n"};
    for (int i = 0; i < 30; i++) {
        struct client client;
        client_open(&client);
        client_send(&client, beginnings[i % 3]);
        loop_wait(fixture.loop, i % 2);
        struct linger reset = {.l_onoff = 1};
        (void)setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        client_close(&client);
    }
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    while (!has_no_connection()) {
        assert_true(clock_mono_us() < deadline);
        loop_wait(fixture.loop, 20);
    }
}

static void a_server_may_end_amid_requests(void **state)
{
    (void)state;
    struct client clients[3];
    static const char *const beginnings[] = {"", "GET",
                                             "GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n"};
    for (int i = 0; i < 3; i++) {
        client_open(&clients[i]);
        client_send(&clients[i], beginnings[i]);
        loop_wait(fixture.loop, 5);
    }
    close_http();
    for (int i = 0; i < 3; i++)
        client_close(&clients[i]);
}

static void unix_sockets_are_served(void **state)
{
    (void)state;
    struct temp_dir dir;
    char path[TEMP_DIR_PATH_MAX];
    assert_int_equal(temp_dir_init(&dir, NULL), 0);
    temp_dir_join(&dir, "http.sock", path);
    /* What a killed process has left behind. */
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(stale, (const struct sockaddr *)&address, sizeof address), 0);
    (void)close(stale);

    struct http_settings settings = usual_settings(path);
    open_http(&settings);
    struct stat there;
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(there.st_mode & 0777, 0660);
    assert_answer(ask("GET /hello HTTP/1.1\r\nHost: whatever\r\n\r\n"), "HTTP/1.1 200", "hello");
    struct up_err err;
    assert_null(http_new(fixture.loop, &settings, &err));
    assert_int_equal(err.code, UP_ECONFLICT);
    close_http();
    assert_int_equal(access(path, F_OK), -1);
    temp_dir_done(&dir);
}

static void addresses_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "127.0.0.1",
        ":80",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:8x",
        "host.example:80",
        "[::1:80",
        "/dev/null",
        "/tmp/"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct loop *loop = loop_new(NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_settings settings = usual_settings(bad[i]);
        struct up_err err = {0};
        if (http_new(loop, &settings, &err) != NULL)
            fail_msg("took \"%s\"", bad[i]);
        assert_int_equal(err.code, UP_EINVAL);
        assert_non_null(strstr(err.text, "HTTP: "));
    }
    struct http_settings settings = usual_settings("127.0.0.1:0");
    struct http *first = http_new(loop, &settings, NULL);
    char same[32];
    (void)snprintf(same, sizeof same, "127.0.0.1:%u", (unsigned)http_port(first));
    settings.address = same;
    struct up_err err = {0};
    assert_null(http_new(loop, &settings, &err));
    assert_int_equal(err.code, UP_ECONFLICT);
    http_free(first);
    loop_free(loop);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(routes_answer, begin_usual, end),
        cmocka_unit_test_setup_teardown(head_has_the_length_and_no_body, begin_usual, end),
        cmocka_unit_test_setup_teardown(requests_are_decoded, begin_usual, end),
        cmocka_unit_test_setup_teardown(an_answer_may_come_later, begin_usual, end),
        cmocka_unit_test_teardown(a_promise_outlives_its_client, end),
        cmocka_unit_test_teardown(bad_requests_are_refused, end),
        cmocka_unit_test_teardown(foreign_names_are_not_served_on_loopback, end),
        cmocka_unit_test_setup_teardown(large_headers_are_refused, begin_usual, end),
        cmocka_unit_test_teardown(silent_clients_are_dropped, end),
        cmocka_unit_test_teardown(dripping_clients_are_dropped, end),
        cmocka_unit_test_teardown(clients_that_do_not_read_are_dropped, end),
        cmocka_unit_test_teardown(connections_are_bounded_and_wait_their_turn, end),
        cmocka_unit_test_setup_teardown(a_crowd_at_once_is_bounded_too, begin_usual, end),
        cmocka_unit_test_setup_teardown(clients_that_leave_early_do_no_harm, begin_usual, end),
        cmocka_unit_test_setup_teardown(a_server_may_end_amid_requests, begin_usual, end),
        cmocka_unit_test_teardown(unix_sockets_are_served, end),
        cmocka_unit_test(addresses_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests_name("io/http", tests, NULL, NULL);
}
