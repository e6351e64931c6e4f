/* What the doctor looks at of those who are told of alerts. */
#include <stdio.h>
#include <string.h>

#include "doctor_priv.h"
#include "io/http_client.h"
#include "io/tls_peer.h"

/* "host" and "port" of a URL. False when it has none. */
static bool split_url(const char *url, char host[static 256], char port[static 8])
{
    bool is_https = strncmp(url, "https://", 8) == 0;
    const char *at = url + (is_https ? 8 : 7);
    size_t length = *at == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/?");
    bool is_bracketed = *at == '[';
    if (length == 0 || length >= 256)
        return false;
    (void)snprintf(host, 256, "%.*s", (int)length - 2 * is_bracketed, at + is_bracketed);
    at += length;
    (void)snprintf(port, 8, "%s", is_https ? "443" : "80");
    if (*at == ':')
        (void)snprintf(port, 8, "%.*s", (int)strcspn(at + 1, "/?"), at + 1);
    return true;
}

static void check_receiver(struct doctor *doctor, const char *what, const char *url)
{
    char host[256];
    char port[8];
    struct up_err err = {0};
    struct strbuf page = {0};
    int64_t not_after_s = 0;
    if (!split_url(url, host, port)) {
        doctor_say(doctor, DOCTOR_FAULT, "correct it in [delivery]", "the address of %s is none", what);
        return;
    }
    bool is_https = strncmp(url, "https://", 8) == 0;
    int code = is_https ? tls_peer_expiry(host, port, doctor->settings->timeout_ms, &not_after_s, &err)
                        : http_client_get(url, doctor->settings->timeout_ms, &page, &err);
    bool is_near = strncmp(host, "127.", 4) == 0 || strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0;
    /* Whatever it says to a question that is none, it is there. */
    if (code == UP_ECONN || (is_https && code != UP_OK))
        doctor_say(doctor, DOCTOR_FAULT, "start it, or correct its address in [delivery]: alerts wait", "%s does not answer: %s",
                   what, err.text);
    else if (is_https)
        doctor_say_expiry(doctor, what, not_after_s);
    else
        doctor_say(doctor, is_near ? DOCTOR_OK : DOCTOR_WARNING, is_near ? "" : "use https", "%s answers%s", what,
                   is_near ? "" : ", and alerts cross the network in the clear");
    strbuf_done(&page);
}

void doctor_check_delivery(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    for (size_t i = 0; i < config->alertmanager_urls.count; i++) {
        char what[300];
        (void)snprintf(what, sizeof what, "Alertmanager %.256s", config->alertmanager_urls.items[i]);
        check_receiver(doctor, what, config->alertmanager_urls.items[i]);
    }
    if (*config->webhook_url != '\0')
        check_receiver(doctor, "the webhook", config->webhook_url);
    if (config->alertmanager_urls.count == 0 && *config->webhook_url == '\0')
        doctor_say(doctor, DOCTOR_OK, "", "nobody is told of alerts but Redis and PostgreSQL");
}
