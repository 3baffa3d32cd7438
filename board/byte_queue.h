/* A bounded queue of bytes. The owner decides what happens when it is full: wait, or lose the oldest. */
#ifndef BOARD_BYTE_QUEUE_H
#define BOARD_BYTE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BYTE_QUEUE_SIZE = 16384 };

struct byte_queue {
    uint8_t bytes[BYTE_QUEUE_SIZE];
    size_t start, length;
};

static inline size_t byte_queue_room(const struct byte_queue *queue)
{
    return BYTE_QUEUE_SIZE - queue->length;
}

void byte_queue_clear(struct byte_queue *queue);
/* `length` is at most byte_queue_room(). */
void byte_queue_push(struct byte_queue *queue, const void *bytes, size_t length);
/* The oldest bytes that lie in one piece; their number, 0 when empty. */
size_t byte_queue_peek(const struct byte_queue *queue, const uint8_t **bytes);
void byte_queue_drop(struct byte_queue *queue, size_t length);
/* Drops the oldest until at most `keep` are left, and then up to the next line, so that nobody sees half of
 * one. A queue without a line end keeps its last `keep` bytes. */
void byte_queue_keep_last_lines(struct byte_queue *queue, size_t keep);

#endif
