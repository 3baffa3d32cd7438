/* A ring of bytes. */

#include "byte_queue.h"

#include <string.h>

void byte_queue_clear(struct byte_queue *queue)
{
    queue->start = queue->length = 0;
}

void byte_queue_push(struct byte_queue *queue, const void *bytes, size_t length)
{
    size_t end = (queue->start + queue->length) % BYTE_QUEUE_SIZE;
    size_t first = BYTE_QUEUE_SIZE - end < length ? BYTE_QUEUE_SIZE - end : length;
    memcpy(queue->bytes + end, bytes, first);
    memcpy(queue->bytes, (const uint8_t *)bytes + first, length - first);
    queue->length += length;
}

size_t byte_queue_peek(const struct byte_queue *queue, const uint8_t **bytes)
{
    *bytes = queue->bytes + queue->start;
    size_t piece = BYTE_QUEUE_SIZE - queue->start;
    return queue->length < piece ? queue->length : piece;
}

void byte_queue_drop(struct byte_queue *queue, size_t length)
{
    queue->start = (queue->start + length) % BYTE_QUEUE_SIZE;
    queue->length -= length;
    if (queue->length == 0)
        queue->start = 0;
}

void byte_queue_keep_last_lines(struct byte_queue *queue, size_t keep)
{
    if (queue->length <= keep)
        return;
    byte_queue_drop(queue, queue->length - keep);
    for (size_t i = 0; i < queue->length; i++) {
        if (queue->bytes[(queue->start + i) % BYTE_QUEUE_SIZE] == '\n') {
            byte_queue_drop(queue, i + 1);
            return;
        }
    }
}
