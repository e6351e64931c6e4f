/* Tests of io/journal: a kind of event has one id for ever, and the catalog knows what the daemon tells. */
#include "io/journal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void ids_are_uuids_and_do_not_change(void **state)
{
    (void)state;
    char id[JOURNAL_ID_BYTES], other[JOURNAL_ID_BYTES];
    journal_message_id("starting", id);
    assert_string_equal(id, "4b6d1cac1d1d8db9a218728fce1aca98");
    journal_message_id("ready", other);
    assert_string_not_equal(id, other);
    assert_int_equal(other[12], '8');
    assert_non_null(strchr("89ab", other[16]));
}

/* Each entry is "-- <id>" and then "Subject: <event>: <sentence>". */
static void the_catalog_has_the_ids(void **state)
{
    (void)state;
    FILE *file = fopen(UPTAKE_TESTS_DIR "/../systemd/uptake.catalog", "re");
    assert_non_null(file);
    char line[512], told[64] = "", id[JOURNAL_ID_BYTES];
    int entries = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char event[64];
        if (sscanf(line, "-- %63s", told) == 1 || sscanf(line, "Subject: %63[a-z_]:", event) != 1)
            continue;
        journal_message_id(event, id);
        if (strcmp(id, told) != 0)
            fail_msg("%s has the id %s, not %s", event, id, told);
        entries++;
    }
    assert_int_equal(fclose(file), 0);
    assert_true(entries > 10);
}

static void stderr_may_be_the_journal(void **state)
{
    (void)state;
    char value[64];
    struct stat status;
    int descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_int_equal(fstat(descriptor, &status), 0);
    (void)snprintf(value, sizeof value, "%llu:%llu", (unsigned long long)status.st_dev,
                   (unsigned long long)status.st_ino);
    assert_true(journal_is_at(descriptor, value));
    assert_false(journal_is_at(descriptor, "8:1"));
    assert_false(journal_is_at(descriptor, ""));
    assert_false(journal_is_at(descriptor, NULL));
    assert_int_equal(close(descriptor), 0);
    assert_false(journal_is_at(descriptor, value));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_uuids_and_do_not_change),
        cmocka_unit_test(the_catalog_has_the_ids),
        cmocka_unit_test(stderr_may_be_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
