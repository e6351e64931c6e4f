/* Tests of codec/page_files: the page is whole, and keeps to the policy it is served with. */
#include "codec/page_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct page_file *find(const char *name, size_t length)
{
    size_t count;
    const struct page_file *files = page_files_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (strlen(files[i].name) == length && memcmp(files[i].name, name, length) == 0)
            return &files[i];
    }
    return NULL;
}

static void every_file_is_text_and_smaller_compressed(void **state)
{
    (void)state;
    size_t count, total = 0;
    const struct page_file *files = page_files_list(&count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(files[i].bytes[files[i].length], 0);
        assert_int_equal(strlen((const char *)files[i].bytes), files[i].length);
        assert_true(files[i].gzip[0] == 0x1f && files[i].gzip[1] == 0x8b);
        total += files[i].gzip_length;
    }
    assert_true(total < 60000); /* leaves room for data in a first view of 100 kB */
    assert_non_null(find("index.html", strlen("index.html")));
}

/* What the document names under page/ is there, and nothing comes from elsewhere. */
static void the_document_finds_its_parts(void **state)
{
    (void)state;
    const struct page_file *index = find("index.html", strlen("index.html"));
    const char *at = (const char *)index->bytes;
    int parts = 0;
    assert_null(strstr(at, "://"));
    while ((at = strstr(at, "\"page/")) != NULL) {
        at += strlen("\"page/");
        if (find(at, strcspn(at, "\"")) == NULL)
            fail_msg("page/%.40s is not there", at);
        parts++;
    }
    assert_true(parts > 0);
}

/* Content-Security-Policy and trusted types forbid all of these. */
static void nothing_is_inline(void **state)
{
    (void)state;
    static const char *const forbidden[] = {
        "<style",         " style=",   " onclick=",    " onload=",
        "javascript:",    "innerHTML", "outerHTML",   "insertAdjacentHTML",
        "document.write", "eval(",     "new Function"};
    size_t count;
    const struct page_file *files = page_files_list(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t f = 0; f < sizeof forbidden / sizeof forbidden[0]; f++) {
            if (strstr((const char *)files[i].bytes, forbidden[f]) != NULL)
                fail_msg("%s has %s", files[i].name, forbidden[f]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_text_and_smaller_compressed),
        cmocka_unit_test(the_document_finds_its_parts),
        cmocka_unit_test(nothing_is_inline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
