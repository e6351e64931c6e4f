/* Proves to the receiver of a webhook who sent it: Standard Webhooks 1.0, HMAC-SHA256. Owns libsodium's HMAC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"

enum { WEBHOOK_SIGNATURE_BYTES = 64 };

/* The key that a secret stands for: what is base64 behind "whsec_", any other text as it is. False where there is no
 * base64 behind it, or nothing at all; then *ret_key is untouched. */
bool webhook_key(const char *secret, struct strbuf *ret_key);

/* "v1,<base64 of HMAC-SHA256(key, id.time_s.body)>", the value of the header webhook-signature. id (under 64 bytes) and time_s stand in
 * webhook-id and webhook-timestamp: who gets an old one has got it before. */
void webhook_sign(struct text key, const char *id, int64_t time_s, struct text body,
                  char ret_signature[static WEBHOOK_SIGNATURE_BYTES]);
