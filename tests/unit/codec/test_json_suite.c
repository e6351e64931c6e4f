/* The reader takes and refuses the files of JSONTestSuite as it should. Skipped where the data set
 * is absent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>

#include "codec/json_reader.h"

#define SUITE_DIR UPTAKE_TESTS_DIR "/../../shared/data/jsontestsuite/test_parsing"

enum { SKIPPED = 77 };

/* Files about which RFC 8259 leaves a choice and that we take: the others hold a number beyond a
 * double, a lone surrogate, a byte order mark, another encoding, or nest too deep. */
static const char *const taken[] = {"i_number_double_huge_neg_exp.json",
                                    "i_number_real_underflow.json", "i_number_too_big_neg_int.json",
                                    "i_number_too_big_pos_int.json",
                                    "i_number_very_big_negative_int.json"};

static bool is_taken(const char *name)
{
    if (name[0] != 'i')
        return name[0] == 'y';
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        if (strcmp(name, taken[i]) == 0)
            return true;
    }
    return false;
}

static bool parses(struct json_reader *reader, const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", SUITE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char bytes[1 << 20];
    size_t length = fread(bytes, 1, sizeof bytes, file);
    assert_true(length < sizeof bytes);
    assert_int_equal(fclose(file), 0);
    struct json_value root;
    return json_reader_parse(reader, bytes, length, &root) == NULL;
}

static void test_suite(void **state)
{
    (void)state;
    struct json_reader *reader = json_reader_new(16);
    DIR *directory = opendir(SUITE_DIR);
    assert_non_null(directory);
    int files = 0;
    int wrong = 0;
    for (const struct dirent *entry = readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        if (entry->d_name[0] == '.')
            continue;
        files++;
        if (parses(reader, entry->d_name) != is_taken(entry->d_name)) {
            print_error("%s: %s\n", entry->d_name, is_taken(entry->d_name) ? "refused" : "taken");
            wrong++;
        }
    }
    assert_int_equal(closedir(directory), 0);
    json_reader_free(reader);
    assert_int_equal(wrong, 0);
    assert_true(files > 0);
}

int main(void)
{
    DIR *directory = opendir(SUITE_DIR);
    if (directory == NULL) {
        printf("JSONTestSuite is not here\n");
        return SKIPPED;
    }
    (void)closedir(directory);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
