/* Until when certificates are valid. */
#include "io/tls_peer.h"

#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

static int expiry_of(const X509 *certificate, int64_t *ret_not_after_s, struct up_err *err)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0;
    int seconds = 0;
    int is_read = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(certificate)) == 1;
    ASN1_TIME_free(epoch);
    if (!is_read)
        return up_fail(err, UP_EIO, "the end of a certificate cannot be read");
    *ret_not_after_s = INT64_C(86400) * days + seconds;
    return UP_OK;
}

int tls_peer_expiry_of(void *ssl, int64_t *ret_not_after_s, struct up_err *err)
{
    X509 *certificate = SSL_get_peer_certificate(ssl);
    if (certificate == NULL)
        return up_fail(err, UP_EIO, "the server shows no certificate");
    int code = expiry_of(certificate, ret_not_after_s, err);
    X509_free(certificate);
    return code;
}

int tls_peer_expiry_of_file(const char *path, int64_t *ret_not_after_s, struct up_err *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return up_fail(err, UP_EIO, "cannot open %s: %s", path, strerror(errno));
    int64_t earliest_s = INT64_MAX;
    int code = UP_OK;
    X509 *certificate;
    while (code == UP_OK && (certificate = PEM_read_X509(file, NULL, NULL, NULL)) != NULL) {
        int64_t not_after_s = 0;
        code = expiry_of(certificate, &not_after_s, err);
        earliest_s = not_after_s < earliest_s ? not_after_s : earliest_s;
        X509_free(certificate);
    }
    ERR_clear_error(); /* there is no next one */
    (void)fclose(file);
    if (code != UP_OK)
        return code;
    if (earliest_s == INT64_MAX)
        return up_fail(err, UP_EIO, "%s holds no certificate in PEM", path);
    *ret_not_after_s = earliest_s;
    return UP_OK;
}

/* ---- a server ---------------------------------------------------------------------------------------------------- */

static int wait_for(int descriptor, short events, int64_t deadline_us)
{
    struct pollfd waited = {.fd = descriptor, .events = events};
    int64_t left_ms = (deadline_us - clock_mono_us()) / 1000;
    return left_ms > 0 ? poll(&waited, 1, (int)left_ms) : 0;
}

/* Negative when it cannot be reached. */
static int connect_to(const struct addrinfo *address, int64_t deadline_us)
{
    int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    int error = 0;
    socklen_t size = sizeof error;
    bool is_up = connect(descriptor, address->ai_addr, address->ai_addrlen) == 0;
    if (!is_up && errno == EINPROGRESS && wait_for(descriptor, POLLOUT, deadline_us) > 0)
        is_up = getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    if (is_up)
        return descriptor;
    (void)close(descriptor);
    return -1;
}

static int shake_hands(SSL *ssl, int descriptor, int64_t deadline_us, struct up_err *err)
{
    for (;;) {
        int result = SSL_connect(ssl);
        if (result == 1)
            return UP_OK;
        int reason = SSL_get_error(ssl, result);
        ERR_clear_error();
        /* A server that wants a certificate of ours has shown its own before it ends the connection. */
        if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
            return SSL_get0_peer_certificate(ssl) != NULL ? UP_OK : up_fail(err, UP_EIO, "it does not speak TLS");
        if (wait_for(descriptor, reason == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline_us) <= 0)
            return up_fail(err, UP_ECONN, "no answer in time");
    }
}

static int look(int descriptor, const char *host, int64_t deadline_us, int64_t *ret_not_after_s, struct up_err *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = context != NULL ? SSL_new(context) : NULL;
    int code = UP_OK;
    if (ssl == NULL || SSL_set_fd(ssl, descriptor) != 1)
        code = up_fail(err, UP_EIO, "OpenSSL does not start");
    if (code == UP_OK) {
        /* SSL_set_tlsext_host_name(), whose macro takes const away. */
        (void)SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, (void *)(uintptr_t)host);
        code = shake_hands(ssl, descriptor, deadline_us, err);
    }
    if (code == UP_OK)
        code = tls_peer_expiry_of(ssl, ret_not_after_s, err);
    SSL_free(ssl);
    SSL_CTX_free(context);
    return code;
}

int tls_peer_expiry(const char *host, const char *port, int timeout_ms, int64_t *ret_not_after_s, struct up_err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *addresses = NULL;
    int64_t deadline_us = clock_mono_us() + INT64_C(1000) * timeout_ms;
    int failure = getaddrinfo(host, port, &hints, &addresses);
    if (failure != 0)
        return up_fail(err, UP_ECONN, "%s: %s", host, gai_strerror(failure));
    int descriptor = -1;
    for (const struct addrinfo *at = addresses; at != NULL && descriptor < 0; at = at->ai_next)
        descriptor = connect_to(at, deadline_us);
    freeaddrinfo(addresses);
    if (descriptor < 0)
        return up_fail(err, UP_ECONN, "%s:%s does not answer", host, port);
    int code = look(descriptor, host, deadline_us, ret_not_after_s, err);
    (void)close(descriptor);
    return code == UP_OK ? UP_OK : up_fail_context(err, "%s:%s", host, port);
}
