/* Tests of io/redis_conn against a scripted server: broken, slow and rude ones. */
#include "io/redis_conn.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/loop.h"
#include "support/temp_dir.h"

enum { WAIT_MS = 60000, SHORT_MS = 2000, SEEN_BYTES = 4096 };

/* Answers the greeting's PING, then sends what `answer` says, `step` bytes a turn. */
struct fake {
    struct loop *loop;
    struct temp_dir dir;
    char path[TEMP_DIR_PATH_MAX];
    int listener;
    int peer;
    struct loop_watch *listening;
    struct loop_watch *talking;
    const char *greeting;
    const char *answer;
    size_t step;
    bool closes_at_end;
    bool is_waited_for; /* until it is too late */
    bool has_greeted;
    char seen[SEEN_BYTES];
};

struct client {
    struct redis_conn *conn;
    bool is_ready;
    int lost;
    struct up_err why;
    int replies;
    int nothings;
    char last[200];
};

static void fake_hang_up(struct fake *fake)
{
    loop_watch_free(fake->talking);
    fake->talking = NULL;
    (void)close(fake->peer);
}

static void fake_talk(void *arg, bool readable, bool writable)
{
    struct fake *fake = arg;
    if (readable) {
        char bytes[1024];
        ssize_t got = recv(fake->peer, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            fake_hang_up(fake);
            return;
        }
        if (got > 0)
            (void)strncat(fake->seen, bytes, (size_t)got);
    }
    if (!fake->has_greeted) {
        fake->has_greeted = true;
        (void)send(fake->peer, fake->greeting, strlen(fake->greeting), MSG_NOSIGNAL);
    } else if (writable && fake->answer != NULL && strstr(fake->seen, "GO") != NULL) {
        size_t left = strlen(fake->answer);
        size_t length = left < fake->step ? left : fake->step;
        (void)send(fake->peer, fake->answer, length, MSG_NOSIGNAL);
        fake->answer += length;
        if (length == 0 && fake->closes_at_end)
            fake_hang_up(fake);
    }
}

static void fake_accept(void *arg, bool readable, bool writable)
{
    struct fake *fake = arg;
    (void)readable;
    (void)writable;
    fake->peer = accept(fake->listener, NULL, NULL);
    assert_true(fake->peer >= 0);
    bool answers = fake->answer != NULL;
    fake->talking = loop_watch_new(fake->loop, fake->peer, true, answers, fake_talk, fake);
}

static void fake_init(struct fake *fake, struct loop *loop)
{
    fake->loop = loop;
    assert_int_equal(temp_dir_init(&fake->dir, NULL), 0);
    temp_dir_join(&fake->dir, "s", fake->path);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, fake->path, strlen(fake->path));
    fake->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fake->listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fake->listener, 5), 0);
    fake->listening = loop_watch_new(loop, fake->listener, true, false, fake_accept, fake);
}

static void fake_done(struct fake *fake)
{
    if (fake->talking != NULL)
        fake_hang_up(fake);
    loop_watch_free(fake->listening);
    (void)close(fake->listener);
    temp_dir_done(&fake->dir);
}

static void became_ready(void *arg)
{
    ((struct client *)arg)->is_ready = true;
}

static void was_lost(void *arg, const struct up_err *why)
{
    struct client *client = arg;
    client->lost++;
    client->why = *why;
}

static void was_lost_free_at_once(void *arg, const struct up_err *why)
{
    struct client *client = arg;
    was_lost(arg, why);
    redis_conn_free(client->conn);
    client->conn = NULL;
}

static void note_reply(void *arg, const struct redis_reply *reply)
{
    struct client *client = arg;
    if (reply == NULL) {
        client->nothings++;
        return;
    }
    client->replies++;
    struct text text = redis_reply_text(reply);
    (void)snprintf(client->last, sizeof client->last, "%d %lld %zu %.*s",
                   (int)redis_reply_kind(reply), (long long)redis_reply_integer(reply),
                   redis_reply_count(reply), (int)text.length, text.bytes);
}

