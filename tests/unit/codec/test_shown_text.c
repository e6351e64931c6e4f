/* Tests of codec/shown_text: text of others stays text, in every format. */
#include "codec/shown_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "codec/csv.h"
#include "support/dice.h"

typedef void add_text(struct strbuf *out, struct text text);

static void assert_shown(add_text *add, const char *text, const char *expected)
{
    struct strbuf out = {.length = 0};
    add(&out, text_of(text));
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_done(&out);
}

#define REPLACED "\xef\xbf\xbd"

static void html_has_no_markup(void **state)
{
    (void)state;
    assert_shown(shown_text_add_html, "<script>alert(\"1\")</script>",
                 "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    assert_shown(shown_text_add_html, "it's & so", "it&#39;s &amp; so");
    assert_shown(shown_text_add_html, "a\nb\tc\rd", "a b c d");
    assert_shown(shown_text_add_html, "Zoë 東京 שלום", "Zoë 東京 שלום");
    assert_shown(shown_text_add_html, "", "");
}

static void what_is_hidden_is_replaced(void **state)
{
    (void)state;
    static add_text *const adders[] = {shown_text_add_html, shown_text_add_markdown};
    for (size_t i = 0; i < sizeof adders / sizeof adders[0]; i++) {
        assert_shown(adders[i], "a\x01\x1b\x7fz", "a" REPLACED REPLACED REPLACED "z");
        assert_shown(adders[i], "a\u202egnp.exe", "a" REPLACED "gnp.exe");
        assert_shown(adders[i], "\u2066\u2069\u200f\u061c\u2028\xc2\x85\ufeff",
                     REPLACED REPLACED REPLACED REPLACED REPLACED REPLACED REPLACED);
        assert_shown(adders[i], "a\u200b\u00e9\U0001f600", "a\u200b\u00e9\U0001f600");
    }
}

static void markdown_has_no_markup(void **state)
{
    (void)state;
    assert_shown(shown_text_add_markdown, "a|b", "a\\|b");
    assert_shown(shown_text_add_markdown, "*x* _y_ `z` # ~ [l](u) <b> &amp; \\",
                 "\\*x\\* \\_y\\_ \\`z\\` \\# \\~ \\[l\\](u) \\<b\\> \\&amp; \\\\");
    assert_shown(shown_text_add_markdown, "http://evil.test www.evil.test", "http\\://evil.test www\\.evil.test");
    assert_shown(shown_text_add_markdown, "84 % (75 to 89 %), n 1.5", "84 % (75 to 89 %), n 1.5");
    assert_shown(shown_text_add_markdown, "one\n\n# two", "one  \\# two");
}

static void csv_calculates_nothing(void **state)
{
    (void)state;
    static const char *const formulas[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"};
    for (size_t i = 0; i < sizeof formulas / sizeof formulas[0]; i++) {
        struct strbuf out = {.length = 0};
        shown_text_add_csv(&out, text_of(formulas[i]));
        assert_int_equal(out.data[0], '\'');
        assert_string_equal(strbuf_text(&out) + 1, formulas[i]);
        strbuf_done(&out);
    }
    assert_shown(shown_text_add_csv, "\r=1", "\"'\r=1\"");
    assert_shown(shown_text_add_csv, "=a,b", "\"'=a,b\"");
    assert_shown(shown_text_add_csv, "a \"b\", c", "\"a \"\"b\"\", c\"");
    assert_shown(shown_text_add_csv, "a=b-c", "a=b-c");
    assert_shown(shown_text_add_csv, "", "");
}

/* Whatever bytes: what is written reads back as one field. */
static void csv_reads_back(void **state)
{
    (void)state;
    static const char bytes[] = "a\",';x =é";
    struct dice dice = dice_take();
    struct strbuf store = {.length = 0};
    for (int round = 0; round < 2000; round++) {
        char text[24];
        size_t length = (size_t)dice_below(&dice, (int64_t)sizeof text);
        for (size_t i = 0; i < length; i++)
            text[i] = bytes[dice_below(&dice, (int64_t)sizeof bytes - 1)];
        struct strbuf out = {.length = 0};
        struct text fields[2];
        struct up_err err;
        shown_text_add_csv(&out, (struct text){text, (uint32_t)length});
        assert_int_equal(csv_read_line((struct text){strbuf_text(&out), (uint32_t)out.length}, ',', &store, fields, 2, &err), 1);
        bool is_formula = length > 0 && text[0] == '=';
        assert_int_equal(fields[0].length, length + (is_formula ? 1 : 0));
        assert_memory_equal(fields[0].bytes + (is_formula ? 1 : 0), text, length);
        strbuf_done(&out);
    }
    strbuf_done(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_has_no_markup),     cmocka_unit_test(what_is_hidden_is_replaced),
        cmocka_unit_test(markdown_has_no_markup), cmocka_unit_test(csv_calculates_nothing),
        cmocka_unit_test(csv_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
