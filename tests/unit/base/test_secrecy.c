/* What is in memory stays there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/secrecy.h"

#if defined(__SANITIZE_ADDRESS__)
enum { IS_DUMPABLE = 1 };
#else
enum { IS_DUMPABLE = 0 };
#endif

/* In a child, for it cannot be taken back. */
static void test_a_crash_leaves_no_core(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit limit;
        secrecy_forbid_dumps();
        if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != IS_DUMPABLE)
            _exit(1);
        if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0 || limit.rlim_max != 0)
            _exit(2);
        (void)signal(SIGABRT, SIG_DFL);
        (void)raise(SIGABRT);
        _exit(3);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_false(WCOREDUMP(status));
}

/* KiB of the process that may not be swapped out. */
static long locked_kib(void)
{
    char line[256];
    long kib = -1;
    FILE *file = fopen("/proc/self/status", "re");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmLck:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    }
    (void)fclose(file);
    return kib;
}

static void test_a_locked_secret_is_not_swapped(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
    if (limit.rlim_cur < 65536 || IS_DUMPABLE) /* AddressSanitizer takes mlock() away */
        skip();
    static char secret[16];
    long before = locked_kib();
    secrecy_lock(secret, sizeof secret);
    assert_true(locked_kib() > before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_crash_leaves_no_core),
        cmocka_unit_test(test_a_locked_secret_is_not_swapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
