/* Tests of base/log: what becomes of a format, that arguments cannot break a line, and that repeated faults collapse. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log_repeat.h"

/* What the sink was last given, as logfmt and as JSON. */
static char printed[8192];
static char json[8192];
static int told;
static bool is_sink_full;

static void keep(struct strbuf *text, char *ret_copy, size_t size)
{
    (void)snprintf(ret_copy, size, "%s", strbuf_text(text));
    strbuf_done(text);
}

static bool take(const struct log_record *record)
{
    struct strbuf text = {0};
    log_print(record, &text);
    keep(&text, printed, sizeof printed);
    log_print_json(record, &text);
    keep(&text, json, sizeof json);
    told++;
    return !is_sink_full;
}

static int setup(void **state)
{
    (void)state;
    log_configure(&(struct log_settings){.level = LOG_LEVEL_DEBUG, .sink = take});
    told = 0;
    is_sink_full = false;
    log_tick(INT64_MAX);
    told = 0;
    return 0;
}

static void a_format_becomes_fields(void **state)
{
    (void)state;
    log_event(LOG_LEVEL_INFO, "plain", "a=%d b=%s c=\"two words\" d=%lld e=%zu f=%.2f g=%x h=%.*s i=%c", -1, "one",
              (long long)INT64_MIN, (size_t)7, 0.126, 255U, 2, "xyz", 'q');
    assert_string_equal(printed,
                        "event=plain a=-1 b=one c=\"two words\" d=-9223372036854775808 e=7 f=0.13 g=ff h=xy i=q");
    assert_string_equal(json, "\"event\":\"plain\",\"a\":-1,\"b\":\"one\",\"c\":\"two words\",\"d\":-9223372036854775808,"
                              "\"e\":7,\"f\":0.13,\"g\":\"ff\",\"h\":\"xy\",\"i\":\"q\"");
    log_event(LOG_LEVEL_INFO, "mixed", "why=\"%d of %s\" share=%d%% empty=\"\"", 3, "many", 40);
    assert_string_equal(printed, "event=mixed why=\"3 of many\" share=40% empty=\"\"");
    log_event(LOG_LEVEL_INFO, "bare", "%s", "");
    assert_string_equal(printed, "event=bare");
    log_event(LOG_LEVEL_INFO, "bare", "%s", "a text");
    assert_string_equal(printed, "event=bare text=\"a text\"");
}

static void arguments_cannot_break_out_of_their_field(void **state)
{
    (void)state;
    log_event(LOG_LEVEL_INFO, "sly", "err=\"%s\" last=1", "say \"no\" level=error \\ \n%d x");
    assert_string_equal(printed, "event=sly err=\"say \\\"no\\\" level=error \\\\  %d x\" last=1");
    assert_string_equal(json, "\"event\":\"sly\",\"err\":\"say \\\"no\\\" level=error \\\\  %d x\",\"last\":1");
    log_event(LOG_LEVEL_INFO, "sly", "name=%s", "a b=c");
    assert_string_equal(printed, "event=sly name=\"a b=c\"");
    log_event(LOG_LEVEL_INFO, "sly", "name=%s", "\xff\xc3\xa9\xed\xa0\x80\xf0\x9f\x98\x80\x7f\xe2\x82");
    assert_string_equal(printed, "event=sly name=\"?\xc3\xa9???\xf0\x9f\x98\x80 ??\"");
}

static void numbers_of_json_are_numbers(void **state)
{
    (void)state;
    log_event(LOG_LEVEL_INFO, "n", "a=%s b=%s c=%s d=%s e=%s f=%s", "01", "0", "1.", "-0.5", "-", "1e5");
    assert_string_equal(json, "\"event\":\"n\",\"a\":\"01\",\"b\":0,\"c\":\"1.\",\"d\":-0.5,\"e\":\"-\",\"f\":\"1e5\"");
}

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    static char much[10000];
    memset(much, 'x', sizeof much - 1);
    log_event(LOG_LEVEL_INFO, "long", "err=\"%s\" next=%d", much, 1);
    assert_true(strlen(printed) > 1000 && strlen(printed) < 4096);
    log_event(LOG_LEVEL_INFO, "many", "a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d "
                                      "a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d a=%d",
              1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26);
    assert_non_null(strstr(printed, "a=24"));
    assert_null(strstr(printed, "a=25"));
}

static void less_important_ones_are_dropped_and_errno_stays(void **state)
{
    (void)state;
    log_configure(&(struct log_settings){.level = LOG_LEVEL_WARN, .sink = take});
    errno = ENOENT;
    log_event(LOG_LEVEL_INFO, "quiet", "a=%d", 1);
    assert_int_equal(told, 0);
    log_event(LOG_LEVEL_WARN, "loud", "a=%d", 1);
    assert_int_equal(told, 1);
    assert_int_equal(errno, ENOENT);
}

/* Runs the call with stderr in a pipe; what was written. */
static const char *written_by(void (*call)(void))
{
    static char line[8192];
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    int kept = dup(STDERR_FILENO);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    call();
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    assert_int_equal(close(ends[1]) + close(kept), 0);
    ssize_t length = read(ends[0], line, sizeof line - 1);
    line[length > 0 ? length : 0] = '\0';
    assert_int_equal(close(ends[0]), 0);
    return line;
}

