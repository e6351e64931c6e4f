/* Who may read the page, where http_token_file names a token. */
#include "app/page_token.h"

#include <string.h>
#include <strings.h>

#include "codec/base64.h"

/* Takes as long for a wrong byte at the beginning as for one at the end. */
static bool is_equal(const char *given, size_t length, const char *token)
{
    size_t wanted = strlen(token);
    unsigned different = length != wanted;
    for (size_t i = 0; i < length && wanted > 0; i++)
        different |= (unsigned char)given[i] ^ (unsigned char)token[i % wanted];
    return different == 0;
}

/* The credentials behind a scheme of the header; NULL = another scheme. */
static const char *behind(const char *header, const char *scheme)
{
    size_t length = strlen(scheme);
    if (strncasecmp(header, scheme, length) != 0 || header[length] != ' ')
        return NULL;
    return header + length + strspn(header + length, " ");
}

static bool is_known(const char *header, const char *token)
{
    const char *bearer = behind(header, "Bearer");
    if (bearer != NULL)
        return is_equal(bearer, strlen(bearer), token);
    const char *basic = behind(header, "Basic");
    struct strbuf decoded = {0};
    bool is_right = false;
    if (basic != NULL && base64_decode(text_of(basic), &decoded) && decoded.length > 0) {
        const char *colon = memchr(decoded.data, ':', decoded.length);
        if (colon != NULL) {
            size_t user = (size_t)(colon + 1 - decoded.data);
            is_right = is_equal(colon + 1, decoded.length - user, token);
        }
    }
    strbuf_done(&decoded);
    return is_right;
}

bool page_token_admits(const struct config *config, const struct http_request *request,
                       struct http_answer *answer)
{
    const char *token = config->http_token.value;
    const char *header = http_request_header(request, "Authorization");
    if (token == NULL || (header != NULL && is_known(header, token)))
        return true;
    answer->status = 401;
    answer->content_type = "text/plain; charset=utf-8";
    http_answer_header(answer, "WWW-Authenticate", "Basic realm=\"uptake\", charset=\"UTF-8\"");
    strbuf_add_text(&answer->body,
                    "This page wants the token of http_token_file: as the password of any user.\n");
    return false;
}
