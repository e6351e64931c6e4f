/* Text gets into a manual page as it is, whatever roff would make of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/man.h"

static void expect(struct strbuf *page, const char *expected)
{
    assert_string_equal(strbuf_text(page), expected);
    strbuf_done(page);
}

static void roffs_own_characters_are_escaped(void **state)
{
    (void)state;
    struct strbuf page = {0};
    man_words(&page, ".TH \\n -- it's ^ ~");
    expect(&page, "\\&.TH \\en \\-\\- it\\(aqs \\(ha \\(ti");
    man_words(&page, "a\n'b");
    expect(&page, "a\n\\&\\(aqb");
}

static void words_in_backticks_are_bold(void **state)
{
    (void)state;
    struct strbuf page = {0};
    man_words(&page, "say `--set a` or `not");
    expect(&page, "say \\fB\\-\\-set a\\fR or \\(ganot");
}

static void headings_begin_paragraphs(void **state)
{
    (void)state;
    struct strbuf page = {0};
    man_section(&page, "NAME");
    man_paragraph(&page, "one");
    man_paragraph(&page, "two");
    expect(&page, ".SH NAME\none\n.PP\ntwo\n");
}

static void prose_flows_and_examples_stay(void **state)
{
    (void)state;
    struct strbuf page = {0};
    man_prose(&page, "one\nline\n\nExample:\n  $ run\n    more\n  $ again\nend\n");
    expect(&page, ".PP\none\nline\n.PP\nExample:\n.PP\n.RS\n.nf\n$ run\n  more\n$ again\n.fi\n.RE\n.PP\nend\n");
    man_prose(&page, "  only\n");
    expect(&page, ".PP\n.RS\n.nf\nonly\n.fi\n.RE\n");
}

static void references_are_divided_by_commas(void **state)
{
    (void)state;
    struct strbuf page = {0};
    man_see_also(&page, "a(1) b.conf(5)");
    expect(&page, ".SH SEE ALSO\n.BR a (1) ,\n.BR b.conf (5)\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(roffs_own_characters_are_escaped), cmocka_unit_test(words_in_backticks_are_bold),
        cmocka_unit_test(headings_begin_paragraphs),        cmocka_unit_test(prose_flows_and_examples_stay),
        cmocka_unit_test(references_are_divided_by_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
