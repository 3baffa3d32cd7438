/* The heap: one arena of the board's size, from which all firmware memory comes (os/board.h
 * board_heap_arena).
 *
 * Running out is an ordinary event: functions return NULL and callers refuse what they were asked, in a
 * sentence. Memory is aligned for any type. heap_free(NULL) does nothing. A double free or a write past the
 * end is found when the block is freed, and stops the board with a message.
 */
#ifndef OS_HEAP_H
#define OS_HEAP_H

#include <stdbool.h>
#include <stddef.h>

void heap_init(void *arena, size_t size);
void *heap_alloc(size_t size);
void *heap_zalloc(size_t size);                 /* zeroed */
void *heap_realloc(void *p, size_t size);       /* on failure `p` is untouched */
void heap_free(void *p);
void heap_free_secret(void *p);                 /* wiped before it is freed */
char *heap_strdup(const char *text);
bool heap_owns(const void *p);                  /* p lies in the arena: it was allocated, it is no literal */

size_t heap_size(void);       /* of the arena, in bytes */
size_t heap_available(void);      /* free now, bookkeeping deducted */
size_t heap_low_water(void);  /* least ever free since boot */

/* Fill with zeros in a way no compiler removes: for secrets. */
void wipe(void *p, size_t length);

#endif