static void note_reply_and_free(void *arg, const struct redis_reply *reply)
{
    struct client *client = arg;
    note_reply(arg, reply);
    struct redis_conn *conn = client->conn;
    client->conn = NULL;
    redis_conn_free(conn);
}

/* Runs a conversation until the connection is lost or `replies` have come. */
static void converse(struct fake *fake, struct client *client, int commands, int replies,
                     redis_conn_on_reply *replied, void (*lost)(void *, const struct up_err *))
{
    struct loop *loop = loop_new(NULL);
    fake_init(fake, loop);
    int timeout_ms = fake->is_waited_for ? SHORT_MS : WAIT_MS;
    const struct redis_conn_settings settings = {.path = fake->path,
                                                 .password = "secret",
                                                 .connect_timeout_ms = timeout_ms,
                                                 .command_timeout_ms = timeout_ms,
                                                 .reply_bytes_max = 100000,
                                                 .queue_bytes_max = 1000};
    client->conn = redis_conn_new(
        loop, NULL, &settings,
        (struct redis_conn_events){.ready = became_ready, .lost = lost, .arg = client});
    assert_int_equal(redis_conn_send(client->conn, "x", 1, note_reply, client), UP_ECONN);
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    bool has_sent = false;
    while (client->lost == 0 && client->replies < replies && client->conn != NULL) {
        assert_true(clock_mono_us() < deadline);
        loop_wait(loop, 10);
        if (client->is_ready && !has_sent && client->conn != NULL && client->lost == 0) {
            has_sent = true;
            for (int i = 0; i < commands; i++)
                assert_int_equal(
                    redis_conn_send(client->conn, "*1\r\n$2\r\nGO\r\n", 12, replied, client), 0);
        }
    }
    redis_conn_free(client->conn);
    fake_done(fake);
    loop_free(loop);
}

#define GREETING "+OK\r\n+PONG\r\n"

static void replies_come_byte_by_byte(void **state)
{
    (void)state;
    struct fake fake = {.greeting = GREETING,
                        .step = 1,
                        .answer =
                            "$5\r\nhello\r\n:-12\r\n$-1\r\n*2\r\n+a\r\n*1\r\n:1\r\n-ERR no\r\n"};
    struct client client = {0};
    converse(&fake, &client, 5, 5, note_reply, was_lost);
    assert_int_equal(client.replies, 5);
    assert_int_equal(client.nothings, 0);
    assert_int_equal(client.lost, 0);
    char want[32];
    (void)snprintf(want, sizeof want, "%d 0 0 ERR no", (int)REDIS_ERROR);
    assert_string_equal(client.last, want);
    assert_non_null(strstr(fake.seen, "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n*1\r\n$4\r\nPING\r\n"));
}

struct loss {
    const char *greeting;
    const char *answer;
    size_t step;
    bool closes_at_end;
    const char *why;
    int replies;
    int nothings;
};

static void check_loss(const struct loss *loss)
{
    struct fake fake = {.greeting = loss->greeting,
                        .answer = loss->answer,
                        .step = loss->step,
                        .closes_at_end = loss->closes_at_end,
                        .is_waited_for = strstr(loss->why, "within") != NULL};
    struct client client = {0};
    converse(&fake, &client, 3, 1000, note_reply, was_lost);
    assert_int_equal(client.lost, 1);
    if (strstr(client.why.text, loss->why) == NULL)
        fail_msg("want \"%s\", got \"%s\"", loss->why, client.why.text);
    assert_int_equal(client.replies, loss->replies);
    assert_int_equal(client.nothings, loss->nothings);
}

