/* The JSON of an alarm: every member, open and resolved, nothing where nothing is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/alert_json.h"

static const char *written(const struct alert *alert)
{
    static struct strbuf out;
    struct json_write json = {.out = &out};
    strbuf_reset(&out);
    alert_json_write(alert, &json);
    return strbuf_text(&out);
}

static void an_open_alarm(void **state)
{
    (void)state;
    const struct alert alert = {.id = text_of("north/relapsing/2025-05-30"),
                                .partition = text_of("12"),
                                .team = text_of("north"),
                                .kind = text_of("relapsing"),
                                .audience = text_of("adoption"),
                                .opened = text_of("2025-05-30"),
                                .sentence = text_of("\"Practising\" fell."),
                                .suggests = text_of("skills work_design"),
                                .evidence = text_of("{\"e\":800.5}"),
                                .definitions = text_of("1-abc"),
                                .watermark = text_of("2025-05-31T06:00:00Z")};
    assert_string_equal(
        written(&alert),
        "{\"id\":\"north/relapsing/2025-05-30\",\"partition\":12,\"team\":\"north\","
        "\"kind\":\"relapsing\",\"audience\":\"adoption\",\"owner\":null,\"status\":\"open\","
        "\"opened\":\"2025-05-30\",\"resolved\":null,\"sentence\":\"\\\"Practising\\\" fell.\","
        "\"suggests\":[\"skills\",\"work_design\"],\"evidence\":{\"e\":800.5},"
        "\"acknowledged\":null,\"definitions\":\"1-abc\",\"watermark\":\"2025-05-31T06:00:00Z\"}");
}

/* Columns in their order; a partition has no team. */
static void a_resolved_alarm_read_from_its_columns(void **state)
{
    (void)state;
    static const char *const row[ALERT_COLUMNS] = {"3/partition_silent/2025-05-30",
                                                   "3",
                                                   "",
                                                   "partition_silent",
                                                   "service",
                                                   "ops",
                                                   "2025-05-30",
                                                   "2025-06-12",
                                                   "s",
                                                   "",
                                                   "{}",
                                                   "1-abc",
                                                   "2025-05-31T06:00:00Z",
                                                   "2025-06-01T09:00:00Z",
                                                   "desk",
                                                   "on it"};
    struct text columns[ALERT_COLUMNS];
    for (int i = 0; i < ALERT_COLUMNS; i++)
        columns[i] = text_of(row[i]);
    const struct alert alert = alert_json_read(columns);
    assert_string_equal(
        written(&alert),
        "{\"id\":\"3/partition_silent/2025-05-30\",\"partition\":3,\"team\":null,"
        "\"kind\":\"partition_silent\",\"audience\":\"service\",\"owner\":\"ops\","
        "\"status\":\"resolved\",\"opened\":\"2025-05-30\",\"resolved\":\"2025-06-12\","
        "\"sentence\":\"s\",\"suggests\":[],\"evidence\":{},\"acknowledged\":"
        "{\"at\":\"2025-06-01T09:00:00Z\",\"by\":\"desk\",\"note\":\"on it\"},"
        "\"definitions\":\"1-abc\",\"watermark\":\"2025-05-31T06:00:00Z\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_alarm),
        cmocka_unit_test(a_resolved_alarm_read_from_its_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
