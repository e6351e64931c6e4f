/* Base64 of RFC 4648, section 4. */
#include "codec/base64.h"

enum { INVALID = 64 };

static uint32_t value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : INVALID;
}

bool base64_decode(struct text encoded, struct strbuf *bytes)
{
    if (encoded.length % 4 != 0)
        return false;
    uint32_t length = encoded.length;
    for (int i = 0; i < 2 && length > 0 && encoded.bytes[length - 1] == '='; i++)
        length--;
    uint32_t bits = 0;
    for (uint32_t i = 0; i < length; i++) {
        uint32_t value = value_of(encoded.bytes[i]);
        if (value == INVALID)
            return false;
        bits = bits << 6 | value;
        if (i % 4 != 0) /* the 2nd, 3rd and 4th complete a byte */
            strbuf_add_char(bytes, (char)(uint8_t)(bits >> (6 - 2 * (i % 4))));
    }
    return true;
}