static void losses_say_why(void **state)
{
    (void)state;
    static const struct loss losses[] = {
        {GREETING, "+OK\r\n$100\r\nabc", 50, true, "closed", 1, 2},
        {GREETING, "+OK\r\nHTTP/1.1 400\r\n", 50, false, "protocol", 1, 2},
        {GREETING, "+OK\r\n$99999\r\nx", 50, false, "no reply within", 1, 2},
        {GREETING, NULL, 0, false, "no reply within", 0, 3},
        {"\x15\x03\x01", NULL, 0, false, "protocol", 0, 0},
        {"+OK\r\n", NULL, 0, false, "no connection within", 0, 0},
        {"+OK\r\n-LOADING Redis is loading\r\n", NULL, 0, false, "LOADING", 0, 0},
        {GREETING "-ERR max clients\r\n", NULL, 0, false, "max clients", 0, 0},
    };
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        check_loss(&losses[i]);
}

static void logins_that_are_refused_have_a_code_of_their_own(void **state)
{
    (void)state;
    struct fake fake = {.greeting = "-WRONGPASS invalid\r\n-NOAUTH x\r\n"};
    struct client client = {0};
    converse(&fake, &client, 1, 1000, note_reply, was_lost);
    assert_int_equal(client.why.code, UP_EAUTH);
    assert_int_equal(client.lost, 1);
    assert_null(strstr(client.why.text, "secret"));
}

static void an_endless_reply_is_cut_off(void **state)
{
    (void)state;
    static char endless[300000];
    memset(endless, '1', sizeof endless - 1);
    memcpy(endless, "$900000\r\n", 9);
    check_loss(&(struct loss){GREETING, endless, 5000, false, "larger than allowed", 0, 3});
}

static void the_queue_is_bounded(void **state)
{
    (void)state;
    struct fake fake = {.greeting = "+PONG\r\n"};
    struct loop *loop = loop_new(NULL);
    fake_init(&fake, loop);
    struct client client = {0};
    const struct redis_conn_settings settings = {.path = fake.path,
                                                 .connect_timeout_ms = WAIT_MS,
                                                 .command_timeout_ms = WAIT_MS,
                                                 .reply_bytes_max = 1000,
                                                 .queue_bytes_max = 1000};
    client.conn = redis_conn_new(
        loop, NULL, &settings,
        (struct redis_conn_events){.ready = became_ready, .lost = was_lost, .arg = &client});
    while (!client.is_ready)
        loop_wait(loop, 10);
    char bytes[600] = {0};
    assert_int_equal(redis_conn_send(client.conn, bytes, sizeof bytes, note_reply, &client), 0);
    assert_int_equal(redis_conn_send(client.conn, bytes, sizeof bytes, note_reply, &client),
                     UP_EAGAIN);
    redis_conn_free(client.conn);
    assert_int_equal(client.nothings, 1);
    assert_int_equal(client.lost, 0);
    fake_done(&fake);
    loop_free(loop);
}

static void callbacks_may_free_the_connection(void **state)
{
    (void)state;
    struct fake in_reply = {.greeting = GREETING, .answer = "+a\r\n+b\r\n", .step = 50};
    struct client client = {0};
    converse(&in_reply, &client, 3, 1000, note_reply_and_free, was_lost);
    assert_int_equal(client.replies, 1);
    assert_int_equal(client.nothings, 2);
    assert_int_equal(client.lost, 0);
    struct fake in_lost = {
        .greeting = GREETING, .answer = "+a\r\n", .step = 50, .closes_at_end = true};
    client = (struct client){0};
    converse(&in_lost, &client, 3, 1000, note_reply, was_lost_free_at_once);
    assert_int_equal(client.lost, 1);
    assert_int_equal(client.nothings, 2);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_come_byte_by_byte),
        cmocka_unit_test(losses_say_why),
        cmocka_unit_test(logins_that_are_refused_have_a_code_of_their_own),
        cmocka_unit_test(an_endless_reply_is_cut_off),
        cmocka_unit_test(the_queue_is_bounded),
        cmocka_unit_test(callbacks_may_free_the_connection),
    };
    return cmocka_run_group_tests_name("io/redis_conn", tests, NULL, NULL);
}
