/* Replays the corpus of the decoder's fuzz target, each file also cut short at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <dirent.h>

#include "fuzz/fuzz_event.c"

#define CORPUS_DIR UPTAKE_TESTS_DIR "/fuzz/corpus/event"

static size_t read_corpus_file(const char *name, uint8_t *bytes, size_t room)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", CORPUS_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, room, file);
    assert_true(length < room);
    assert_int_equal(fclose(file), 0);
    return length;
}

static void test_corpus(void **state)
{
    (void)state;
    static uint8_t bytes[1 << 17];
    DIR *directory = opendir(CORPUS_DIR);
    assert_non_null(directory);
    int files = 0;
    for (const struct dirent *entry = readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        if (entry->d_name[0] == '.')
            continue;
        size_t length = read_corpus_file(entry->d_name, bytes, sizeof bytes);
        for (size_t cut = 0; cut <= length; cut++)
            assert_int_equal(LLVMFuzzerTestOneInput(bytes, cut), 0);
        files++;
    }
    assert_int_equal(closedir(directory), 0);
    assert_true(files >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