static void tell_one(void)
{
    log_event(LOG_LEVEL_ERROR, "one", "err=\"%s\"", "a \"b\"");
}

static void lines_go_to_stderr(void **state)
{
    (void)state;
    is_sink_full = true; /* what the sink cannot take is not lost */
    assert_non_null(strstr(written_by(tell_one), " level=error event=one err=\"a \\\"b\\\"\"\n"));
    log_tick(INT64_MAX);
    log_configure(&(struct log_settings){.level = LOG_LEVEL_INFO, .format = LOG_FORMAT_JSON});
    const char *line = written_by(tell_one);
    assert_int_equal(strncmp(line, "{\"ts\":", 6), 0);
    assert_non_null(strstr(line, ",\"level\":\"error\",\"event\":\"one\",\"err\":\"a \\\"b\\\"\"}\n"));
}

static void repeated_faults_collapse(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        log_event(LOG_LEVEL_WARN, "down", "attempt=%d err=\"port %d is closed\"", i, 1000 * i);
    assert_int_equal(told, 1);
    assert_string_equal(printed, "event=down attempt=0 err=\"port 0 is closed\"");
    log_event(LOG_LEVEL_WARN, "down", "err=\"another\"");
    assert_int_equal(told, 2);
    log_event(LOG_LEVEL_INFO, "step", "err=\"another\"");
    log_event(LOG_LEVEL_INFO, "step", "err=\"another\"");
    assert_int_equal(told, 4);
    log_recovered("down");
    assert_int_equal(told, 5);
    assert_non_null(strstr(printed, "event=recovered of=down times=6 after_s="));
    log_recovered("down");
    assert_int_equal(told, 5);
    log_event(LOG_LEVEL_WARN, "down", "err=\"another\"");
    assert_int_equal(told, 6);
}

static void without_err_all_fields_count(void **state)
{
    (void)state;
    log_event(LOG_LEVEL_WARN, "fenced", "partition=%d", 1);
    log_event(LOG_LEVEL_WARN, "fenced", "partition=%d", 2);
    log_event(LOG_LEVEL_WARN, "fenced", "partition=%d", 2);
    assert_int_equal(told, 2);
}

static void a_fault_that_is_not_heard_any_more_subsides(void **state)
{
    (void)state;
    log_event(LOG_LEVEL_WARN, "once", "err=\"x\"");
    log_event(LOG_LEVEL_WARN, "often", "err=\"x\"");
    log_event(LOG_LEVEL_WARN, "often", "err=\"x\"");
    log_event(LOG_LEVEL_WARN, "often", "err=\"x\"");
    told = 0;
    log_tick(INT64_MAX);
    assert_int_equal(told, 1);
    assert_string_equal(printed, "event=subsided of=often times=3 repeated=2");
}

static void a_lasting_fault_is_told_once_a_minute(void **state)
{
    (void)state;
    static struct log_repeats repeats;
    const struct log_field field = {.key = "err", .value = "gone"};
    const struct log_record record = {.level = LOG_LEVEL_WARN, .event = "down", .fields = &field, .field_count = 1};
    uint64_t hidden = 99;
    int64_t first_us = 0;
    assert_true(log_repeats_take(&repeats, &record, 1000, &hidden));
    assert_int_equal(hidden, 0);
    for (int64_t s = 1; s < 60; s++)
        assert_false(log_repeats_take(&repeats, &record, 1000 + s * 1000000, &hidden));
    assert_true(log_repeats_take(&repeats, &record, 1000 + INT64_C(60000000), &hidden));
    assert_int_equal(hidden, 59);
    assert_false(log_repeats_take(&repeats, &record, 1000 + INT64_C(61000000), &hidden));
    assert_int_equal(log_repeats_forget(&repeats, "down", &first_us), 62);
    assert_int_equal(first_us, 1000);
    assert_int_equal(log_repeats_forget(&repeats, "down", &first_us), 0);
}

static void room_for_faults_is_bounded(void **state)
{
    (void)state;
    static struct log_repeats repeats;
    struct log_repeat over;
    uint64_t hidden;
    for (int i = 0; i < 3 * LOG_REPEATS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "fault%d", i);
        const struct log_record record = {.level = LOG_LEVEL_WARN, .event = name};
        assert_true(log_repeats_take(&repeats, &record, 1000 + i, &hidden));
    }
    int left = 0;
    while (log_repeats_subside(&repeats, INT64_C(1) << 40, &over))
        left++;
    assert_int_equal(left, LOG_REPEATS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_format_becomes_fields, setup),
        cmocka_unit_test_setup(arguments_cannot_break_out_of_their_field, setup),
        cmocka_unit_test_setup(numbers_of_json_are_numbers, setup),
        cmocka_unit_test_setup(what_is_too_long_is_cut, setup),
        cmocka_unit_test_setup(less_important_ones_are_dropped_and_errno_stays, setup),
        cmocka_unit_test_setup(lines_go_to_stderr, setup),
        cmocka_unit_test_setup(repeated_faults_collapse, setup),
        cmocka_unit_test_setup(without_err_all_fields_count, setup),
        cmocka_unit_test_setup(a_fault_that_is_not_heard_any_more_subsides, setup),
        cmocka_unit_test_setup(a_lasting_fault_is_told_once_a_minute, setup),
        cmocka_unit_test_setup(room_for_faults_is_bounded, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
