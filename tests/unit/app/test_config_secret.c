/* Tests of app/config_secret: which files are taken as keys and secrets, and which are refused. */
#include "app/config_secret.h"

#include "config_fixture.h"

static const uint8_t key_bytes[PSEUDONYM_KEY_BYTES] = {
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

/* Writes the file and reads it as a key; outside of the credentials' directory. */
static int read_key(struct config_fixture *fixture, const void *bytes, size_t length,
                    uint8_t *ret_key, struct up_err *err)
{
    config_fixture_write(fixture, "key", bytes, length, 0600);
    char path[TEMP_DIR_PATH_MAX];
    temp_dir_join(&fixture->dir, "key", path);
    return config_secret_read_key(path, NULL, ret_key, err);
}

static void keys_are_bytes_or_digits(void **state)
{
    static const char *const digits[] = {"00112233445566778899aabbccddeeff",
                                         "00112233445566778899AABBCCDDEEFF\n",
                                         "00112233445566778899aabbccDDEEFF\r\n"};
    struct up_err err;
    uint8_t key[PSEUDONYM_KEY_BYTES];
    for (size_t i = 0; i < 3; i++) {
        memset(key, 0x55, sizeof key);
        assert_int_equal(read_key(*state, digits[i], strlen(digits[i]), key, &err), 0);
        assert_memory_equal(key, key_bytes, sizeof key);
    }
    memset(key, 0x55, sizeof key);
    assert_int_equal(read_key(*state, key_bytes, sizeof key_bytes, key, &err), 0);
    assert_memory_equal(key, key_bytes, sizeof key);
}

static void other_files_are_no_keys(void **state)
{
    static const char *const wrong[] = {"",
                                        "\n",
                                        "0011223344556677",
                                        "00112233445566778899aabbccddeef",
                                        "00112233445566778899aabbccddeefg",
                                        "00112233445566778899aabbccddeeff00",
                                        "00112233445566778899aabbccddeeff\n\n",
                                        " 0112233445566778899aabbccddeeff"};
    struct up_err err;
    uint8_t key[PSEUDONYM_KEY_BYTES];
    uint8_t untouched[PSEUDONYM_KEY_BYTES];
    memset(key, 0x55, sizeof key);
    memset(untouched, 0x55, sizeof untouched);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (strlen(wrong[i]) == PSEUDONYM_KEY_BYTES)
            continue; /* any 16 bytes are a key */
        if (read_key(*state, wrong[i], strlen(wrong[i]), key, &err) != UP_EINVAL)
            fail_msg("\"%s\" was taken", wrong[i]);
        assert_non_null(strstr(err.text, "is no key"));
        assert_memory_equal(key, untouched, sizeof key);
    }
    char long_one[100] = {0};
    assert_int_equal(read_key(*state, long_one, sizeof long_one, key, &err), UP_EINVAL);
}

static void a_file_open_to_others_is_refused(void **state)
{
    struct config_fixture *fixture = *state;
    char secret[CONFIG_SECRET_BYTES_MAX];
    char path[TEMP_DIR_PATH_MAX];
    struct up_err err;
    static const mode_t modes[] = {0640, 0604, 0660, 0644, 0602, 0610};
    temp_dir_join(&fixture->dir, "secret", path);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        config_fixture_write(fixture, "secret", "hunter2", 7, modes[i]);
        assert_int_equal(config_secret_read(path, NULL, secret, &err), UP_EINVAL);
        assert_non_null(strstr(err.text, "chmod 0600"));
        assert_non_null(strstr(err.text, "LoadCredential"));
        assert_null(strstr(err.text, "hunter2"));
        /* systemd guards its own directory. */
        assert_int_equal(config_secret_read(path, fixture->dir.path, secret, &err), 0);
        assert_string_equal(secret, "hunter2");
    }
}

static void the_credentials_directory_cannot_be_left(void **state)
{
    struct config_fixture *fixture = *state;
    config_fixture_write(fixture, "secret", "hunter2", 7, 0644);
    char secret[CONFIG_SECRET_BYTES_MAX];
    char inside[TEMP_DIR_PATH_MAX];
    char path[TEMP_DIR_PATH_MAX + 32];
    struct up_err err;
    temp_dir_join(&fixture->dir, "credentials", inside);
    assert_int_equal(mkdir(inside, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/../secret", inside);
    assert_int_equal(config_secret_read(path, inside, secret, &err), UP_EINVAL);
    /* A name that only begins like the directory's is outside too. */
    (void)snprintf(path, sizeof path, "%s/secret", fixture->dir.path);
    (void)snprintf(inside, sizeof inside, "%.*s", (int)strlen(fixture->dir.path) - 1,
                   fixture->dir.path);
    assert_int_equal(config_secret_read(path, inside, secret, &err), UP_EINVAL);
}

static void secrets_lose_their_last_newline_only(void **state)
{
    struct config_fixture *fixture = *state;
    static const char *const cases[][2] = {{"hunter2", "hunter2"},
                                           {"hunter2\n", "hunter2"},
                                           {"hunter2\r\n", "hunter2"},
                                           {" hunter 2 \n\n", " hunter 2 \n"}};
    char secret[CONFIG_SECRET_BYTES_MAX];
    char path[TEMP_DIR_PATH_MAX];
    struct up_err err;
    temp_dir_join(&fixture->dir, "secret", path);
    for (size_t i = 0; i < 4; i++) {
        config_fixture_write(fixture, "secret", cases[i][0], strlen(cases[i][0]), 0600);
        assert_int_equal(config_secret_read(path, NULL, secret, &err), 0);
        assert_string_equal(secret, cases[i][1]);
    }
    config_fixture_write(fixture, "secret", "\n", 1, 0600);
    assert_int_equal(config_secret_read(path, NULL, secret, &err), UP_EINVAL);
    config_fixture_write(fixture, "secret", "a\0b", 3, 0600);
    assert_int_equal(config_secret_read(path, NULL, secret, &err), UP_EINVAL);
    assert_int_equal(config_secret_read(fixture->dir.path, NULL, secret, &err), UP_EINVAL);
    assert_non_null(strstr(err.text, "no regular file"));
}

static void paths_are_expanded_at_their_beginning(void **state)
{
    (void)state;
    char path[CONFIG_PATH_BYTES_MAX];
    struct up_err err;
    assert_int_equal(config_secret_expand("$CREDENTIALS_DIRECTORY/a/b", "/run/x", path, &err), 0);
    assert_string_equal(path, "/run/x/a/b");
    assert_int_equal(config_secret_expand("/a/$CREDENTIALS_DIRECTORY/b", "/run/x", path, &err), 0);
    assert_string_equal(path, "/a/$CREDENTIALS_DIRECTORY/b");
    assert_int_equal(config_secret_expand("$CREDENTIALS_DIRECTORY/a", NULL, path, &err), UP_EINVAL);
    assert_non_null(strstr(err.text, "$CREDENTIALS_DIRECTORY is not set"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONFIG_TEST(keys_are_bytes_or_digits),
        CONFIG_TEST(other_files_are_no_keys),
        CONFIG_TEST(a_file_open_to_others_is_refused),
        CONFIG_TEST(the_credentials_directory_cannot_be_left),
        CONFIG_TEST(secrets_lose_their_last_newline_only),
        CONFIG_TEST(paths_are_expanded_at_their_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
