/* Tests of codec/webhook_signature: the example of Standard Webhooks, and keys of every form. */
#include "codec/webhook_signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void the_example_is_signed_as_it_is_published(void **state)
{
    (void)state;
    struct strbuf key = {0};
    char signature[WEBHOOK_SIGNATURE_BYTES];
    assert_true(webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &key));
    assert_int_equal(key.length, 24);
    webhook_sign((struct text){key.data, (uint32_t)key.length}, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                 1614265330, text_of("{\"test\": 2432232314}"), signature);
    assert_string_equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    strbuf_done(&key);
}

static void each_part_is_signed(void **state)
{
    (void)state;
    char first[WEBHOOK_SIGNATURE_BYTES], other[WEBHOOK_SIGNATURE_BYTES];
    struct text key = text_of("key");
    webhook_sign(key, "1", 100, text_of("body"), first);
    webhook_sign(key, "1", 100, text_of("body"), other);
    assert_string_equal(first, other);
    webhook_sign(key, "2", 100, text_of("body"), other);
    assert_string_not_equal(first, other);
    webhook_sign(key, "1", 101, text_of("body"), other);
    assert_string_not_equal(first, other);
    webhook_sign(key, "1", 100, text_of("Body"), other);
    assert_string_not_equal(first, other);
    webhook_sign(text_of("kez"), "1", 100, text_of("body"), other);
    assert_string_not_equal(first, other);
}

static void a_key_is_any_text_or_base64(void **state)
{
    (void)state;
    struct strbuf key = {0};
    assert_true(webhook_key("any text", &key));
    assert_string_equal(strbuf_text(&key), "any text");
    strbuf_reset(&key);
    assert_true(webhook_key("whsec_AAECAw==", &key));
    assert_int_equal(key.length, 4);
    assert_memory_equal(key.data, "\0\1\2\3", 4);
    strbuf_reset(&key);
    static const char *const none[] = {"", "whsec_", "whsec_AAE", "whsec_!!!!"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_false(webhook_key(none[i], &key));
        assert_int_equal(key.length, 0);
    }
    strbuf_done(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_signed_as_it_is_published),
        cmocka_unit_test(each_part_is_signed),
        cmocka_unit_test(a_key_is_any_text_or_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
