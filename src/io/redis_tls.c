/* TLS on the way to Redis. */
#include "io/redis_tls.h"

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "redis_tls_priv.h"

struct redis_tls {
    SSL_CTX *context;
};

/* The newest reason that the library has on record. */
static int fail_file(struct up_err *err, const char *what, const char *path)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return up_fail(err, UP_EINVAL, "[redis] %s %s cannot be used: %s", what, path,
                   reason == NULL ? "unknown reason" : reason);
}

static int set_up(SSL_CTX *context, const struct redis_tls_settings *settings, struct up_err *err)
{
    UP_ASSERT((settings->cert_file == NULL) == (settings->key_file == NULL));
    UP_ASSERT(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (settings->ca_file == NULL)
        UP_ASSERT(SSL_CTX_set_default_verify_paths(context) == 1);
    else if (SSL_CTX_load_verify_locations(context, settings->ca_file, NULL) != 1)
        return fail_file(err, "tls_ca_file", settings->ca_file);
    if (settings->cert_file == NULL)
        return UP_OK;
    if (SSL_CTX_use_certificate_chain_file(context, settings->cert_file) != 1)
        return fail_file(err, "tls_cert_file", settings->cert_file);
    if (SSL_CTX_use_PrivateKey_file(context, settings->key_file, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return fail_file(err, "tls_key_file", settings->key_file);
    return UP_OK;
}

struct redis_tls *redis_tls_new(const struct redis_tls_settings *settings, struct up_err *err)
{
    struct redis_tls *tls = mem_alloc(sizeof *tls);
    tls->context = SSL_CTX_new(TLS_client_method());
    UP_ASSERT(tls->context != NULL);
    if (set_up(tls->context, settings, err) == UP_OK)
        return tls;
    redis_tls_free(tls);
    return NULL;
}

void redis_tls_free(struct redis_tls *tls)
{
    if (tls == NULL)
        return;
    SSL_CTX_free(tls->context);
    mem_free(tls);
}

struct bufferevent *redis_tls_stream(const struct redis_tls *tls, struct event_base *base,
                                     const char *host)
{
    SSL *ssl = SSL_new(tls->context);
    char *name = mem_copy_text(host, strlen(host)); /* the macro below casts const away */
    UP_ASSERT(ssl != NULL);
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) != 1) {
        UP_ASSERT(SSL_set1_host(ssl, host) == 1);
        UP_ASSERT(SSL_set_tlsext_host_name(ssl, name) == 1);
    }
    mem_free(name);
    struct bufferevent *stream = bufferevent_openssl_socket_new(
        base, -1, ssl, BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE);
    UP_ASSERT(stream != NULL);
    /* Redis ends a connection without the farewell of TLS; its replies say where they end. */
    bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
    return stream;
}

void redis_tls_trouble(struct bufferevent *stream, char ret_text[static REDIS_TLS_TEXT_MAX])
{
    SSL *ssl = bufferevent_openssl_get_ssl(stream);
    unsigned long code = bufferevent_get_openssl_error(stream);
    ret_text[0] = '\0';
    if (ssl == NULL)
        return;
    long verified = SSL_get_verify_result(ssl);
    const char *reason = ERR_reason_error_string(code);
    if (verified != X509_V_OK)
        (void)snprintf(ret_text, REDIS_TLS_TEXT_MAX,
                       "it has not proved who it is (see tls_ca_file): %s",
                       X509_verify_cert_error_string(verified));
    else if (code != 0)
        (void)snprintf(ret_text, REDIS_TLS_TEXT_MAX, "TLS failed (does it speak TLS there?): %s",
                       reason == NULL ? "unknown reason" : reason);
}
