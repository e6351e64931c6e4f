/* Fetches a page over HTTP and waits for it. */
#include "io/http_client.h"

#include <curl/curl.h>

enum { BODY_BYTES_MAX = 16 * 1024 * 1024 };

static size_t take_bytes(char *bytes, size_t size, size_t count, void *arg)
{
    struct strbuf *body = arg;
    if (body->length + size * count > BODY_BYTES_MAX)
        return 0;
    strbuf_add(body, bytes, size * count);
    return size * count;
}

int http_client_get(const char *url, int timeout_ms, struct strbuf *ret_body, struct up_err *err)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return up_fail(err, UP_EIO, "libcurl does not start");
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, ret_body);
    CURLcode result = curl_easy_perform(curl);
    long status = 0;
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    if (result != CURLE_OK)
        return up_fail(err, UP_ECONN, "%s: %s", url, curl_easy_strerror(result));
    if (status != 200)
        return up_fail(err, UP_EIO, "%s answers with status %ld", url, status);
    return UP_OK;
}
