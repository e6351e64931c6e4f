/* Tests of io/service: what arrives at the socket of a service manager. */
#include "io/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "support/temp_dir.h"

struct manager {
    struct temp_dir dir;
    int socket;
    char message[512];
};

static int setup(void **state)
{
    static struct manager manager;
    struct up_err err;
    char path[TEMP_DIR_PATH_MAX];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (temp_dir_init(&manager.dir, &err) != 0)
        return -1;
    temp_dir_join(&manager.dir, "notify", path);
    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    manager.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    *state = &manager;
    return bind(manager.socket, (struct sockaddr *)&address, sizeof address) != 0 ||
           setenv("NOTIFY_SOCKET", path, 1) != 0;
}

static int teardown(void **state)
{
    struct manager *manager = *state;
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
    (void)close(manager->socket);
    temp_dir_done(&manager->dir);
    return 0;
}

/* The next message, "" = none. */
static const char *received(struct manager *manager)
{
    ssize_t length = recv(manager->socket, manager->message, sizeof manager->message - 1, 0);
    manager->message[length > 0 ? length : 0] = '\0';
    return manager->message;
}

static void states_are_told(void **state)
{
    service_ready("2 shards");
    assert_string_equal(received(*state), "READY=1\nSTATUS=2 shards");
    service_status("lag 7");
    assert_string_equal(received(*state), "STATUS=lag 7");
    service_extend_timeout(30000);
    assert_string_equal(received(*state), "EXTEND_TIMEOUT_USEC=30000000");
    service_feed_watchdog();
    assert_string_equal(received(*state), "WATCHDOG=1");
    service_reloading(12345);
    assert_string_equal(received(*state), "RELOADING=1\nMONOTONIC_USEC=12345");
    service_stopping("saving");
    assert_string_equal(received(*state), "STOPPING=1\nSTATUS=saving");
    assert_string_equal(received(*state), "");
}

static void a_status_is_one_line(void **state)
{
    service_status("a\nMAINPID=1");
    assert_string_equal(received(*state), "STATUS=a");
}

static void nothing_happens_without_a_manager(void **state)
{
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    service_ready("x");
    service_feed_watchdog();
    assert_string_equal(received(*state), "");
    assert_int_equal(setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1), 0);
    service_status("lost");
    assert_string_equal(received(*state), "");
}

static void the_watchdog_is_fed_twice_as_often_as_it_must(void **state)
{
    (void)state;
    char pid[32];
    assert_int_equal(service_watchdog_interval_ms(), 0);
    assert_int_equal(setenv("WATCHDOG_USEC", "30000000", 1), 0);
    assert_int_equal(service_watchdog_interval_ms(), 15000);
    snprintf(pid, sizeof pid, "%ld", (long)getpid() + 1);
    assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
    assert_int_equal(service_watchdog_interval_ms(), 0); /* meant for somebody else */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(states_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_status_is_one_line, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_happens_without_a_manager, setup, teardown),
        cmocka_unit_test_setup_teardown(the_watchdog_is_fed_twice_as_often_as_it_must, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
