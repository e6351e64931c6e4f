/* Tests of io/redis_cluster: slots and redirections as the Redis Cluster specification has them. */
#include "io/redis_cluster.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void slots_are_those_of_the_specification(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        uint16_t slot;
    } cases[] = {
        /* CRC16 of "123456789" is 0x31c3 (specification, appendix A). The others: CLUSTER KEYSLOT
           of Redis 7.0. */
        {"123456789", 0x31c3 % REDIS_SLOTS},
        {"", 0},
        {"foo", 12182},
        {"{foo}bar", 12182},
        {"a{foo}bar{zap}", 12182},
        {"foo{}{bar}", 8363},
        {"foo{{bar}}zap", 4015},
        {"{foo", 13308},
        {"uptake:{0}:shard", 13907},
        {"uptake:{11}:shard", 4310},
        {"uptake:{11}:team:x{y}:1d", 4310},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint16_t slot = redis_cluster_slot(text_of(cases[i].key));
        if (slot != cases[i].slot)
            fail_msg("\"%s\" is in %u, not %u", cases[i].key, (unsigned)slot,
                     (unsigned)cases[i].slot);
    }
}

static void redirections_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_ask;
        uint16_t slot;
        const char *host;
        uint16_t port;
    } cases[] = {
        {"MOVED 3999 127.0.0.1:6381", false, 3999, "127.0.0.1", 6381},
        {"ASK 0 redis-2.example:1", true, 0, "redis-2.example", 1},
        {"MOVED 16383 fe80::1:65535", false, 16383, "fe80::1", 65535},
        {"MOVED 7 :6379", false, 7, "", 6379},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct redis_redirect redirect;
        assert_true(redis_cluster_read_redirect(text_of(cases[i].text), &redirect));
        assert_int_equal(redirect.is_ask, cases[i].is_ask);
        assert_int_equal(redirect.slot, cases[i].slot);
        assert_string_equal(redirect.host, cases[i].host);
        assert_int_equal(redirect.port, cases[i].port);
    }
}

static void other_errors_are_no_redirections(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "ERR x",
                                         "MOVED",
                                         "MOVED ",
                                         "MOVED 1",
                                         "MOVED 16384 a:1",
                                         "MOVED -1 a:1",
                                         "MOVED 1 a",
                                         "MOVED 1 a:",
                                         "MOVED 1 a:0",
                                         "MOVED 1 a:65536",
                                         "MOVED 1 a:1x",
                                         "ASK x a:1",
                                         "MOVEDX 1 a:1",
                                         "MOVED 99999999999999999999 a:1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct redis_redirect redirect;
        if (redis_cluster_read_redirect(text_of(others[i]), &redirect))
            fail_msg("took \"%s\"", others[i]);
    }
    char long_host[400];
    memset(long_host, 'h', sizeof long_host - 1);
    long_host[sizeof long_host - 1] = '\0';
    memcpy(long_host, "MOVED 1 ", 8);
    memcpy(long_host + sizeof long_host - 3, ":1", 2);
    struct redis_redirect redirect;
    assert_false(redis_cluster_read_redirect(text_of(long_host), &redirect));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_those_of_the_specification),
        cmocka_unit_test(redirections_are_read),
        cmocka_unit_test(other_errors_are_no_redirections),
    };
    return cmocka_run_group_tests_name("io/redis_cluster", tests, NULL, NULL);
}
