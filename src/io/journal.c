/* Logs to the journal with fields of their own. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "io/journal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include "base/hash.h"

enum { OWN_FIELDS = 5, KEY_BYTES_MAX = 48 };

bool journal_is_at(int descriptor, const char *value)
{
    struct stat status;
    char text[64];
    if (value == NULL || fstat(descriptor, &status) != 0)
        return false;
    (void)snprintf(text, sizeof text, "%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
    return strcmp(value, text) == 0;
}

void journal_message_id(const char *event, char ret_id[static JOURNAL_ID_BYTES])
{
    char name[128];
    uint64_t half[2];
    for (size_t i = 0; i < 2; i++) {
        int length = snprintf(name, sizeof name, "uptake/%zu/%s", i, event);
        half[i] = hash_xx64(name, (size_t)length < sizeof name ? (size_t)length : sizeof name - 1);
    }
    half[0] = (half[0] & ~UINT64_C(0xf000)) | UINT64_C(0x8000);
    half[1] = (half[1] & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    (void)snprintf(ret_id, JOURNAL_ID_BYTES, "%016llx%016llx", (unsigned long long)half[0], (unsigned long long)half[1]);
}

/* UPTAKE_KEY=value; names in the journal are capitals, digits and _. */
static void add_field(struct strbuf *text, const struct log_field *field)
{
    strbuf_add_text(text, "UPTAKE_");
    for (const char *c = field->key; *c != '\0' && c - field->key < KEY_BYTES_MAX; c++)
        strbuf_add_char(text, isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_');
    strbuf_add_char(text, '=');
    strbuf_add_text(text, field->value);
}

bool journal_send(const struct log_record *record)
{
    char id[JOURNAL_ID_BYTES];
    struct strbuf text = {0};
    size_t ends[OWN_FIELDS + LOG_FIELDS_MAX];
    struct iovec parts[OWN_FIELDS + LOG_FIELDS_MAX];
    size_t count = 0;
    journal_message_id(record->event, id);
    strbuf_add_text(&text, "MESSAGE=");
    log_print(record, &text);
    ends[count++] = text.length;
    strbuf_add_format(&text, "PRIORITY=%d", (int)record->level);
    ends[count++] = text.length;
    strbuf_add_format(&text, "MESSAGE_ID=%s", id);
    ends[count++] = text.length;
    strbuf_add_text(&text, "SYSLOG_IDENTIFIER=uptaked");
    ends[count++] = text.length;
    strbuf_add_format(&text, "UPTAKE_EVENT=%s", record->event);
    ends[count++] = text.length;
    for (size_t i = 0; i < record->field_count && i < LOG_FIELDS_MAX; i++) {
        add_field(&text, &record->fields[i]);
        ends[count++] = text.length;
    }
    for (size_t i = 0; i < count; i++) {
        size_t begin = i == 0 ? 0 : ends[i - 1];
        parts[i] = (struct iovec){.iov_base = text.data + begin, .iov_len = ends[i] - begin};
    }
    int code = sd_journal_sendv(parts, (int)count);
    strbuf_done(&text);
    return code == 0;
}
