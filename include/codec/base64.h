/* Base64 of RFC 4648, section 4. */
#pragma once

#include <stdbool.h>

#include "base/strbuf.h"
#include "base/text.h"

/* Adds the bytes that `encoded` stands for. False when it is not base64 with its padding; then
 * *bytes may have grown. */
bool base64_decode(struct text encoded, struct strbuf *bytes);
