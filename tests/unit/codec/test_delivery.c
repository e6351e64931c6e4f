/* Tests of codec/delivery: what receivers get of an alert. */
#include "codec/delivery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static struct delivery example(void)
{
    return (struct delivery){.id = 7,
                             .event = text_of("opened"),
                             .alert = {.id = text_of("ops/relapsing/2025-03-01"),
                                       .partition = text_of("3"),
                                       .team = text_of("ops \"one\""),
                                       .kind = text_of("relapsing"),
                                       .audience = text_of("adoption"),
                                       .owner = text_of("enablement"),
                                       .opened = text_of("2025-03-01"),
                                       .sentence = text_of("practising fell."),
                                       .suggests = text_of("skills"),
                                       .evidence = text_of("{\"a\":1}"),
                                       .definitions = text_of("1-x"),
                                       .watermark = text_of("2025-03-02T07:00:00Z")},
                             .begins = text_of("2025-03-02T00:00:00Z"),
                             .ends = text_of("2025-03-02T08:04:00Z")};
}

static void the_plain_form_is_the_alert_with_its_event(void **state)
{
    (void)state;
    struct delivery delivery = example();
    struct strbuf body = {0};
    delivery_write(&delivery, &body);
    const char *text = strbuf_text(&body);
    const char begin[] =
        "{\"type\":\"uptake.alert.opened\",\"data\":{\"id\":\"ops/relapsing/2025-03-01\"";
    assert_memory_equal(text, begin, sizeof begin - 1);
    assert_non_null(strstr(text, "\"evidence\":{\"a\":1}"));
    assert_non_null(strstr(text, "\"team\":\"ops \\\"one\\\"\""));
    assert_string_equal(text + strlen(text) - 2, "}}");
    strbuf_done(&body);
}

static void the_short_form_leaves_out_what_is_long(void **state)
{
    (void)state;
    struct delivery delivery = example();
    struct strbuf whole = {0}, body = {0};
    delivery_write(&delivery, &whole);
    delivery_write_short(&delivery, whole.length + 1, &body);
    assert_string_equal(strbuf_text(&body), strbuf_text(&whole));
    strbuf_reset(&body);
    strbuf_add_text(&body, "before ");
    delivery_write_short(&delivery, whole.length, &body);
    assert_non_null(strstr(strbuf_text(&body), "\"evidence\":null"));
    assert_non_null(strstr(strbuf_text(&body), "practising fell."));
    assert_memory_equal(body.data, "before {", 8);
    strbuf_reset(&body);
    delivery_write_short(&delivery, 100, &body);
    assert_null(strstr(strbuf_text(&body), "practising fell."));
    assert_non_null(strstr(strbuf_text(&body), "\"kind\":\"relapsing\""));
    strbuf_done(&body);
    strbuf_done(&whole);
}

static void alertmanager_gets_labels_annotations_and_times(void **state)
{
    (void)state;
    struct delivery delivery = example();
    struct strbuf body = {0};
    delivery_write_alertmanager(&delivery, &body);
    assert_string_equal(
        strbuf_text(&body),
        "[{\"labels\":{\"alertname\":\"uptake_relapsing\",\"team\":\"ops "
        "\\\"one\\\"\",\"kind\":\"relapsing\","
        "\"audience\":\"adoption\",\"owner\":\"enablement\",\"partition\":\"3\"},"
        "\"annotations\":{\"summary\":\"relapsing: team ops \\\"one\\\", since 2025-03-01\","
        "\"description\":\"practising "
        "fell.\",\"suggests\":\"skills\",\"id\":\"ops/relapsing/2025-03-01\"},"
        "\"startsAt\":\"2025-03-02T00:00:00Z\",\"endsAt\":\"2025-03-02T08:04:00Z\"}");
    strbuf_done(&body);
}

static void what_is_absent_is_no_label(void **state)
{
    (void)state;
    struct delivery delivery = example();
    struct strbuf body = {0};
    delivery.alert.team = delivery.alert.owner = delivery.alert.suggests = (struct text){0};
    delivery_write_alertmanager(&delivery, &body);
    delivery_write_alertmanager(&delivery, &body);
    const char *text = strbuf_text(&body);
    assert_null(strstr(text, "owner"));
    assert_null(strstr(text, "\"team\""));
    assert_null(strstr(text, "suggests"));
    assert_non_null(strstr(text, "\"summary\":\"relapsing: partition 3, since 2025-03-01\""));
    assert_non_null(strstr(text, "},{\"labels\""));
    strbuf_done(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_form_is_the_alert_with_its_event),
        cmocka_unit_test(the_short_form_leaves_out_what_is_long),
        cmocka_unit_test(alertmanager_gets_labels_annotations_and_times),
        cmocka_unit_test(what_is_absent_is_no_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
