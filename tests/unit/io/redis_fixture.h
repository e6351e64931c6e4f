/* What the tests of the Redis store share: a loop, a store, replies that are noted, waiting in the
 * loop. */
#pragma once

#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "io/loop.h"
#include "io/redis_store.h"
#include "support/redis_server.h"

enum { WAIT_MS = 60000 };

struct noted {
    int calls;
    int code;
    bool refused;
    enum redis_kind kind;
    int64_t integer;
    char text[200];
};

static inline void note_result(void *arg, const struct redis_result *result)
{
    struct noted *noted = arg;
    noted->calls++;
    noted->code = result->code;
    noted->refused = result->refused;
    noted->kind = result->kind;
    noted->integer = result->integer;
    (void)snprintf(noted->text, sizeof noted->text, "%.*s", (int)result->text.length,
                   result->text.bytes);
}

static inline struct redis_store_settings usual_settings(const char *addresses)
{
    return (struct redis_store_settings){
        .addresses = addresses,
        .connect_timeout_ms = 2000,
        .command_timeout_ms = 2000,
        .reconnect_first_ms = 10,
        .reconnect_most_ms = 100,
        .commands_max = 1000,
        .bytes_max = 16U << 20,
        .reply_bytes_max = 1U << 20,
        .seed = 1,
        .now_us = clock_mono_us,
    };
}

static inline void run_until(struct loop *loop, bool (*holds)(void *), void *arg)
{
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    while (!holds(arg)) {
        if (clock_mono_us() > deadline)
            fail_msg("waited for too long");
        loop_wait(loop, 20);
    }
}

static inline bool store_is_up(void *store)
{
    return redis_store_status(store)->is_up;
}

static inline bool store_is_down(void *store)
{
    return !redis_store_status(store)->is_up;
}

static inline bool was_called(void *noted)
{
    return ((struct noted *)noted)->calls > 0;
}

/* Sends words separated by blanks. */
static inline int send_words(struct redis_store *store, const char *key, const char *words,
                             struct noted *noted)
{
    char copy[400];
    const char *argv[32];
    size_t argvlen[32];
    int argc = 0;
    (void)snprintf(copy, sizeof copy, "%s", words);
    char *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        argv[argc] = word;
        argvlen[argc++] = strlen(word);
    }
    *noted = (struct noted){0};
    return redis_store_send(store, text_of(key), argc, argv, argvlen, note_result, noted);
}

/* Sends, waits for the one result. */
static inline void exchange(struct loop *loop, struct redis_store *store, const char *key,
                            const char *words, struct noted *noted)
{
    assert_int_equal(send_words(store, key, words, noted), 0);
    assert_int_equal(noted->calls, 0);
    run_until(loop, was_called, noted);
    assert_int_equal(noted->calls, 1);
}
