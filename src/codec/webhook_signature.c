/* Proves to the receiver of a webhook who sent it. */
#include "codec/webhook_signature.h"

#include <inttypes.h>
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <string.h>

#include "base/panic.h"
#include "codec/base64.h"

static const char encoded_mark[] = "whsec_";

bool webhook_key(const char *secret, struct strbuf *ret_key)
{
    struct text text = text_of(secret);
    size_t mark = sizeof encoded_mark - 1;
    if (strncmp(secret, encoded_mark, mark) != 0) {
        strbuf_add(ret_key, text.bytes, text.length);
        return text.length > 0;
    }
    struct strbuf key = {0};
    bool is_key =
        text.length > mark &&
        base64_decode((struct text){text.bytes + mark, text.length - (uint32_t)mark}, &key) &&
        key.length > 0;
    if (is_key)
        strbuf_add(ret_key, key.data, key.length);
    if (key.data != NULL)
        sodium_memzero(key.data, key.capacity);
    strbuf_done(&key);
    return is_key;
}

static void add_bytes(crypto_auth_hmacsha256_state *state, const char *bytes, size_t length)
{
    (void)crypto_auth_hmacsha256_update(state, (const unsigned char *)bytes,
                                        length); /* cannot fail */
}

void webhook_sign(struct text key, const char *id, int64_t time_s, struct text body,
                  char ret_signature[static WEBHOOK_SIGNATURE_BYTES])
{
    crypto_auth_hmacsha256_state state;
    unsigned char hash[crypto_auth_hmacsha256_BYTES];
    char head[128];
    static const char version[] = "v1,";
    _Static_assert(sizeof version +
                           sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL) <=
                       WEBHOOK_SIGNATURE_BYTES,
                   "room");
    int length = snprintf(head, sizeof head, "%s.%" PRId64 ".", id, time_s);
    UP_ASSERT(length > 0 && (size_t)length < sizeof head);
    (void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.bytes, key.length);
    add_bytes(&state, head, (size_t)length);
    add_bytes(&state, body.bytes, body.length);
    (void)crypto_auth_hmacsha256_final(&state, hash);
    memcpy(ret_signature, version, sizeof version - 1);
    (void)sodium_bin2base64(ret_signature + sizeof version - 1,
                            WEBHOOK_SIGNATURE_BYTES - (sizeof version - 1), hash, sizeof hash,
                            sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(&state, sizeof state);
}
