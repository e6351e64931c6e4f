/* Tests of model/words: every word that the model can say has a label and a sentence. */
#include "model/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model/evaluation.h"
#include "model/measure.h"

static void assert_said(enum word_set set, const char *name)
{
    const struct word *word = words_find(set, name);
    if (word == NULL)
        fail_msg("%s %s is not in model/words.def", words_set_name(set), name);
    assert_string_equal(word->name, name);
    assert_true(word->label[0] != '\0');
    assert_int_equal(word->sentence[strlen(word->sentence) - 1], '.');
}

static void every_word_is_said(void **state)
{
    (void)state;
    for (int i = 0; i < STATES; i++)
        assert_said(WORD_state, evaluation_state_name((enum team_state)i));
    for (int i = 0; i < VERDICTS; i++)
        assert_said(WORD_verdict, evaluation_verdict_name((enum verdict)i));
    for (int i = 0; i < DIAGNOSES; i++)
        assert_said(WORD_diagnosis, evaluation_diagnosis_name((enum diagnosis)i));
    for (int i = 0; i < ALARM_KINDS; i++)
        assert_said(WORD_alarm, evaluation_alarm_name((enum alarm_kind)i));
    for (int i = 0; i < HEALTH_COMPONENTS; i++)
        assert_said(WORD_component, evaluation_component_name((enum health_component)i));
    for (int i = BECAUSE_NONE + 1; i < BECAUSES; i++)
        assert_said(WORD_because, measure_because_name((enum because)i));
    for (int i = PRESENCE_UNKNOWN; i <= PRESENCE_ABSENT; i++)
        assert_non_null(words_find(WORD_presence, evaluation_presence_name((enum presence)i)));
    for (int i = 0; i < WINDOWS; i++)
        assert_said(WORD_window, measure_window_name((enum window)i));
    assert_null(words_find(WORD_state, "transformation"));
}

static void a_sentence_is_whole(void **state)
{
    (void)state;
    size_t count;
    const struct word *words = words_list(&count);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(words[i].sentence);
        assert_true(length == 0 || words[i].sentence[length - 1] == '.');
        assert_true(length > 0 || words[i].label[0] != '\0');
        assert_true(i == 0 || words[i].set >= words[i - 1].set);
    }
}

static bool is_measure(const char *name, size_t length)
{
    for (int m = 0; m < MEASURES; m++) {
        const char *known = measure_info((enum measure)m)->name;
        if (strlen(known) == length && strncmp(known, name, length) == 0)
            return true;
    }
    return false;
}

static void measures_beside_a_word_exist(void **state)
{
    (void)state;
    size_t count;
    const struct word *words = words_list(&count);
    for (size_t i = 0; i < count; i++) {
        for (const char *at = words[i].measures; *at != '\0';) {
            size_t length = strcspn(at, " ");
            if (!is_measure(at, length))
                fail_msg("%s: %s is no measure", words[i].name, at);
            at += length + strspn(at + length, " ");
        }
    }
}

/* People read these: the word for SQL is not for them. */
static void people_do_not_read_theatre(void **state)
{
    (void)state;
    size_t count;
    const struct word *words = words_list(&count);
    for (size_t i = 0; i < count; i++) {
        assert_null(strcasestr(words[i].label, "theatre"));
        assert_null(strcasestr(words[i].sentence, "theatre"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_said),
        cmocka_unit_test(a_sentence_is_whole),
        cmocka_unit_test(measures_beside_a_word_exist),
        cmocka_unit_test(people_do_not_read_theatre),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
