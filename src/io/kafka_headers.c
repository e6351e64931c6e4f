/* The headers of a message out of the library's list. */
#include "base/mem.h"
#include "kafka_priv.h"

size_t kafka_headers_append(const rd_kafka_message_t *raw, struct message_header **headers,
                            size_t *capacity, size_t count)
{
    rd_kafka_headers_t *list = NULL;
    if (rd_kafka_message_headers(raw, &list) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    size_t more = rd_kafka_header_cnt(list);
    mem_reserve(headers, capacity, count + more, sizeof **headers);
    for (size_t i = 0; i < more; i++) {
        const char *name = "";
        const void *value = NULL;
        size_t length = 0;
        (void)rd_kafka_header_get_all(list, i, &name, &value, &length);
        (*headers)[count + i] = (struct message_header){
            .name = text_of(name), .value = value, .value_length = (uint32_t)length};
    }
    return more;
}
